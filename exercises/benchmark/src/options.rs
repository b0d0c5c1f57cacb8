//! What the command line says. Given.

use std::fmt;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

pub const HELP: &str = "\
cargo run --release -p benchmark -- [--threads N] [--delay MS] [--size KIB] [--svg FILE]

  --threads N    how many threads share the work (4)
  --delay MS     how long the server takes for each page, in milliseconds (50)
  --size KIB     how large each of the strings to hash is, in KiB (8192)
  --svg FILE     where to draw the picture (benchmark.svg, beside the program)";

/// How to measure.
pub struct Options {
    pub threads: NonZeroUsize,
    /// What the server takes for each page.
    pub delay: Duration,
    /// Of each string, in KiB.
    pub size: NonZeroUsize,
    /// Where the picture goes, unless beside the program.
    pub svg: Option<PathBuf>,
}

impl Options {
    /// Reads the arguments; `None` when help is asked for.
    ///
    /// # Errors
    ///
    /// With a text for the user when an argument is not known, or not a number.
    pub fn from_args(mut args: impl Iterator<Item = String>) -> Result<Option<Self>, String> {
        let mut options = Options {
            threads: NonZeroUsize::new(4).unwrap_or(NonZeroUsize::MIN),
            delay: Duration::from_millis(50),
            size: NonZeroUsize::new(8192).unwrap_or(NonZeroUsize::MIN),
            svg: None,
        };
        while let Some(name) = args.next() {
            match name.as_str() {
                "--threads" => options.threads = number(&name, args.next())?,
                "--delay" => options.delay = Duration::from_millis(number(&name, args.next())?),
                "--size" => options.size = number(&name, args.next())?,
                "--svg" => options.svg = Some(given(&name, args.next())?.into()),
                "--help" | "-h" => return Ok(None),
                unknown => return Err(format!("unknown option `{unknown}`\n\n{HELP}")),
            }
        }
        Ok(Some(options))
    }
}

fn given(name: &str, value: Option<String>) -> Result<String, String> {
    value.ok_or_else(|| format!("`{name}` needs a value\n\n{HELP}"))
}

fn number<N: std::str::FromStr>(name: &str, value: Option<String>) -> Result<N, String> {
    let value = given(name, value)?;
    value.parse().map_err(|_| format!("`{name} {value}` is not a valid number\n\n{HELP}"))
}

impl fmt::Display for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let processors = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        write!(f, "{} threads on {processors} processors", self.threads)?;
        if cfg!(debug_assertions) {
            write!(f, "; a debug build: computing is far slower than with --release")?;
        }
        Ok(())
    }
}
