//! `cargo xtask mutant`

use std::path::Path;

use console::Style;
use grader::catalog::Catalog;
use grader::error::{Error, MutantError};
use grader::mutant::{self, Mutant, Outcome, Recorded, Request};
use grader::project::Project;

use crate::cli::{MutantCommand, RebaseArgs, RecordArgs, ShowArgs};
use crate::exit::Exit;
use crate::output;
use crate::terminal::Terminal;

pub fn run(command: &MutantCommand, terminal: &Terminal) -> Result<Exit, Error> {
    let (project, catalog) = crate::project()?;
    match command {
        MutantCommand::Show(args) => show(args, &project, &catalog, terminal),
        MutantCommand::Record(args) => record(args, &project, &catalog),
        MutantCommand::Rebase(args) => rebase(args, &project, &catalog),
    }
}

fn show(args: &ShowArgs, project: &Project, catalog: &Catalog, terminal: &Terminal) -> Result<Exit, Error> {
    let exercise = catalog.get(&args.mutant.exercise)?;
    let mutant = Mutant::find(project, exercise, &args.mutant.name)?;
    let text = if args.diff {
        let (Some(base), Some(change)) = (mutant.base(), mutant.change()) else {
            return Err(MutantError::NoChange { mutant: mutant.name }.into());
        };
        let file = shown(&base.file(project, exercise), project);
        format!("--- {file}\n+++ {}\n{}", args.mutant.name, change.text())
    } else {
        mutant.program(project, exercise)?
    };
    let colours = args.diff && terminal.look().colours;
    output::tell(if colours { coloured(&text) } else { text }.as_bytes())?;
    Ok(Exit::Accepted)
}

/// A diff with the colours that diffs have.
pub fn coloured(diff: &str) -> String {
    let line = |line: &str| {
        let style = match line.chars().next() {
            Some('+') => Style::new().green(),
            Some('-') => Style::new().red(),
            Some('@') => Style::new().cyan(),
            _ => return format!("{line}\n"),
        };
        format!("{}\n", style.force_styling(true).apply_to(line))
    };
    diff.lines().map(line).collect()
}

fn record(args: &RecordArgs, project: &Project, catalog: &Catalog) -> Result<Exit, Error> {
    let exercise = catalog.get(&args.mutant.exercise)?;
    let request =
        Request { name: &args.mutant.name, program: &args.file, base: args.base.clone(), force: args.force };
    match mutant::record(project, exercise, &request)? {
        Recorded::Change { file, base, change } => {
            let lines = change.changed_lines();
            let lines = if lines == 1 { "1 line".to_owned() } else { format!("{lines} lines") };
            println!("{}: {lines} removed from or added to {base}", shown(&file, project));
        }
        Recorded::Whole { file } => println!("{}: a program of its own", shown(&file, project)),
    }
    Ok(Exit::Accepted)
}

fn rebase(args: &RebaseArgs, project: &Project, catalog: &Catalog) -> Result<Exit, Error> {
    crate::known(catalog, &args.exercises)?;
    let wanted = |slug: &String| args.exercises.is_empty() || args.exercises.contains(slug);
    let (mut up_to_date, mut rebased, mut left) = (0, 0, 0);
    for exercise in catalog.exercises().iter().filter(|exercise| wanted(&exercise.slug)) {
        for (mutant, outcome) in mutant::rebase(project, exercise)? {
            let file = shown(&mutant.file, project);
            match &outcome {
                Outcome::UpToDate => {}
                Outcome::Rebased => println!("{file}: rebased"),
                Outcome::Conflict { lines, merged } => {
                    for line in lines {
                        println!("{file}:{line}: conflict: the base has changed in the same place");
                    }
                    let (name, merged) = (&mutant.name, shown(merged, project));
                    println!("    resolve it in {merged}, then run");
                    println!("    cargo xtask mutant record {}/{name} {merged} --force", exercise.slug);
                }
                Outcome::SameAsBase => {
                    println!("{file}: nothing is left to change: the base is the same program now")
                }
                Outcome::NoMatchingVersion => {
                    println!(
                        "{file}: it fits no committed version of its base; record the whole program again"
                    );
                }
            }
            *match outcome {
                Outcome::UpToDate => &mut up_to_date,
                Outcome::Rebased => &mut rebased,
                Outcome::Conflict { .. } | Outcome::SameAsBase | Outcome::NoMatchingVersion => &mut left,
            } += 1;
        }
    }
    println!("{up_to_date} up to date, {rebased} rebased, {left} left unchanged");
    Ok(if left == 0 { Exit::Accepted } else { Exit::NotAccepted })
}

/// A file of the project as it is written on a command line there.
fn shown(file: &Path, project: &Project) -> String {
    file.strip_prefix(project.root()).unwrap_or(file).display().to_string()
}
