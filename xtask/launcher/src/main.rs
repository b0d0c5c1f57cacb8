//! `cargo xtask` on its first second: builds the commands with cargo, and becomes them.
//!
//! The alias runs cargo quietly, so that nothing but the commands' own output is seen where all is built. A
//! fresh clone would then say nothing for minutes. This program has no dependencies, so it is there at once:
//! it says what is being built and how long that takes, and shows cargo's progress. Where there is nothing to
//! build, it says nothing.

mod relay;

use std::env;
use std::io::{self, IsTerminal};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

/// The commands' own code for a failure that is no verdict.
const FAILED: u8 = 70;

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("cargo xtask cannot start its commands: {error}");
            ExitCode::from(FAILED)
        }
    }
}

/// Builds the commands and becomes them. Returns only if that fails.
fn run() -> io::Result<ExitCode> {
    // Cargo says where the program that it runs comes from; the folder may have moved since it was built.
    let own = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    let package = own.parent().unwrap_or(&own);
    // Both are built by the same cargo with the same profile.
    let commands = env::current_exe()?.with_file_name(format!("xtask{}", env::consts::EXE_SUFFIX));
    if !build(package, &commands)? {
        eprintln!("The commands do not build, so nothing was done.");
        return Ok(ExitCode::from(FAILED));
    }
    // As if cargo had run them.
    Err(command(&commands).args(env::args_os().skip(1)).env("CARGO_MANIFEST_DIR", package).exec())
}

/// Builds the commands, and says whether that worked.
fn build(package: &Path, commands: &Path) -> io::Result<bool> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = command(Path::new(&cargo));
    build.args(["build", "--package", "xtask", "--manifest-path"]).arg(package.join("Cargo.toml"));
    build.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    if io::stderr().is_terminal() {
        // Cargo itself sees a pipe.
        build.env("CARGO_TERM_PROGRESS_WHEN", "always").env("CARGO_TERM_PROGRESS_WIDTH", "80");
        if env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) {
            build.env("CARGO_TERM_COLOR", "always");
        }
    }
    let mut cargo = build.spawn()?;
    let said = match cargo.stderr.take() {
        Some(stderr) => relay::relay(stderr, &mut io::stderr(), notice(commands.exists()))?,
        None => Vec::new(),
    };
    let built = cargo.wait()?.success();
    if !built {
        io::Write::write_all(&mut io::stderr(), &said)?;
    }
    Ok(built)
}

/// What is being waited for.
fn notice(is_known: bool) -> &'static str {
    if is_known {
        "Building the commands again, because something they are made of has changed.\n"
    } else {
        "Building the commands for the first time. This takes about two minutes on two cores.\n"
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the place where the grader starts children is a part of what is built here"
)]
fn command(program: &Path) -> Command {
    Command::new(program)
}
