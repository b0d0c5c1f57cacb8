//! All limits of a submission's processes, in one place.

use std::path::Path;
use std::time::Duration;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::error::{UsageError, line_of};

/// What the processes of a submission may use. Generous for honest work: who meets one of these has a mistake, or means
/// harm. An instructor may replace any of them by a file in TOML, `--limits FILE`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// How long one check may take. Wide, for a machine with other work: only code that never ends meets it.
    #[serde(deserialize_with = "limit")]
    pub wall_seconds: u64,
    /// CPU time of one check, over all of its threads.
    #[serde(deserialize_with = "limit")]
    pub cpu_seconds: u64,
    /// Memory of one check that is in use, not merely reserved.
    #[serde(deserialize_with = "limit")]
    pub memory_mib: u64,
    /// Address space of one process. Threads reserve a lot of it and use little.
    #[serde(deserialize_with = "limit")]
    pub address_space_mib: u64,
    /// Threads of one check.
    #[serde(deserialize_with = "limit")]
    pub threads: u64,
    /// What one process may write to standard output, and to standard error.
    #[serde(deserialize_with = "limit")]
    pub output_kib: u64,
    /// What a check may write to one file, where the system cannot keep it from writing at all.
    #[serde(deserialize_with = "limit")]
    pub file_kib: u64,
    /// How long one compiler may take.
    #[serde(deserialize_with = "limit")]
    pub compile_wall_seconds: u64,
    /// CPU time of one compiler. Linking the checks has twice as much.
    #[serde(deserialize_with = "limit")]
    pub compile_cpu_seconds: u64,
    /// Memory of one compiler that is in use.
    #[serde(deserialize_with = "limit")]
    pub compile_memory_mib: u64,
    /// Each file that a compiler writes.
    #[serde(deserialize_with = "limit")]
    pub compiled_file_mib: u64,
}

/// A limit in a file. Larger ones would not fit once they are bytes.
fn limit<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let limit = u64::deserialize(deserializer)?;
    let fits = (1..1 << 32).contains(&limit);
    fits.then_some(limit).ok_or_else(|| D::Error::custom("a limit is at least 1 and below 2³²"))
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            wall_seconds: 120,
            cpu_seconds: 240,
            memory_mib: 512,
            address_space_mib: 64 * 1024,
            threads: 1024,
            output_kib: 256 * 1024,
            file_kib: 64,
            compile_wall_seconds: 120,
            compile_cpu_seconds: 30,
            compile_memory_mib: 2 * 1024,
            compiled_file_mib: 512,
        }
    }
}

impl Limits {
    /// Reads the file of an instructor: the limits that it names replace the usual ones.
    ///
    /// # Errors
    /// When it cannot be read, or names something that is no limit.
    pub fn read(file: &Path) -> Result<Self, UsageError> {
        let text = std::fs::read_to_string(file)
            .map_err(|source| UsageError::UnreadableLimits { path: file.to_owned(), source })?;
        Self::parse(&text).map_err(|(line, message)| UsageError::Limits {
            path: file.to_owned(),
            line,
            message,
        })
    }

    /// The limits, or the line that is wrong and why.
    fn parse(text: &str) -> Result<Self, (usize, String)> {
        toml::from_str(text).map_err(|error| {
            let line = line_of(text, &error.span().unwrap_or(0..0));
            (line, error.message().to_owned())
        })
    }

    pub(crate) fn wall(&self) -> Duration {
        Duration::from_secs(self.wall_seconds)
    }

    /// Bytes of each output of a check.
    pub(crate) fn output(&self) -> usize {
        usize::try_from(self.output_kib << 10).unwrap_or(usize::MAX)
    }

    /// Bytes of memory that a check may have in use.
    pub(crate) fn memory(&self) -> u64 {
        self.memory_mib << 20
    }
}

#[cfg(test)]
mod tests {
    use super::Limits;

    #[test]
    fn what_a_file_names_replaces_the_usual_limits() {
        let read = Limits::parse("memory_mib = 64\nthreads = 8").expect("limits");
        assert_eq!(read, Limits { memory_mib: 64, threads: 8, ..Limits::default() });
        assert_eq!(Limits::parse(""), Ok(Limits::default()));
    }

    #[test]
    fn what_is_no_limit_is_an_error() {
        for text in ["memory = 64", "memory_mib = 0", "threads = -1", "memory_mib = 9223372036854775807", "x"]
        {
            assert!(Limits::parse(text).is_err(), "{text}");
        }
        let wrong = Limits::parse("threads = 8\nmemory_mib = 0");
        assert_eq!(wrong, Err((2, "a limit is at least 1 and below 2³²".to_owned())));
    }
}
