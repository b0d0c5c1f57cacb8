//! `cargo xtask grade --class`, as an instructor uses it. The submissions are such as are judged without running
//! anything, but for a few: what is tested is the class.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::classroom::{BROKEN, Class, FORBIDDEN, files, stub, write};

/// Of each learner the verdict and what is said first.
fn rows(report: &Value) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let learners = report["learners"].as_array().expect("a list");
    let row = |learner: &Value| {
        let exercise = &learner["report"]["exercises"][0];
        (text(&learner["learner"]), text(&exercise["verdict"]), text(&exercise["diagnostics"][0]["message"]))
    };
    learners.iter().map(row).collect()
}

#[test]
fn every_learner_has_a_row_whatever_was_handed_in() {
    let class = Class::new(&[
        ("ada/src/lib.rs", FORBIDDEN),
        ("bob/race-counter/lib.rs", BROKEN),
        ("cleo.rs", ""),
        ("dan/notes.txt", "later"),
        ("eve.zip", "no archive"),
    ]);
    write(&class.folder.path().join("class/fay/race-counter/src/lib.rs"), &stub());
    fs::write(class.folder.path().join("class/gus.rs"), b"\xff\xfef\0n\0").expect("a file");
    write(&class.folder.path().join("roster.csv"), "id,name\nada,Ada\nhal,\"=HYPERLINK(1)\"\n");
    let output = class.run(&[
        "--roster",
        "roster.csv",
        "--format",
        "json",
        "--output",
        "class.json",
        "--format",
        "csv",
        "--output",
        "class.csv",
        "--format",
        "text",
    ]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    let report: Value = serde_json::from_str(&class.read("class.json")).expect("JSON");
    let rows = rows(&report);
    let expected = [
        ("ada", "forbidden", ""),
        ("bob", "compile_error", ""),
        ("cleo", "compile_error", "the file is empty"),
        ("dan", "not_started", "nothing was handed in"),
        ("eve", "compile_error", "not a ZIP archive"),
        ("fay", "not_started", ""),
        ("gus", "compile_error", "UTF-16"),
        ("hal", "not_started", "nothing was handed in"),
    ];
    assert_eq!(rows.len(), expected.len(), "{rows:#?}");
    for ((learner, verdict, said), (expected_learner, expected_verdict, expected_said)) in
        rows.iter().zip(expected)
    {
        assert_eq!((learner.as_str(), verdict.as_str()), (expected_learner, expected_verdict), "{said}");
        assert!(said.contains(expected_said), "{learner}: {said}");
    }
    let hash = report["learners"][0]["report"]["exercises"][0]["sha256"].as_str().map(str::len);
    assert_eq!(hash, Some(64), "the hash of what was graded");
    // A table has as many rows, read by a reader that is not ours.
    let table = python_csv(&class.folder.path().join("class.csv"));
    if let Some(table) = table {
        assert_eq!(table.len(), expected.len() + 1);
        let width = table[0].len();
        assert!(table.iter().all(|row| row.len() == width), "{table:#?}");
        let name = &table[8][1];
        assert_eq!(name, "'=HYPERLINK(1)", "no spreadsheet takes it for a formula");
        for cell in table.iter().flatten() {
            assert!(!cell.starts_with(['=', '+', '-', '@']), "{cell}");
        }
    }
    let text = String::from_utf8_lossy(&output.stdout);
    for (learner, ..) in expected {
        assert!(text.contains(learner), "{text}");
    }
}

/// What Python's reader makes of a table; `None` where there is no Python.
fn python_csv(file: &Path) -> Option<Vec<Vec<String>>> {
    let program = "import csv, json, sys; print(json.dumps(list(csv.reader(open(sys.argv[1], newline='', encoding='utf-8')))))";
    let output = Command::new("python3").args(["-c", program]).arg(file).output().ok()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).expect("JSON"))
}

#[test]
fn a_report_for_each_learner_is_written_beside_those_for_the_class() {
    let class = Class::new(&[("ada.rs", FORBIDDEN), ("bob.rs", BROKEN)]);
    let each = "out/{learner}/results.json";
    let output = class.run(&[
        "--feedback",
        "titles",
        "--format",
        "gradescope",
        "--output",
        each,
        "--format",
        "markdown",
        "--output",
        "out/{learner}.md",
        "--format",
        "junit",
        "--output",
        "class.xml",
        "--format",
        "html",
        "--output",
        "class.html",
        "--format",
        "markdown",
    ]);
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let bob: Value = serde_json::from_str(&class.read("out/bob/results.json")).expect("JSON");
    assert_eq!((&bob["score"], &bob["extra_data"]["learner"]), (&Value::from(0.0), &Value::from("bob")));
    assert!(class.read("out/ada.md").contains("# ada"));
    assert!(class.read("class.xml").contains("ada: race-counter"));
    assert!(class.read("class.html").contains("<td class=\"notes\">"));
    assert!(String::from_utf8_lossy(&output.stdout).contains("| ada |"));
    let alone = class.run(&["--format", "gradescope"]);
    assert_eq!(alone.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&alone.stderr).contains("{learner}"));
}

#[test]
fn what_has_not_changed_is_not_graded_twice() {
    let class = Class::new(&[("ada.rs", FORBIDDEN), ("bob.rs", "unsafe fn g() {}")]);
    // A comment of its own: other tests share the cache.
    let own = format!("{FORBIDDEN} // {}", class.folder.path().display());
    write(&class.folder.path().join("class/ada.rs"), &own);
    let known = |args: &[&str]| {
        let output = class.run(&[&["--verbose"], args].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{said}");
        said.lines().find(|line| line.starts_with("ada: ")).expect("a line").to_owned()
    };
    assert_eq!(known(&[]), "ada: race-counter: forbidden");
    assert_eq!(known(&[]), "ada: race-counter: forbidden (graded before)");
    assert_eq!(known(&["--resume"]), "ada: race-counter: forbidden (from the interrupted run)");
    assert_eq!(known(&["--no-cache"]), "ada: race-counter: forbidden");
    // Another submission, another result.
    write(&class.folder.path().join("class/ada.rs"), &format!("{own}!"));
    assert_eq!(known(&["--resume"]), "ada: race-counter: forbidden");
}

#[test]
fn a_result_that_is_broken_or_changed_is_not_believed() {
    let class = Class::new(&[("ada.rs", FORBIDDEN)]);
    let before = class.json(&["--no-cache"]);
    let files: Vec<PathBuf> = files(&class.results.path().join("run"));
    let [file] = files.as_slice() else { panic!("{files:?}") };
    let whole = fs::read_to_string(file).expect("a result");
    let (head, body) = whole.split_once('\n').expect("a head and a body");
    for broken in [
        String::new(),
        whole[..whole.len() / 2].to_owned(),
        whole.replace("\"forbidden\"", "\"accepted\""),
        format!("{}\n{body}", head.replace("\"schema\":1", "\"schema\":2")),
        "{}\n{}".to_owned(),
    ] {
        fs::write(file, broken).expect("a file");
        let after = class.json(&["--no-cache", "--resume"]);
        assert_eq!(rows(&after), rows(&before));
    }
}

#[test]
fn a_run_removes_nothing_but_its_own_results() {
    let class = Class::new(&[("ada.rs", FORBIDDEN), ("bob.rs", FORBIDDEN)]);
    class.json(&["--no-cache"]);
    let run = class.results.path().join("run");
    let results = files(&run);
    assert_eq!(results.len(), 2);
    let others =
        ["notes.txt", "thesis/chapter.md", "data.json", "thesis-2024/a.json"].map(|name| run.join(name));
    let beside = results[0].with_file_name("mine.txt");
    for file in others.iter().chain([&beside]) {
        write(file, "mine");
    }
    fs::remove_file(class.folder.path().join("class/bob.rs")).expect("a file");
    class.json(&["--no-cache"]);
    for file in others.iter().chain([&beside]) {
        assert_eq!(fs::read_to_string(file).expect("it is still there"), "mine");
    }
    // What bob has not handed in any more is forgotten.
    assert_eq!(files(&run).len(), others.len() + 2);
}

#[test]
fn a_changed_rubric_is_applied_without_grading_again() {
    let class = Class::new(&[("ada.rs", FORBIDDEN)]);
    let none = class.json(&[]);
    assert_eq!(none["learners"][0]["report"].get("grade"), None);
    write(&class.folder.path().join("rubric.toml"), "[learner.ada]\nbonus = 5\n");
    let graded = class.json(&["--rescore"]);
    assert_eq!(graded["learners"][0]["report"]["grade"]["points"], 5.0);
    assert_eq!(graded["learners"][0]["report"]["grade"]["steps"][1], "0 + 5 bonus = 5");
    write(&class.folder.path().join("rubric.toml"), "\n[exercise.race-counter]\nweigth = 5\n");
    let broken = class.run(&["--rescore"]);
    let said = String::from_utf8_lossy(&broken.stderr).into_owned();
    assert_eq!(broken.status.code(), Some(2), "{said}");
    assert!(said.contains("rubric.toml:3"), "{said}");
}

/// Draws numbers; the same ones each time.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

/// What does not depend on when and how fast something was graded.
fn timeless(mut report: Value) -> String {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                fields.retain(|name, _| name != "duration_ms" && name != "graded_at");
                fields.values_mut().for_each(strip);
            }
            Value::Array(items) => items.iter_mut().for_each(strip),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    strip(&mut report);
    report.to_string()
}

/// Killed twenty times, at moments that a fixed seed draws: no result is lost, doubled or found out twice.
#[test]
fn a_run_that_is_killed_again_and_again_comes_to_the_report_of_an_undisturbed_one() {
    const LEARNERS: usize = 90;
    let class = Class::new(&[]);
    for number in 0..LEARNERS {
        let text = match number % 9 {
            0 => stub(),
            1 => BROKEN.to_owned(),
            2 => String::new(),
            _ => format!("{FORBIDDEN} // {number}"),
        };
        write(&class.folder.path().join(format!("class/learner-{number:03}/src/lib.rs")), &text);
    }
    let undisturbed = class.json(&["--no-cache"]);
    fs::remove_dir_all(class.results.path().join("run")).expect("the results");

    let mut numbers = Numbers(14);
    let mut graded: BTreeMap<String, usize> = BTreeMap::new();
    let mut kills = 0;
    while kills < 20 {
        let log = class.results.path().join("log");
        let before = files(&class.results.path().join("run")).len();
        let mut run = class
            .command(&["--no-cache", "--resume", "--verbose"])
            .stdout(Stdio::null())
            .stderr(fs::File::create(&log).expect("a file"))
            .spawn()
            .expect("the command runs");
        let at = before + usize::try_from(numbers.next(5)).expect("few");
        let spins = numbers.next(20_000);
        // Some moment after so many results are there.
        while files(&class.results.path().join("run")).len() < at.min(LEARNERS) {
            assert!(run.try_wait().expect("a child").is_none() || at >= LEARNERS, "it ended before its end");
            std::thread::yield_now();
        }
        (0..spins).for_each(|_| std::hint::spin_loop());
        run.kill().expect("it can be killed");
        run.wait().expect("it ends");
        kills += 1;
        for line in fs::read_to_string(&log).expect("what it said").lines() {
            if let Some((learner, rest)) = line.split_once(": race-counter: ")
                && !rest.contains('(')
            {
                *graded.entry(learner.to_owned()).or_default() += 1;
            }
        }
    }
    let resumed = class.json(&["--no-cache", "--resume"]);
    let twice: Vec<_> = graded.iter().filter(|(_, times)| **times > 1).collect();
    assert!(twice.is_empty(), "these were graded twice: {twice:?}");
    assert_eq!(rows(&resumed).len(), LEARNERS);
    assert_eq!(timeless(resumed), timeless(undisturbed));
}
