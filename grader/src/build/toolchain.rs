//! Which rustc this is.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::Fault;

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
    let program = "rustc".to_owned();
    let output = match Command::new(&program).args(args).current_dir(folder).output() {
        Ok(output) => output,
        Err(source) => return Err(Fault::NoToolchain { program, source }),
    };
    if !output.status.success() {
        let output = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(Fault::BrokenToolchain { program, output });
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
