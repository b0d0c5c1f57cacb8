//! Pages say what they have to, name only what exists, and their Rust compiles.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use super::*;

fn headings(page: &Page) -> Vec<&'static str> {
    page.markdown.lines().filter_map(|line| line.strip_prefix("## ")).collect()
}

/// The text below a heading.
fn section(page: &Page, heading: &str) -> &'static str {
    let (_, after) = page.markdown.split_once(&format!("\n## {heading}\n")).unwrap_or_default();
    after.split_once("\n## ").map_or(after, |(section, _)| section)
}

/// The blocks of Rust.
fn blocks(markdown: &str) -> Vec<&str> {
    let after = markdown.split("```rust\n").skip(1);
    after.map(|rest| rest.split("```").next().unwrap_or(rest)).collect()
}

/// What stands between backticks, outside of blocks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.lines().flat_map(|line| line.split('`').skip(1).step_by(2))
}

fn exercises() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../exercises");
    let entries = fs::read_dir(folder).expect("the exercises");
    entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn names_are_those_that_reports_use_and_belong_to_one_kind() {
    let mut names = BTreeSet::new();
    for kind in kinds() {
        let in_reports = match kind {
            Kind::Mistake(mistake) => serde_json::to_value(mistake),
            Kind::Failure(failure) => serde_json::to_value(failure),
        };
        assert_eq!(in_reports.expect("a word"), kind.as_str());
        assert!(names.insert(kind.as_str()), "`{}` names two kinds", kind.as_str());
    }
}

#[test]
fn a_page_is_found_by_its_name_in_any_case_and_with_hyphens_or_spaces() {
    for kind in kinds() {
        let name = kind.as_str();
        assert_eq!(page(name).map(|page| page.kind), Some(kind));
        assert_eq!(page(&name.to_uppercase().replace('_', "-")).map(|page| page.kind), Some(kind));
    }
    assert_eq!(page("Lost wakeup").map(|page| page.kind), Some(Kind::Mistake(Mistake::LostWakeup)));
    assert_eq!(page("lost"), None);
    assert_eq!(page(""), None);
}

#[test]
fn an_unknown_name_comes_with_the_nearest_if_any_is_near() {
    for (typed, meant) in [
        ("lost-wakup", Some("lost_wakeup")),
        ("Dead-lock", Some("deadlock")),
        ("self_dedlock", Some("self_deadlock")),
        ("happens before that", Some("happens_before")),
        ("Critical-sektion", Some("critical_section")),
        ("zebra", None),
    ] {
        let Err(UsageError::UnknownKind { name, suggestion }) = find(typed) else {
            panic!("there is no kind `{typed}`");
        };
        assert_eq!((name.as_str(), suggestion.as_deref()), (typed, meant));
    }
}

#[test]
fn the_page_of_a_mistake_has_an_example_and_a_fix() {
    for page in kinds().filter(|kind| matches!(kind, Kind::Mistake(_))).map(Kind::page) {
        let name = page.kind.as_str();
        let expected = ["What it is", "Example", "Fix", "In Python", "Practise it"];
        assert_eq!(headings(&page), expected, "{name}");
        for heading in ["Example", "Fix"] {
            assert!(!blocks(section(&page, heading)).is_empty(), "{name}: {heading}");
        }
    }
}

#[test]
fn the_page_of_a_failure_says_how_to_go_on() {
    for page in kinds().filter(|kind| matches!(kind, Kind::Failure(_))).map(Kind::page) {
        assert_eq!(headings(&page), ["What it means", "How to go on"], "{}", page.kind.as_str());
    }
}

#[test]
fn a_page_begins_with_a_title_of_its_own_and_every_section_has_text() {
    let mut titles = BTreeSet::new();
    for page in kinds().map(Kind::page) {
        let name = page.kind.as_str();
        assert!(page.markdown.starts_with("# ") && !page.title().is_empty(), "{name}");
        assert!(titles.insert(page.title()), "{name}: another page has this title");
        for heading in headings(&page) {
            assert!(section(&page, heading).trim().len() > 40, "{name}: {heading}");
        }
    }
}

#[test]
fn a_page_is_ascii_for_terminals_that_show_nothing_else() {
    for page in kinds().map(Kind::page) {
        assert!(page.markdown.is_ascii(), "{}", page.kind.as_str());
        assert!(page.markdown.ends_with('\n') && !page.markdown.contains('\t'), "{}", page.kind.as_str());
    }
}

#[test]
fn code_fits_a_terminal_of_80_columns() {
    for page in kinds().map(Kind::page) {
        for line in blocks(page.markdown).iter().flat_map(|block| block.lines()) {
            // It is shown with an indent of four.
            assert!(line.len() <= 76, "{}: {line}", page.kind.as_str());
        }
    }
}

#[test]
fn exercises_to_practise_with_exist() {
    let exercises = exercises();
    for page in kinds().filter(|kind| matches!(kind, Kind::Mistake(_))).map(Kind::page) {
        let items: Vec<&str> =
            section(&page, "Practise it").lines().filter_map(|line| line.strip_prefix("- ")).collect();
        assert!(!items.is_empty(), "{}", page.kind.as_str());
        for item in items {
            // What follows the colon is about the exercise.
            let named: Vec<&str> = quoted(item.split(':').next().unwrap_or(item)).collect();
            assert!(!named.is_empty(), "{item}");
            assert!(named.iter().all(|slug| exercises.contains(*slug)), "{item}");
        }
    }
}

#[test]
fn what_a_page_refers_to_has_a_page() {
    let mut references = 0;
    for from in kinds().map(Kind::page) {
        for sentence in from.markdown.split("see ").skip(1) {
            let rest = sentence.strip_prefix('`').and_then(|rest| rest.split_once('`'));
            if let Some((name, _)) = rest {
                references += 1;
                assert!(page(name).is_some(), "{} refers to `{name}`", from.kind.as_str());
            }
        }
    }
    assert!(references > 10, "the search for references finds {references}");
}

/// One crate with a module for each block: a single call of rustc takes a fraction of a second.
#[test]
fn every_block_of_rust_compiles_without_a_warning() {
    let mut source = String::new();
    for page in kinds().map(Kind::page) {
        for (number, block) in blocks(page.markdown).iter().enumerate() {
            let name = page.kind.as_str();
            writeln!(source, "/// {name}, block {number}\npub mod {name}_{number} {{\n{block}}}")
                .expect("a string");
        }
    }
    assert!(source.matches("pub mod ").count() >= 2 * Mistake::VARIANTS.len(), "two for each mistake");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("pages.rs");
    fs::write(&file, source).expect("a file");
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    #[expect(clippy::disallowed_methods, reason = "a compiler on trusted pages, in a test")]
    let output = Command::new(rustc)
        .args(["--edition", "2024", "--crate-type", "lib", "--emit", "metadata", "--deny", "warnings"])
        .arg(&file)
        .current_dir(folder.path())
        .output()
        .expect("rustc runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn failures_with_many_causes_point_to_the_mistakes_behind_them() {
    for (failure, mistakes) in [
        (
            FailureKind::Deadlock,
            &[Mistake::LockOrder, Mistake::SelfDeadlock, Mistake::GuardAcrossBlocking, Mistake::LostWakeup][..],
        ),
        (FailureKind::TooManySteps, &[Mistake::BusyWait]),
        (FailureKind::Assertion, &[Mistake::LostUpdate, Mistake::CheckThenAct]),
    ] {
        let names: Vec<&str> = quoted(Kind::Failure(failure).page().markdown).collect();
        for mistake in mistakes {
            assert!(names.contains(&mistake.as_str()), "{} on {}", mistake.as_str(), failure.as_str());
        }
    }
}
