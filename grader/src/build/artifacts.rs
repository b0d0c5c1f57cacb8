//! The grader's own crates that every check is built on: built by cargo once, and again when they change.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::{Deserialize, Serialize};

use super::toolchain::Toolchain;
use crate::error::Fault;
use crate::event::{Event, Listener};
use crate::project::Project;

/// Where the built crates are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Artifacts {
    /// What they were built from.
    fingerprint: u64,
    /// The compiler that built them, not its proxy.
    pub rustc: PathBuf,
    pub model_std: PathBuf,
    pub model_core: PathBuf,
    pub harness: PathBuf,
    /// The folder with what they depend on.
    pub dependencies: PathBuf,
}

/// Sources that go into the artifacts, from the project's folder.
const SOURCES: [&str; 6] = [
    "Cargo.toml",
    "Cargo.lock",
    "grader/harness",
    "grader/model-core",
    "grader/model-std",
    "grader/model-trace",
];

impl Artifacts {
    /// The artifacts of the last run if nothing has changed, or fresh ones.
    pub(crate) fn prepare(
        project: &Project,
        toolchain: &Toolchain,
        events: &dyn Listener,
    ) -> Result<Self, Fault> {
        let fingerprint = fingerprint(project.root(), toolchain)?;
        let memory = project.cache().join("artifacts.json");
        if let Some(known) = Self::recall(&memory, fingerprint) {
            return Ok(known);
        }
        events.event(&Event::FirstBuild);
        let artifacts = build(project, fingerprint)?;
        artifacts.remember(&memory)?;
        Ok(artifacts)
    }

    fn recall(memory: &Path, fingerprint: u64) -> Option<Self> {
        let known: Self = serde_json::from_slice(&fs::read(memory).ok()?).ok()?;
        let files = [&known.rustc, &known.model_std, &known.model_core, &known.harness];
        (known.fingerprint == fingerprint && files.iter().all(|file| file.is_file())).then_some(known)
    }

    /// Through a temporary file: another grading may be reading this very moment.
    fn remember(&self, memory: &Path) -> Result<(), Fault> {
        let fault = |source| Fault::io("write", memory, source);
        let folder = memory.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(fault)?;
        let file = tempfile::NamedTempFile::new_in(folder).map_err(fault)?;
        serde_json::to_writer(&file, self).map_err(|error| fault(error.into()))?;
        file.persist(memory).map_err(|error| fault(error.error))?;
        Ok(())
    }
}

/// A hash of the compiler and of every source that the artifacts are made of.
fn fingerprint(root: &Path, toolchain: &Toolchain) -> Result<u64, Fault> {
    let mut hasher = DefaultHasher::new();
    toolchain.verbose_version.hash(&mut hasher);
    for source in SOURCES {
        hash_path(&root.join(source), &mut hasher)?;
    }
    Ok(hasher.finish())
}

fn hash_path(path: &Path, hasher: &mut DefaultHasher) -> Result<(), Fault> {
    let fault = |source| Fault::io("read", path, source);
    if !path.is_dir() {
        path.hash(hasher);
        fs::read(path).map_err(fault)?.hash(hasher);
        return Ok(());
    }
    let entries = fs::read_dir(path).map_err(fault)?;
    let mut paths =
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>().map_err(fault)?;
    paths.sort();
    // Tests and benchmarks are not built into anything.
    let counts = |path: &&PathBuf| !["tests", "benches"].iter().any(|name| path.ends_with(name));
    paths.iter().filter(counts).try_for_each(|path| hash_path(path, hasher))
}

fn build(project: &Project, fingerprint: u64) -> Result<Artifacts, Fault> {
    let program = "cargo".to_owned();
    let output = Command::new(&program)
        .args([
            "build",
            "--release",
            "--message-format",
            "json",
            "-p",
            "harness",
            "-p",
            "model-std",
            "-p",
            "model-core",
        ])
        // A folder of its own: other builds in the workspace neither wait for this one nor replace its files.
        .arg("--target-dir")
        .arg(project.cache())
        .current_dir(project.root())
        // The artifacts are the same whatever flags the user builds with.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .output()
        .map_err(|source| Fault::NoToolchain { program, source })?;
    if !output.status.success() {
        return Err(failure(
            &String::from_utf8_lossy(&output.stderr),
            &String::from_utf8_lossy(&output.stdout),
        ));
    }
    let messages = String::from_utf8_lossy(&output.stdout);
    let library = |name: &str| {
        messages.lines().filter_map(|line| serde_json::from_str::<Message>(line).ok()).find_map(|message| {
            (message.target.as_ref()?.name == name).then_some(())?;
            message
                .filenames?
                .into_iter()
                .find(|file| file.extension().is_some_and(|extension| extension == "rlib"))
        })
    };
    let found = |name: &str| {
        library(name).ok_or_else(|| Fault::OwnBuild { output: format!("cargo built no library `{name}`") })
    };
    let harness = found("harness")?;
    let dependencies = harness.parent().unwrap_or(Path::new(".")).join("deps");
    Ok(Artifacts {
        fingerprint,
        rustc: Toolchain::compiler(project.root())?,
        model_std: found("model_std")?,
        model_core: found("model_core")?,
        harness,
        dependencies,
    })
}

/// A line of cargo's JSON messages, as far as it matters here.
#[derive(Deserialize)]
struct Message {
    target: Option<Target>,
    filenames: Option<Vec<PathBuf>>,
    message: Option<Rendered>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

#[derive(Deserialize)]
struct Rendered {
    level: String,
    rendered: Option<String>,
}

/// Tells a missing network from a broken build by what cargo says about it.
fn failure(stderr: &str, stdout: &str) -> Fault {
    const NETWORK: [&str; 7] = [
        "failed to download",
        "failed to get",
        "failed to fetch",
        "Could not resolve host",
        "Couldn't resolve host",
        "spurious network error",
        "--offline was specified",
    ];
    let stderr = stderr.trim().to_owned();
    if NETWORK.iter().any(|sign| stderr.contains(sign)) {
        return Fault::NoNetwork { output: stderr };
    }
    let errors = stdout
        .lines()
        .filter_map(|line| serde_json::from_str::<Message>(line).ok()?.message)
        .filter(|message| message.level == "error")
        .filter_map(|message| message.rendered);
    let output = errors.take(3).chain([stderr]).collect::<Vec<_>>().join("\n");
    Fault::OwnBuild { output }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_network_is_told_from_a_broken_build() {
        let offline = "error: failed to get `serde` as a dependency\n\nCaused by:\n  Could not resolve host";
        assert!(matches!(failure(offline, ""), Fault::NoNetwork { .. }));
        assert!(matches!(failure("error: could not compile `model-std`", ""), Fault::OwnBuild { .. }));
    }

    #[test]
    fn what_is_remembered_counts_only_for_the_same_sources_and_existing_files() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("artifacts.json");
        let artifacts = Artifacts {
            fingerprint: 7,
            rustc: file.clone(),
            model_std: file.clone(),
            model_core: file.clone(),
            harness: file.clone(),
            dependencies: folder.path().to_owned(),
        };
        artifacts.remember(&file).expect("written");
        assert_eq!(Artifacts::recall(&file, 7), Some(artifacts.clone()));
        assert_eq!(Artifacts::recall(&file, 8), None);
        Artifacts { harness: folder.path().join("gone"), ..artifacts }.remember(&file).expect("written");
        assert_eq!(Artifacts::recall(&file, 7), None);
    }
}
