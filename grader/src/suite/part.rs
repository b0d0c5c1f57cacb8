//! What some of a suite's checks need of its files, so that a binary with them alone can be compiled from less than the
//! whole suite.
//!
//! A check needs whatever it, or the rest of its file, mentions by name: modules, and other checks' functions. That may be
//! more than the compiler needs. It is less only for what takes effect without being named, which is always kept.

use std::collections::BTreeSet;
use std::ops::Range;
use std::str::FromStr;

use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::{Attribute, Ident, Item, ItemFn, ItemImpl, ItemMod, Type};

/// Takes the place of `#[test]`, or stands in front of `mod`: the compiler reads no further than its tokens.
pub(super) const LEFT_OUT: &str = "#[cfg(any())]";

/// What a file says about that which it needs.
#[derive(Debug, Clone, Default)]
pub(super) struct Needs {
    /// The module that the file is, if it is not the root.
    module: Option<String>,
    /// The words of everything but tests and declarations of modules.
    rest: BTreeSet<String>,
    tests: Vec<Test>,
    /// Modules of which the root says only that they are there, and where it does.
    pub declared: Vec<(String, usize)>,
    /// Whether it may take effect though nothing mentions it.
    is_always_needed: bool,
}

#[derive(Debug, Clone)]
struct Test {
    /// As `suite.toml` gives it.
    name: String,
    function: String,
    words: BTreeSet<String>,
}

impl Needs {
    /// `module` is `None` for the file that names the modules. In others, a module that is declared is simply mentioned.
    pub(super) fn of(
        source: &str,
        file: &syn::File,
        module: Option<&str>,
        is_test: impl Fn(&ItemFn) -> bool,
    ) -> Self {
        let mut needs = Self { module: module.map(str::to_owned), ..Self::default() };
        let mut own = BTreeSet::new();
        for item in &file.items {
            let words = words(source, item.span().byte_range());
            match item {
                Item::Fn(function) if is_test(function) => {
                    let function = function.sig.ident.to_string();
                    let name = module.map_or(function.clone(), |module| format!("{module}::{function}"));
                    needs.tests.push(Test { name, function, words });
                    continue;
                }
                Item::Mod(declared) if module.is_none() && is_only_declared(declared) => {
                    needs.declared.push((declared.ident.to_string(), item.span().byte_range().start));
                    continue;
                }
                _ => {}
            }
            own.extend(defined(item).map(ToString::to_string));
            needs.rest.extend(words);
        }
        let is_for_others =
            |item: &Item| matches!(item, Item::Impl(implementation) if !is_about(implementation, &own));
        needs.is_always_needed = needs.rest.contains("macro_export")
            || needs.tests.iter().any(|test| test.words.contains("macro_export"))
            || file.items.iter().any(is_for_others);
        needs
    }
}

/// The name of what an item defines, if an `impl` can be about it.
fn defined(item: &Item) -> Option<&Ident> {
    match item {
        Item::Struct(item) => Some(&item.ident),
        Item::Enum(item) => Some(&item.ident),
        Item::Union(item) => Some(&item.ident),
        Item::Trait(item) => Some(&item.ident),
        // There are many other kinds of items.
        _ => None,
    }
}

/// `mod x;`, with nothing beside it that does more than saying where and when it is there.
fn is_only_declared(module: &ItemMod) -> bool {
    let is_harmless =
        |attribute: &Attribute| ["path", "cfg", "doc"].iter().any(|known| attribute.path().is_ident(known));
    module.content.is_none() && module.attrs.iter().all(is_harmless)
}

/// Whether the trait or the type is one of `own`: who makes use of it has to name that.
fn is_about(implementation: &ItemImpl, own: &BTreeSet<String>) -> bool {
    let is_own =
        |path: &syn::Path| path.segments.last().is_some_and(|last| own.contains(&last.ident.to_string()));
    let of_type = match &*implementation.self_ty {
        Type::Path(path) => is_own(&path.path),
        // Such as a reference or a tuple, which are nobody's own.
        _ => false,
    };
    of_type || implementation.trait_.as_ref().is_some_and(|(path, _)| is_own(path))
}

/// The identifiers in a part of the source, those that macros take among them.
fn words(source: &str, range: Range<usize>) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    // It has been parsed before.
    let mut streams = vec![TokenStream::from_str(&source[range]).unwrap_or_default()];
    while let Some(stream) = streams.pop() {
        for tree in stream {
            match tree {
                TokenTree::Ident(ident) => words.extend([ident.to_string()]),
                TokenTree::Group(group) => streams.push(group.stream()),
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }
    words
}

/// Which part of a suite's files goes into a check binary.
#[derive(Debug)]
pub(super) enum Part {
    Whole,
    Of {
        /// By their names in `suite.toml`.
        tests: BTreeSet<String>,
        modules: BTreeSet<String>,
    },
}

impl Part {
    /// What the `selected` checks need of these files.
    pub(super) fn needed<'a>(
        files: impl Iterator<Item = &'a Needs> + Clone,
        selected: &BTreeSet<&str>,
    ) -> Self {
        let (mut tests, mut modules) = (BTreeSet::new(), BTreeSet::new());
        let mut words: BTreeSet<&str> = BTreeSet::new();
        // Each round may bring words that more is called by.
        loop {
            let before = (tests.len(), modules.len());
            for file in files.clone() {
                let is_wanted = |test: &&Test| {
                    selected.contains(test.name.as_str()) || words.contains(test.function.as_str())
                };
                let wanted: Vec<&Test> = file.tests.iter().filter(is_wanted).collect();
                let is_mentioned = file.module.as_deref().is_none_or(|module| words.contains(module));
                if !is_mentioned && !file.is_always_needed && wanted.is_empty() {
                    continue;
                }
                modules.extend(file.module.clone());
                words.extend(file.rest.iter().map(String::as_str));
                for test in wanted {
                    tests.insert(test.name.clone());
                    words.extend(test.words.iter().map(String::as_str));
                }
            }
            if before == (tests.len(), modules.len()) {
                return Self::Of { tests, modules };
            }
        }
    }

    pub(super) fn has_test(&self, name: &str) -> bool {
        match self {
            Self::Whole => true,
            Self::Of { tests, .. } => tests.contains(name),
        }
    }

    pub(super) fn has_module(&self, name: &str) -> bool {
        match self {
            Self::Whole => true,
            Self::Of { modules, .. } => modules.contains(name),
        }
    }
}
