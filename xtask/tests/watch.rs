//! `cargo xtask watch` as a learner uses it: in a terminal of 80 by 24, and where there is none.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::desk::{Desk, solution};
use crate::session::Session;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

const RACY: (&str, &str) = (
    "self.value.fetch_add(amount, Ordering::Relaxed);",
    "let before = self.value.load(Ordering::Relaxed);\n        self.value.store(before + amount, Ordering::Relaxed);",
);

/// As editors save: a new file takes the place of the old one.
fn save_by_rename(file: &Path, text: &str) {
    let new = file.with_extension("rs~");
    fs::write(&new, text).expect("a file");
    fs::rename(new, file).expect("renamed");
}

#[test]
fn a_session_leads_from_the_stub_over_three_mistakes_to_the_next_exercise() {
    let desk = Desk::new();
    let file = desk.file("race-counter");
    let mut session = Session::begin(&desk, &["watch"]);
    session.shows("stub", &["race-counter is not started", "0 of 6 accepted", "h hint  l list  n next"]);
    session.press("h");
    session.shows("hint", &["which steps are one step?", "Hint 1 of 3"]);
    session.press("h");
    session.sees(&["Hint 2 of 3"]);
    session.press("\u{1b}");
    session.sees(&["race-counter is not started"]);

    // A word is misspelt.
    fs::write(&file, solution("race-counter", &[("counter.value()\n", "counter.val()\n")])).expect("a file");
    session.shows("compile_error", &["error[E0599]", "no test has run yet"]);
    // A race condition, saved as editors do.
    save_by_rename(&file, &solution("race-counter", &[RACY]));
    // Whether real threads lose an update as well is up to them.
    session.sees(&["5 of 6 tests pass", "the atomic counter never loses an update", "arrows scroll"]);
    session.press("\u{1b}[F");
    session.sees(&["Not yet"]);
    session.press("t");
    session.shows("first_step", &["Step 1 of 12", "main starts T1", "threads after it"]);
    session.press("\u{1b}[C\u{1b}[C\u{1b}[C");
    session.shows("later_step", &["Step 4 of 12", "T1 reads 0 from value", "src/lib.rs"]);
    session.press("\u{1b}[F");
    session.sees(&["Step 12 of 12"]);
    session.press("\u{1b}[H");
    session.sees(&["Step 1 of 12"]);
    session.press("\u{1b}");
    session.sees(&["5 of 6 tests pass"]);
    // A larger window has room for more.
    session.resize(40, 100);
    session.sees(&["lines 1-35 of"]);
    session.resize(24, 80);
    // The file is gone, and comes back.
    fs::remove_file(&file).expect("it was there");
    session.shows("missing_file", &["lib.rs is missing", "cargo xtask reset race-counter"]);

    fs::write(&file, solution("race-counter", &[])).expect("a file");
    session.shows(
        "accepted",
        &["race-counter: accepted, 100 of 100 points", "How the reference solution works", "1 of 6 accepted"],
    );
    session.press("n");
    session.sees(&["lru-cache is not started"]);
    session.press("l");
    session
        .shows("list", &["race-counter       accepted           100/100", "lru-cache          not started"]);
    session.press("l");
    session.press("q");
    session.ends_with(0);
}

#[test]
fn resetting_asks_first_and_keeps_the_file() {
    let desk = Desk::new();
    desk.write("race-counter", "fn mine( {}\n");
    let mut session = Session::begin(&desk, &["watch", "race-counter"]);
    session.sees(&["error"]);
    session.press("x");
    session.shows("reset", &["Put the stub of race-counter back?"]);
    session.press("n");
    session.sees(&["error"]);
    session.press("x");
    session.sees(&["y yes, any other key no"]);
    session.press("y");
    session.sees(&["race-counter is not started"]);
    let kept = desk.exercise("race-counter").join("src/lib.rs.backup-1");
    assert_eq!(fs::read_to_string(kept).expect("a backup"), "fn mine( {}\n");
    session.press("\u{3}");
    session.ends_with(0);
}

#[test]
fn without_a_terminal_each_verdict_is_plain_lines() {
    let desk = Desk::new();
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(["watch", "race-counter", "--content"]).arg(desk.path());
    command.current_dir(desk.path()).env("CARGO_MANIFEST_DIR", env!("CARGO_MANIFEST_DIR"));
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("the command runs");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines().map_while(Result::ok);
    let mut sees = |text: &str| {
        let mut read = Vec::new();
        let found = lines.by_ref().find(|line| {
            read.push(line.clone());
            line.contains(text)
        });
        let found = found.unwrap_or_else(|| panic!("{text:?} in {read:#?}"));
        assert!(read.iter().all(|line| !line.contains('\u{1b}')), "{read:#?}");
        found
    };
    sees("Watching exercises/race-counter/src/lib.rs.");
    sees("race-counter is not started");
    fs::write(desk.file("race-counter"), "fn mine( {}\n").expect("a file");
    sees("no test has run yet");
    save_by_rename(&desk.file("race-counter"), &solution("race-counter", &[]));
    sees("The public tests pass");
    sees("race-counter: accepted, 100 of 100 points.");
    sees("Run cargo xtask watch lru-cache.");
    kill(Pid::from_raw(i32::try_from(child.id()).expect("a pid")), Signal::SIGINT).expect("it runs");
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
}
