//! `cargo xtask grade`

use std::path::PathBuf;

use grader::error::{Error, Fault, UsageError};
use grader::format::Detail;
use grader::pipeline::{Grader, Options};
use grader::project::Project;
use grader::report::{Engine, Sandbox};
use grader::sandbox::Limits;
use grader::submission::Submission;
use grader::suite::Suite;

use crate::class;
use crate::cli::GradeArgs;
use crate::exit::Exit;
use crate::output::{self, Order};
use crate::progress::{Counts, Progress};
use crate::terminal::Terminal;
use crate::{own, signals};

/// Grades, writes the reports, and says with the exit code whether all is accepted.
pub fn run(args: &GradeArgs, order: &Order, terminal: &Terminal) -> Result<Exit, Error> {
    let targets = match output::targets(&args.formats, &args.outputs, order) {
        Ok(targets) => output::asked(targets, &args.formats, terminal),
        Err(unpaired) => {
            terminal.error(unpaired);
            return Ok(Exit::Usage);
        }
    };
    let (project, catalog) = crate::project()?;
    crate::known(&catalog, &args.exercises)?;
    if args.class.class {
        return class::run(args, &targets, &project, &catalog, terminal);
    }
    let is_own_work = args.submission.is_none();
    let path = args.submission.clone().unwrap_or_else(|| project.exercises());
    let mut submission = Submission::open(&path, &args.exercises, &catalog)?;
    if is_own_work {
        submission.label = "exercises".to_owned();
    }

    let shown = shown(&project, &submission, &args.shown)?;
    let limits = args.limits.as_deref().map(Limits::read).transpose()?.unwrap_or_default();
    let options = Options {
        limits,
        shown,
        second_opinion: args.second_opinion,
        interrupt: signals::interrupt()?,
        ..Options::new(args.jobs.number())
    };
    let progress = Progress::new(Counts::Checks, 0, terminal);
    let graded =
        Grader::new(&project, &catalog, options, &progress).map_err(Error::from).and_then(|grader| {
            let is_enough = is_own_work || args.allow_weak_sandbox || grader.sandbox() != Sandbox::LimitsOnly;
            if is_enough { grader.grade(&submission) } else { Err(UsageError::WeakSandbox.into()) }
        });
    progress.finish();
    let report = graded?;

    if is_own_work {
        own::remember_graded(&project, &catalog, &report.exercises);
    }
    let detail = if args.all { Detail::Everything } else { Detail::Stories };
    let exit = Exit::of_report(&report);
    output::write(&args.feedback.of(report), &targets, detail, terminal).map_err(unwritable)?;
    Ok(exit)
}

/// The names of the checks that have one of the `wanted` texts in them, among those that the model runs.
fn shown(project: &Project, submission: &Submission, wanted: &[String]) -> Result<Vec<String>, Error> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let mut known = Vec::new();
    for work in &submission.works {
        let suite = Suite::load(&project.suite(&work.exercise))?;
        let by_the_model = suite.entries().filter(|entry| entry.engine == Engine::Model);
        known.extend(by_the_model.map(|entry| entry.name.to_owned()));
    }
    if let Some(name) = wanted.iter().find(|text| !known.iter().any(|name| name.contains(*text))) {
        return Err(UsageError::NothingToShow { name: name.clone(), known }.into());
    }
    known.retain(|name| wanted.iter().any(|text| name.contains(text)));
    Ok(known)
}

fn unwritable((path, source): (PathBuf, std::io::Error)) -> Fault {
    Fault::io("write the report to", &path, source)
}
