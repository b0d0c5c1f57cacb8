//! The policy, on all that the project itself would hand in.

use std::fs;
use std::path::Path;

use grader::policy::{Finding, scan};
use grader::source::Source;

/// The files below `folder` that are Rust.
fn sources(folder: &Path, into: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push((path.display().to_string(), fs::read_to_string(&path).expect("text")));
        }
    }
}

#[test]
fn every_right_program_is_allowed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the grader is in a workspace");
    let mut right = Vec::new();
    for folder in fs::read_dir(root.join("solutions")).into_iter().flatten().flatten() {
        let name = folder.file_name();
        let solution = fs::read_to_string(folder.path().join("src/lib.rs")).expect("a solution");
        right.push((name.to_string_lossy().into_owned(), solution));
        sources(&root.join("grader/suites").join(&name).join("accepted"), &mut right);
    }
    assert!(right.len() > 50, "{}", right.len());
    for (name, text) in right {
        assert_eq!(scan(&Source::new("src/lib.rs", text), &[]), Finding::Allowed, "{name}");
    }
}
