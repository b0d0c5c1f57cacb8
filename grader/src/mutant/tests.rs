use super::change::Change;
use super::header::{Header, Key};
use super::program::Program;
use super::rebase::{Merged, merge};

/// Three times the same lines, so that a change fits in three places.
const BASE: &str = "one {\n    lock\n    read\n    write\n}\ntwo {\n    lock\n    read\n    write\n}\nthree {\n    lock\n    read\n    write\n}\n";

fn applied(diff: &str, base: &str) -> Result<String, (usize, String)> {
    Change::new(diff).apply(base).map_err(|misfit| (misfit.line(), misfit.to_string()))
}

#[test]
fn a_change_makes_of_its_base_the_program_that_it_was_made_of() {
    let texts = [
        BASE,
        "",
        "one {\n",
        "one {\n    lock",
        "one {\n    lock\n",
        "zero\none {\n    lock\n    read\n    write\n}\n",
        "two {\n    lock\n    write\n}\nthree {\n    lock\n    read\n    write\n}\nfour",
        "\n\n",
    ];
    for (base, program) in texts.iter().flat_map(|base| texts.iter().map(move |program| (*base, *program))) {
        match Change::between(base, program) {
            None => assert_eq!(base, program),
            Some(change) => {
                assert_ne!(base, program);
                assert_eq!(change.apply(base).expect("it fits"), program, "{}", change.text());
            }
        }
    }
}

#[test]
fn a_hunk_is_not_moved_to_another_place_where_it_would_fit() {
    let hunk = "@@ -6,5 +6,4 @@\n two {\n     lock\n-    read\n     write\n }\n";
    let changed = applied(hunk, BASE).expect("it fits");
    assert_eq!(changed, BASE.replacen("two {\n    lock\n    read", "two {\n    lock", 1));
    let similar = "@@ -5,4 +5,3 @@\n     lock\n-    read\n     write\n }\n";
    assert_eq!(
        applied(similar, BASE),
        Err((2, "line 5 of the base is `}`; the hunk expects `    lock`".to_owned()))
    );
    let (line, reason) = applied(hunk, &BASE[..20]).expect_err("the base is too short");
    assert_eq!((line, reason.as_str()), (1, "this hunk is about more lines than the 3 of the base"));
}

#[test]
fn what_is_no_hunk_is_reported_with_its_line() {
    let hunk = "@@ -6,3 +6,2 @@\n two {\n     lock\n-    read\n";
    for (diff, line, reason) in [
        (String::new(), 1, "there is no hunk"),
        (format!("--- a\n+++ b\n{hunk}"), 1, "belongs to no hunk"),
        (format!("{hunk}and more\n"), 5, "belongs to no hunk"),
        (format!("{hunk}@@ -12,9 +12,9 @@\n     lock\n"), 5, "no hunk of a unified diff"),
        (format!("{hunk}{hunk}"), 5, "begins before the one above it has ended"),
    ] {
        let (found, message) = applied(&diff, BASE).expect_err("a misfit");
        assert_eq!(found, line, "{diff}{message}");
        assert!(message.contains(reason), "{message}");
    }
}

#[test]
fn a_change_is_small_if_it_is_about_fewer_lines_than_half_of_the_base() {
    let change = Change::new("@@ -1,4 +1,4 @@\n one {\n     lock\n-    read\n+    write\n     write\n");
    assert_eq!((change.lines(), change.changed_lines()), (6, 2));
    assert!(change.is_small(&"line\n".repeat(5)) && !change.is_small(&"line\n".repeat(4)));
}

const HEADER: &str = "//! Mutant: two lines\n//! of text.\n//! Caught by: a::check (model),\n//!   b (stress)\n//! Diagnosis: none\n";

#[test]
fn a_header_keeps_its_lines_and_names_its_base_in_one_more() {
    let program = format!("{HEADER}\nfn main() {{}}\n");
    let Program { header, body } = Program::split(&program);
    assert_eq!((header, body), (HEADER, "\nfn main() {}\n"));
    let header = Header::parse(header).expect("a header");
    let base = "accepted/plain".parse().expect("a base");
    let stored = header.with_base(&base);
    assert_eq!(stored, format!("{HEADER}//! Base: accepted/plain\n"));
    let stored = Header::parse(&stored).expect("a header");
    assert_eq!((stored.base().expect("a base"), stored.line_of(Key::Base)), (base, 6));
    assert_eq!(stored.without_base(), HEADER);
}

#[test]
fn an_entry_is_there_once_and_says_something() {
    for (header, line, message) in [
        (HEADER.replace("Mutant", "Mistake"), 1, "a mutant says in its header `//! Mutant: what is wrong`"),
        (format!("{HEADER}//! Diagnosis: none\n"), 6, "`Diagnosis:` appears twice"),
        (HEADER.replace(" two lines\n//! of text.", ""), 1, "write `//! Mutant: what is wrong`"),
    ] {
        let malformed = Header::parse(&header).expect_err("a fault");
        assert_eq!((malformed.line, malformed.message.as_str()), (line, message));
    }
}

#[test]
fn a_mutant_is_either_a_change_or_whole() {
    let both =
        Header::parse(&format!("{HEADER}//! Base: solution\n//! Whole: a reason\n")).expect("a header");
    let (as_change, as_whole) = (both.base(), both.reason_to_be_whole());
    assert_eq!(as_change.expect_err("a fault").line, 7);
    assert!(as_whole.expect_err("a fault").message.contains("has no base"));
}

#[test]
fn a_change_is_rebased_onto_a_base_that_has_changed_elsewhere() {
    let mutant = BASE.replacen("two {\n    lock\n", "two {\n", 1);
    let change = Change::between(BASE, &mutant).expect("a change");
    let current = format!("zero\n{}", BASE.replace("three", "tres"));
    assert!(change.apply(&current).is_err());
    let Some(Merged::Changed(rebased)) = merge(&change, BASE, &current) else { panic!("no merge") };
    let expected = current.replacen("two {\n    lock\n", "two {\n", 1);
    assert_eq!(rebased.apply(&current).expect("it fits"), expected);
}

#[test]
fn a_conflict_names_the_hunk_and_keeps_both_sides() {
    let mutant = BASE.replacen("one {", "uno {", 1).replacen("write\n}\n", "write\n} // three\n", 3);
    let mutant = mutant.replacen("} // three", "}", 2);
    let change = Change::between(BASE, &mutant).expect("a change");
    let current = BASE.replacen("one {", "eins {", 1);
    let Some(Merged::Conflict { lines, text }) = merge(&change, BASE, &current) else {
        panic!("no conflict")
    };
    assert_eq!(lines, [1]);
    assert!(text.contains("uno {") && text.contains("eins {") && text.contains("} // three"), "{text}");
    assert_eq!(merge(&change, BASE, &mutant), Some(Merged::Equal));
    assert_eq!(merge(&change, "another\n", &current), None);
}
