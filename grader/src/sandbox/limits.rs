//! All limits of a submission's processes, in one place.

use std::path::Path;
use std::time::Duration;

use serde::Deserialize;

use crate::error::UsageError;

/// What the processes of a submission may use. Generous for honest work: who meets one of these has a mistake, or means
/// harm. An instructor may replace any of them by a file in TOML, `--limits FILE`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// How long one check may take. Wide, for a machine with other work: only code that never ends meets it.
    pub wall_seconds: u64,
    /// CPU time of one check, over all of its threads.
    pub cpu_seconds: u64,
    /// Memory of one check that is in use, not merely reserved.
    pub memory_mib: u64,
    /// Address space of one process. Threads reserve a lot of it and use little.
    pub address_space_mib: u64,
    /// Threads of one check.
    pub threads: u64,
    /// What one process may write to standard output, and to standard error.
    pub output_kib: u64,
    /// What a check may write to one file, where the system cannot keep it from writing at all.
    pub file_kib: u64,
    /// How long one compiler may take.
    pub compile_wall_seconds: u64,
    /// CPU time of one compiler. Linking the checks has twice as much.
    pub compile_cpu_seconds: u64,
    /// Memory of one compiler that is in use.
    pub compile_memory_mib: u64,
    /// Each file that a compiler writes.
    pub compiled_file_mib: u64,
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
            .map_err(|source| UsageError::Limits { path: file.to_owned(), message: source.to_string() })?;
        Self::parse(&text).map_err(|message| UsageError::Limits { path: file.to_owned(), message })
    }

    fn parse(text: &str) -> Result<Self, String> {
        let limits: Self = toml::from_str(text).map_err(|error| error.message().to_owned())?;
        let all = [
            limits.wall_seconds,
            limits.cpu_seconds,
            limits.memory_mib,
            limits.address_space_mib,
            limits.threads,
            limits.output_kib,
            limits.file_kib,
            limits.compile_wall_seconds,
            limits.compile_cpu_seconds,
            limits.compile_memory_mib,
            limits.compiled_file_mib,
        ];
        // Larger ones would not fit once they are bytes.
        let fits = |limit: &u64| (1..1 << 32).contains(limit);
        if all.iter().all(fits) {
            Ok(limits)
        } else {
            Err("a limit is at least 1 and below 2³²".to_owned())
        }
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
    }
}
