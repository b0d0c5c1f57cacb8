//! The first half hour of a newcomer, as the README tells it: each line that it shows is what the commands print.

use std::fs;
use std::path::Path;

use crate::desk::{Desk, root};

const EXERCISE: &str = "race-counter";

/// The three mistakes that the README makes, in this order, each as a change of the reference solution.
const MISTAKES: [[&str; 2]; 3] = [
    ["counter.value()\n", "counter.val()\n"],
    [
        "*self.value.lock().expect(\"the count overflowed\") += amount;",
        "let mut value = self.value.lock().expect(\"the count overflowed\");\n        *value = self.value() + amount;",
    ],
    [
        "self.value.fetch_add(amount, Ordering::Relaxed);",
        "let before = self.value.load(Ordering::Relaxed);\n        self.value.store(before + amount, Ordering::Relaxed);",
    ],
];

/// What the README shows of a terminal, each piece as lines without their margins.
fn pieces() -> Vec<Vec<String>> {
    let readme = fs::read_to_string(root().join("README.md")).expect("the README");
    let section = readme.split_once("### The first exercise\n").expect("the newcomer's walk").1;
    let section = section.split_once("\n## ").expect("the next section").0;
    section
        .split("```text\n")
        .skip(1)
        .map(|piece| plain(piece.split_once("```").expect("its end").0))
        .collect()
}

/// Lines without their margins, and without durations, which are others each time.
fn plain(text: &str) -> Vec<String> {
    let duration = |word: &str| word.trim_start_matches('(').parse::<f64>().is_ok();
    let line = |line: &str| {
        let mut words: Vec<&str> = line.split_whitespace().collect();
        for at in 1..words.len() {
            if words[at].starts_with("s)") && duration(words[at - 1]) {
                words[at - 1] = "(…";
            }
        }
        words.join(" ")
    };
    text.lines().map(line).filter(|line| !line.is_empty()).collect()
}

/// Fails with the first line that is not printed, or not after those before it. `…` stands for any lines.
fn assert_shown(piece: &[String], printed: &str) {
    let mut rest = plain(printed).into_iter();
    for line in piece.iter().filter(|line| *line != "…" && !line.starts_with("$ ")) {
        assert!(
            rest.any(|printed| printed == *line),
            "README.md shows {line:?}, which is not printed here:\n{printed}"
        );
    }
}

#[test]
fn the_walk_of_the_readme_is_what_the_commands_print() {
    let pieces = pieces();
    let [nothing_yet, mistakes @ .., accepted] = &pieces[..] else { panic!("{pieces:?}") };
    let desk = Desk::whole();
    assert_eq!(nothing_yet[0], "$ cargo xtask");
    assert_shown(nothing_yet, &desk.run(&[]).stdout);
    assert_eq!(mistakes.len(), MISTAKES.len());
    for (piece, [right, wrong]) in mistakes.iter().zip(MISTAKES) {
        desk.solve(EXERCISE, &[(right, wrong)]);
        let ended = desk.run(&["check", EXERCISE]);
        assert_eq!(ended.code, Some(1), "{}", ended.stderr);
        assert_shown(piece, &ended.stdout);
    }
    // What `watch` shows in the end is approved as a screen of its own.
    let screen = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/session/snapshots/behaviour__session__accepted.snap");
    assert_shown(accepted, &fs::read_to_string(screen).expect("the screen"));
    desk.solve(EXERCISE, &[]);
    let ended = desk.run(&["check", EXERCISE]);
    assert_eq!(ended.code, Some(0), "{}", ended.stdout);
}
