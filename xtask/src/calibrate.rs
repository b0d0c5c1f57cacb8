//! `cargo xtask calibrate`

use std::num::NonZeroU32;
use std::time::Instant;

use console::Style;
use grader::calibrate::{
    Calibration, Diagnoses, Known, Load, Opinions, Thoroughness, fixtures, prove_bases, sample,
};
use grader::catalog::Catalog;
use grader::error::{Error, Fault};
use grader::pipeline::{Grader, Options};
use grader::project::Project;
use grader::scaffold::unwritten;

use crate::cli::CalibrateArgs;
use crate::exit::Exit;
use crate::progress::{Counts, Progress};
use crate::signals;
use crate::terminal::Terminal;

/// Grades every fixture and says which do not come out as they must.
pub fn run(args: &CalibrateArgs, terminal: &Terminal) -> Result<Exit, Error> {
    if args.mutate.mutate {
        return crate::mutate::run(args, terminal);
    }
    let started = Instant::now();
    let (project, catalog) = crate::project()?;
    crate::known(&catalog, &args.exercises)?;
    if is_unwritten(&project, &catalog, &args.exercises)? {
        return Ok(Exit::NotAccepted);
    }
    let mut fixtures = fixtures(&project, &catalog, &args.exercises)?;
    if let Some(count) = args.sample {
        fixtures = sample(fixtures, count);
    }
    let thoroughness = if args.full { Thoroughness::Full } else { Thoroughness::Named };

    let progress = Progress::new(Counts::Submissions, u64::try_from(fixtures.len()).unwrap_or(0), terminal);
    let interrupt = signals::interrupt()?;
    let options = Options {
        repeat: args.repeat.get(),
        second_opinion: args.second_opinion,
        interrupt: interrupt.clone(),
        ..Options::new(args.jobs.number())
    };
    let grader = Grader::new(&project, &catalog, options, &progress)?;
    // What a server proves, it proves anew: nothing that was left on it by another run counts.
    let is_fresh = args.no_cache || std::env::var_os("CI").is_some_and(|value| !value.is_empty());
    // These are about the gradings themselves, not about their results.
    let is_about_runs = args.repeat > NonZeroU32::MIN || args.load > 0 || args.second_opinion;
    let known = if is_fresh || is_about_runs {
        None
    } else {
        Some(Known::of(&grader, &project, &catalog, &fixtures)?)
    };
    let colours = terminal.look().colours;
    let load = Load::start(args.load);
    let done = grader.in_parallel(&fixtures, |fixture| {
        let calibration = match fixture.calibrate(&grader, thoroughness, known.as_ref()) {
            Err(Error::Fault(Fault::Interrupted)) => return Ok(None),
            done => done?,
        };
        progress.print(&lines(&calibration, colours));
        progress.submission_done();
        Ok(Some(calibration))
    });
    drop(load);
    progress.finish();
    let mut calibrations: Vec<Calibration> = done?.into_iter().flatten().collect();
    // An interrupted calibration has not come to every base.
    if !interrupt.is_requested() {
        prove_bases(&mut calibrations);
    }
    print_failed(&calibrations, colours);
    let failed = calibrations.iter().filter(|calibration| !calibration.faults.is_empty()).count();
    let passed = calibrations.len() - failed;
    let mut diagnoses = Diagnoses::default();
    calibrations.iter().for_each(|calibration| diagnoses += calibration.diagnoses);
    eprintln!("in {} s", started.elapsed().as_secs());
    if args.second_opinion {
        print_opinions(&calibrations);
    }
    print_undiagnosed(&calibrations);
    println!("{} of {} schedules have the right diagnosis", diagnoses.right, diagnoses.all);
    // A few mutants alone may happen to be those without one.
    let are_few = !args.exercises.is_empty() || args.sample.is_some();
    let diagnosed = are_few || interrupt.is_requested() || diagnoses.suffice();
    if !diagnosed {
        println!("Those are too few: nine of ten must have it.");
    }
    if interrupt.is_requested() {
        println!("Interrupted: {} of {} were calibrated", calibrations.len(), fixtures.len());
        println!("{passed} passed, {failed} failed");
        return Ok(Exit::Interrupted);
    }
    let recalled = calibrations.iter().filter(|calibration| calibration.is_known).count();
    if recalled > 0 {
        println!(
            "{recalled} of {} came from the cache: nothing that they depend on has changed",
            calibrations.len()
        );
    }
    println!("{passed} passed, {failed} failed");
    // A proof of nothing is no proof.
    Ok(if failed == 0 && passed > 0 && diagnosed { Exit::Accepted } else { Exit::NotAccepted })
}

/// Whether something is left to write of one of the exercises, which is listed then: there is nothing to prove yet.
fn is_unwritten(project: &Project, catalog: &Catalog, wanted: &[String]) -> Result<bool, Error> {
    let mut any = false;
    for exercise in catalog.exercises() {
        if !wanted.is_empty() && !wanted.contains(&exercise.slug) {
            continue;
        }
        let list = unwritten(project, exercise)?;
        if !list.is_empty() {
            println!(
                "{}: {} left to write:",
                exercise.slug,
                if list.len() == 1 { "this is" } else { "these are" }
            );
            list.iter().for_each(|item| println!("  {item}"));
        }
        any |= !list.is_empty();
    }
    Ok(any)
}

/// Prints once more what failed, so that a long output ends with it.
fn print_failed(calibrations: &[Calibration], colours: bool) {
    let failed: Vec<_> = calibrations.iter().filter(|calibration| !calibration.faults.is_empty()).collect();
    if !failed.is_empty() {
        println!("\nNot as they must be:");
    }
    for calibration in failed {
        println!("{}", lines(calibration, colours));
    }
}

/// Prints which schedules say nothing about the mistake that they show.
fn print_undiagnosed(calibrations: &[Calibration]) {
    let silent: Vec<_> =
        calibrations.iter().filter(|calibration| !calibration.undiagnosed.is_empty()).collect();
    if !silent.is_empty() {
        println!("\nSchedules without a diagnosis:");
    }
    for Calibration { exercise, name, undiagnosed, .. } in silent {
        println!("  {exercise} {name}: {}", undiagnosed.join(", "));
    }
}

/// How often the model and loom agree, exercise by exercise. A disagreement is a fault of its fixture.
fn print_opinions(calibrations: &[Calibration]) {
    let mut by_exercise: Vec<(&str, Opinions)> = Vec::new();
    for Calibration { exercise, opinions, .. } in calibrations {
        match by_exercise.iter_mut().find(|(known, _)| known == exercise) {
            Some((_, sum)) => *sum += *opinions,
            None => by_exercise.push((exercise, *opinions)),
        }
    }
    for (exercise, opinions) in by_exercise {
        let Opinions { agree, disagree, known, not_expressible, cut, alone } = opinions;
        println!(
            "{exercise}: the model and loom: {agree} agree, {disagree} disagree, {known} differ for a known reason, \
             {not_expressible} not expressible in loom, {cut} cut short, {alone} without a verdict of the model"
        );
    }
}

fn lines(calibration: &Calibration, colours: bool) -> String {
    let (mark, style) = if calibration.faults.is_empty() {
        ("✓", Style::new().green())
    } else {
        ("✗", Style::new().red())
    };
    let mark = style.force_styling(colours).apply_to(mark);
    let mut text = format!("{mark} {} {}", calibration.exercise, calibration.name);
    for fault in &calibration.faults {
        text.push_str("\n    ");
        text.push_str(&fault.replace('\n', "\n    "));
    }
    text
}
