//! Where the pages of both crates are.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The documentation of the installed `std`.
///
/// # Panics
/// If it is not installed.
pub fn of_std() -> PathBuf {
    let rustc = Command::new("rustc").args(["--print", "sysroot"]).output().expect("rustc runs");
    let sysroot = String::from_utf8(rustc.stdout).expect("a path in UTF-8");
    let pages = Path::new(sysroot.trim()).join("share/doc/rust/html/std");
    assert!(pages.is_dir(), "the pages of std are not installed: run `rustup component add rust-docs`");
    pages
}

/// The documentation of `model-std`, as it is now. It contains every page of std's that is re-exported.
///
/// # Panics
/// If it cannot be built.
pub fn of_model() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the folder is inside of `target`");
    let cargo = Command::new(env!("CARGO"))
        .args(["doc", "--package", "model-std", "--no-deps", "--lib", "--target-dir"])
        .arg(target)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(cargo.status.success(), "{}", String::from_utf8_lossy(&cargo.stderr));
    target.join("doc/model_std")
}

/// Pages of items, and folders of public modules, by their paths relative to `folder`. Private modules have folders, too:
/// they hold nothing but links.
pub fn contents(folder: &Path) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let (mut pages, mut modules) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let name = PathBuf::from(entry.expect("an entry").file_name());
        let path = folder.join(&name);
        if path.is_dir() {
            if path.join("index.html").is_file() {
                modules.push(name);
            }
        } else if name.extension().is_some_and(|extension| extension == "html")
            && name.as_os_str() != "index.html"
        {
            pages.push(name);
        }
    }
    pages.sort();
    modules.sort();
    (pages, modules)
}
