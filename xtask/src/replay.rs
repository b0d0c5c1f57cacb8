//! `cargo xtask replay`

use std::fs;
use std::path::{Path, PathBuf};

use grader::error::{Error, Fault, UsageError};
use grader::pipeline::{Grader, Options, Selection};
use grader::replay::{Replay, Token};
use grader::report::{Engine, Format, Report, Text};
use grader::submission::Submission;
use grader::verdict::CheckStatus;

use crate::cli::ReplayArgs;
use crate::exit::Exit;
use crate::progress::{Counts, Progress};
use crate::terminal::Terminal;

/// Runs one schedule again and says what became of it.
pub fn run(args: &ReplayArgs, terminal: &Terminal) -> Result<Exit, Error> {
    let (project, catalog) = crate::project()?;
    let asked = asked(args)?;
    catalog.get(&asked.token.exercise)?;
    let path = args.submission.clone().or(asked.submission).unwrap_or_else(|| project.exercises());
    let token = asked.token;
    let submission = Submission::open(&path, std::slice::from_ref(&token.exercise), &catalog)?;
    let progress = Progress::new(Counts::Checks, 0);
    let replay = Replay { token: token.clone(), debugger: args.debugger };
    let options = Options { replay: Some(replay), ..Options::new(1) };
    let grader = Grader::new(&project, &catalog, options, &progress)?;
    let only = [(token.check.clone(), Engine::Loom)];
    let report = grader.grade_selected(&submission, Selection::Only(&only));
    progress.finish();
    told(&report?, &token, terminal)
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
    let text = fs::read(path).map_err(|source| Fault::Io {
        action: "read".to_owned(),
        path: path.to_owned(),
        source,
    })?;
    let report: Report = serde_json::from_slice(&text)
        .map_err(|error| UsageError::NoReport { path: path.to_owned(), message: error.to_string() })?;
    let token = Token::of_report(&report, args.check.as_deref())?;
    let submission = Some(PathBuf::from(report.submission)).filter(|path| path.exists());
    Ok(Asked { token, submission })
}

fn told(report: &Report, token: &Token, terminal: &Terminal) -> Result<Exit, Error> {
    let ran = report
        .exercises
        .iter()
        .flat_map(|exercise| &exercise.checks)
        .find(|check| check.name == token.check && check.engine == Engine::Loom);
    match ran.map(|check| check.status) {
        None if report.exercises.iter().all(|exercise| exercise.diagnostics.is_empty()) => {
            return Err(UsageError::NoSuchCheck { check: token.check.clone() }.into());
        }
        Some(CheckStatus::Passed) => {
            println!("The code still goes this way, and nothing fails in this schedule any more.");
            println!("Whether another one fails, `cargo xtask grade -e {}` says.", token.exercise);
            return Ok(Exit::Accepted);
        }
        Some(CheckStatus::Skipped) => {
            let failure = ran.and_then(|check| check.failure.as_ref());
            println!("{}", failure.map_or("It was not run.", |failure| failure.message.as_str()));
            println!("Whether this code is right, `cargo xtask grade -e {}` says.", token.exercise);
            return Ok(Exit::NotAccepted);
        }
        None | Some(CheckStatus::Failed | CheckStatus::TimedOut | CheckStatus::Crashed) => {}
    }
    let mut text = Vec::new();
    let written = Text(terminal.look()).write(report, &mut text).and_then(|()| crate::output::print(&text));
    written.map_err(|source| Fault::Io {
        action: "write the report to".to_owned(),
        path: "standard output".into(),
        source,
    })?;
    Ok(Exit::NotAccepted)
}
