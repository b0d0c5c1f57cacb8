//! `cargo xtask calibrate`

use std::time::Instant;

use console::Style;
use grader::calibrate::{Calibration, Diagnoses, Thoroughness, fixtures, prove_bases};
use grader::error::Error;
use grader::pipeline::{Grader, Options};

use crate::cli::CalibrateArgs;
use crate::exit::Exit;
use crate::progress::{Counts, Progress};
use crate::terminal::Terminal;

/// Grades every fixture and says which do not come out as they must.
pub fn run(args: &CalibrateArgs, terminal: &Terminal) -> Result<Exit, Error> {
    let started = Instant::now();
    let (project, catalog) = crate::project()?;
    crate::known(&catalog, &args.exercises)?;
    let fixtures = fixtures(&project, &catalog, &args.exercises)?;
    let thoroughness = if args.full { Thoroughness::Full } else { Thoroughness::Named };

    let progress = Progress::new(Counts::Submissions, u64::try_from(fixtures.len()).unwrap_or(0));
    let options = Options { repeat: args.repeat.get(), ..Options::new(args.jobs.number()) };
    let grader = Grader::new(&project, &catalog, options, &progress)?;
    let colours = terminal.look().colours;
    let done = grader.in_parallel(&fixtures, |fixture| {
        let calibration = fixture.calibrate(&grader, thoroughness)?;
        // What fails is told at once, what holds in order at the end.
        if !calibration.faults.is_empty() {
            progress.print(&lines(&calibration, colours));
        }
        progress.submission_done();
        Ok(calibration)
    });
    progress.finish();
    let mut calibrations = done?;
    for calibration in prove_bases(&mut calibrations) {
        println!("{}", lines(calibration, colours));
    }
    for calibration in calibrations.iter().filter(|calibration| calibration.faults.is_empty()) {
        println!("{}", lines(calibration, colours));
    }
    let failed = calibrations.iter().filter(|calibration| !calibration.faults.is_empty()).count();
    let passed = calibrations.len() - failed;
    let mut diagnoses = Diagnoses::default();
    calibrations.iter().for_each(|calibration| diagnoses += calibration.diagnoses);
    eprintln!("in {} s", started.elapsed().as_secs());
    println!("{} of {} schedules have the right diagnosis", diagnoses.right, diagnoses.all);
    // A few mutants alone may happen to be those without one.
    let diagnosed = !args.exercises.is_empty() || diagnoses.suffice();
    if !diagnosed {
        println!("That are too few: nine of ten must have it.");
    }
    println!("{passed} passed, {failed} failed");
    // A proof of nothing is no proof.
    Ok(if failed == 0 && passed > 0 && diagnosed { Exit::Accepted } else { Exit::NotAccepted })
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
