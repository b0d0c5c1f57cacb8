//! The pipeline: joins intake, policy, staging, build, checks and verdict for one exercise after another.

mod exercise;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::build::artifacts::{Artifacts, Kit};
use crate::build::toolchain::Toolchain;
use crate::catalog::Catalog;
use crate::children::Children;
use crate::error::{Error, Fault, UsageError};
use crate::event::Listener;
use crate::interrupt::Interrupt;
use crate::project::Project;
use crate::replay::Replay;
use crate::report::{ExerciseReport, Report, Sandbox, SecondOpinion, milliseconds};
use crate::submission::{Submission, Work};
use crate::suite::{Selection, Suite};

/// How to grade.
#[derive(Debug, Clone)]
pub struct Options {
    /// Compilers and checks that run at the same time.
    pub jobs: usize,
    /// How long one check may take. Wide, for a machine with other work: only code that never ends
    /// meets it.
    pub check_limit: Duration,
    /// How often each check on real threads has to pass. More than once is for proving a suite, not for
    /// judging a submission.
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
            check_limit: Duration::from_secs(120),
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
        let children = Children::new(options.jobs, options.interrupt.clone(), events);
        let (artifacts, loom_artifacts) = (Mutex::new(None), Mutex::new(None));
        Ok(Self { project, catalog, options, events, toolchain, children, artifacts, loom_artifacts })
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
            schema: 1,
            grader: env!("CARGO_PKG_VERSION").to_owned(),
            toolchain: self.toolchain.version().to_owned(),
            sandbox: Sandbox::None,
            submission: submission.label.clone(),
            points: exercises.iter().map(|exercise| exercise.points).sum(),
            max_points: exercises.iter().map(|exercise| exercise.max_points).sum(),
            duration_ms: milliseconds(started.elapsed()),
            exercises,
        })
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
        let suite = Suite::load(&folder)?;
        Ok(exercise::grade(self, exercise, &suite, work, selection)?)
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
        Ok(exercise::grade(self, exercise, &suite, work, selection)?)
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
                scope.spawn(|| {
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
