//! The attacks, and what has to come of them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use grader::report::ExerciseReport;
use grader::sandbox::Limits;

use super::common::{fixtures, grade_in, solution, with_given};

/// An attack, as its file has it. It is written into the reference solution.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attack {
    note: String,
    /// Whether it tries a layer that depends on who grades, or on what the system has.
    #[serde(default)]
    pub layer: bool,
    /// One of these has to come of it.
    verdicts: Vec<String>,
    /// Each of these has to be the kind of some failure.
    #[serde(default)]
    kinds: Vec<String>,
    /// Each of these has to be in what the report says.
    #[serde(default)]
    says: Vec<String>,
    /// None of these may be.
    #[serde(default)]
    never_says: Vec<String>,
    /// The first line.
    #[serde(default)]
    first: String,
    /// Items of the crate.
    #[serde(default)]
    items: String,
    /// The first statements of `add`.
    #[serde(default)]
    add: String,
    repeat: Option<Repeat>,
    /// A file, from `tests`, with what a hole of the compiler would let a submission do.
    given: Option<PathBuf>,
}

/// An item with something in it that is repeated.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Repeat {
    times: usize,
    before: String,
    open: String,
    middle: String,
    close: String,
    after: String,
}

/// All attacks by their names, in no order.
pub fn all() -> Vec<(String, Attack)> {
    let folders = fs::read_dir(tests().join("hostile/attacks")).expect("the attacks");
    let attack = |folder: fs::DirEntry| {
        let text = fs::read_to_string(folder.path().join("attack.toml")).expect("what has to come of it");
        let name = folder.file_name().to_string_lossy().into_owned();
        let attack = toml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        (name, attack)
    };
    folders.map(|folder| attack(folder.expect("an attack"))).collect()
}

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

impl Attack {
    /// Grades it. Returns what came of it, if that is something else than what has to.
    pub fn comes_to_something_else(&self) -> Option<String> {
        // Some last as long as a compiler may work. An honest one needs a second of CPU time.
        let limits = Limits { compile_cpu_seconds: 10, ..Limits::default() };
        assert!(Limits::default().compile_cpu_seconds <= 30, "{limits:?}");
        let given = self.given.as_ref().map(|file| {
            with_given(&fs::read_to_string(tests().join(file)).expect("what a hole would let it do"))
        });
        let project = given.as_ref().map_or_else(fixtures, |project| project.path().to_owned());
        let report = grade_in(&project, limits, &self.source());
        (!self.has_come_to_it(&report)).then(|| {
            format!(
                "{}: {:?} {:?} {:#?}",
                self.note,
                report.verdict,
                kinds(&report),
                said(&report).collect::<Vec<_>>()
            )
        })
    }

    fn has_come_to_it(&self, report: &ExerciseReport) -> bool {
        let kinds = kinds(report);
        // Whatever it does, it is judged by all of the suite.
        report.max_points == 100
            && self.verdicts.iter().any(|verdict| verdict == report.verdict.as_str())
            && self.kinds.iter().all(|kind| kinds.contains(kind.as_str()))
            && self.says.iter().all(|text| said(report).any(|said| said.contains(text)))
            && !self.never_says.iter().any(|text| said(report).any(|said| said.contains(text)))
    }

    fn source(&self) -> String {
        let body = solution().replace(
            "let mut count = self.count",
            &format!("{}\n        let mut count = self.count", self.add),
        );
        let repeated = self.repeat.as_ref().map(|repeat| {
            let Repeat { times, before, open, middle, close, after } = repeat;
            format!("{before}{}{middle}{}{after}", open.repeat(*times), close.repeat(*times))
        });
        let first = if self.first.is_empty() { String::new() } else { format!("{}\n", self.first.trim()) };
        format!("{first}{body}\n{}\n{}\n", self.items, repeated.unwrap_or_default())
    }
}

fn kinds(report: &ExerciseReport) -> BTreeSet<&str> {
    let failures = report.checks.iter().filter_map(|check| check.failure.as_ref());
    failures.map(|failure| failure.kind.as_str()).collect()
}

fn said(report: &ExerciseReport) -> impl Iterator<Item = &str> {
    let failures = report.checks.iter().filter_map(|check| check.failure.as_ref());
    failures
        .map(|failure| failure.message.as_str())
        .chain(report.diagnostics.iter().map(|diagnostic| diagnostic.message.as_str()))
}
