//! Opening a file that may be anything, on Unix.

use std::fs::{File, Metadata, OpenOptions};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::OFlag;

use super::Refusal;

/// What is opened is what is judged and read: a link, or a pipe that nobody writes to, does not hold this up.
pub(super) fn open(path: &Path) -> Result<File, Refusal> {
    let mut options = OpenOptions::new();
    options.read(true).custom_flags((OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK).bits());
    options.open(path).map_err(|error| match error.raw_os_error().map(Errno::from_raw) {
        Some(Errno::ELOOP) => Refusal::Link,
        Some(Errno::ENXIO) => Refusal::Device,
        Some(_) | None => Refusal::Unreadable(error),
    })
}

/// How many names the file has.
pub(super) fn names(kind: &Metadata) -> u64 {
    kind.nlink()
}
