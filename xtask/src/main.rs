//! Interleave's commands: flags, progress and the terminal. The `grader` library does the work.
//!
//! `cli` says what can be typed, one file does each command, `terminal` knows what the user sees on,
//! `progress` draws while the pipeline works, `output` puts reports where they were asked for,
//! `markdown` lays out what was written as Markdown, `keys` what was pressed, `checked` what a check found out, and `own` knows the learner's
//! own work.

mod book;
mod bundle;
mod calibrate;
mod check;
mod checked;
mod class;
mod cli;
mod cluster;
mod completions;
#[cfg(test)]
mod documented;
mod exit;
mod explain;
mod grade;
mod handout;
mod hint;
mod interview;
mod keys;
mod list;
mod markdown;
mod merge;
mod mutant;
mod mutate;
mod new;
mod output;
mod own;
mod prepare;
mod progress;
#[cfg(test)]
mod readme;
mod replay;
mod reset;
mod signals;
mod similarity;
mod terminal;
mod test;
mod watch;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::OnceLock;

use clap::{ArgMatches, CommandFactory, FromArgMatches};
use grader::catalog::Catalog;
use grader::error::{Error, Fault};
use grader::project::Project;

use cli::{Cli, Command};
use exit::Exit;
use terminal::Terminal;

fn main() -> ExitCode {
    // A child is confined by this program itself.
    if let Some(ended) = grader::confine::enter() {
        return ended;
    }
    let matches = Cli::command().get_matches();
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let terminal = Terminal::new(&cli);
    if let Some(folder) = cli.content {
        CONTENT.get_or_init(|| folder);
    }
    let Some(command) = cli.command else { return ended(list::whereabouts(&terminal), &terminal) };
    let done = match command {
        Command::Check(args) => check::run(&args, &terminal),
        Command::Watch(args) => watch::run(&args, &terminal),
        Command::Hint(args) => hint::run(&args, &terminal),
        Command::Interview(args) => interview::run(&args, &terminal),
        Command::Reset(args) => reset::run(&args),
        Command::Handout(args) => handout::run(&args),
        Command::Book(args) => book::run(&args),
        Command::Completions(args) => completions::run(&args),
        Command::Grade(args) => {
            let exit = grade::run(&args, &order(&matches), &terminal);
            exit.map(|exit| exit.zero_if(args.exit_zero))
        }
        Command::Merge(args) => merge::run(&args, &order(&matches), &terminal),
        Command::Similarity(args) => similarity::run(&args, &terminal),
        Command::Bundle(command) => bundle::run(&command),
        Command::Prepare => prepare::run(&terminal),
        Command::Cluster(command) => cluster::run(&command, &terminal),
        Command::Calibrate(args) => calibrate::run(&args, &terminal),
        Command::New(args) => new::run(&args),
        Command::Mutant(command) => mutant::run(&command, &terminal),
        Command::Explain(args) => explain::run(&args, &terminal),
        Command::Replay(args) => replay::run(&args, &terminal),
        Command::List => list::run(&terminal),
        Command::Test(args) => test::run(&args),
    };
    ended(done, &terminal)
}

/// Where the formats and outputs of a command stand.
fn order(matches: &ArgMatches) -> output::Order {
    matches.subcommand().map(|(_, matches)| output::Order::of(matches)).unwrap_or_default()
}

/// Where the exercises are, if `--content` says so.
static CONTENT: OnceLock<PathBuf> = OnceLock::new();

/// The exit code, and on standard error what went wrong.
fn ended(done: Result<Exit, Error>, terminal: &Terminal) -> ExitCode {
    let exit = done.unwrap_or_else(|error| {
        let exit = Exit::of_error(&error);
        terminal.error(error);
        exit
    });
    exit.into()
}

/// The project that this program belongs to, and its exercises.
fn project() -> Result<(Project, Catalog), Fault> {
    // Cargo says where it runs the program from; the folder may have moved since it was built.
    let own = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    let root = own.parent().unwrap_or(&own);
    let mut project = Project::at(root)?;
    if let Some(folder) = CONTENT.get() {
        project = project.with_content(folder.clone());
    }
    let catalog = Catalog::discover(&project)?;
    Ok((project, catalog))
}

/// Checks the names of exercises before anything is done.
fn known(catalog: &Catalog, exercises: &[String]) -> Result<(), Error> {
    exercises.iter().try_for_each(|slug| catalog.get(slug).map(|_| ()).map_err(Error::from))
}
