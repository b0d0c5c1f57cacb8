//! `cargo xtask check`

use std::time::{Duration, Instant};

use grader::catalog::Exercise;
use grader::error::{Error, UsageError};
use grader::learner::progress::{Progress, fingerprint};
use grader::pipeline::{Grader, Options};
use grader::report::{ExerciseReport, Verdict};
use grader::sandbox::Limits;
use grader::submission::Work;
use grader::suite::Selection;

use crate::checked::Checked;
use crate::cli::CheckArgs;
use crate::exit::Exit;
use crate::progress::{Counts, Progress as Bar};
use crate::terminal::Terminal;
use crate::{output, own, signals};

/// How long a public test may take on real threads before it is said to hang.
const LIMIT: Duration = Duration::from_secs(20);

/// The usual limits, with the time that a learner waits for one check.
pub fn limits() -> Limits {
    Limits { wall_seconds: LIMIT.as_secs(), ..Limits::default() }
}

/// Compiles, runs the public tests on real threads and in the model, and says what to do next.
pub fn run(args: &CheckArgs, terminal: &Terminal) -> Result<Exit, Error> {
    let started = Instant::now();
    let (project, catalog) = crate::project()?;
    let exercise = own::exercise(&project, &catalog, args.exercise.as_deref())?;
    let bar = Bar::new(Counts::Checks, 0, terminal);
    let options =
        Options { limits: limits(), interrupt: signals::interrupt()?, ..Options::new(args.jobs.number()) };
    let files = fingerprint(exercise);
    let checked = Grader::new(&project, &catalog, options, &bar)
        .map_err(Error::from)
        .and_then(|grader| check(&grader, exercise));
    bar.finish();
    let report = checked?;
    own::remember_checked(&project, exercise, files, &report);
    let text = Checked {
        exercise,
        report: &report,
        progress: &Progress::read(project.content()),
        can_grade: project.suite(&exercise.slug).is_dir(),
        took: started.elapsed(),
    }
    .text(terminal.look());
    output::tell(text.as_bytes())?;
    Ok(exit(&report))
}

/// Runs the public tests on the learner's own files.
pub fn check(grader: &Grader<'_>, exercise: &Exercise) -> Result<ExerciseReport, Error> {
    grader.check_work(&own_work(exercise)?, Selection::All)
}

/// The learner's own files.
pub fn own_work(exercise: &Exercise) -> Result<Work, UsageError> {
    Work::in_folder(exercise, &exercise.folder, &exercise.folder).ok_or_else(|| UsageError::FileGone {
        exercise: exercise.slug.clone(),
        file: exercise.editable.iter().map(|name| exercise.folder.join(name)).collect(),
    })
}

fn exit(report: &ExerciseReport) -> Exit {
    match report.verdict {
        Verdict::Accepted => Exit::Accepted,
        Verdict::Rejected | Verdict::NotStarted | Verdict::CompileError | Verdict::Forbidden => {
            Exit::NotAccepted
        }
        Verdict::Interrupted => Exit::Interrupted,
        Verdict::InternalError => Exit::GraderFailed,
    }
}
