//! Hashes that are kept: the same whatever Rust release this program is built with.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::error::Fault;

/// The SHA-256 of some bytes, in hexadecimal digits.
pub(crate) fn of(bytes: &[u8]) -> String {
    digits(Sha256::new_with_prefix(bytes))
}

/// The SHA-256 of a file that may be too large to be read at once.
pub(crate) fn of_file(file: &Path) -> io::Result<String> {
    let mut file = File::open(file)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(digits(hasher)),
            read => hasher.update(&buffer[..read]),
        }
    }
}

fn digits(hasher: Sha256) -> String {
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A hash of several texts and files.
#[derive(Clone)]
pub(crate) struct Fingerprint(Sha256);

impl Fingerprint {
    pub(crate) fn new() -> Self {
        Self(Sha256::new())
    }

    /// Adds a text with its length, so that no two lists of texts are the same.
    pub(crate) fn text(&mut self, bytes: &[u8]) {
        self.0.update(bytes.len().to_le_bytes());
        self.0.update(bytes);
    }

    /// Adds a file, or all files of a folder in the order of their names, each with its name. What is called as one of
    /// `but` is left out.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub(crate) fn files(&mut self, path: &Path, but: &[&str]) -> Result<(), Fault> {
        let fault = |source| Fault::io("read", path, source);
        self.text(path.file_name().unwrap_or_default().as_encoded_bytes());
        if !path.is_dir() {
            self.text(&fs::read(path).map_err(fault)?);
            return Ok(());
        }
        let entries = fs::read_dir(path).map_err(fault)?;
        let mut paths = entries
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<Vec<_>, _>>()
            .map_err(fault)?;
        paths.sort();
        let counts = |path: &&PathBuf| !but.iter().any(|name| path.ends_with(name));
        paths.iter().filter(counts).try_for_each(|path| self.files(path, but))
    }

    /// The hash, in hexadecimal digits.
    pub(crate) fn finish(self) -> String {
        digits(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_what_sha256sum_prints() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(of(b""), empty);
        let file = tempfile::NamedTempFile::new().expect("a file");
        assert_eq!(of_file(file.path()).expect("a file"), empty);
    }

    #[test]
    fn names_contents_and_where_one_ends_count_and_what_is_left_out_does_not() {
        let hash = |files: &[(&str, &str)]| {
            let folder = tempfile::tempdir().expect("a folder");
            for (name, text) in files {
                let file = folder.path().join("root").join(name);
                fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
                fs::write(file, text).expect("a file");
            }
            let mut fingerprint = Fingerprint::new();
            fingerprint.files(&folder.path().join("root"), &["tests"]).expect("files");
            fingerprint.finish()
        };
        let plain = hash(&[("a", "1"), ("b/c", "2")]);
        assert_eq!(plain, hash(&[("b/c", "2"), ("a", "1"), ("tests/d", "3"), ("b/tests/e", "4")]));
        for other in [[("a", "12"), ("b/c", "")], [("a", "1"), ("b/d", "2")], [("a", "1"), ("c/c", "2")]] {
            assert_ne!(plain, hash(&other), "{other:?}");
        }
    }
}
