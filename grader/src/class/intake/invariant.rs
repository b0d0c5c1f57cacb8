//! What holds for every archive: it is read within bounds, or refused.

use std::fs;

use super::archive::{Packing, read};
use crate::submission::MAX_FILE_BYTES;

/// Reads `bytes` as an archive of either kind.
///
/// # Panics
/// As [`holds_for`].
#[cfg(feature = "fuzzing")]
pub fn holds_for_both(bytes: &[u8]) {
    holds_for(bytes, Packing::Zip);
    holds_for(bytes, Packing::TarGz);
}

/// Reads `bytes` as an archive.
///
/// # Panics
/// Where a name leads out of the archive, or a file is longer than it may be, or no temporary file can be had.
pub(super) fn holds_for(bytes: &[u8], packing: Packing) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("archive");
    fs::write(&path, bytes).expect("a file");
    let Ok(files) = read(&path, packing) else { return };
    for (name, text) in files {
        assert!(!name.starts_with('/') && !name.contains(['\\', '\0']), "{name:?}");
        assert!(name.split('/').all(|part| !matches!(part, "" | "." | "..")), "{name:?}");
        assert!(text.len() as u64 <= MAX_FILE_BYTES + 1, "{name:?}: {} bytes", text.len());
    }
}
