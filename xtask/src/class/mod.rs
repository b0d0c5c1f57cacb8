//! `cargo xtask grade --class`

mod progress;
pub mod targets;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use grader::catalog::Catalog;
use grader::class::intake::{self, Class, Roster};
use grader::class::journal::Journal;
use grader::class::rows::Rows;
use grader::class::rubric::{Rubric, RubricText};
use grader::class::run::{Done, Plan};
use grader::class::shard::Manifest;
use grader::class::similarity::Pairs;
use grader::error::{Error, Fault, UsageError};
use grader::event::Event;
use grader::pipeline::{Grader, Options};
use grader::project::Project;
use grader::report::{Sandbox, Verdict};
use grader::sandbox::Limits;

use crate::cli::GradeArgs;
use crate::exit::Exit;
use crate::output::Target;
use crate::signals;
use crate::terminal::Terminal;
use progress::Progress;

/// Grades every learner, or those of one shard, and writes what was asked for. Says with the exit code whether all of it
/// is accepted.
pub fn run(
    args: &GradeArgs,
    wanted: &[Target],
    project: &Project,
    catalog: &Catalog,
    terminal: &Terminal,
) -> Result<Exit, Error> {
    let targets = match targets::of(wanted) {
        Ok(targets) => targets,
        Err(refused) => {
            terminal.error(refused);
            return Ok(Exit::Usage);
        }
    };
    let date = date()?;
    let folder = args.submission.clone().unwrap_or_default();
    let exercises = intake::exercises(catalog, &args.exercises)?;
    let roster = args.class.roster.as_deref().map(Roster::read).transpose()?;
    let whole = Class::open(&folder, args.class.system, roster.as_ref())?;
    let class = args.class.shard.map_or_else(|| whole.clone(), |shard| shard.part(&whole));
    let text = rubric(args.class.rubric.as_deref(), &folder).map(RubricText::take).transpose()?;
    let rubric = text.as_ref().map(|text| Rubric::read(text, project, &exercises)).transpose()?;
    let results = match &args.class.results {
        Some(folder) => folder.clone(),
        None => Journal::of_class(&project.cache(), &folder).folder().to_owned(),
    };
    let journal = match args.class.shard {
        Some(shard) => Journal::in_folder(shard.folder(&results)),
        None => Journal::in_folder(results.clone()),
    };
    let interrupt = signals::interrupt()?;
    let jobs = args.jobs.number();
    let progress = Progress::new(class.learners.len() * exercises.len(), terminal);
    let listener = |event: &Event| progress.event(event);
    let limits = args.limits.as_deref().map(Limits::read).transpose()?.unwrap_or_default();
    let options = Options { limits, interrupt: interrupt.clone(), ..Options::new(jobs) };
    let grader = Grader::new(project, catalog, options, &listener)?;
    if !args.allow_weak_sandbox && grader.sandbox() == Sandbox::LimitsOnly {
        return Err(UsageError::WeakSandbox.into());
    }

    let verdicts: Mutex<Vec<Verdict>> = Mutex::default();
    if !args.class.rescore {
        let plan = Plan {
            project,
            catalog,
            exercises: exercises.clone(),
            jobs,
            journal: journal.clone(),
            // A shard may be graded again where nobody knows whether it was graded before.
            resume: args.class.resume || args.class.shard.is_some(),
            cache: !args.class.no_cache,
            interrupt,
        };
        // What is graded is what there is now.
        let manifest = args
            .class
            .shard
            .map(|shard| Manifest::new(shard, &grader, project, &whole, &exercises, text.clone()));
        let manifest = manifest.transpose()?;
        let ran = plan.run(&grader, &class, &|done: &Done<'_>| {
            verdicts.lock().unwrap_or_else(PoisonError::into_inner).push(done.verdict);
            progress.done(done);
        });
        progress.finish();
        match ran {
            Ok(keys) => {
                if let Some(manifest) = manifest {
                    manifest.complete(keys, journal.folder())?;
                    say_how_to_merge(&results, terminal);
                }
            }
            Err(error) => {
                let kept = verdicts.lock().unwrap_or_else(PoisonError::into_inner).len();
                say_how_to_go_on(kept, class.learners.len() * exercises.len());
                return Err(error);
            }
        }
    }
    let mut verdicts = verdicts.into_inner().unwrap_or_else(PoisonError::into_inner);

    let rows = Rows::new(&grader, &class, exercises, &journal)
        .with_rubric(rubric.as_ref())
        .with_pairs(Pairs::read(&results))
        .dated(date);
    if args.class.rescore {
        for row in rows.iter() {
            verdicts.extend(row?.report.exercises.iter().map(|exercise| exercise.verdict));
        }
    }
    targets::write(&targets, &rows, args.feedback, terminal)?;
    Ok(Exit::of_verdicts(verdicts.into_iter()))
}

/// The time that is to stand in reports in place of the real one, so that two gradings make the same ones:
/// <https://reproducible-builds.org/specs/source-date-epoch/>.
pub fn date() -> Result<Option<String>, UsageError> {
    let Some(value) = std::env::var_os("SOURCE_DATE_EPOCH") else { return Ok(None) };
    let value = value.to_string_lossy().into_owned();
    let date = value.parse().ok().and_then(grader::report::time);
    date.map(Some).ok_or(UsageError::SourceDate { value })
}

fn say_how_to_merge(results: &Path, terminal: &Terminal) {
    terminal.note("This shard is done. When all of them are:");
    terminal.note(&format!("  cargo xtask merge {}", crate::progress::quoted(&results.to_string_lossy())));
}

/// The rubric that was named, or the one that is there.
fn rubric(named: Option<&Path>, class: &Path) -> Option<PathBuf> {
    const NAME: &str = "rubric.toml";
    let beside = class.canonicalize().ok().and_then(|class| Some(class.parent()?.join(NAME)));
    let there = [Some(class.join(NAME)), beside].into_iter().flatten();
    named.map(Path::to_owned).or_else(|| there.into_iter().find(|file| file.is_file()))
}

/// The command that this one was, so that it can be given again.
fn say_how_to_go_on(kept: usize, all: usize) {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--resume").collect();
    let words: Vec<String> = words.iter().map(|word| crate::progress::quoted(word)).collect();
    eprintln!("{kept} of {all} results are kept. To go on where it stopped:");
    eprintln!("  cargo xtask {} --resume", words.join(" "));
}

/// A fault over a file of a report.
fn unwritable(path: &Path, source: std::io::Error) -> Fault {
    Fault::io("write the report to", path, source)
}
