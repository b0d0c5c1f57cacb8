//! What `src/lib.rs` says about who may know whom.

use std::fs;
use std::path::{Path, PathBuf};

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of sources");
    entries
        .map(|entry| entry.expect("an entry").path())
        .flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] })
        .collect()
}

#[test]
fn the_explorer_does_not_know_the_shape_of_std() {
    let files = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/explore"));
    assert!(files.len() > 20, "{files:?}");
    for file in files {
        let text = fs::read_to_string(&file).expect("a source");
        let upward = |line: &&str| {
            line.match_indices("crate::").any(|(at, path)| !line[at + path.len()..].starts_with("explore::"))
        };
        let found: Vec<&str> = text.lines().filter(upward).collect();
        assert!(found.is_empty(), "{} names what is above it: {found:?}", file.display());
    }
}
