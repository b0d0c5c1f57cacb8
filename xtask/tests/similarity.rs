//! `cargo xtask similarity`, from a folder of submissions to the overview of the class.

use crate::validators;
use std::fs;
use std::path::Path;

use assert_cmd::Command;

/// A program that takes no time to grade, because it is refused, and is long enough to be compared.
const OWN: &str = "
pub unsafe fn longest(words: &[String], least: usize) -> Option<(usize, &String)> {
    let mut best = None;
    for (number, word) in words.iter().enumerate() {
        if word.len() < least || word.starts_with('#') { continue; }
        match best {
            Some((_, known)) if String::len(known) >= word.len() => {}
            _ => best = Some((number, word)),
        }
    }
    best
}
pub fn sum(numbers: &[u64]) -> Result<u64, String> {
    let mut all = 0_u64;
    for number in numbers {
        all = all.checked_add(*number).ok_or_else(|| format!(\"too much at {number}\"))?;
    }
    while all % 2 == 0 && all > 0 { all /= 2; }
    Ok(all)
}
";

const OTHER: &str = "
pub unsafe fn primes(below: usize) -> Vec<usize> {
    let mut sieve = vec![true; below];
    let mut found = Vec::new();
    let mut next = 2;
    loop {
        let Some(here) = (next..below).find(|index| sieve[*index]) else { break found };
        for multiple in (here * here..below).step_by(here) { sieve[multiple] = false; }
        found.push(here);
        next = here + 1;
    }
}
pub struct Stack { items: Vec<Option<Box<Stack>>> }
impl Stack {
    pub fn depth(&self) -> usize { self.items.iter().flatten().map(|below| below.depth() + 1).max().unwrap_or(0) }
}
";

fn xtask() -> Command {
    let mut command = Command::cargo_bin("xtask").expect("it is built");
    command.env("CARGO_MANIFEST_DIR", env!("CARGO_MANIFEST_DIR"));
    command
}

fn hand_in(class: &Path, learner: &str, text: &str) {
    let folder = class.join(learner);
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("lib.rs"), text).expect("a file");
}

fn overview(folder: &Path) -> String {
    let args = [
        "grade",
        "--class",
        "class",
        "-e",
        "race-counter",
        "--results",
        "run",
        "--format",
        "html",
        "--output",
        "class.html",
    ];
    xtask().args(args).current_dir(folder).assert().code(1);
    fs::read_to_string(folder.join("class.html")).expect("a page")
}

#[test]
fn pairs_are_printed_and_shown_in_the_overview_as_long_as_they_are_of_what_was_graded() {
    if std::env::var("INTERLEAVE_NODE").as_deref() != Ok("required") {
        eprintln!("skipped: INTERLEAVE_NODE is not `required`; .ci/run sets it where npm is there");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let class = folder.path().join("class");
    hand_in(&class, "ada", OWN);
    hand_in(&class, "bob", &OWN.replace("words", "texts").replace("best", "top"));
    hand_in(&class, "eve", OTHER);
    hand_in(&class, "no-one", "");
    assert!(!overview(folder.path()).contains("Similar submissions"), "nothing was compared yet");

    let args = ["similarity", "class", "-e", "race-counter", "--results", "run", "--install"];
    let printed = xtask().args(args).current_dir(folder.path()).assert().success();
    let printed = String::from_utf8_lossy(&printed.get_output().stdout).into_owned();
    assert!(printed.contains("race-counter: 3 compared, 1 pair at least 40 % similar"), "{printed}");
    assert!(printed.contains("100 %  ada and bob, "), "{printed}");
    assert!(printed.contains("never a verdict"), "{printed}");

    let page = overview(folder.path());
    assert!(page.contains("Similar submissions"), "the pair is in the overview");
    assert!(page.contains("<mark>    for (number, word) in words.iter().enumerate() {</mark>"));
    assert!(page.contains("<mark>    for (number, word) in texts.iter().enumerate() {</mark>"));
    assert!(!page.contains("fn primes"), "what is like nothing else is not shown");
    if let Some(said) = validators::html(&[folder.path().join("class.html")]) {
        assert_eq!(said, "");
    }

    hand_in(&class, "bob", OTHER);
    let page = overview(folder.path());
    assert!(
        page.contains("1 pair left out, because something else was graded since"),
        "it is about an older one"
    );
    assert!(!page.contains("<mark>"));
}

#[test]
fn where_something_is_missing_it_says_how_to_get_it() {
    let folder = tempfile::tempdir().expect("a folder");
    hand_in(&folder.path().join("class"), "ada", OWN);
    let output = xtask()
        .args(["similarity", "class"])
        .env("PATH", folder.path())
        .env("CARGO_TARGET_DIR", folder.path().join("target"))
        .current_dir(folder.path())
        .assert();
    let output = output.code(2);
    let said = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    assert!(said.contains("`node` is not to be found"), "{said}");
    assert!(said.contains("everything else works without"), "{said}");
}
