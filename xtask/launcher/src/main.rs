//! `cargo xtask` on its first second: builds the commands with cargo, and becomes them.
//!
//! The alias runs cargo quietly, so that nothing but the commands' own output is seen where all is built. A
//! fresh clone would then say nothing for minutes. This program has no dependencies, so it is there at once:
//! it says what is being built and how long that takes, and shows cargo's progress. Where there is nothing to
//! build, or `--quiet` is given, it says nothing, unless the build fails.

mod relay;

use std::env;
use std::ffi::OsString;
use std::io::{self, IsTerminal};
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
    let words: Vec<OsString> = env::args_os().skip(1).collect();
    let notice = if asks_for_quiet(&words) { None } else { Some(notice(commands.exists())) };
    if !build(package, notice)? {
        eprintln!("The commands do not build, so nothing was done.");
        return Ok(ExitCode::from(FAILED));
    }
    // As if cargo had run them.
    let mut commands = command(&commands);
    become_it(commands.args(words).env("CARGO_MANIFEST_DIR", package))
}

#[cfg(unix)]
fn become_it(commands: &mut Command) -> io::Result<ExitCode> {
    Err(std::os::unix::process::CommandExt::exec(commands))
}

/// Where a program cannot become another one, it waits for it, and ends as it does.
#[cfg(not(unix))]
fn become_it(commands: &mut Command) -> io::Result<ExitCode> {
    let code = commands.status()?.code();
    Ok(ExitCode::from(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(FAILED)))
}

/// Whether the commands are asked to say nothing: then building them is silent as well.
fn asks_for_quiet(words: &[OsString]) -> bool {
    // No option takes a value that begins with a hyphen; short ones may stand together, as in `-qe lru-cache`.
    let is_quiet = |word: &OsString| word == "--quiet" || word.as_encoded_bytes().starts_with(b"-q");
    words.iter().take_while(|word| *word != "--").any(is_quiet)
}

/// Builds the commands, and says whether that worked. With a notice, cargo is heard where there is something to build;
/// without one, only where it fails.
fn build(package: &Path, notice: Option<&str>) -> io::Result<bool> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = command(Path::new(&cargo));
    // `grader` has the program that confines children.
    build.args(["build", "--package", "xtask", "--package", "grader", "--manifest-path"]);
    build.arg(package.join("Cargo.toml"));
    build.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    if notice.is_some() && io::stderr().is_terminal() {
        // Cargo itself sees a pipe.
        build.env("CARGO_TERM_PROGRESS_WHEN", "always").env("CARGO_TERM_PROGRESS_WIDTH", "80");
        if env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) {
            build.env("CARGO_TERM_COLOR", "always");
        }
    }
    let mut cargo = build.spawn()?;
    let said = match cargo.stderr.take() {
        Some(stderr) => match notice {
            Some(notice) => relay::relay(stderr, &mut io::stderr(), notice)?,
            None => read(stderr)?,
        },
        None => Vec::new(),
    };
    let built = cargo.wait()?.success();
    if !built {
        io::Write::write_all(&mut io::stderr(), &said)?;
    }
    Ok(built)
}

fn read(mut source: impl io::Read) -> io::Result<Vec<u8>> {
    let mut said = Vec::new();
    source.read_to_end(&mut said)?;
    Ok(said)
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
