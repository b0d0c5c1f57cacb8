//! `grade --class --shard` and `merge`: a class in parts makes the reports of a class in one piece.

use crate::classroom;
use crate::folder;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::classroom::{BROKEN, Class, EXERCISE, FORBIDDEN, root, stub, write};

/// Everything that is written about a class.
const REPORTS: [&str; 12] = [
    "--format",
    "json",
    "--output",
    "class.json",
    "--format",
    "csv",
    "--output",
    "class.csv",
    "--format",
    "html",
    "--output",
    "class.html",
];

/// A class of seven, of whom one has handed in nothing, with a rubric.
fn class() -> Class {
    let class = Class::new(&[
        ("ada/src/lib.rs", FORBIDDEN),
        ("bob.rs", BROKEN),
        ("cleo.rs", ""),
        ("dan/notes.txt", "later"),
        ("eve.zip", "no archive"),
    ]);
    write(&class.folder.path().join("class/fay.rs"), &stub());
    write(&class.folder.path().join("roster.csv"), "id,name\nada,Ada\ngus,Gus\n");
    write(&class.folder.path().join("rubric.toml"), "[learner.ada]\nbonus = 5\n");
    class
}

fn shard(class: &Class, shard: &str, args: &[&str]) -> Output {
    let output = class
        .command(&["--roster", "roster.csv", "--no-cache", "--shard", shard])
        .args(args)
        .env("SOURCE_DATE_EPOCH", "1700000000")
        .output()
        .expect("the command runs");
    assert!(output.status.code().is_some_and(|code| code < 2), "{}", said(&output));
    output
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Merges what is in these folders, into files of the class's own folder.
fn merge(class: &Class, shards: &[PathBuf], args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("merge")
        .args(shards)
        .args(args)
        .current_dir(class.folder.path())
        .env("CARGO_MANIFEST_DIR", env!("CARGO_MANIFEST_DIR"))
        .env("SOURCE_DATE_EPOCH", "1700000000")
        .stdin(Stdio::null())
        .output()
        .expect("the command runs")
}

/// Where the shards are.
fn results(class: &Class) -> PathBuf {
    class.results.path().join("run")
}

fn written(class: &Class) -> Vec<String> {
    ["class.json", "class.csv", "class.html"].map(|name| class.read(name)).to_vec()
}

#[test]
fn shards_are_merged_into_the_reports_of_one_machine_byte_for_byte() {
    let class = class();
    let whole = class
        .command(&["--roster", "roster.csv", "--no-cache"])
        .args(REPORTS)
        .env("SOURCE_DATE_EPOCH", "1700000000")
        .output()
        .expect("the command runs");
    assert_eq!(whole.status.code(), Some(1), "{}", said(&whole));
    let alone = written(&class);
    assert!(alone[0].contains("\"graded_at\":\"2023-11-14T22:13:20Z\""), "{}", alone[0]);
    for index in [2, 0, 1] {
        shard(&class, &format!("{index}/3"), &[]);
    }
    // A run over the whole class forgets its own results, not those of shards.
    assert_eq!(shard(&class, "1/3", &["--verbose"]).status.code(), Some(1));
    // As artifacts of three machines, and one of them twice.
    let elsewhere = tempfile::tempdir().expect("a folder");
    for (name, number) in [("z", 0), ("a", 1), ("b", 2), ("c", 1)] {
        let from = results(&class).join(format!("shard-{number}-of-3"));
        folder::copy(&from, &elsewhere.path().join(name).join("results"));
    }
    for folders in [vec![results(&class)], vec![elsewhere.path().to_owned()]] {
        let merged = merge(&class, &folders, &REPORTS);
        assert_eq!(merged.status.code(), Some(1), "{}", said(&merged));
        assert!(written(&class) == alone, "{}\n{}", alone[0], class.read("class.json"));
    }
    let zero = merge(&class, &[results(&class)], &["--exit-zero", "--format", "csv"]);
    assert_eq!((zero.status.code(), said(&zero).as_str()), (Some(0), ""));
    assert_eq!(String::from_utf8_lossy(&zero.stdout), alone[1]);
}

#[test]
fn what_is_missing_or_broken_is_named_with_its_cure() {
    let class = class();
    let none = merge(&class, &[class.folder.path().join("class")], &[]);
    assert_eq!(none.status.code(), Some(2), "{}", said(&none));
    assert!(said(&none).contains("holds no shard"), "{}", said(&none));
    shard(&class, "0/3", &[]);
    let two = merge(&class, &[results(&class)], &[]);
    assert_eq!(two.status.code(), Some(2), "{}", said(&two));
    assert!(said(&two).contains("2 of 3 shards are missing: 1, 2"), "{}", said(&two));
    assert!(said(&two).contains("--shard 1/3"), "{}", said(&two));
    shard(&class, "1/3", &[]);
    shard(&class, "2/3", &[]);
    // The last shard has only cleo: her result is lost in one copy, and whole in another.
    let copy = tempfile::tempdir().expect("a folder");
    folder::copy(&results(&class).join("shard-2-of-3"), copy.path());
    let lost = classroom::files(&results(&class).join("shard-2-of-3"));
    let lost = lost.iter().find(|file| file.ends_with("race-counter.json")).expect("a result");
    fs::remove_file(lost).expect("a file");
    let gap = merge(&class, &[results(&class)], &[]);
    assert_eq!(gap.status.code(), Some(2), "{}", said(&gap));
    assert!(said(&gap).contains("`cleo`") && said(&gap).contains("--shard 2/3"), "{}", said(&gap));
    let mended = merge(&class, &[results(&class), copy.path().to_owned()], &[]);
    assert_eq!(mended.status.code(), Some(1), "{}", said(&mended));
}

/// Changes a manifest.
fn edit(manifest: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(manifest).expect("a manifest");
    assert!(text.contains(from), "{from}: {text}");
    fs::write(manifest, text.replacen(from, to, 1)).expect("a manifest");
}

#[test]
fn shards_that_were_not_graded_in_the_same_way_are_refused() {
    let class = class();
    for index in 0..3 {
        shard(&class, &format!("{index}/3"), &[]);
    }
    let manifest = results(&class).join("shard-1-of-3/shard.json");
    let intact = fs::read_to_string(&manifest).expect("a manifest");
    let refused = |expected: &[&str]| {
        let output = merge(&class, &[results(&class)], &[]);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{}", said(&output));
        for part in [&["shard-1-of-3/shard.json"], expected].concat() {
            assert!(said(&output).contains(part), "{part}: {}", said(&output));
        }
        fs::write(&manifest, &intact).expect("a manifest");
    };
    let version = format!("\"grader\": \"{}\"", env!("CARGO_PKG_VERSION"));
    edit(&manifest, &version, "\"grader\": \"9.9.9\"");
    refused(&["version 9.9.9", "same checkout"]);
    edit(&manifest, "\"toolchain\": \"rustc", "\"toolchain\": \"old rustc");
    refused(&["old rustc", "same compiler"]);
    edit(&manifest, "\"version\": \"", "\"version\": \"0");
    refused(&["other sources of the grader", "same checkout"]);
    edit(&manifest, "\"of\": 3", "\"of\": 4");
    refused(&["one of 4 shards"]);
    edit(&manifest, "\"schema\": 1", "\"schema\": 2");
    refused(&["schema 2", "grade this shard again"]);

    write(&class.folder.path().join("rubric.toml"), "[learner.ada]\nbonus = 6\n");
    shard(&class, "1/3", &[]);
    refused(&["another rubric", "the same rubric"]);
    write(&class.folder.path().join("rubric.toml"), "[learner.ada]\nbonus = 5\n");
    write(&class.folder.path().join("class/hal.rs"), FORBIDDEN);
    shard(&class, "1/3", &[]);
    refused(&["another class"]);
    fs::remove_file(class.folder.path().join("class/hal.rs")).expect("a file");

    // The same exercises with one more comment in the suite.
    let content = tempfile::tempdir().expect("a folder");
    for name in [format!("exercises/{EXERCISE}"), format!("grader/suites/{EXERCISE}")] {
        folder::copy(&root().join(&name), &content.path().join(&name));
    }
    let suite = content.path().join("grader/suites").join(EXERCISE).join("suite.toml");
    let text = fs::read_to_string(&suite).expect("a suite");
    fs::write(&suite, format!("{text}\n# changed\n")).expect("a suite");
    let content = content.path().to_string_lossy().into_owned();
    shard(&class, "1/3", &["--content", &content]);
    refused(&["another suite of `race-counter`", "same exercises and suites"]);
    // Its results are there, and are not what the manifest that was put back names.
    let stale = merge(&class, &[results(&class)], &[]);
    assert!(said(&stale).contains("made from something else"), "{}", said(&stale));
    shard(&class, "1/3", &[]);
    assert_eq!(merge(&class, &[results(&class)], &[]).status.code(), Some(1));
}

#[test]
fn a_shard_that_is_graded_twice_at_once_is_graded_once() {
    let class = class();
    for index in 1..3 {
        shard(&class, &format!("{index}/3"), &[]);
    }
    let twins: Vec<_> = (0..4)
        .map(|_| {
            class
                .command(&["--roster", "roster.csv", "--no-cache", "--shard", "0/3", "--quiet"])
                .stdout(Stdio::null())
                .spawn()
                .expect("the command runs")
        })
        .collect();
    for mut twin in twins {
        assert_eq!(twin.wait().expect("it ends").code(), Some(1));
    }
    let merged = merge(&class, &[results(&class)], &REPORTS);
    assert_eq!(merged.status.code(), Some(1), "{}", said(&merged));
    let before = written(&class);
    // Again, after it is done: nothing is graded, and nothing changes.
    let again = shard(&class, "0/3", &["--verbose"]);
    assert!(said(&again).contains("(from the interrupted run)"), "{}", said(&again));
    assert!(!said(&again).lines().any(|line| line == "ada: race-counter: forbidden"), "{}", said(&again));
    merge(&class, &[results(&class)], &REPORTS);
    assert!(written(&class) == before);
}

#[test]
fn a_log_has_no_escape_codes_and_a_quiet_run_says_nothing() {
    let class = class();
    let json = class.run(&["--format", "json", "--exit-zero"]);
    assert_eq!(json.status.code(), Some(0), "{}", said(&json));
    serde_json::from_slice::<serde_json::Value>(&json.stdout).expect("nothing but JSON");
    for (args, code) in [
        (vec!["--shard", "0/2", "--quiet"], 1),
        (vec!["--shard", "1/2", "--quiet", "--exit-zero"], 0),
        (vec!["--quiet"], 1),
    ] {
        let quiet = class.run(&args);
        assert_eq!(quiet.status.code(), Some(code), "{}", said(&quiet));
        assert_eq!((said(&quiet).as_str(), quiet.stdout.len()), ("", 0), "{args:?}");
    }
    let asked = class.run(&["--quiet", "--format", "csv"]);
    assert!(said(&asked).is_empty() && asked.stdout.starts_with(b"learner,"), "{asked:?}");
    for output in [class.run(&["--verbose", "--shard", "0/2"]), class.run(&["--shard", "2/2"])] {
        let bytes = [output.stdout, output.stderr].concat();
        assert!(!bytes.iter().any(|byte| [b'\x1b', b'\r'].contains(byte)), "{bytes:?}");
    }
    for wrong in ["2/2", "0", "0/0"] {
        let refused = class.run(&["--shard", wrong]);
        assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
    }
}
