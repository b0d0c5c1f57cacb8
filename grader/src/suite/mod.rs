//! A suite: the checks of one exercise, what they are worth, and what a learner reads about them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use model_trace::Sampling;

use crate::error::{Fault, line_of};
use crate::report::Engine;

mod entry;
mod facts;
mod foolproof;
mod functions;
mod model;
mod part;
mod public;
mod twins;

pub use entry::{CheckId, Entry, Selection, Subject};
use foolproof::Foolproof;
pub(crate) use functions::CheckFile;
use model::{AT_LEAST, PREEMPTIONS, RawLoom};
pub(crate) use model::{DEEPENING, SEED};
use part::Part;
use twins::{Of, RawTwins, Twins};

/// What all checks of a suite are worth together.
pub const FULL_POINTS: u32 = 100;

#[derive(Debug, Clone)]
pub struct Suite {
    pub folder: PathBuf,
    pub checks: Vec<Check>,
    pub contracts: Vec<Contract>,
    /// Paths that this exercise forbids, such as `std::sync::RwLock`.
    pub banned: Vec<String>,
    pub(crate) files: Vec<CheckFile>,
    /// The checks on real threads that stand in for those that only the model runs.
    pub(crate) twins: Twins,
    /// The checks of the model that stand in for those that only real threads run.
    pub(crate) modelled: Twins,
}

/// A check that runs.
#[derive(Debug, Clone)]
pub struct Check {
    /// The `#[test]` function, with its module if it has one.
    pub name: String,
    pub title: String,
    pub explanation: String,
    /// What a report says when some execution has to show something, and none did.
    pub never: Option<String>,
    /// Who runs it, and what it is worth there.
    pub engines: Vec<(Engine, u32)>,
    /// `None` searches without a bound.
    pub preemptions: Option<u64>,
    /// The bound that has to be reached within `executions`; a greater one only within [`DEEPENING`]. `None`: `preemptions`.
    pub least: Option<u64>,
    pub executions: u64,
    /// It uses one thread only.
    pub alone: bool,
    /// The schedules that the model draws, instead of a search.
    pub sampling: Option<Sampling>,
    /// It sleeps nearly all of the time, so it need not wait for a core.
    pub sleeps: bool,
    /// The fact that holds where it passes, for checks that build on it, such as `waiting threads sleep`.
    pub establishes: Option<String>,
    /// Facts that it builds on: it is not run where one of them does not hold.
    pub requires: Vec<String>,
    /// Whether loom can judge it too, with the reference solution. Without the model nobody asks.
    pub loom: Loom,
}

/// Whether loom can judge a check: run it to a verdict, on the reference solution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Loom {
    Judges,
    CannotJudge {
        /// What it cannot express.
        reason: String,
    },
}

/// A check by rustc alone.
#[derive(Debug, Clone)]
pub struct Contract {
    pub name: String,
    pub title: String,
    pub explanation: String,
    pub points: u32,
    pub file: PathBuf,
    pub expect: Expect,
}

/// What rustc must make of a contract's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expect {
    Compiles,
    /// It is refused, and this is among the errors.
    Refused {
        code: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSuite {
    #[serde(default, rename = "check")]
    checks: Vec<RawCheck>,
    #[serde(default, rename = "contract")]
    contracts: Vec<RawContract>,
    #[serde(default)]
    banned: Vec<String>,
    #[serde(default)]
    alone: Option<Spanned<Vec<String>>>,
    #[serde(default)]
    twins: RawTwins,
    #[serde(default)]
    modelled: RawTwins,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCheck {
    name: Spanned<String>,
    title: String,
    explanation: String,
    never: Option<String>,
    points: Spanned<RawPoints>,
    preemptions: Option<model::RawBound>,
    at_least: Option<Spanned<u64>>,
    #[serde(default = "default_executions")]
    executions: u64,
    schedules: Option<Spanned<u64>>,
    #[serde(default)]
    sleeps: bool,
    establishes: Option<Spanned<String>>,
    #[serde(default)]
    requires: Vec<Spanned<String>>,
    loom: Option<Spanned<RawLoom>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPoints {
    model: Option<u32>,
    stress: Option<u32>,
}

fn default_executions() -> u64 {
    100_000
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawContract {
    name: Spanned<String>,
    title: String,
    explanation: String,
    points: u32,
    file: Spanned<PathBuf>,
    expect: Spanned<RawExpect>,
    error: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum RawExpect {
    MustCompile,
    MustNotCompile,
}

impl Suite {
    const SIGNATURE: &str = "signature.rs";

    /// Reads and proves the suite in `folder`.
    ///
    /// # Errors
    /// When it is not whole: names the file and the line.
    pub fn load(folder: &Path) -> Result<Self, Fault> {
        let file = folder.join("suite.toml");
        // A suite is in a folder that is called like its exercise.
        let exercise = folder.file_name().unwrap_or_default().to_string_lossy();
        let unreadable = |file: &Path, source| Fault::unreadable(&exercise, file, source);
        let text = std::fs::read_to_string(&file).map_err(|source| unreadable(&file, source))?;
        let at = |span: Range<usize>, message: String| Fault::Suite {
            file: file.clone(),
            line: line_of(&text, &span),
            message,
        };
        let raw: RawSuite = toml::from_str(&text)
            .map_err(|error| at(error.span().unwrap_or(0..0), error.message().to_owned()))?;
        for required in [Self::SIGNATURE, CheckFile::ROOT].map(|name| folder.join(name)) {
            std::fs::metadata(&required).map_err(|source| unreadable(&required, source))?;
        }
        let mut foolproof = Foolproof::new(&exercise.replace('-', "_"));
        let files = CheckFile::read_all(folder, &mut foolproof)?;
        let signature = folder.join(Self::SIGNATURE);
        let (source, parsed) = functions::parse(&signature)?;
        foolproof.look(&signature, &parsed, &source);
        for program in functions::rust_files(&folder.join("contract"))? {
            foolproof.look_at_program(&program, &functions::parse(&program)?.1);
        }
        foolproof.prove()?;
        unique_names(&raw, &at)?;
        functions_match(&raw, &files, &at)?;
        facts::prove(&raw.checks, &at)?;
        let twins = Twins::read(Of::TheModel, &raw.checks, &raw.twins, &at)?;
        let modelled = Twins::read(Of::RealThreads, &raw.checks, &raw.modelled, &at)?;

        let alone = alone(&raw, &at)?;
        let mut checks = Vec::new();
        for check in raw.checks {
            let RawPoints { model, stress } = *check.points.get_ref();
            let engines: Vec<_> = [(Engine::Model, model), (Engine::Stress, stress)]
                .into_iter()
                .filter_map(|(engine, points)| Some((engine, points?)))
                .collect();
            if engines.is_empty() {
                return Err(at(check.points.span(), "no engine runs this check".to_owned()));
            }
            let sampling = model::sampling(check.schedules.as_ref(), model.is_some(), &at)?;
            let (preemptions, least) = model::bounds(check.preemptions, check.at_least, &at)?;
            let loom = model::loom(check.loom, model.is_some(), check.name.span(), &at)?;
            checks.push(Check {
                alone: alone.iter().any(|module| is_in(check.name.get_ref(), module)),
                name: check.name.into_inner(),
                title: check.title,
                explanation: check.explanation.trim().to_owned(),
                never: check.never,
                engines,
                preemptions,
                least,
                executions: check.executions,
                sampling,
                sleeps: check.sleeps,
                establishes: check.establishes.map(Spanned::into_inner),
                requires: check.requires.into_iter().map(Spanned::into_inner).collect(),
                loom,
            });
        }
        let mut contracts = Vec::new();
        for contract in raw.contracts {
            let path = folder.join(contract.file.get_ref());
            if !path.is_file() {
                return Err(at(contract.file.span(), format!("there is no file {}", path.display())));
            }
            let expect = match (contract.expect.get_ref(), contract.error) {
                (RawExpect::MustCompile, None) => Expect::Compiles,
                (RawExpect::MustNotCompile, Some(code)) => Expect::Refused { code },
                (RawExpect::MustCompile, Some(_)) => {
                    return Err(at(
                        contract.expect.span(),
                        "a program that must compile has no `error`".to_owned(),
                    ));
                }
                (RawExpect::MustNotCompile, None) => {
                    return Err(at(contract.expect.span(), "`error` must name rustc's code".to_owned()));
                }
            };
            contracts.push(Contract {
                name: contract.name.into_inner(),
                title: contract.title,
                explanation: contract.explanation.trim().to_owned(),
                points: contract.points,
                file: contract.file.into_inner(),
                expect,
            });
        }
        let suite =
            Self { folder: folder.to_owned(), checks, contracts, banned: raw.banned, files, twins, modelled };
        let points = suite.max_points();
        if points != FULL_POINTS {
            return Err(at(0..0, format!("the points add up to {points}, not to {FULL_POINTS}")));
        }
        Ok(suite)
    }

    /// What the whole suite is worth.
    pub fn max_points(&self) -> u32 {
        self.entries().map(|entry| entry.points).sum()
    }

    /// The file that says what the public items must look like.
    pub(crate) fn signature(&self) -> PathBuf {
        self.folder.join(Self::SIGNATURE)
    }

    /// The names and texts of the files that the checks among `entries` which `engine` runs are compiled from, with `main` at the
    /// end of the first. Where all of the engine's checks are among them, that is the whole suite.
    pub(crate) fn staged(&self, engine: Engine, entries: &[Entry<'_>], main: &str) -> Vec<(String, String)> {
        let of_engine = |entry: &Entry<'_>| entry.engine == engine;
        let selected: BTreeSet<&str> =
            entries.iter().filter(|entry| of_engine(entry)).map(|entry| entry.name).collect();
        if selected.is_empty() {
            return Vec::new();
        }
        let is_whole = selected.len() == self.entries().filter(of_engine).count();
        let is_public = self.files.iter().any(CheckFile::is_public);
        let part = if is_whole || is_public {
            Part::Whole
        } else {
            Part::needed(self.files.iter().map(|file| &file.needs), &selected)
        };
        let staged = self.files.iter().map(|file| file.staged(&part, main));
        staged.flat_map(|(names, text)| names.into_iter().map(move |name| (name, text.clone()))).collect()
    }

    /// Every check by every engine that runs it: one entry of a report each, in the suite's order.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        let contracts = self.contracts.iter().map(Entry::of_contract);
        contracts.chain(self.checks.iter().flat_map(Entry::of_check))
    }
}

/// The modules of which each check uses one thread only.
fn alone(raw: &RawSuite, at: &dyn Fn(Range<usize>, String) -> Fault) -> Result<Vec<String>, Fault> {
    let Some(alone) = &raw.alone else { return Ok(Vec::new()) };
    let known = |module: &String| raw.checks.iter().any(|check| is_in(check.name.get_ref(), module));
    match alone.get_ref().iter().find(|module| !known(module)) {
        Some(module) => Err(at(alone.span(), format!("no check is in a module `{module}`"))),
        None => Ok(alone.get_ref().clone()),
    }
}

/// Whether a check is in this module.
fn is_in(check: &str, module: &str) -> bool {
    check.strip_prefix(module).is_some_and(|rest| rest.starts_with("::"))
}

fn unique_names(raw: &RawSuite, at: &impl Fn(Range<usize>, String) -> Fault) -> Result<(), Fault> {
    let mut seen = BTreeSet::new();
    let names =
        raw.checks.iter().map(|check| &check.name).chain(raw.contracts.iter().map(|contract| &contract.name));
    for name in names {
        if !seen.insert(name.get_ref()) {
            return Err(at(name.span(), format!("the name `{}` appears twice", name.get_ref())));
        }
    }
    Ok(())
}

/// Every check has its function and every function its check.
fn functions_match(
    raw: &RawSuite,
    files: &[CheckFile],
    at: &impl Fn(Range<usize>, String) -> Fault,
) -> Result<(), Fault> {
    let mut functions: BTreeMap<&str, (&Path, usize)> = BTreeMap::new();
    for file in files {
        for (name, line) in file.tests() {
            functions.insert(name, (file.path(), *line));
        }
    }
    for check in &raw.checks {
        if functions.remove(check.name.get_ref().as_str()).is_none() {
            return Err(at(
                check.name.span(),
                format!("checks.rs has no `#[test] fn {}`", check.name.get_ref()),
            ));
        }
    }
    match functions.first_key_value() {
        None => Ok(()),
        Some((name, (path, line))) => Err(Fault::Suite {
            file: path.to_path_buf(),
            line: *line,
            message: format!("suite.toml has no check `{name}`"),
        }),
    }
}

#[cfg(test)]
mod tests;
