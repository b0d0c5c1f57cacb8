//! Copies in disguise among independent solutions: the copies come first.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use grader::catalog::Catalog;
use grader::class::intake::Class;
use grader::class::similarity::{self, Dolos};
use grader::interrupt::Interrupt;
use grader::project::Project;
use proc_macro2::{Delimiter, Group, Ident, Spacing, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::visit::{self, Visit};

/// Exercises whose right solutions were written independently of each other.
const EXERCISES: [&str; 2] = ["event", "inventory"];

/// How many of them are copied.
const COPIES: usize = 4;

/// The names that a program gives to something that nobody outside of it sees.
#[derive(Default)]
struct Own(BTreeSet<String>);

impl<'ast> Visit<'ast> for Own {
    fn visit_field(&mut self, field: &'ast syn::Field) {
        self.0.extend(field.ident.as_ref().map(ToString::to_string));
        visit::visit_field(self, field);
    }

    fn visit_pat_ident(&mut self, pattern: &'ast syn::PatIdent) {
        self.0.insert(pattern.ident.to_string());
        visit::visit_pat_ident(self, pattern);
    }
}

/// The same program with other names, its methods and items in another order, another layout and other comments.
fn disguised(text: &str) -> String {
    let mut file = syn::parse_file(text).expect("a right solution is Rust");
    file.attrs.clear();
    let mut own = Own::default();
    own.visit_file(&file);
    file.items.reverse();
    for item in &mut file.items {
        if let syn::Item::Impl(block) = item {
            block.items.reverse();
        }
    }
    let names =
        own.0.into_iter().enumerate().map(|(number, name)| (name, format!("thing_{number}"))).collect();
    let mut lines = String::from("// my own work\n");
    laid_out(renamed(file.into_token_stream(), &names), &mut lines);
    lines
}

fn renamed(tokens: TokenStream, names: &BTreeMap<String, String>) -> TokenStream {
    let renamed_token = |token| match token {
        TokenTree::Ident(ident) => match names.get(&ident.to_string()) {
            Some(name) => TokenTree::Ident(Ident::new(name, ident.span())),
            None => TokenTree::Ident(ident),
        },
        TokenTree::Group(group) => {
            TokenTree::Group(Group::new(group.delimiter(), renamed(group.stream(), names)))
        }
        other => other,
    };
    tokens.into_iter().map(renamed_token).collect()
}

/// A line for each statement, and no other line breaks.
fn laid_out(tokens: TokenStream, lines: &mut String) {
    for token in tokens {
        match &token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                lines.push_str("{ // as in the lecture\n");
                laid_out(group.stream(), lines);
                lines.push_str("}\n");
            }
            TokenTree::Punct(punct) if punct.as_char() == ';' => lines.push_str(";\n"),
            // What is joined to the next token stays joined.
            TokenTree::Punct(punct) if punct.spacing() == Spacing::Joint => {
                lines.push(punct.as_char());
            }
            other => {
                lines.push_str(&other.to_string());
                lines.push(' ');
            }
        }
    }
}

#[test]
fn copies_in_disguise_come_before_all_independent_solutions() {
    let Some(dolos) = installed() else { return };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the grader is in a workspace");
    let project = Project::at(root).expect("a project");
    let catalog = Catalog::discover(&project).expect("exercises");
    for slug in EXERCISES {
        let folder = tempfile::tempdir().expect("a folder");
        let mut copied = BTreeSet::new();
        let accepted = project.suite(slug).join("accepted");
        let mut files: Vec<_> =
            fs::read_dir(accepted).expect("fixtures").map(|entry| entry.expect("a file").path()).collect();
        files.sort();
        files.push(project.solution(slug).join("src/lib.rs"));
        assert!(files.len() >= 2 * COPIES, "there are independent solutions");
        for (number, file) in files.iter().enumerate() {
            let text = fs::read_to_string(file).expect("a solution");
            let name = format!("learner-{number:02}");
            hand_in(folder.path(), &name, &text);
            if number % (files.len() / COPIES) == 0 && copied.len() < COPIES {
                let copy = format!("copier-{number:02}");
                hand_in(folder.path(), &copy, &disguised(&text));
                copied.insert((copy, name));
            }
        }
        let stub =
            fs::read_to_string(project.exercises().join(slug).join(".stub/src/lib.rs")).expect("a stub");
        hand_in(folder.path(), "nothing-done", &stub);
        hand_in(folder.path(), "nothing-either", &stub);

        let class = Class::open(folder.path(), None, None).expect("a class");
        let exercise = catalog.get(slug).expect("it exists");
        let pairs = similarity::compare(&dolos, &class, &[exercise], &project, &catalog, 0.0);
        let pairs = pairs.expect("Dolos runs").exercises.remove(0);
        assert_eq!(pairs.submissions, files.len() + COPIES, "stubs are nobody's work");
        let found = |pair: &similarity::Pair| (pair.left.clone(), pair.right.clone());
        let first: BTreeSet<_> = pairs.pairs.iter().take(COPIES).map(found).collect();
        assert_eq!(first, copied, "{slug}: {:#?}", pairs.pairs);
        let of_a_copy = pairs.pairs[COPIES - 1].similarity;
        let of_others = pairs.pairs[COPIES].similarity;
        assert!(
            of_a_copy > similarity::LEAST && of_others < of_a_copy,
            "{slug}: a copy {of_a_copy}, the next {of_others}"
        );
        for pair in &pairs.pairs[..COPIES] {
            let (left, right) = pairs.sides(pair).expect("both are kept");
            assert!(!pair.passages.is_empty());
            for passage in &pair.passages {
                assert!(passage.left.0 <= passage.left.1 && passage.left.1 <= left.text.lines().count());
                assert!(passage.right.0 <= passage.right.1 && passage.right.1 <= right.text.lines().count());
            }
        }
    }
}

/// Text that is deep, broken, empty or no Rust is compared like any other: nothing ends but its own comparison.
#[test]
fn whatever_is_handed_in_is_compared() {
    let Some(dolos) = installed() else { return };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the grader is in a workspace");
    let project = Project::at(root).expect("a project");
    let catalog = Catalog::discover(&project).expect("exercises");
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in [
        ("deep", format!("const A: u8 = {}1{};", "(".repeat(3000), ")".repeat(3000))),
        ("empty", String::new()),
        ("one-line", "fn f() { ".to_owned() + &"g(1, 2, [3]); ".repeat(5000) + "}"),
        ("prose", "I could not do it, sorry — „wirklich“ \u{202e}\u{0} nothing".to_owned()),
        ("unclosed", "impl A { fn b( { \" }".to_owned()),
    ] {
        hand_in(folder.path(), name, &text);
    }
    let class = Class::open(folder.path(), None, None).expect("a class");
    let exercise = catalog.get("event").expect("it exists");
    let pairs =
        similarity::compare(&dolos, &class, &[exercise], &project, &catalog, 0.0).expect("Dolos runs");
    assert!(pairs.exercises[0].submissions >= 4, "{:?}", pairs.exercises[0]);
}

fn hand_in(class: &Path, learner: &str, text: &str) {
    let folder = class.join(learner);
    fs::create_dir(&folder).expect("a folder");
    fs::write(folder.join("lib.rs"), text).expect("a file");
}

/// Dolos; `None` where nothing says that npm is there.
fn installed() -> Option<Dolos> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the grader is in a workspace");
    let project = Project::at(root).expect("a project");
    if std::env::var("INTERLEAVE_NODE").as_deref() != Ok("required") {
        eprintln!("skipped: INTERLEAVE_NODE is not `required`; .ci/run sets it where npm is there");
        return None;
    }
    Dolos::install(&project, &Interrupt::default()).expect("npm installs it");
    Some(Dolos::find(&project, Interrupt::default()).expect("it is there now"))
}
