//! `cargo xtask explain` as a user types it.

use assert_cmd::Command;

struct Ended {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

/// Away from the project: a page needs nothing of it.
fn explain(args: &[&str]) -> Ended {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    let command = command.current_dir(folder.path()).env_remove("NO_COLOR").arg("explain").args(args);
    let output = command.output().expect("the command runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    Ended { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

#[test]
fn without_a_name_all_kinds_and_terms_are_listed() {
    let ended = explain(&[]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    insta::assert_snapshot!(ended.stdout);
}

#[test]
fn a_page_is_plain_text_where_there_is_no_terminal() {
    let ended = explain(&["lost_wakeup"]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    assert!(ended.stdout.is_ascii() && !ended.stdout.contains('\u{1b}'));
    insta::assert_snapshot!(ended.stdout);
}

#[test]
fn a_kind_can_be_typed_with_hyphens_and_in_any_case() {
    let page = explain(&["check_then_act"]).stdout;
    assert!(page.contains("Practise it"), "{page}");
    assert_eq!(explain(&["Check-Then-Act"]).stdout, page);
}

#[test]
fn a_term_of_the_glossary_is_defined_with_the_exercises_that_teach_it() {
    let ended = explain(&["happens-before"]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    insta::assert_snapshot!(ended.stdout);
    for written in [&["happens_before"][..], &["Happens", "Before"], &["happens before"]] {
        assert_eq!(explain(written).stdout, ended.stdout);
    }
}

#[test]
fn a_page_ends_with_the_terms_that_it_uses() {
    let page = explain(&["stale_read"]).stdout;
    let (_, terms) = page.rsplit_once("\n\nTerms: ").expect("a list of terms");
    assert!(terms.contains("happens-before"), "{terms}");
    assert!(!terms.contains("stale read"), "its page is this one: {terms}");
}

#[test]
fn the_whole_glossary_can_be_read() {
    let glossary = explain(&["glossary"]).stdout;
    for heading in ["Glossary\n====", "\nhappens-before\n----", "\nstarvation\n----"] {
        assert!(glossary.contains(heading), "{heading:?} in {glossary}");
    }
    assert!(!glossary.contains("Terms: "), "it defines them itself");
}

#[test]
fn colours_come_when_they_are_asked_for() {
    let ended = explain(&["stale_read", "--color", "always"]);
    assert!(ended.stdout.starts_with("\u{1b}[1mA load returns a stale value\u{1b}[0m\n"));
    assert!(!ended.stdout.contains("===") && !ended.stdout.contains('`'), "{}", ended.stdout);
}

#[test]
fn an_unknown_kind_comes_with_the_nearest_one_and_is_wrong_usage() {
    let ended = explain(&["lost-wakup"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""));
    insta::assert_snapshot!(ended.stderr, @r"
      × there is no page or glossary term `lost-wakup`
      help: did you mean `lost_wakeup`?
    ");
}

#[test]
fn a_name_that_is_like_no_other_comes_with_where_the_list_is() {
    let ended = explain(&["zebra"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""));
    assert!(ended.stderr.contains("`cargo xtask explain` lists all pages and terms"), "{}", ended.stderr);
}
