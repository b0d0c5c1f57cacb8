//! The suite's Rust files: which `#[test]` functions they have, and their form in a check binary.

use std::ops::Range;
use std::path::{Path, PathBuf};

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Attribute, Item, ItemFn};

use super::foolproof::Foolproof;
use super::part::{LEFT_OUT, Needs, Part};
use crate::error::Fault;
use crate::report::PUBLIC_TESTS;

/// The module that the public tests are in, in a check binary.
pub(super) const PUBLIC: &str = "public";
/// The file with the public tests, from an exercise's folder, and in a check binary.
pub(super) const PUBLIC_FILE: &str = PUBLIC_TESTS;

/// `checks.rs`, or one of its modules in `checks/`.
#[derive(Debug, Clone)]
pub(crate) struct CheckFile {
    path: PathBuf,
    place: Place,
    tests: Vec<(String, usize)>,
    source: String,
    edits: Vec<Edit>,
    /// Nothing for public tests, which are never taken apart.
    pub(super) needs: Needs,
}

/// Turns `#[test] fn` into `pub fn`, on the same line, or leaves something out.
#[derive(Debug, Clone)]
struct Edit {
    range: Range<usize>,
    change: Change,
}

#[derive(Debug, Clone)]
enum Change {
    /// Of the attribute of the test with this number.
    Test(usize),
    Visibility,
    /// In front of the declaration of a module.
    Module(String),
}

/// What a file is in a check binary.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Root,
    /// A module of the hidden checks.
    Module(String),
    /// The module with the tests that learners have.
    Public,
}

impl Place {
    /// Which module of a hidden suite it is.
    fn module(&self) -> Option<&str> {
        match self {
            Self::Module(name) => Some(name),
            Self::Root | Self::Public => None,
        }
    }
}

impl CheckFile {
    /// The public tests, below a root that has nothing else in it. Those that `is_taken` does not take stay as they
    /// are: they are none of its [`tests`](Self::tests).
    pub(super) fn public(
        path: PathBuf,
        source: &str,
        file: &syn::File,
        is_taken: impl Fn(&ItemFn) -> bool,
    ) -> (Self, Self) {
        let mut scan = Scan { tests: Vec::new(), edits: Vec::new() };
        for item in &file.items {
            if let Item::Fn(function) = item
                && is_taken(function)
                && let Some(attribute) = test(&function.attrs)
            {
                scan.take(function, attribute, PUBLIC);
            }
        }
        let root = format!("#[path = \"{PUBLIC_FILE}\"]\nmod {PUBLIC};");
        let nothing = Scan { tests: Vec::new(), edits: Vec::new() };
        (
            nothing.file(path.clone(), Place::Root, root, Needs::default()),
            scan.file(path, Place::Public, source.to_owned(), Needs::default()),
        )
    }

    /// The file that has, or names, all checks.
    pub(super) const ROOT: &str = "checks.rs";

    /// Reads `checks.rs` and everything in `checks/`. `foolproof` looks at each file.
    pub(super) fn read_all(folder: &Path, foolproof: &mut Foolproof) -> Result<Vec<Self>, Fault> {
        let mut files = vec![Self::read(folder.join(Self::ROOT), Place::Root, foolproof)?];
        for path in rust_files(&folder.join("checks"))? {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            files.push(Self::read(path, Place::Module(name), foolproof)?);
        }
        Ok(files)
    }

    fn read(path: PathBuf, place: Place, foolproof: &mut Foolproof) -> Result<Self, Fault> {
        let (source, parsed) = parse(&path)?;
        let fault = |span: Span, message: String| Fault::Suite {
            file: path.clone(),
            line: span.start().line,
            message,
        };
        foolproof.look(&path, &parsed, &source);
        let mut scan = Scan { tests: Vec::new(), edits: Vec::new() };
        scan.items(&parsed.items, place.module().unwrap_or_default())
            .map_err(|(span, message)| fault(span, message))?;
        let is_test = |function: &ItemFn| test(&function.attrs).is_some();
        let needs = Needs::of(&source, &parsed, place.module(), is_test);
        scan.edits.extend(
            needs.declared.iter().map(|(module, start)| Edit {
                range: *start..*start,
                change: Change::Module(module.clone()),
            }),
        );
        Ok(scan.file(path, place, source, needs))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The names of its tests as `suite.toml` gives them, with their lines.
    pub(crate) fn tests(&self) -> &[(String, usize)] {
        &self.tests
    }

    /// Whether it has the tests that learners have, which stay whole: what is wrong in one of them is for the learner to see.
    pub(super) fn is_public(&self) -> bool {
        self.place == Place::Public
    }

    /// The file's names and its text in the staging folder, as far as `part` has it. `main` goes behind the text of
    /// `checks.rs`, which becomes the root of the binary; a module is found both by `mod x;` and by its path below
    /// `checks/`.
    pub(super) fn staged(&self, part: &Part, main: &str) -> (Vec<String>, String) {
        let plain = self.plain(part);
        match &self.place {
            Place::Root => (vec!["main.rs".to_owned()], format!("{plain}\n{main}")),
            Place::Module(name) if !part.has_module(name) => (Vec::new(), plain),
            Place::Module(name) => (vec![format!("{name}.rs"), format!("checks/{name}.rs")], plain),
            Place::Public => (vec![PUBLIC_FILE.to_owned()], plain),
        }
    }

    /// The source with what `part` has of its tests as `pub fn`, on the same lines.
    fn plain(&self, part: &Part) -> String {
        let mut plain = self.source.clone();
        for Edit { range, change } in self.edits.iter().rev() {
            let replacement = match change {
                Change::Test(number) if part.has_test(&self.tests[*number].0) => "",
                Change::Module(module) if part.has_module(module) => "",
                Change::Test(_) | Change::Module(_) => LEFT_OUT,
                Change::Visibility => "pub ",
            };
            plain.replace_range(range.clone(), replacement);
        }
        plain
    }
}

/// The files of a folder in the order of their names, if there is such a folder.
pub(super) fn rust_files(folder: &Path) -> Result<Vec<PathBuf>, Fault> {
    let io = |source| Fault::io("list", folder, source);
    let mut paths = Vec::new();
    if folder.is_dir() {
        for entry in std::fs::read_dir(folder).map_err(io)? {
            paths.push(entry.map_err(io)?.path());
        }
        paths.sort();
    }
    Ok(paths)
}

/// The text of a file of Rust, and what it says.
pub(super) fn parse(path: &Path) -> Result<(String, syn::File), Fault> {
    let source = std::fs::read_to_string(path).map_err(|source| Fault::io("read", path, source))?;
    let parsed = syn::parse_file(&source).map_err(|error| Fault::Suite {
        file: path.to_owned(),
        line: error.span().start().line,
        message: error.to_string(),
    })?;
    Ok((source, parsed))
}

struct Scan {
    tests: Vec<(String, usize)>,
    edits: Vec<Edit>,
}

impl Scan {
    fn items(&mut self, items: &[Item], module: &str) -> Result<(), (Span, String)> {
        for item in items {
            match item {
                Item::Fn(function) => self.function(function, module)?,
                Item::Mod(inner) => {
                    if let Some((_, items)) = &inner.content
                        && items
                            .iter()
                            .any(|item| matches!(item, Item::Fn(function) if test(&function.attrs).is_some()))
                    {
                        return Err((
                            inner.span(),
                            "a test in an inline module: give it a file in checks/".to_owned(),
                        ));
                    }
                }
                // Everything else has no tests in it.
                _ => {}
            }
        }
        Ok(())
    }

    fn function(&mut self, function: &ItemFn, module: &str) -> Result<(), (Span, String)> {
        let Some(attribute) = test(&function.attrs) else { return Ok(()) };
        if let Some(other) = function.attrs.iter().find(|other| other.path().is_ident("should_panic")) {
            return Err((
                other.span(),
                "`should_panic` is not supported in checks: catch the panic and inspect it".to_owned(),
            ));
        }
        self.take(function, attribute, module);
        Ok(())
    }

    fn take(&mut self, function: &ItemFn, attribute: &Attribute, module: &str) {
        let ident = function.sig.ident.to_string();
        let name = if module.is_empty() { ident } else { format!("{module}::{ident}") };
        let change = Change::Test(self.tests.len());
        self.tests.push((name, function.sig.ident.span().start().line));
        self.edits.push(Edit { range: attribute.span().byte_range(), change });
        if matches!(function.vis, syn::Visibility::Inherited) {
            let start = function.sig.span().byte_range().start;
            self.edits.push(Edit { range: start..start, change: Change::Visibility });
        }
    }

    /// The file with what was found in it.
    fn file(mut self, path: PathBuf, place: Place, source: String, needs: Needs) -> CheckFile {
        self.edits.sort_by_key(|edit| edit.range.start);
        CheckFile { path, place, tests: self.tests, source, edits: self.edits, needs }
    }
}

pub(super) fn test(attributes: &[Attribute]) -> Option<&Attribute> {
    attributes.iter().find(|attribute| attribute.path().is_ident("test"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_become_public_functions_on_the_same_lines() {
        let folder = tempfile::tempdir().expect("a folder");
        let source = "use std::sync::Arc;\n\n/// Ä.\n#[test]\n#[cfg(engine = \"model\")]\nfn one() {\n    Arc::new(1);\n}\n#[test] fn two() {}\n";
        std::fs::write(folder.path().join("checks.rs"), source).expect("a file");
        let files = CheckFile::read_all(folder.path(), &mut Foolproof::new("tally")).expect("checks");
        assert_eq!(files[0].tests(), [("one".to_owned(), 6), ("two".to_owned(), 9)]);
        let (names, text) = files[0].staged(&Part::Whole, "fn main() {}");
        assert_eq!(names, ["main.rs"]);
        assert_eq!(
            text,
            "use std::sync::Arc;\n\n/// Ä.\n\n#[cfg(engine = \"model\")]\npub fn one() {\n    Arc::new(1);\n}\n pub fn two() {}\n\nfn main() {}"
        );
    }
}
