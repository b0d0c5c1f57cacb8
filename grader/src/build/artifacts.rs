//! The grader's own crates that every check is built on: built by cargo once, and again when they change.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use cargo_metadata::diagnostic::DiagnosticLevel;
use cargo_metadata::{Artifact, Message};
use serde::{Deserialize, Serialize};

use super::temporary;
use super::toolchain::Toolchain;
use crate::digest::Fingerprint;
use crate::error::Fault;
use crate::event::{Event, Listener};
use crate::interrupt::Interrupt;
use crate::process::{self, End, Job};
use crate::project::Project;
use crate::whole_file::{self, Durability};

/// Where the built crates are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Artifacts {
    /// What they were built from.
    fingerprint: String,
    /// The compiler that built them, not its proxy.
    pub rustc: PathBuf,
    /// What takes the place of `std` where nothing may go around the engine.
    pub std: PathBuf,
    /// What takes the place of `core`.
    pub core: PathBuf,
    pub harness: PathBuf,
    /// The folder with what they depend on.
    pub dependencies: PathBuf,
    /// Folders with the libraries of the system that they are linked with, as rustc takes them. Those that every linker
    /// knows are not among them.
    #[serde(default)]
    pub native: Vec<String>,
}

/// Which crates checks are built on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kit {
    /// For the grader's own engines.
    Own,
    /// For loom, which is asked for a second opinion. It is built when it is first needed, in a folder of its own:
    /// crates that both depend on may be built in another way there.
    Loom,
}

/// How a kit is made.
struct Recipe {
    /// What it is made of, from the project's folder.
    sources: &'static [&'static str],
    packages: &'static [&'static str],
    std: &'static str,
    core: &'static str,
    harness: &'static str,
    /// Where its artifacts are remembered, in the cache.
    memory: &'static str,
}

impl Kit {
    fn recipe(self) -> Recipe {
        match self {
            Self::Own => Recipe {
                sources: &[
                    "Cargo.toml",
                    "Cargo.lock",
                    "grader/harness",
                    "grader/model-core",
                    "grader/model-std",
                    "grader/model-trace",
                ],
                packages: &["harness", "model-std", "model-core"],
                std: "model_std",
                core: "model_core",
                harness: "harness",
                memory: "artifacts.json",
            },
            Self::Loom => Recipe {
                sources: &[
                    "Cargo.toml",
                    "Cargo.lock",
                    "grader/harness",
                    "grader/loom-harness",
                    "grader/loom-std",
                    "grader/model-std",
                    "grader/model-trace",
                ],
                packages: &["loom-harness", "loom-std"],
                std: "loom_std",
                // What of core a program can name is in std as well.
                core: "loom_std",
                harness: "loom_harness",
                memory: "loom-artifacts.json",
            },
        }
    }

    fn target(self, project: &Project) -> PathBuf {
        match self {
            Self::Own => project.cache(),
            Self::Loom => project.cache().join("loom"),
        }
    }
}

impl Artifacts {
    /// A hash of what the artifacts are made of, whether or not they are built.
    pub(crate) fn fingerprint(kit: Kit, project: &Project, toolchain: &Toolchain) -> Result<String, Fault> {
        fingerprint(project.root(), toolchain, &kit.recipe())
    }

    /// Adds what the artifacts are made of to a hash, wherever the project is.
    pub(crate) fn add_sources(kit: Kit, project: &Project, hash: &mut Fingerprint) -> Result<(), Fault> {
        add_sources(hash, project.root(), &kit.recipe())
    }

    /// The artifacts of the last run if nothing has changed, or fresh ones.
    pub(crate) fn prepare(
        kit: Kit,
        project: &Project,
        toolchain: &Toolchain,
        events: &dyn Listener,
        interrupt: &Interrupt,
    ) -> Result<Self, Fault> {
        let fingerprint = fingerprint(project.root(), toolchain, &kit.recipe())?;
        let memory = project.cache().join(kit.recipe().memory);
        if let Some(known) = Self::recall(&memory, &fingerprint) {
            return Ok(known);
        }
        let started = Instant::now();
        events.event(&Event::ArtifactsStarted);
        let artifacts = build(kit, project, fingerprint, events, interrupt)?;
        artifacts.remember(&memory)?;
        events.event(&Event::ArtifactsFinished { duration: started.elapsed() });
        Ok(artifacts)
    }

    fn recall(memory: &Path, fingerprint: &str) -> Option<Self> {
        let known: Self = serde_json::from_slice(&fs::read(memory).ok()?).ok()?;
        let files = [&known.rustc, &known.std, &known.core, &known.harness];
        (known.fingerprint == fingerprint && files.iter().all(|file| file.is_file())).then_some(known)
    }

    /// Through a temporary file: another grading may be reading this very moment.
    fn remember(&self, memory: &Path) -> Result<(), Fault> {
        let fault = |source| Fault::io("write", memory, source);
        let folder = memory.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(fault)?;
        let json = serde_json::to_vec(self).map_err(|error| fault(error.into()))?;
        whole_file::write(memory, Durability::Whole, |out| out.write_all(&json)).map_err(fault)
    }
}

/// Folders of tests and benchmarks, which are not built into anything.
const OF_NO_ARTIFACT: [&str; 4] = ["behaviour", "benches", "outcomes", "tests"];

/// A hash of the compiler and of every source that the artifacts are made of.
fn fingerprint(root: &Path, toolchain: &Toolchain, recipe: &Recipe) -> Result<String, Fault> {
    let mut hash = Fingerprint::new();
    hash.text(toolchain.verbose_version.as_bytes());
    hash.text(root.as_os_str().as_encoded_bytes());
    add_sources(&mut hash, root, recipe)?;
    Ok(hash.finish())
}

fn add_sources(hash: &mut Fingerprint, root: &Path, recipe: &Recipe) -> Result<(), Fault> {
    recipe.sources.iter().try_for_each(|source| hash.files(&root.join(source), &OF_NO_ARTIFACT))
}

fn build(
    kit: Kit,
    project: &Project,
    fingerprint: String,
    events: &dyn Listener,
    interrupt: &Interrupt,
) -> Result<Artifacts, Fault> {
    let mut built = Vec::new();
    let mut native = BTreeSet::new();
    let mut messages = Vec::new();
    let mut seen = BTreeSet::new();
    let mut on_line = |line: &str| match serde_json::from_str(line) {
        Ok(Message::CompilerArtifact(artifact)) => {
            let name = artifact.target.name.replace('-', "_");
            // Build scripts and what is built for them as well are one crate to whoever watches.
            if !artifact.target.is_custom_build() && seen.insert(name.clone()) {
                events.event(&Event::ArtifactBuilt { name });
            }
            built.push(artifact);
        }
        Ok(Message::BuildScriptExecuted(script)) => {
            native.extend(script.linked_paths.into_iter().map(|path| path.into_string()));
        }
        Ok(Message::CompilerMessage(message)) => messages.push(message.message),
        // Other messages say nothing about libraries or errors, and are not listed exhaustively.
        Ok(_) | Err(_) => {}
    };
    let target = kit.target(project);
    let made = fs::create_dir_all(&target).and_then(|()| tempfile::tempdir_in(&target));
    let temporary = made.map_err(|source| Fault::io("make a folder in", &target, source))?;
    let job = cargo_build(kit, project, temporary.path());
    let finished = process::run_with_lines(&job, interrupt, &mut on_line).map_err(|error| {
        error.into_fault(|source| Fault::NoToolchain { program: "cargo".to_owned(), source })
    })?;
    if finished.end != End::Exited(0) {
        let errors = messages.into_iter().filter(|message| message.level == DiagnosticLevel::Error);
        let errors = errors.filter_map(|message| message.rendered);
        return Err(failure(&String::from_utf8_lossy(&finished.stderr.bytes), errors));
    }
    let found = |name: &str| {
        library(&built, name)
            .ok_or_else(|| Fault::OwnBuild { output: format!("cargo built no library `{name}`") })
    };
    let recipe = kit.recipe();
    let harness = found(recipe.harness)?;
    let dependencies = harness.parent().unwrap_or(Path::new(".")).join("deps");
    Ok(Artifacts {
        fingerprint,
        rustc: Toolchain::compiler(project.root())?,
        std: found(recipe.std)?,
        core: found(recipe.core)?,
        harness,
        dependencies,
        native: native.into_iter().collect(),
    })
}

fn cargo_build(kit: Kit, project: &Project, temporary: &Path) -> Job {
    let args = ["build", "--release", "--message-format", "json"];
    let packages = kit.recipe().packages.iter().flat_map(|package| ["-p", package]);
    let args: Vec<&str> = args.into_iter().chain(packages).collect();
    let mut job = Job::tool("cargo", &args, project.root());
    // A folder of its own: other builds in the workspace neither wait for this one nor replace its files.
    job.args.extend(["--target-dir".into(), kit.target(project).into_os_string()]);
    // The artifacts are the same whatever flags the user builds with.
    job.env.retain(|(name, _)| name != "RUSTFLAGS" && name != "CARGO_ENCODED_RUSTFLAGS");
    job.env.extend(temporary::files_in(temporary));
    job
}

/// The file of the library called `name`.
fn library(built: &[Artifact], name: &str) -> Option<PathBuf> {
    let artifact = built.iter().find(|artifact| artifact.target.name == name)?;
    let file = artifact.filenames.iter().find(|file| file.extension() == Some("rlib"))?;
    Some(file.clone().into_std_path_buf())
}

/// Tells a missing network from a broken build by what cargo says about it.
fn failure(stderr: &str, errors: impl Iterator<Item = String>) -> Fault {
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
    let output = errors.take(3).chain([stderr]).collect::<Vec<_>>().join("\n");
    Fault::OwnBuild { output }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_network_is_told_from_a_broken_build() {
        let offline = "error: failed to get `serde` as a dependency\n\nCaused by:\n  Could not resolve host";
        assert!(matches!(failure(offline, std::iter::empty()), Fault::NoNetwork { .. }));
        assert!(matches!(
            failure("error: could not compile `model-std`", std::iter::empty()),
            Fault::OwnBuild { .. }
        ));
    }

    #[test]
    fn what_is_remembered_counts_only_for_the_same_sources_and_existing_files() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("artifacts.json");
        let artifacts = Artifacts {
            fingerprint: "7".to_owned(),
            rustc: file.clone(),
            std: file.clone(),
            core: file.clone(),
            harness: file.clone(),
            dependencies: folder.path().to_owned(),
            native: Vec::new(),
        };
        artifacts.remember(&file).expect("written");
        assert_eq!(Artifacts::recall(&file, "7"), Some(artifacts.clone()));
        assert_eq!(Artifacts::recall(&file, "8"), None);
        Artifacts { harness: folder.path().join("gone"), ..artifacts }.remember(&file).expect("written");
        assert_eq!(Artifacts::recall(&file, "7"), None);
    }
}
