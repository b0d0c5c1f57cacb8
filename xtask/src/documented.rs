//! Tests that what the documents say exists: commands, packages, files.

#![expect(clippy::disallowed_methods, reason = "tests ask git and cargo about the project")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::CommandFactory;
use clap::error::ErrorKind;
use serde_json::Value;

use crate::cli::Cli;

/// A document, with its path from the project's folder.
struct Document {
    path: PathBuf,
    text: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace")
}

/// Every Markdown file that git knows, apart from the changelog: it is about the past, too.
fn documents() -> Vec<Document> {
    let output = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard", "*.md"])
        .current_dir(root())
        .output()
        .expect("git runs");
    let names = String::from_utf8(output.stdout).expect("text");
    let paths = names.lines().filter(|name| *name != "CHANGELOG.md").map(PathBuf::from);
    let documents: Vec<Document> = paths
        .filter_map(|path| Some(Document { text: fs::read_to_string(root().join(&path)).ok()?, path }))
        .collect();
    assert!(documents.len() > 30, "{} documents", documents.len());
    documents
}

/// What stands between backticks, and the lines of fenced blocks.
fn code(text: &str) -> Vec<String> {
    let mut code = Vec::new();
    for (number, part) in text.split("```").enumerate() {
        let lines = part.lines().map(str::to_owned);
        if number % 2 == 1 {
            code.extend(lines);
        } else {
            code.extend(part.split('`').skip(1).step_by(2).map(str::to_owned));
        }
    }
    code
}

/// The words of a command, without the environment before it and the comment behind it.
fn words(line: &str) -> Vec<String> {
    let line = line.split(" #").next().unwrap_or(line);
    // In a column, what the command does follows after a wide gap.
    let line = line.trim().split("   ").next().unwrap_or(line);
    let (_, command) = line.split_once("cargo ").unwrap_or_default();
    command.split_whitespace().map(|word| word.trim_matches(['[', ']']).to_owned()).collect()
}

/// The commands that begin with `cargo`, each with the document that it stands in.
fn cargo_commands() -> Vec<(PathBuf, Vec<String>)> {
    let mut commands = Vec::new();
    for document in documents() {
        for line in code(&document.text) {
            let starts = line.trim_start().starts_with("cargo ") || line.contains("\" cargo ");
            // Words stand for what cannot be known before: `…`, or a name in capitals.
            if starts && !line.contains('…') {
                commands.push((document.path.clone(), words(&line)));
            }
        }
    }
    commands
}

fn packages() -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    packages.iter().filter_map(|package| Some(package["name"].as_str()?.to_owned())).collect()
}

#[test]
fn every_command_that_a_document_names_can_be_typed() {
    let mut checked = 0;
    for (document, words) in cargo_commands() {
        if words.first().is_some_and(|word| word == "xtask") {
            checked += 1;
            if let Err(error) = Cli::command().try_get_matches_from(&words) {
                // A sentence may name a command without its arguments.
                let complete = error.kind() != ErrorKind::MissingRequiredArgument;
                assert!(!complete || !error.use_stderr(), "{}: {error}", document.display());
            }
        }
    }
    assert!(checked > 20, "{checked} commands");
}

#[test]
fn every_package_that_a_command_names_exists() {
    let packages = packages();
    let mut checked = 0;
    for (document, words) in cargo_commands() {
        for pair in words.windows(2).filter(|pair| pair[0] == "-p") {
            checked += 1;
            assert!(packages.contains(&pair[1]), "{}: -p {}", document.display(), pair[1]);
        }
    }
    assert!(checked > 20, "{checked} packages");
}

#[test]
fn every_file_that_a_document_links_exists() {
    let mut checked = 0;
    for Document { path, text } in documents() {
        let folder = root().join(path.parent().unwrap_or(Path::new("")));
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = link.split('#').next().unwrap_or(link);
            if !file.is_empty() && !link.contains("://") {
                checked += 1;
                assert!(folder.join(file).exists(), "{}: {link}", path.display());
            }
        }
    }
    assert!(checked > 10, "{checked} links");
}

#[test]
fn every_path_that_the_architecture_names_exists() {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("the architecture");
    let folders = ["grader", "xtask", "exercises", "solutions"];
    let is_path = |code: &&String| {
        let inside = code.split_once('/').is_some_and(|(first, _)| folders.contains(&first));
        inside && code.chars().all(|c| c.is_ascii_alphanumeric() || "/._-<>".contains(c))
    };
    let named: Vec<String> = code(&text).iter().filter(is_path).cloned().collect();
    for path in &named {
        // A name in angle brackets stands for any.
        let (known, _) = path.split_once("/<").unwrap_or((path, ""));
        assert!(root().join(known).exists(), "ARCHITECTURE.md names {path}");
    }
    assert!(named.len() > 30, "{} paths", named.len());
}

#[test]
fn the_report_that_the_readme_shows_is_one_that_the_grader_writes() {
    let read = |name: &str| fs::read_to_string(root().join(name)).expect(name);
    let snapshot = read("grader/tests/snapshots/behaviour__counterexamples__lost_wakeup.snap");
    let mut written = snapshot.lines().map(str::trim);
    let readme = read("README.md");
    let (_, report) = readme.split_once("```text\n").expect("a report");
    let (report, _) = report.split_once("```").expect("its end");
    for line in report.lines().map(str::trim).filter(|line| !line.is_empty()) {
        assert!(written.any(|real| real == line), "no longer written, or in another order: {line}");
    }
}

#[test]
fn the_oldest_rust_that_manifests_and_documents_name_is_the_one_that_is_tested() {
    let read = |name: &str| fs::read_to_string(root().join(name)).expect(name);
    let manifest = read("Cargo.toml");
    let (_, after) = manifest.split_once("rust-version = \"").expect("the workspace's rust-version");
    let (version, _) = after.split_once('"').expect("a string");
    let tested = format!("RUSTUP_TOOLCHAIN: \"{version}\"");
    assert!(read(".github/workflows/test.yml").contains(&tested), "{tested}");
    assert!(read("README.md").contains(&format!("{version} or newer")), "{version}");
}
