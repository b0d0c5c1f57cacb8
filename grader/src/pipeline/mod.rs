//! The pipeline: joins intake, policy, staging, build, checks and verdict for one exercise after another.

mod exercise;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use crate::build::artifacts::{Artifacts, Kit};
use crate::build::toolchain::Toolchain;
use crate::catalog::Catalog;
use crate::children::Children;
use crate::digest::{self, Fingerprint};
use crate::error::{Error, Fault, UsageError};
use crate::event::Listener;
use crate::interrupt::Interrupt;
use crate::project::Project;
use crate::replay::Replay;
use crate::report::{Diagnostic, ExerciseReport, Report, Sandbox, SecondOpinion, milliseconds, now};
use crate::sandbox::{self, Limits, Tier};
use crate::submission::{Submission, Work};
use crate::suite::{Selection, Suite};

/// How to grade.
#[derive(Debug, Clone)]
pub struct Options {
    /// Compilers and checks that run at the same time.
    pub jobs: usize,
    /// What the processes of a submission may use.
    pub limits: Limits,
    /// How often to run each check. More than once is for proving that no verdict is luck, not for judging a
    /// submission.
    pub repeat: u32,
    /// One schedule to run under the model, instead of a search.
    pub replay: Option<Replay>,
    /// Checks to show an execution of, by their names, if the model passes them.
    pub shown: Vec<String>,
    /// A folder in which the staging folders stay, for benchmarks.
    pub keep_staging_in: Option<PathBuf>,
    /// Whether to ask loom about the checks that the model judges. It changes no points.
    pub second_opinion: bool,
    /// Ends the work early. What has been found out by then is reported.
    pub interrupt: Interrupt,
}

impl Options {
    /// `jobs` at the same time, with the limits that every grading has.
    pub fn new(jobs: usize) -> Self {
        Self {
            jobs,
            limits: Limits::default(),
            repeat: 1,
            replay: None,
            shown: Vec::new(),
            keep_staging_in: None,
            second_opinion: false,
            interrupt: Interrupt::default(),
        }
    }
}

/// A grader, ready to grade any number of submissions.
pub struct Grader<'a> {
    project: &'a Project,
    catalog: &'a Catalog,
    options: Options,
    events: &'a dyn Listener,
    toolchain: Toolchain,
    children: Children<'a>,
    /// Built when the first submission needs them.
    artifacts: Mutex<Option<Artifacts>>,
    loom_artifacts: Mutex<Option<Artifacts>>,
}

/// Bytes of stack of a thread that reads sources: enough for the deepest syntax that the policy lets through.
const STACK: usize = 64 << 20;

impl<'a> Grader<'a> {
    /// Finds the toolchain. Nothing is built yet.
    ///
    /// # Errors
    /// When there is no working rustc.
    pub fn new(
        project: &'a Project,
        catalog: &'a Catalog,
        options: Options,
        events: &'a dyn Listener,
    ) -> Result<Self, Fault> {
        let toolchain = Toolchain::find(project.root())?;
        let sandbox = sandbox::Sandbox::find(options.limits, project.root())?;
        let children = Children::new(options.jobs, sandbox, options.interrupt.clone(), events);
        let (artifacts, loom_artifacts) = (Mutex::new(None), Mutex::new(None));
        Ok(Self { project, catalog, options, events, toolchain, children, artifacts, loom_artifacts })
    }

    /// What separates the submission's processes from the machine, as it was found out by trying.
    pub fn sandbox(&self) -> Sandbox {
        match self.children.sandbox.tier() {
            Tier::Full => Sandbox::Full,
            Tier::LandlockAndSeccomp => Sandbox::LandlockAndSeccomp,
            Tier::LimitsOnly => Sandbox::LimitsOnly,
        }
    }

    /// Builds what checks are built on, if that is not there yet.
    ///
    /// # Errors
    /// When it cannot be built.
    pub fn prepare(&self) -> Result<(), Fault> {
        self.artifacts(Kit::Own).map(drop)
    }

    /// Grades everything in the submission.
    ///
    /// # Errors
    /// When the grader itself fails; a wrong submission is a report.
    pub fn grade(&self, submission: &Submission) -> Result<Report, Error> {
        self.grade_selected(submission, Selection::All)
    }

    /// Grades the submission with some checks only.
    ///
    /// # Errors
    /// When the grader itself fails.
    pub fn grade_selected(&self, submission: &Submission, selection: Selection<'_>) -> Result<Report, Error> {
        let started = Instant::now();
        let exercises = self.in_parallel(&submission.works, |work| self.grade_work(work, selection))?;
        Ok(Report {
            submission: submission.label.clone(),
            points: exercises.iter().map(|exercise| exercise.points).sum(),
            max_points: exercises.iter().map(|exercise| exercise.max_points).sum(),
            graded_at: now(),
            duration_ms: milliseconds(started.elapsed()),
            exercises,
            ..self.blank()
        })
    }

    /// A report without anything that was graded: it says who grades.
    pub fn blank(&self) -> Report {
        Report::blank(
            env!("CARGO_PKG_VERSION").to_owned(),
            self.toolchain.version().to_owned(),
            self.sandbox(),
        )
    }

    /// A hash of the sources of the grader and of what checks are built on, and of the options: the same on every machine
    /// that has the same.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn version(&self) -> Result<String, Fault> {
        let mut hash = Fingerprint::new();
        hash.text(self.described_options().as_bytes());
        hash.files(&self.project.root().join("grader/src"), &[])?;
        Artifacts::add_sources(Kit::Own, self.project, &mut hash)?;
        Ok(hash.finish())
    }

    fn described_options(&self) -> String {
        let Options { limits, repeat, replay, second_opinion, .. } = &self.options;
        format!("{limits:?} {repeat} {replay:?} {second_opinion}")
    }

    /// A hash of everything that a result depends on but for the submission and the suite: this program, the
    /// compiler, the crates that checks are built on, and the options.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn environment(&self) -> Result<String, Fault> {
        let program = std::env::current_exe().and_then(|program| digest::of_file(&program));
        let program = program.map_err(|source| Fault::io("read", Path::new("this program"), source))?;
        let options = self.described_options();
        let artifacts = Artifacts::fingerprint(Kit::Own, self.project, &self.toolchain)?;
        Ok(format!("{program}\n{artifacts}\n{options}"))
    }

    /// The report on work that the grader could not judge, for what `why` says.
    ///
    /// # Errors
    /// When there is no such exercise.
    pub fn unjudged(&self, work: &Work, why: Diagnostic) -> Result<ExerciseReport, Error> {
        let exercise = self.catalog.get(&work.exercise)?;
        let suite = Suite::load(&self.project.suite(&exercise.slug))?;
        Ok(exercise::unjudged(self, exercise, &suite, why))
    }

    /// Grades the work on one exercise, with all checks or some.
    ///
    /// # Errors
    /// When the grader itself fails, or there is no such exercise.
    pub fn grade_work(&self, work: &Work, selection: Selection<'_>) -> Result<ExerciseReport, Error> {
        if selection.is_of_public_tests() {
            return self.check_work(work, selection);
        }
        let exercise = self.catalog.get(&work.exercise)?;
        let folder = self.project.suite(&exercise.slug);
        if !folder.is_dir() {
            return Err(UsageError::NoSuite { exercise: exercise.slug.clone() }.into());
        }
        Ok(self.grade_repeatedly(&Suite::load(&folder)?, work, selection)?.0)
    }

    /// The same with a suite that has been read, and with the checks that were worth other points when they were run
    /// again, each as a sentence. There are none unless [`Options::repeat`] is more than 1.
    ///
    /// # Errors
    /// As [`Grader::grade_work`].
    pub fn grade_repeatedly(
        &self,
        suite: &Suite,
        work: &Work,
        selection: Selection<'_>,
    ) -> Result<(ExerciseReport, Vec<String>), Error> {
        let exercise = self.catalog.get(&work.exercise)?;
        let graded = exercise::grade(self, exercise, suite, work, selection)?;
        Ok((graded.report, graded.differences))
    }

    /// Runs the public tests of one exercise on the work, on real threads and under the model. There are no points.
    ///
    /// # Errors
    /// When the grader itself fails, there is no such exercise, or its public tests do not parse.
    pub fn check_work(&self, work: &Work, selection: Selection<'_>) -> Result<ExerciseReport, Error> {
        let exercise = self.catalog.get(&work.exercise)?;
        let hidden = self.project.suite(&exercise.slug);
        let banned = if hidden.is_dir() { Suite::load(&hidden)?.banned } else { exercise.banned.clone() };
        let suite = Suite::public(exercise, banned)?;
        Ok(exercise::grade(self, exercise, &suite, work, selection)?.report)
    }

    /// What loom makes of the work, check by check of the model, whether or not the suite says that loom can judge
    /// it. Nothing is compared with the model.
    ///
    /// # Errors
    /// When the grader itself fails, or there is no such exercise.
    pub fn second_opinions(&self, work: &Work) -> Result<Vec<(String, SecondOpinion)>, Error> {
        let exercise = self.catalog.get(&work.exercise)?;
        let suite = Suite::load(&self.project.suite(&exercise.slug))?;
        Ok(exercise::second_opinions(self, exercise, &suite, work)?)
    }

    /// Does `work` for every item, several at once; results in the order of the items. The slots bound what
    /// runs: more items than slots are under way, because each of them waits for something now and then.
    ///
    /// # Errors
    /// The first error, once everything that had begun is done.
    pub fn in_parallel<T: Sync, R: Send>(
        &self,
        items: &[T],
        work: impl Fn(&T) -> Result<R, Error> + Sync,
    ) -> Result<Vec<R>, Error> {
        let next = AtomicUsize::new(0);
        let results: Mutex<Vec<(usize, Result<R, Error>)>> = Mutex::new(Vec::new());
        thread::scope(|scope| {
            for _ in 0..(2 * self.options.jobs).clamp(1, items.len().max(1)) {
                let thread = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, || {
                    loop {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        let Some(item) = items.get(index) else { break };
                        let result = work(item);
                        if result.is_err() {
                            next.store(items.len(), Ordering::Relaxed);
                        }
                        results.lock().unwrap_or_else(PoisonError::into_inner).push((index, result));
                    }
                });
                if let Err(source) = thread {
                    let fault = Fault::Io {
                        action: "start a thread in".to_owned(),
                        path: self.project.root().to_owned(),
                        source,
                    };
                    let failed = (items.len(), Err(fault.into()));
                    results.lock().unwrap_or_else(PoisonError::into_inner).push(failed);
                }
            }
        });
        let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
        results.sort_by_key(|(index, _)| *index);
        results.into_iter().map(|(_, result)| result).collect()
    }

    fn artifacts(&self, kit: Kit) -> Result<Artifacts, Fault> {
        let known = match kit {
            Kit::Own => &self.artifacts,
            Kit::Loom => &self.loom_artifacts,
        };
        // Others wait here while one builds; after a panic the next simply looks again.
        let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(artifacts) = known.as_ref() {
            return Ok(artifacts.clone());
        }
        let artifacts =
            Artifacts::prepare(kit, self.project, &self.toolchain, self.events, &self.options.interrupt)?;
        Ok(known.insert(artifacts).clone())
    }

    fn keep_staging_in(&self) -> Option<&Path> {
        self.options.keep_staging_in.as_deref()
    }

    /// The stub of an exercise as a submission.
    ///
    /// # Errors
    /// When there is no such exercise.
    pub fn stub(&self, exercise: &str) -> Result<Work, Error> {
        let exercise = self.catalog.get(exercise)?;
        let folder = &exercise.folder;
        Ok(Work::in_folder(exercise, folder, folder).ok_or_else(|| UsageError::ExerciseMissing {
            exercise: exercise.slug.clone(),
            looked_for: exercise.editable.iter().map(|file| folder.join(file)).collect(),
        })?)
    }
}
