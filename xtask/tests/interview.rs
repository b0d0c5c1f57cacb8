//! `cargo xtask interview`, key by key in a terminal, and line by line where there is none.

use std::fs;

use crate::desk::Desk;
use crate::session::Session;

/// The first and the second question of this exercise.
const EXERCISE: &str = "race-counter";

fn questions(desk: &Desk) -> Vec<String> {
    let readme = fs::read_to_string(desk.exercise(EXERCISE).join("README.md")).expect("a README");
    let below = readme.split_once("## Interview questions").expect("questions").1;
    let ends = below.split("<summary>").skip(1).map(|rest| rest.split_once("</summary>").expect("an end").0);
    ends.map(str::to_owned).collect()
}

/// What the terminal shows of a question at least, whatever the line it breaks at.
fn beginning(question: &str) -> String {
    question
        .replace("<code>", "")
        .replace("</code>", "")
        .split_whitespace()
        .take(4)
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn a_key_shows_the_answer_and_what_was_known_is_not_asked_again() {
    let desk = Desk::new();
    let questions = questions(&desk);
    let count = questions.len();
    let mut session = Session::begin(&desk, &["interview", EXERCISE]);
    session.sees(&[&format!("1 of {count}"), &beginning(&questions[0]), "any key: the answer"]);
    session.press(" ");
    session.sees(&["Did you know it?"]);
    session.press("y");
    session.sees(&[&format!("2 of {count}"), &beginning(&questions[1])]);
    session.press("q");
    session.sees(&[&format!("You know 1 of {count} answers.")]);
    session.ends_with(0);

    let progress = fs::read_to_string(desk.path().join("progress.toml")).expect("it is kept");
    assert!(progress.contains("known = ["), "{progress}");
    let mut session = Session::begin(&desk, &["interview", EXERCISE]);
    session.sees(&[&format!("1 of {}", count - 1), &beginning(&questions[1])]);
    session.press("\u{3}");
    session.ends_with(0);
    let mut session = Session::begin(&desk, &["interview", EXERCISE, "--all"]);
    session.sees(&[&format!("1 of {count}"), &beginning(&questions[0])]);
    session.press("q");
    session.ends_with(0);
}

/// Keys that come before a question is asked are keys as well, Ctrl-C among them, and what was answered is kept.
#[test]
fn keys_may_be_ahead_of_the_questions() {
    let desk = Desk::new();
    let questions = questions(&desk);
    let mut session = Session::begin(&desk, &["interview", EXERCISE]);
    session.sees(&[&beginning(&questions[0])]);
    session.press(" y y \u{3}");
    session.sees(&[&format!("You know 2 of {} answers.", questions.len())]);
    session.ends_with(0);
}

/// With a signal as with a key: the sum is said, and the terminal is given back.
#[cfg(unix)]
#[test]
fn a_request_to_end_is_heard_while_no_key_is_pressed() {
    let desk = Desk::new();
    let session = Session::begin(&desk, &["interview", EXERCISE]);
    session.sees(&["any key: the answer"]);
    session.is_told_to_end();
    session.sees(&["You know 0 of"]);
    session.ends_with(130);
}

#[test]
fn lines_do_where_there_is_no_terminal_and_an_unknown_topic_is_refused() {
    let desk = Desk::new();
    let count = questions(&desk).len();
    let all = "\ny\n".repeat(count);
    let output = desk.xtask(&["interview", EXERCISE]).write_stdin(all).assert().success();
    let shown = String::from_utf8_lossy(&output.get_output().stdout).into_owned();
    assert!(shown.contains(&format!("You know {count} of {count} answers.")), "{shown}");
    assert!(!shown.contains('\u{1b}'), "no escape codes");
    let again = desk.run(&["interview", EXERCISE]);
    assert!(again.stdout.contains("You knew all of these"), "{}", again.stdout);

    // What is not known any more is asked again.
    desk.xtask(&["interview", EXERCISE, "--all"]).write_stdin("\nn\nq\n").assert().success();
    let open = desk.xtask(&["interview", EXERCISE]).write_stdin("q\n").assert().success();
    assert!(String::from_utf8_lossy(&open.get_output().stdout).contains("1 of 1"));

    // The end of the input ends it, whatever was asked.
    let cut = desk.xtask(&["interview", "--all"]).write_stdin("\n").assert().success();
    assert!(String::from_utf8_lossy(&cut.get_output().stdout).contains("You know"));

    let refused = desk.run(&["interview", "no-such-topic"]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("no interview question is about `no-such-topic`"), "{}", refused.stderr);
}
