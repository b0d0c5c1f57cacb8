//! Where compilers and linkers put their temporary files. One that is ended leaves them where they are: there they go with
//! the folder.

use std::ffi::OsString;
use std::path::Path;

/// The variables that name this folder, on all systems.
const NAMES: [&str; 3] = ["TMPDIR", "TMP", "TEMP"];

/// What has to be in the environment for temporary files to be in `folder`.
pub(super) fn files_in(folder: &Path) -> impl Iterator<Item = (OsString, OsString)> {
    NAMES.into_iter().map(|name| (name.into(), folder.into()))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use crate::interrupt::Interrupt;
    use crate::process::{self, End, Job};

    #[test]
    fn a_linker_that_is_ended_leaves_its_files_in_the_folder_that_is_removed() {
        let folder = tempfile::tempdir().expect("a folder");
        let out = folder.path().join("out");
        std::fs::create_dir(&out).expect("a folder");
        // rustc calls the linker in the middle of its work, and this one ends it there: as a limit does, or Ctrl-C.
        // Written by a process that has ended: no file is run that somebody has open to write.
        let script = "printf '#!/bin/sh\nmktemp\nkill -9 $PPID\n' > linker && chmod +x linker";
        let written = process::run(&Job::tool("sh", &["-c", script], folder.path()), &Interrupt::default());
        assert_eq!(written.expect("a shell").end, End::Exited(0));
        std::fs::write(folder.path().join("main.rs"), "fn main() {}").expect("a file");
        let linked_by = format!("-Clinker={}/linker", folder.path().display());
        let mut job = Job::tool("rustc", &["main.rs", &linked_by, "--out-dir", "out"], folder.path());
        job.env.extend(files_in(&out));
        let finished = process::run(&job, &Interrupt::default()).expect("rustc");
        assert_ne!(finished.end, End::Exited(0));
        let left: Vec<_> =
            std::fs::read_dir(&out).expect("a folder").flatten().map(|entry| entry.file_name()).collect();
        let is_left = |begins: &str| left.iter().any(|name| name.to_string_lossy().starts_with(begins));
        assert!(is_left("rustc") && is_left("tmp."), "{left:?}");
    }
}
