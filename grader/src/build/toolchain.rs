//! Which rustc this is.

use std::path::{Path, PathBuf};

use crate::error::Fault;
use crate::interrupt::Interrupt;
use crate::process::{self, End, Job};

#[derive(Debug, Clone)]
pub(crate) struct Toolchain {
    /// `rustc -vV`: another compiler, other artifacts.
    pub verbose_version: String,
}

impl Toolchain {
    /// Asks the `rustc` on the path.
    pub(crate) fn find(folder: &Path) -> Result<Self, Fault> {
        let verbose_version = ask(folder, &["-vV"])?;
        Ok(Self { verbose_version })
    }

    /// The first line, such as `rustc 1.95.0 (59807616e 2026-04-14)`.
    pub(crate) fn version(&self) -> &str {
        self.verbose_version.lines().next().unwrap_or("rustc")
    }

    /// The compiler itself: `rustc` on the path may be rustup's proxy, which costs time at each call.
    pub(crate) fn compiler(folder: &Path) -> Result<PathBuf, Fault> {
        let sysroot = PathBuf::from(ask(folder, &["--print", "sysroot"])?);
        let program = sysroot.join("bin").join(format!("rustc{}", std::env::consts::EXE_SUFFIX));
        Ok(if program.is_file() { program } else { PathBuf::from("rustc") })
    }
}

fn ask(folder: &Path, args: &[&str]) -> Result<String, Fault> {
    let program = "rustc";
    let finished =
        process::run(&Job::tool(program, args, folder), &Interrupt::default()).map_err(|error| {
            error.into_fault(|source| Fault::NoToolchain { program: program.to_owned(), source })
        })?;
    if finished.end != End::Exited(0) {
        let output = String::from_utf8_lossy(&finished.stderr.bytes).trim().to_owned();
        return Err(Fault::BrokenToolchain { program: program.to_owned(), output });
    }
    Ok(String::from_utf8_lossy(&finished.stdout.bytes).trim().to_owned())
}
