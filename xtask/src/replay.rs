//! `cargo xtask replay`

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use grader::error::{Error, Fault, UsageError};
use grader::format::{Format, Text};
use grader::pipeline::{Grader, Options};
use grader::replay::{Replay, StoredReport, Token};
use grader::report::{CheckReport, CheckStatus, Engine, Report};
use grader::submission::Submission;
use grader::suite::{CheckId, Selection};

use crate::cli::ReplayArgs;
use crate::exit::Exit;
use crate::progress::{Counts, Progress};
use crate::signals;
use crate::terminal::Terminal;

/// Runs one schedule again and says how it ended.
pub fn run(args: &ReplayArgs, terminal: &Terminal) -> Result<Exit, Error> {
    let (project, catalog) = crate::project()?;
    if args.debugger && !cfg!(target_os = "linux") {
        return Err(UsageError::NoDebugger.into());
    }
    let asked = asked(args)?;
    catalog.get(&asked.token.exercise)?;
    let path = args.submission.clone().or(asked.submission).unwrap_or_else(|| project.exercises());
    let token = asked.token;
    let submission = Submission::open(&path, std::slice::from_ref(&token.exercise), &catalog)?;
    let progress = Progress::new(Counts::Checks, 0, terminal);
    let replay = Replay { token: token.clone(), debugger: args.debugger };
    let options = Options { replay: Some(replay), interrupt: signals::interrupt()?, ..Options::new(1) };
    let grader = Grader::new(&project, &catalog, options, &progress)?;
    let only = [CheckId::new(token.check.clone(), Engine::Model)];
    let report = grader.grade_selected(&submission, Selection::Only(&only));
    progress.finish();
    concluded(&report?, &token, terminal)
}

/// What is to be run again, and on which submission if that is known.
struct Asked {
    token: Token,
    submission: Option<PathBuf>,
}

fn asked(args: &ReplayArgs) -> Result<Asked, Error> {
    let path = Path::new(&args.trace);
    if !path.is_file() {
        return Ok(Asked { token: args.trace.parse()?, submission: None });
    }
    let text = fs::read(path).map_err(|source| Fault::io("read", path, source))?;
    let report: StoredReport = serde_json::from_slice(&text)
        .map_err(|error| UsageError::NoReport { path: path.to_owned(), message: error.to_string() })?;
    let token = report.token(args.check.as_deref())?;
    let submission = Some(PathBuf::from(report.submission)).filter(|path| path.exists());
    Ok(Asked { token, submission })
}

/// Says how the schedule ended, and with the exit code whether nothing failed.
fn concluded(report: &Report, token: &Token, terminal: &Terminal) -> Result<Exit, Error> {
    if Exit::of_report(report) == Exit::Interrupted {
        return Err(Fault::Interrupted.into());
    }
    let id = CheckId::new(token.check.clone(), Engine::Model);
    let ran = report.exercises.iter().flat_map(|exercise| &exercise.checks).find(|check| id.is_of(check));
    let Some(check) = ran else {
        if report.exercises.iter().all(|exercise| exercise.diagnostics.is_empty()) {
            return Err(UsageError::NoSuchCheck { check: token.check.clone() }.into());
        }
        print(|out| Text::new(terminal.look()).write(report, out))?;
        return Ok(Exit::NotAccepted);
    };
    let on_this_code = format!("cargo xtask grade -e {}", token.exercise);
    match check.status {
        CheckStatus::Passed => {
            print(|out| {
                writeln!(out, "This code follows the schedule, and nothing fails in this schedule.")?;
                writeln!(out, "`{on_this_code}` searches the others.")
            })?;
            Ok(Exit::Accepted)
        }
        CheckStatus::Skipped => {
            let failure = check.failure.as_ref();
            let message = failure.map_or("it was not run", |failure| failure.message.as_str());
            print(|out| {
                writeln!(out, "This code does not follow the schedule: {message}.")?;
                writeln!(out, "`{on_this_code}` grades it.")
            })?;
            Ok(Exit::NotAccepted)
        }
        CheckStatus::Failed | CheckStatus::TimedOut | CheckStatus::Crashed => {
            // Nothing was searched.
            let check = CheckReport { coverage: None, ..check.clone() };
            print(|out| {
                writeln!(out, "It fails again in this schedule:")?;
                Text::new(terminal.look()).write_failure(&check, out)
            })?;
            Ok(Exit::NotAccepted)
        }
    }
}

fn print(write: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> Result<(), Fault> {
    let mut text = Vec::new();
    // Writing to memory does not fail.
    let _ = write(&mut text);
    crate::output::tell(&text)
}
