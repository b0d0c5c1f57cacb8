//! Grades a class: several learners at once, each result kept as soon as it is there.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use crate::catalog::{Catalog, Exercise};
use crate::error::{Error, Fault};
use crate::interrupt::Interrupt;
use crate::pipeline::Grader;
use crate::project::Project;
use crate::report::{Diagnostic, ExerciseReport, Verdict, milliseconds, now};
use crate::results::{Cache, Circumstances, Entry, Key};
use crate::submission::Work;
use crate::suite::{Selection, Suite};
use crate::whole_file::Durability;

use super::intake::{Class, Learner};
use super::journal::Journal;

/// Where a result comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Found out just now.
    Graded,
    /// The same submission was graded before, under the same circumstances.
    Cached,
    /// This run has been here before.
    Resumed,
}

/// One exercise of one learner is done.
#[derive(Debug)]
pub struct Done<'a> {
    pub learner: &'a Learner,
    pub exercise: &'a str,
    pub verdict: Verdict,
    pub origin: Origin,
}

/// What each result was made from, by learner and exercise.
#[derive(Debug, Default)]
pub struct Keys(pub(super) BTreeMap<(String, String), Key>);

/// How to run over a class.
pub struct Plan<'a> {
    pub project: &'a Project,
    pub catalog: &'a Catalog,
    pub exercises: Vec<&'a Exercise>,
    /// Learners at the same time are twice as many: each waits now and then.
    pub jobs: usize,
    pub journal: Journal,
    /// Whether results that are in the journal count.
    pub resume: bool,
    /// Whether results of other runs count, and are kept for them.
    pub cache: bool,
    pub interrupt: Interrupt,
}

/// What one exercise is graded with.
struct Target<'a> {
    exercise: &'a Exercise,
    suite: Suite,
    circumstances: Circumstances,
}

impl Plan<'_> {
    /// Grades whatever is not known yet. When it returns, the journal has a result for every learner and exercise, made
    /// from what it returns. `done` is called from several threads, in no order.
    ///
    /// # Errors
    /// When the grader itself fails in a way that has nothing to do with one submission, or is interrupted. What is
    /// in the journal by then stays there.
    pub fn run(
        &self,
        grader: &Grader<'_>,
        class: &Class,
        done: &(dyn Fn(&Done<'_>) + Sync),
    ) -> Result<Keys, Error> {
        if !self.resume {
            self.journal.clear()?;
        }
        let targets = self.targets(grader)?;
        let cache = self.cache.then(|| Cache::of(self.project));
        let next = AtomicUsize::new(0);
        let failed: Mutex<BTreeMap<usize, Error>> = Mutex::default();
        let keys: Mutex<BTreeMap<(String, String), Key>> = Mutex::default();
        let note = |learner: &Learner, exercise: &str, key: Key| {
            let mut keys = keys.lock().unwrap_or_else(PoisonError::into_inner);
            keys.insert((learner.id.clone(), exercise.to_owned()), key);
        };
        let worker = || {
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(learner) = class.learners.get(index) else { break };
                if let Err(error) = self.learner(grader, learner, &targets, cache.as_ref(), &note, done) {
                    next.store(class.learners.len(), Ordering::Relaxed);
                    failed.lock().unwrap_or_else(PoisonError::into_inner).insert(index, error);
                }
            }
        };
        thread::scope(|scope| {
            for _ in 0..(2 * self.jobs).clamp(1, class.learners.len().max(1)) {
                scope.spawn(worker);
            }
        });
        let failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
        let keys = keys.into_inner().unwrap_or_else(PoisonError::into_inner);
        failed.into_values().next().map_or(Ok(Keys(keys)), Err)
    }

    fn targets(&self, grader: &Grader<'_>) -> Result<Vec<Target<'_>>, Error> {
        let target = |exercise: &&'_ Exercise| {
            Ok(Target {
                exercise: self.catalog.get(&exercise.slug)?,
                suite: Suite::load(&self.project.suite(&exercise.slug))?,
                circumstances: Circumstances::of(grader, self.project, exercise)?,
            })
        };
        self.exercises.iter().map(target).collect()
    }

    fn learner(
        &self,
        grader: &Grader<'_>,
        learner: &Learner,
        targets: &[Target<'_>],
        cache: Option<&Cache>,
        note: &(dyn Fn(&Learner, &str, Key) + Sync),
        done: &(dyn Fn(&Done<'_>) + Sync),
    ) -> Result<(), Error> {
        let works = learner.works(&self.exercises, self.catalog);
        for (target, work) in targets.iter().zip(&works) {
            if self.interrupt.is_requested() {
                return Err(Fault::Interrupted.into());
            }
            let exercise = target.exercise.slug.as_str();
            let key = target.circumstances.key(&work.take(), Selection::All);
            let (entry, origin) = self.result(grader, learner, target, work, &key, cache)?;
            match origin {
                Origin::Graded => {
                    self.journal.put(&learner.id, exercise, &key, &entry, Durability::Durable)?;
                    if let Some(cache) = cache {
                        cache.put(&key, &entry);
                    }
                }
                // What is lost is taken from the cache again.
                Origin::Cached => self.journal.put(&learner.id, exercise, &key, &entry, Durability::Whole)?,
                Origin::Resumed => {}
            }
            note(learner, exercise, key);
            done(&Done { learner, exercise, verdict: entry.report.verdict, origin });
        }
        Ok(())
    }

    fn result(
        &self,
        grader: &Grader<'_>,
        learner: &Learner,
        target: &Target<'_>,
        work: &Work,
        key: &Key,
        cache: Option<&Cache>,
    ) -> Result<(Entry, Origin), Error> {
        let Target { exercise, suite, .. } = target;
        if self.resume
            && let Some(entry) = self.journal.get(&learner.id, &exercise.slug, key, suite)
        {
            return Ok((entry, Origin::Resumed));
        }
        if let Some(entry) = cache.and_then(|cache| cache.get(key, suite, Selection::All)) {
            return Ok((entry, Origin::Cached));
        }
        let started = Instant::now();
        let report = self.graded(grader, target, work)?;
        if report.verdict == Verdict::Interrupted {
            return Err(Fault::Interrupted.into());
        }
        Ok((Entry { report, graded_at: now(), duration_ms: milliseconds(started.elapsed()) }, Origin::Graded))
    }

    /// A panic of the grader, or of the explorer, over one submission is that submission's row.
    fn graded(&self, grader: &Grader<'_>, target: &Target<'_>, work: &Work) -> Result<ExerciseReport, Error> {
        let graded = catch_unwind(AssertUnwindSafe(|| grader.grade_work(work, Selection::All)));
        let exercise = &target.exercise.slug;
        let fault = match graded {
            Ok(Ok(report)) => return Ok(report),
            Ok(Err(Error::Fault(fault @ (Fault::Panicked { .. } | Fault::Explorer { .. })))) => fault,
            Ok(Err(error)) => return Err(error),
            Err(_) => Fault::Panicked { exercise: exercise.clone() },
        };
        grader.unjudged(work, Diagnostic::error(fault.to_string()))
    }
}
