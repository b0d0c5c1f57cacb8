//! `cargo xtask calibrate --mutate`

mod tally;

use std::time::Instant;

use grader::catalog::Catalog;
use grader::error::{Error, Fault};
use grader::mutant::{Base, Change};
use grader::mutate::{Baseline, Equivalents, Generated, Judge, generate, sample};
use grader::pipeline::{Grader, Options};
use grader::project::Project;

use crate::cli::CalibrateArgs;
use crate::exit::Exit;
use crate::mutant::coloured;
use crate::progress::{Counts, Progress};
use crate::signals;
use crate::terminal::Terminal;
use tally::Tally;

/// An exercise with its right programs, and those of their mutants that are to be graded.
struct Planned {
    exercise: String,
    programs: Vec<(Base, String)>,
    mutants: Vec<Generated>,
    equivalents: Equivalents,
}

/// Grades mutants that are made, and says which of them no check catches.
pub fn run(args: &CalibrateArgs, terminal: &Terminal) -> Result<Exit, Error> {
    let started = Instant::now();
    let (project, catalog) = crate::project()?;
    crate::known(&catalog, &args.exercises)?;
    let planned = plan(args, &project, &catalog)?;
    let Some(planned) = planned else { return Ok(Exit::NotAccepted) };
    let count = planned.iter().map(|one| one.mutants.len()).sum::<usize>();

    let progress = Progress::new(Counts::Mutants, u64::try_from(count).unwrap_or(0), terminal);
    let interrupt = signals::interrupt()?;
    let options = Options { interrupt: interrupt.clone(), ..Options::new(args.jobs.number()) };
    let grader = Grader::new(&project, &catalog, options, &progress)?;
    // What a server proves, it proves anew.
    let is_fresh = args.no_cache || std::env::var_os("CI").is_some_and(|value| !value.is_empty());
    let mut tallies = Vec::new();
    for one in planned {
        if interrupt.is_requested() {
            break;
        }
        tallies.push(graded(one, &grader, &project, &catalog, is_fresh, &progress)?);
    }
    progress.finish();

    let colours = terminal.look().colours;
    for survivor in tallies.iter().flat_map(|tally| &tally.survivors) {
        println!("\n{} survived: {}", survivor.exercise, survivor.id);
        print!("{}", if colours { coloured(&survivor.diff) } else { survivor.diff.clone() });
    }
    tallies.iter().for_each(|tally| println!("\n{tally}"));
    tallies.iter().flat_map(|tally| &tally.wrong).for_each(|wrong| println!("{wrong}"));
    eprintln!("in {} s", started.elapsed().as_secs());
    let done: usize = tallies.iter().map(Tally::all).sum();
    let survived: usize = tallies.iter().map(|tally| tally.survivors.len()).sum();
    if interrupt.is_requested() {
        println!("Interrupted: {done} of {count} were graded");
    }
    if survived > 0 {
        println!(
            "{survived} survived: write a check that catches it, or say in `equivalent.toml` of the suite why it is a right \
             program"
        );
    }
    let holds = done > 0 && tallies.iter().all(Tally::holds);
    Ok(match (interrupt.is_requested(), holds) {
        (true, _) => Exit::Interrupted,
        (false, true) => Exit::Accepted,
        (false, false) => Exit::NotAccepted,
    })
}

/// What there is to grade. `None` if entries are about no mutant, which is printed then: first the list has to be right.
fn plan(args: &CalibrateArgs, project: &Project, catalog: &Catalog) -> Result<Option<Vec<Planned>>, Error> {
    let mut planned = Vec::new();
    let mut stale = Vec::new();
    for exercise in catalog.exercises() {
        if !args.exercises.is_empty() && !args.exercises.contains(&exercise.slug) {
            continue;
        }
        let equivalents = Equivalents::read(&project.suite(&exercise.slug))?;
        let mut programs = Vec::new();
        let mut mutants = Vec::new();
        for base in Base::all(project, exercise)? {
            let program = base.read(project, exercise)?;
            mutants.extend(generate(&base, &program)?);
            programs.push((base, program));
        }
        stale.extend(equivalents.stale(&mutants));
        let wanted = &args.mutate;
        mutants.retain(|mutant| {
            let is_of_base = wanted.bases.is_empty() || wanted.bases.contains(&mutant.base);
            let is_made_by = |name| wanted.operators.iter().any(|operator| operator.name == name);
            is_of_base && (wanted.operators.is_empty() || is_made_by(mutant.operator))
        });
        if let Some(count) = args.sample {
            mutants = sample(mutants, count);
        }
        programs.retain(|(base, _)| mutants.iter().any(|mutant| mutant.base == *base));
        planned.push(Planned { exercise: exercise.slug.clone(), programs, mutants, equivalents });
    }
    stale.iter().for_each(|entry| println!("{entry}"));
    Ok(stale.is_empty().then_some(planned))
}

/// Grades the mutants of one exercise. Of an interrupted grading the tally has what was found out.
fn graded(
    planned: Planned,
    grader: &Grader<'_>,
    project: &Project,
    catalog: &Catalog,
    is_fresh: bool,
    progress: &Progress,
) -> Result<Tally, Error> {
    let Planned { exercise, programs, mutants, equivalents } = planned;
    let mut tally = Tally::new(exercise.clone());
    let judge = Judge::new(grader, project, catalog, &exercise, is_fresh)?;
    let baselines =
        grader.in_parallel(&programs, |(base, program)| unless_interrupted(judge.baseline(base, program)))?;
    let baseline = |mutant: &Generated| -> Option<&Baseline> {
        let place = programs.iter().position(|(base, _)| *base == mutant.base)?;
        baselines.get(place)?.as_ref()
    };
    let fates = grader.in_parallel(&mutants, |mutant| {
        let Some(baseline) = baseline(mutant) else { return Ok(None) };
        let fate = unless_interrupted(judge.fate(baseline, mutant))?;
        progress.submission_done();
        Ok(fate)
    })?;
    for (mutant, fate) in mutants.iter().zip(fates) {
        let Some(fate) = fate else { continue };
        let original = programs.iter().find(|(base, _)| *base == mutant.base).map(|(_, program)| program);
        let diff = || {
            let change = Change::between(original.map_or("", String::as_str), &mutant.program);
            change.map(|change| change.text().to_owned()).unwrap_or_default()
        };
        tally.count(mutant, &fate, &equivalents, diff);
    }
    Ok(tally)
}

/// `None` where the work was interrupted, so that what was found out elsewhere is kept.
fn unless_interrupted<T>(done: Result<T, Error>) -> Result<Option<T>, Error> {
    match done {
        Err(Error::Fault(Fault::Interrupted)) => Ok(None),
        done => done.map(Some),
    }
}

#[cfg(test)]
mod tests {
    use grader::mutate::Fate;

    use super::*;

    #[test]
    fn an_interruption_is_no_error() {
        assert!(unless_interrupted::<Fate>(Err(Fault::Interrupted.into())).is_ok_and(|done| done.is_none()));
        assert!(unless_interrupted(Ok(Fate::Survived)).is_ok_and(|done| done == Some(Fate::Survived)));
    }
}
