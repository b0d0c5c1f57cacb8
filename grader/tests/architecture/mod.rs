//! The shape of the grader and of the commands: modules use what is below them, no files go round in a circle,
//! and no file is long.

mod imports;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use imports::{Crate, Import};

/// The modules of the grader, the lowest first: each uses only those before it. The tour in `lib.rs` goes through
/// them in this order.
const LAYERS: &[&str] = &[
    "error",
    "digest",
    "whole_file",
    "new_folder",
    "interrupt",
    "lots",
    "random",
    "confine",
    "process",
    "sandbox",
    "suggestion",
    "slots",
    "report",
    "source",
    "project",
    "catalog",
    "course",
    "suite",
    "verdict",
    "event",
    "children",
    "submission",
    "policy",
    "replay",
    "numbers",
    "staging",
    "build",
    "check",
    "second_opinion",
    "trace",
    "diagnosis",
    "pipeline",
    "results",
    "mutant",
    "mutate",
    "scaffold",
    "calibrate",
    "learner",
    "class",
    "format",
    "fuzzing",
];

/// More is more than one concern.
const MOST_LINES: usize = 400;

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the grader is in a workspace")
}

fn grader() -> Crate {
    Crate::read(&project().join("grader/src"))
}

/// Every import of `imports` that `is_wrong`, one on a line, each with its file and line.
fn listed<'a>(imports: impl IntoIterator<Item = &'a Import>) -> String {
    let mut list = String::new();
    for import in imports {
        writeln!(list, "{}:{}: {} uses {}", import.file.display(), import.line, import.from, import.to)
            .expect("a string");
    }
    list
}

#[test]
fn the_tour_goes_through_the_layers() {
    let tour = fs::read_to_string(project().join("grader/src/lib.rs")).expect("a file");
    let lines = tour.lines().map(|line| line.trim_start_matches("//!").trim());
    let block = lines.skip_while(|line| *line != "```text").skip(1).take_while(|line| *line != "```");
    let modules: Vec<&str> = block.filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(modules, LAYERS);
}

#[test]
fn every_module_has_its_layer() {
    let mut modules = grader().top_level();
    let mut layers: Vec<String> = LAYERS.iter().map(|layer| (*layer).to_owned()).collect();
    modules.sort();
    layers.sort();
    assert_eq!(modules, layers);
}

#[test]
fn modules_use_only_what_is_below_them() {
    let grader = grader();
    let layers: BTreeMap<&str, usize> =
        LAYERS.iter().enumerate().map(|(height, layer)| (*layer, height)).collect();
    let height = |module: &str| layers.get(module.split("::").next().unwrap_or_default()).copied();
    let upward = grader.imports().iter().filter(|import| match (height(&import.from), height(&import.to)) {
        (Some(from), Some(to)) => from < to,
        // `lib.rs` names every module.
        (None, _) | (_, None) => false,
    });
    let upward = listed(upward);
    assert!(upward.is_empty(), "these use what is above them:\n{upward}");
}

#[test]
fn no_files_go_round_in_a_circle_but_a_module_and_its_children() {
    for folder in ["grader/src", "xtask/src", "xtask/launcher/src"] {
        let circle = Crate::read(&project().join(folder)).circle();
        let circle = listed(&circle);
        assert!(circle.is_empty(), "these go round in a circle:\n{circle}");
    }
}

#[test]
fn every_way_of_using_a_module_is_seen() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    };
    write("lib.rs", "mod a; mod b; mod c;");
    write("a.rs", "use std::fmt;\nuse crate::{b::{Name, deep}, c};\n");
    write("b/mod.rs", "mod deep;\nuse deep::Other;\nfn f() {\n    crate::c::call();\n}\n");
    write("b/deep.rs", "use super::Name;\nfn f() { vec![super::super::a::g()]; }\n");
    write("b/tests.rs", "use crate::a;");
    write("c.rs", "#[cfg(test)]\nmod tests { use crate::a; }\n");
    let read = Crate::read(folder.path());
    let imports: Vec<(&str, usize, &str)> =
        read.imports().iter().map(|import| (&*import.from, import.line, &*import.to)).collect();
    let seen = [
        ("a", 2, "b"),
        ("a", 2, "b::deep"),
        ("a", 2, "c"),
        ("b", 2, "b::deep"),
        ("b", 4, "c"),
        ("b::deep", 1, "b"),
        ("b::deep", 2, "a"),
    ];
    assert_eq!(imports, seen);
    let circle: Vec<(String, String)> =
        read.circle().into_iter().map(|import| (import.from, import.to)).collect();
    let way = |from: &str, to: &str| (from.to_owned(), to.to_owned());
    assert_eq!(circle, [way("a", "b::deep"), way("b::deep", "a")]);
}

#[test]
fn files_have_one_concern() {
    let mut long = String::new();
    let mut folders: Vec<PathBuf> =
        ["exercises", "grader", "solutions", "xtask"].map(|folder| project().join(folder)).into();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                // What cargo builds, where a crate is built by itself.
                if path.file_name().is_none_or(|name| name != "target") {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let lines = fs::read_to_string(&path).expect("text").lines().count();
                if lines > MOST_LINES {
                    writeln!(long, "{}: {lines} lines", path.display()).expect("a string");
                }
            }
        }
    }
    assert!(long.is_empty(), "more than {MOST_LINES} lines:\n{long}");
}
