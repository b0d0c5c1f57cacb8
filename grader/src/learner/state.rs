//! How far a learner is with an exercise, and which one is next.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use strum::IntoStaticStr;

use super::progress::{Progress, fingerprint};
use crate::catalog::{Catalog, Exercise};
use crate::project::Project;
use crate::report::Verdict;
use crate::submission::Work;

/// How far the work on an exercise is: the files as they are now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, IntoStaticStr)]
pub enum State {
    /// The files are the stub.
    #[strum(serialize = "not started")]
    NotStarted,
    #[strum(serialize = "in progress")]
    InProgress,
    /// These very files pass the public tests.
    #[strum(serialize = "public tests pass")]
    PublicTestsPass,
    /// These very files were graded, and accepted.
    #[strum(serialize = "accepted")]
    Accepted,
}

impl State {
    /// The words that people read.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Looks at the files of `exercise`.
    pub fn of(exercise: &Exercise, progress: &Progress) -> Self {
        let files = fingerprint(exercise);
        let known = progress.of(exercise);
        let graded = known.and_then(|entry| entry.graded.as_ref()).filter(|graded| graded.files == files);
        let checked = known.and_then(|entry| entry.checked.as_ref()).filter(|checked| checked.files == files);
        if graded.is_some_and(|graded| graded.verdict == Verdict::Accepted) {
            Self::Accepted
        } else if checked.is_some_and(|checked| checked.passes) {
            Self::PublicTestsPass
        } else if is_stub(exercise) {
            Self::NotStarted
        } else {
            Self::InProgress
        }
    }
}

fn is_stub(exercise: &Exercise) -> bool {
    let work = Work::in_folder(exercise, &exercise.folder, &exercise.folder);
    // A file that cannot be taken has been worked on; checking says what is wrong with it.
    work.is_some_and(|work| work.take().is_ok_and(|own| work.is_stub(&own, exercise)))
}

/// The points of the last grading, if it was of the files as they are now.
pub fn points(exercise: &Exercise, progress: &Progress) -> Option<u32> {
    let graded = progress.of(exercise)?.graded.as_ref()?;
    (graded.files == fingerprint(exercise)).then_some(graded.points)
}

/// Whether there is nothing left to do: it is accepted or, where there is no suite to grade it with, as in a handout, its
/// public tests pass.
pub fn is_done(project: &Project, exercise: &Exercise, progress: &Progress) -> bool {
    match State::of(exercise, progress) {
        State::Accepted => true,
        State::PublicTestsPass => !project.suite(&exercise.slug).is_dir(),
        State::InProgress | State::NotStarted => false,
    }
}

/// The exercise that is being worked on: the one whose folder `here` is in; otherwise, among those that are under
/// way, the one that was saved last; otherwise the first that is not done. `None`: all are done.
pub fn current<'a>(
    project: &Project,
    catalog: &'a Catalog,
    progress: &Progress,
    here: &Path,
) -> Option<&'a Exercise> {
    let here = here.canonicalize().ok();
    let is_here = |exercise: &&Exercise| {
        let folder = exercise.folder.canonicalize();
        here.as_ref().is_some_and(|here| folder.is_ok_and(|folder| here.starts_with(folder)))
    };
    if let Some(exercise) = catalog.exercises().iter().find(is_here) {
        return Some(exercise);
    }
    let open = |exercise: &&Exercise| {
        State::of(exercise, progress) != State::NotStarted && !is_done(project, exercise, progress)
    };
    let last_saved = catalog.exercises().iter().filter(open).max_by_key(|exercise| saved(exercise));
    last_saved.or_else(|| next(project, catalog, progress, None))
}

/// The first exercise after `done` with something left to do, and from the beginning again if there is none.
pub fn next<'a>(
    project: &Project,
    catalog: &'a Catalog,
    progress: &Progress,
    done: Option<&Exercise>,
) -> Option<&'a Exercise> {
    let exercises = catalog.exercises();
    let position = done.and_then(|done| exercises.iter().position(|exercise| exercise.slug == done.slug));
    let (before, after) = exercises.split_at(position.map_or(0, |position| position + 1));
    let is_open = |exercise: &&Exercise| {
        !is_done(project, exercise, progress) && done.is_none_or(|done| done.slug != exercise.slug)
    };
    after.iter().chain(before).find(is_open)
}

/// When the learner's files were last saved.
fn saved(exercise: &Exercise) -> Option<SystemTime> {
    let saved = |name| fs::metadata(exercise.folder.join(name)).and_then(|kind| kind.modified()).ok();
    exercise.editable.iter().filter_map(saved).max()
}
