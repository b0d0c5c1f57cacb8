//! `cargo xtask similarity`

use std::fmt::Write as _;

use grader::class::intake::{self, Class, Roster};
use grader::class::journal::Journal;
use grader::class::similarity::{self, Compared, Dolos};
use grader::error::Error;

use crate::cli::SimilarityArgs;
use crate::exit::Exit;
use crate::output;
use crate::progress::quoted;
use crate::signals;
use crate::terminal::Terminal;

/// Pairs of an exercise that are printed. The overview has all.
const PRINTED: usize = 10;

/// Compares the submissions of a class, says which are alike, and keeps it for the overview.
pub fn run(args: &SimilarityArgs, terminal: &Terminal) -> Result<Exit, Error> {
    let (project, catalog) = crate::project()?;
    let interrupt = signals::interrupt()?;
    if args.install {
        let folder = Dolos::install(&project, &interrupt)?;
        terminal.note(&format!("Dolos is in {}.", folder.display()));
    }
    let Some(folder) = &args.class else { return Ok(Exit::Accepted) };
    let exercises = intake::exercises(&catalog, &args.exercises)?;
    let roster = args.roster.as_deref().map(Roster::read).transpose()?;
    let class = Class::open(folder, args.system, roster.as_ref())?;
    let dolos = Dolos::find(&project, interrupt)?;
    let least = f64::from(args.least) / 100.0;
    let pairs = similarity::compare(&dolos, &class, &exercises, &project, &catalog, least)?;

    let mut text = String::new();
    for compared in &pairs.exercises {
        describe(compared, &mut text);
    }
    text.push_str("A pair is a reason to look at two submissions, never a verdict.\n");
    output::tell(text.as_bytes())?;
    let results = args
        .results
        .clone()
        .unwrap_or_else(|| Journal::of_class(&project.cache(), folder).folder().to_owned());
    pairs.write(&results)?;
    let mut command = format!("cargo xtask grade --class {}", quoted(&folder.to_string_lossy()));
    for slug in &args.exercises {
        command += &format!(" -e {slug}");
    }
    if let Some(results) = &args.results {
        command += &format!(" --results {}", quoted(&results.to_string_lossy()));
    }
    terminal.note("Side by side in the overview of the class, once it is graded:");
    terminal.note(&format!("  {command} --rescore --format html --output overview.html"));
    Ok(Exit::Accepted)
}

fn describe(compared: &Compared, text: &mut String) {
    let Compared { exercise, submissions, least, pairs, .. } = compared;
    let plural = if pairs.len() == 1 { "" } else { "s" };
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "{exercise}: {submissions} compared, {} pair{plural} at least {:.0} % similar",
        pairs.len(),
        least * 100.0
    );
    for pair in pairs.iter().take(PRINTED) {
        let passages = pair.passages.len();
        let plural = if passages == 1 { "" } else { "s" };
        let percent = pair.similarity * 100.0;
        let _ = writeln!(
            text,
            "  {percent:>3.0} %  {} and {}, {passages} passage{plural}",
            pair.left, pair.right
        );
    }
    if pairs.len() > PRINTED {
        let _ = writeln!(text, "         … and {} more", pairs.len() - PRINTED);
    }
    text.push('\n');
}
