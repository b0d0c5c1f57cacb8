//! Dolos itself: a library for Node.js. It is installed beside what the grader keeps, at the versions that its lock file
//! has, without running anything that its packages bring. Submissions are parsed by a grammar in WebAssembly, in a
//! process that is confined as a compiler is.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use super::protocol::{Alike, Question};
use crate::digest;
use crate::error::{Error, Fault, UsageError};
use crate::interrupt::Interrupt;
use crate::process::{self, End, Finished, Job, Stdin};
use crate::project::Project;
use crate::sandbox::{Compiling, Limits, Sandbox};

/// What is installed.
const PACKAGE: &str = include_str!("dolos/package.json");
const LOCK: &str = include_str!("dolos/package-lock.json");
const SCRIPT: &str = include_str!("dolos/compare.mjs");

/// Generous for a thousand learners.
const WALL: Duration = Duration::from_secs(1800);
const CPU_SECONDS: u64 = 900;
const MEMORY_MIB: u64 = 4 * 1024;
const OUTPUT: usize = 256 << 20;

/// The library where it is installed.
#[derive(Debug)]
pub struct Dolos {
    folder: PathBuf,
    node: PathBuf,
    sandbox: Sandbox,
    interrupt: Interrupt,
}

impl Dolos {
    /// The library, if it has been installed.
    ///
    /// # Errors
    /// When it is not there, or Node.js is not.
    pub fn find(project: &Project, interrupt: Interrupt) -> Result<Self, Error> {
        let node = program("node").ok_or(UsageError::NoNode { program: "node" })?;
        let folder = folder(project);
        if !folder.join("node_modules").is_dir() {
            return Err(UsageError::NoDolos.into());
        }
        let limits = Limits {
            compile_cpu_seconds: CPU_SECONDS / 2,
            compile_memory_mib: MEMORY_MIB,
            ..Limits::default()
        };
        let sandbox = Sandbox::find(limits, &folder)?;
        Ok(Self { folder, node, sandbox, interrupt })
    }

    /// Installs it with npm, from the registry that npm is set up with. What is there already stays. Returns the folder.
    ///
    /// # Errors
    /// When npm is not there, or cannot install it.
    pub fn install(project: &Project, interrupt: &Interrupt) -> Result<PathBuf, Error> {
        let folder = folder(project);
        if folder.join("node_modules").is_dir() {
            return Ok(folder);
        }
        let npm = program("npm").ok_or(UsageError::NoNode { program: "npm" })?;
        let parent = project.cache();
        let io = |source| Fault::io("write to", &parent, source);
        fs::create_dir_all(&parent).map_err(io)?;
        // Two may install at the same time, and one may be ended in the middle: what is there is whole.
        let making = tempfile::Builder::new().prefix(".dolos-").tempdir_in(&parent).map_err(io)?;
        for (name, text) in [("package.json", PACKAGE), ("package-lock.json", LOCK), ("compare.mjs", SCRIPT)]
        {
            fs::write(making.path().join(name), text).map_err(io)?;
        }
        let args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-progress"];
        let mut job = Job::tool("npm", &args, making.path());
        job.program = npm;
        let finished = process::run(&job, interrupt)
            .map_err(|error| error.into_fault(|source| Fault::io("run", &job.program, source)))?;
        if finished.end != End::Exited(0) {
            return Err(Fault::NotInstalled { output: said(&finished) }.into());
        }
        let made = making.keep();
        match fs::rename(&made, &folder) {
            Ok(()) => Ok(folder),
            Err(_) if folder.join("node_modules").is_dir() => {
                fs::remove_dir_all(&made).map_err(io)?;
                Ok(folder)
            }
            Err(error) => Err(io(error).into()),
        }
    }

    /// Which of the files are alike, the most similar first.
    pub(super) fn ask(&self, question: &Question) -> Result<Vec<Alike>, Fault> {
        let io = |source| Fault::io("write to", &std::env::temp_dir(), source);
        let folder = tempfile::Builder::new().prefix("interleave-").tempdir().map_err(io)?;
        // What is compared is not for other users of the machine, and the process has none of this one's rights.
        let (asked, out) = (folder.path().join("question.json"), folder.path().join("out"));
        fs::create_dir(&out).map_err(io)?;
        let mut file = io::BufWriter::new(fs::File::create(&asked).map_err(io)?);
        serde_json::to_writer(&mut file, question).map_err(io::Error::from).map_err(io)?;
        file.flush().map_err(io)?;
        let confinement = self.sandbox.of_compiler(Compiling {
            rustc: &self.node,
            sources: vec![self.folder.clone(), asked.clone()],
            out: &out,
            links: true,
        })?;
        let script = self.folder.join("compare.mjs");
        let job = Job {
            program: self.node.clone(),
            args: vec![script.into(), asked.into()],
            folder: self.folder.clone(),
            // It does not start without a configuration of OpenSSL, and uses none of it.
            env: vec![
                (OsString::from("TMPDIR"), out.into()),
                (OsString::from("OPENSSL_CONF"), "/dev/null".into()),
            ],
            stdin: Stdin::Empty,
            limits: process::Limits { wall: WALL, output: OUTPUT, flood: OUTPUT, answer: 0 },
            watch_for_stall: false,
            shows_errors: false,
            confinement: Some(confinement),
        };
        let finished = process::run(&job, &self.interrupt)
            .map_err(|error| error.into_fault(|source| Fault::io("run", &self.node, source)))?;
        match (finished.end, serde_json::from_slice(&finished.stdout.bytes)) {
            (End::Exited(0), Ok(answer)) => Ok(answer),
            (End::Exited(_) | End::Signalled(_), _) => Err(Fault::NotCompared { output: said(&finished) }),
            (end, _) => Err(Fault::NotCompared { output: format!("{end:?}") }),
        }
    }
}

/// Where it is installed. What changes in it changes the folder.
fn folder(project: &Project) -> PathBuf {
    let whole = digest::of([PACKAGE, LOCK, SCRIPT].concat().as_bytes());
    project.cache().join(format!("dolos-{}", &whole[..12]))
}

/// A program that can be found as a terminal would.
fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let name = if cfg!(windows) && name == "npm" {
        "npm.cmd".to_owned()
    } else {
        format!("{name}{}", std::env::consts::EXE_SUFFIX)
    };
    let found = std::env::split_paths(&path).map(|folder| folder.join(&name)).find(|file| file.is_file())?;
    // What is confined sees no links into folders that it may not read.
    if cfg!(windows) { Some(found) } else { found.canonicalize().ok().or(Some(found)) }
}

/// The last lines of what a program said.
fn said(finished: &Finished) -> String {
    let said = String::from_utf8_lossy(&finished.stderr.bytes);
    let lines: Vec<&str> = said.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(12)..].join("\n")
}
