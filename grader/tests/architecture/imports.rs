//! Which files of a crate use which, read from their sources. Tests do not count.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemUse, Macro, UseTree};

/// One file that uses another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Import {
    /// Where it is written.
    pub file: PathBuf,
    pub line: usize,
    /// The modules that the two files are, such as `report::failure`.
    pub from: String,
    pub to: String,
}

/// The files of a crate.
pub struct Crate {
    /// By the modules that they are; the root is empty.
    files: BTreeMap<String, PathBuf>,
    imports: Vec<Import>,
}

impl Crate {
    /// Reads the crate with its root in `folder`.
    pub fn read(folder: &Path) -> Self {
        let mut files = BTreeMap::new();
        find(folder, "", &mut files);
        let mut imports = Vec::new();
        for (module, file) in &files {
            let source = fs::read_to_string(file).expect("text");
            let parsed = syn::parse_file(&source).expect("Rust");
            let mut reader = Reader { module, files: &files, found: BTreeSet::new() };
            reader.visit_file(&parsed);
            imports.extend(reader.found.into_iter().map(|(line, to)| Import {
                file: file.clone(),
                line,
                from: module.clone(),
                to,
            }));
        }
        Self { files, imports }
    }

    pub fn imports(&self) -> &[Import] {
        &self.imports
    }

    /// The names of the modules in the root.
    pub fn top_level(&self) -> Vec<String> {
        self.files.keys().filter(|module| !module.is_empty() && !module.contains("::")).cloned().collect()
    }

    /// The imports of one circle of files, if there is one. A module and what is in it do not make one.
    pub fn circle(&self) -> Vec<Import> {
        let aside: Vec<&Import> =
            self.imports.iter().filter(|import| !is_within(&import.from, &import.to)).collect();
        for module in self.files.keys() {
            if let Some(way) = way(&aside, module, module, &mut BTreeSet::new()) {
                return way;
            }
        }
        Vec::new()
    }
}

/// Whether one of the two modules is inside the other.
fn is_within(one: &str, other: &str) -> bool {
    let inside = |inner: &str, outer: &str| {
        outer.is_empty() || inner == outer || inner.starts_with(&format!("{outer}::"))
    };
    inside(one, other) || inside(other, one)
}

/// The imports that lead from `from` to `to`.
fn way(imports: &[&Import], from: &str, to: &str, tried: &mut BTreeSet<String>) -> Option<Vec<Import>> {
    for import in imports.iter().filter(|import| import.from == from) {
        if import.to == to {
            return Some(vec![(*import).clone()]);
        }
        if tried.insert(import.to.clone())
            && let Some(mut rest) = way(imports, &import.to, to, tried)
        {
            rest.insert(0, (*import).clone());
            return Some(rest);
        }
    }
    None
}

/// Finds the files below `folder`, which is the folder of `module`.
fn find(folder: &Path, module: &str, files: &mut BTreeMap<String, PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let stem = path.file_stem().and_then(|stem| stem.to_str()).expect("a name").to_owned();
        let inner = if module.is_empty() { stem.clone() } else { format!("{module}::{stem}") };
        if path.is_dir() {
            find(&path, &inner, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") && !is_test(&stem) {
            let module =
                if ["lib", "main", "mod"].contains(&stem.as_str()) { module.to_owned() } else { inner };
            files.insert(module, path);
        }
    }
}

fn is_test(stem: &str) -> bool {
    stem == "tests" || stem.ends_with("_tests")
}

/// Reads one file.
struct Reader<'a> {
    module: &'a str,
    files: &'a BTreeMap<String, PathBuf>,
    /// Lines, and the modules that they name.
    found: BTreeSet<(usize, String)>,
}

impl Reader<'_> {
    /// Notes the path, if it leads to a file of the crate.
    fn path(&mut self, segments: &[String], line: usize) {
        let mut own: Vec<&str> = self.module.split("::").filter(|name| !name.is_empty()).collect();
        let mut rest = segments.iter().map(String::as_str).peekable();
        match rest.peek() {
            Some(&"crate") => {
                own.clear();
                rest.next();
            }
            Some(&"self") => {
                rest.next();
            }
            Some(&"super") => {
                while rest.next_if_eq(&"super").is_some() {
                    own.pop();
                }
            }
            // A module of this one, or another crate.
            Some(first) if self.files.contains_key(&[own.as_slice(), &[*first]].concat().join("::")) => {}
            Some(_) | None => return,
        }
        let start = own.len();
        own.extend(rest);
        let mut to = (start..=own.len()).rev().map(|length| own[..length].join("::"));
        if let Some(to) = to.find(|to| self.files.contains_key(to) && to != self.module) {
            self.found.insert((line, to));
        }
    }

    fn tree(&mut self, tree: &UseTree, before: &mut Vec<String>) {
        let line = tree.span().start().line;
        match tree {
            UseTree::Path(path) => {
                before.push(path.ident.to_string());
                self.tree(&path.tree, before);
                before.pop();
            }
            UseTree::Group(group) => group.items.iter().for_each(|item| self.tree(item, before)),
            UseTree::Name(_) | UseTree::Rename(_) | UseTree::Glob(_) => {
                let name = match tree {
                    UseTree::Name(name) => Some(name.ident.to_string()),
                    UseTree::Rename(rename) => Some(rename.ident.to_string()),
                    _ => None,
                };
                let path: Vec<String> = before.iter().cloned().chain(name).collect();
                self.path(&path, line);
            }
        }
    }

    /// What a macro is given is read as tokens: nobody else knows its grammar.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut line = 0;
        let mut goes_on = false;
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    if !goes_on {
                        self.path(&std::mem::take(&mut path), line);
                        line = ident.span().start().line;
                    }
                    path.push(ident.to_string());
                    goes_on = false;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => goes_on = true,
                TokenTree::Group(group) => {
                    self.path(&std::mem::take(&mut path), line);
                    self.tokens(group.stream());
                    goes_on = false;
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => goes_on = false,
            }
        }
        self.path(&path, line);
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes: &[Attribute] = match item {
            Item::Mod(item) => &item.attrs,
            Item::Use(item) => &item.attrs,
            Item::Fn(item) => &item.attrs,
            Item::Impl(item) => &item.attrs,
            _ => &[],
        };
        let is_test = |attribute: &Attribute| {
            attribute.path().is_ident("cfg")
                && attribute.parse_args::<syn::Ident>().is_ok_and(|name| name == "test")
        };
        if !attributes.iter().any(is_test) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.tree(&item.tree, &mut Vec::new());
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if segments.len() > 1 {
            self.path(&segments, path.span().start().line);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        self.tokens(call.tokens.clone());
    }
}
