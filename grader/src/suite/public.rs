//! The public tests of an exercise as a suite without points: what learners have, and run as often as they like.

use std::path::PathBuf;

use syn::{Attribute, Item, ItemFn, Meta, ReturnType};

use super::functions::{CheckFile, PUBLIC, PUBLIC_FILE, test};
use super::{AT_LEAST, Check, Loom, PREEMPTIONS, Suite, Twins, default_executions};
use crate::catalog::Exercise;
use crate::error::{Error, Fault, UsageError};
use crate::report::Engine;

impl Suite {
    /// The public tests of `exercise`, with the paths that it forbids. Each is a check of both engines, or of the one
    /// that its `cfg` leaves.
    ///
    /// # Errors
    /// When the file with the tests cannot be read, or is no Rust.
    pub fn public(exercise: &Exercise, banned: Vec<String>) -> Result<Self, Error> {
        let path = exercise.folder.join(PUBLIC_FILE);
        let text = std::fs::read_to_string(&path).map_err(|source| Fault::io("read", &path, source))?;
        let file = syn::parse_file(&text).map_err(|error| UsageError::PublicTests {
            file: PathBuf::from(PUBLIC_FILE),
            line: error.span().start().line,
            message: error.to_string(),
        })?;
        let checks = functions(&file).filter(|function| is_like_a_check(function)).map(check).collect();
        let (root, tests) = CheckFile::public(path, &text, &file, is_like_a_check);
        let folder = exercise.folder.join("tests");
        Ok(Self {
            folder,
            checks,
            contracts: Vec::new(),
            banned,
            files: vec![root, tests],
            twins: Twins::default(),
            modelled: Twins::default(),
        })
    }
}

fn functions(file: &syn::File) -> impl Iterator<Item = &ItemFn> {
    file.items.iter().filter_map(|item| match item {
        Item::Fn(function) => Some(function),
        // Tests are functions; there are many other kinds of items.
        _ => None,
    })
}

/// Whether a function is a test that passes if it returns. Those that return a result, should panic or are ignored
/// are for `cargo test` alone.
fn is_like_a_check(function: &ItemFn) -> bool {
    let is_other = |attribute: &Attribute| {
        attribute.path().is_ident("should_panic") || attribute.path().is_ident("ignore")
    };
    test(&function.attrs).is_some()
        && !function.attrs.iter().any(is_other)
        && matches!(function.sig.output, ReturnType::Default)
}

fn check(function: &ItemFn) -> Check {
    let name = function.sig.ident.to_string();
    let engines = match cfg(&function.attrs).as_deref() {
        Some("model") => vec![(Engine::Model, 0)],
        Some("not (model)") => vec![(Engine::Stress, 0)],
        // Other conditions hold or not whatever the engine is.
        Some(_) | None => vec![(Engine::Model, 0), (Engine::Stress, 0)],
    };
    Check {
        title: name.replace('_', " "),
        name: format!("{PUBLIC}::{name}"),
        explanation: String::new(),
        never: None,
        engines,
        preemptions: Some(PREEMPTIONS),
        least: Some(AT_LEAST),
        executions: default_executions(),
        sampling: None,
        alone: false,
        sleeps: false,
        establishes: None,
        requires: Vec::new(),
        loom: Loom::CannotJudge { reason: "it is a public test".to_owned() },
    }
}

/// The condition in the first `cfg` of a function, as its tokens are printed.
fn cfg(attributes: &[Attribute]) -> Option<String> {
    attributes.iter().find_map(|attribute| match &attribute.meta {
        Meta::List(list) if list.path.is_ident("cfg") => Some(list.tokens.to_string()),
        Meta::List(_) | Meta::Path(_) | Meta::NameValue(_) => None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::part::Part;
    use super::*;

    fn suite(tests: &str) -> Result<Suite, Error> {
        let folder = tempfile::tempdir().expect("a folder");
        let manifest = "[package]\nname = \"NAME\"\n[package.metadata.interleave]\norder = 1\ntitle = \"T\"\nteaches = \"t\"\neditable = [\"src/lib.rs\"]\n";
        let name = folder.path().file_name().expect("a name").to_string_lossy().into_owned();
        std::fs::create_dir(folder.path().join("tests")).expect("a folder");
        std::fs::write(folder.path().join("Cargo.toml"), manifest.replace("NAME", &name)).expect("a file");
        std::fs::write(folder.path().join(PUBLIC_FILE), tests).expect("a file");
        Suite::public(&Exercise::read(folder.path()).expect("an exercise"), Vec::new())
    }

    #[test]
    fn each_test_is_a_check_of_the_engines_that_its_condition_leaves() {
        let tests = "#[test]\nfn both_run_it() {}\n#[cfg(not(model))]\n#[test]\nfn large() {}\n#[test]\n#[cfg(model)]\nfn small() {}\nfn helper() {}\n";
        let suite = suite(tests).expect("a suite");
        let entries: Vec<_> = suite.entries().map(|entry| entry.id().to_string()).collect();
        assert_eq!(
            entries,
            [
                "public::both_run_it (model)",
                "public::both_run_it (stress)",
                "public::large (stress)",
                "public::small (model)"
            ]
        );
        assert_eq!(suite.checks[0].title, "both run it");
        assert_eq!(suite.max_points(), 0);
        let (names, text) = suite.files[1].staged(&Part::Whole, "");
        assert_eq!(names, [PUBLIC_FILE]);
        assert!(text.starts_with("\npub fn both_run_it() {}\n"), "{text}");
    }

    #[test]
    fn tests_of_other_kinds_are_left_to_cargo() {
        let tests = "#[test]\nfn counts() {}\n#[test]\n#[should_panic]\nfn panics() { panic!() }\n#[test]\nfn returns() -> Result<(), ()> { Ok(()) }\n#[test]\n#[ignore]\nfn waits() {}\n";
        let suite = suite(tests).expect("a suite");
        assert_eq!(suite.checks.len(), 1);
        assert!(suite.files[1].staged(&Part::Whole, "").1.contains("#[test]\n#[should_panic]\nfn panics()"));
    }

    #[test]
    fn a_test_file_that_is_no_rust_is_named_with_its_line() {
        let error = suite("#[test]\nfn counts( {}\n").expect_err("no Rust");
        assert!(matches!(&error, Error::Usage(UsageError::PublicTests { line: 2, .. })), "{error:?}");
    }
}
