//! What a submission could take over in a suite, and what could tell it that a check is running: both are refused when
//! the suite is read.
//!
//! A trait of the submission that is in scope in a check answers the check's own method calls: for
//! `[1, 11].contains(&seen)` it only has to be implemented for `[i64; 2]`. So none comes into scope. A glob brings traits
//! in, and macros and types that hide those of std; the name of a function may be that of a trait as well. Where a check
//! needs a trait of the submission, it names it by its path, and so its methods: `C::value(&counter)` is that of `C`,
//! also where the submission implements the trait for `Arc<C>`. A trait of the checks themselves that is implemented for
//! a type of the submission is called in the same way: a method of the type with the same name would come first.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{
    ExprPath, ImplItem, ItemExternCrate, ItemImpl, ItemTrait, ItemUse, Macro, TraitBound, TraitItem, Type,
    UseTree,
};

use crate::error::Fault;

mod calls;
#[cfg(test)]
mod tests;

use calls::{Call, calls_in};

/// What the files of a suite take from the submission.
pub(super) struct Foolproof {
    /// The submission's crate.
    submission: String,
    imports: Vec<Import>,
    /// Globs of what may be the submission's, with the name that they begin with.
    globs: Vec<Import>,
    /// The names of all traits that are implemented or asked for.
    traits: BTreeSet<String>,
    /// The methods of the checks' own traits.
    own: BTreeMap<String, Vec<String>>,
    impls: Vec<Implemented>,
    calls: Vec<(PathBuf, Call)>,
    wrong: Vec<(PathBuf, Span, String)>,
    file: PathBuf,
    /// Nothing runs: only what comes into scope matters.
    only_compiled: bool,
}

struct Import {
    file: PathBuf,
    span: Span,
    name: String,
}

/// A trait's implementation in the suite.
struct Implemented {
    name: String,
    is_of_submission: bool,
    /// The first name in the path of the type that it is for.
    of: Option<String>,
    methods: Vec<String>,
}

impl Foolproof {
    pub(super) fn new(submission: &str) -> Self {
        Self {
            submission: submission.to_owned(),
            imports: Vec::new(),
            globs: Vec::new(),
            traits: BTreeSet::new(),
            own: BTreeMap::new(),
            impls: Vec::new(),
            calls: Vec::new(),
            wrong: Vec::new(),
            file: PathBuf::new(),
            only_compiled: false,
        }
    }

    /// Looks at a file of the checks.
    pub(super) fn look(&mut self, path: &Path, file: &syn::File, source: &str) {
        self.file = path.to_owned();
        self.only_compiled = false;
        self.visit_file(file);
        // What can be parsed is made of tokens.
        let calls = calls_in(source.parse().unwrap_or_default());
        self.calls.extend(calls.into_iter().map(|call| (path.to_owned(), call)));
    }

    /// Looks at a program that is only compiled.
    pub(super) fn look_at_program(&mut self, path: &Path, file: &syn::File) {
        self.file = path.to_owned();
        self.only_compiled = true;
        self.visit_file(file);
    }

    /// Says what is wrong, once all files have been looked at.
    ///
    /// # Errors
    /// With the first thing that a submission could take over, or know a check by.
    pub(super) fn prove(self) -> Result<(), Fault> {
        let mut wrong: Vec<_> =
            self.wrong.iter().map(|(file, span, message)| (file, *span, message.clone())).collect();
        let submission = self.submission.as_str();
        let imported: BTreeSet<&str> = self.imports.iter().map(|import| import.name.as_str()).collect();
        for Import { file, span, name } in &self.imports {
            let path = format!("{submission}::{name}");
            let message = if self.traits.contains(name) {
                format!(
                    "`use {path}` brings the methods of a trait into scope: leave it out, write `{path}` in bounds, and \
                     `{path}::method(&value)` or `C::method(&value)` in calls"
                )
            } else if !is_like_a_type(name) {
                format!(
                    "`use {path}` would bring in a trait or a macro of this name as well: leave it out, and write `{path}` \
                     where it is used"
                )
            } else {
                continue;
            };
            wrong.push((file, *span, message));
        }
        for Import { file, span, name } in &self.globs {
            if name == submission || imported.contains(name.as_str()) {
                let message = format!(
                    "`{name}::*` brings in traits, macros and types of the submission, which could answer the checks' own \
                     calls: import its types by name, as in `use {submission}::{{One, Other}}`, and write its functions and \
                     traits with their path, as in `{submission}::function()`"
                );
                wrong.push((file, *span, message));
            }
        }
        let called_by_path = self.called_by_path(&imported);
        for (file, Call { span, name, has_arguments }) in &self.calls {
            let message = if name == "name" && *has_arguments {
                NAMED.to_owned()
            } else if called_by_path.contains(name.as_str()) {
                format!(
                    "`.{name}(…)` may be answered by another method of the submission: call it by its path, as in \
                     `C::{name}(&value)` or `Trait::{name}(&value)`"
                )
            } else {
                continue;
            };
            wrong.push((file, *span, message));
        }
        let first = wrong.into_iter().min_by_key(|(file, span, _)| (file.as_path(), span.start().line));
        match first {
            None => Ok(()),
            Some((file, span, message)) => {
                Err(Fault::Suite { file: file.clone(), line: span.start().line, message })
            }
        }
    }

    /// The methods of the submission's traits, and those of the checks' own traits for the submission's types.
    fn called_by_path(&self, imported: &BTreeSet<&str>) -> BTreeSet<&str> {
        let is_submissions = |name: &String| *name == self.submission || imported.contains(name.as_str());
        let concerned = self
            .impls
            .iter()
            .filter(|implemented| implemented.is_of_submission || implemented.of.iter().any(is_submissions));
        concerned
            .flat_map(|implemented| {
                implemented.methods.iter().chain(self.own.get(&implemented.name).into_iter().flatten())
            })
            .map(String::as_str)
            .collect()
    }

    fn wrong(&mut self, span: Span, message: &str) {
        self.wrong.push((self.file.clone(), span, message.to_owned()));
    }

    /// Takes a `use` tree apart. `first` is the name that it begins with.
    fn tree(&mut self, tree: &UseTree, first: Option<&syn::Ident>) {
        match tree {
            UseTree::Path(path) => self.tree(&path.tree, first.or(Some(&path.ident))),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.tree(tree, first)),
            UseTree::Glob(glob) => {
                self.globs.extend(first.map(|first| Import {
                    file: self.file.clone(),
                    span: glob.span(),
                    name: first.to_string(),
                }));
            }
            UseTree::Name(name) => self.import(&name.ident, &name.ident, first),
            UseTree::Rename(rename) => self.import(&rename.ident, &rename.rename, first),
        }
    }

    fn import(&mut self, ident: &syn::Ident, rename: &syn::Ident, first: Option<&syn::Ident>) {
        if *first.unwrap_or(ident) != self.submission {
            return;
        }
        if first.is_none() || ident == "self" {
            return self.wrong(
                ident.span(),
                "the submission's crate has one name: import types of it, and nothing else",
            );
        }
        if !self.only_compiled {
            let names = if ident == rename { vec![ident] } else { vec![ident, rename] };
            let (file, span) = (&self.file, ident.span());
            let names = names.into_iter().filter(|name| *name != "_").map(ToString::to_string);
            self.imports.extend(names.map(|name| Import { file: file.clone(), span, name }));
        }
    }

    fn is_of_submission(&self, path: &syn::Path) -> bool {
        path.segments.len() > 1 && path.segments.first().is_some_and(|first| first.ident == self.submission)
    }

    /// A trait under its own name, or by its path from the submission's crate.
    fn saw_trait(&mut self, path: &syn::Path) {
        if path.segments.len() == 1 || self.is_of_submission(path) {
            self.traits.extend(path.segments.last().map(|last| last.ident.to_string()));
        }
    }
}

const NAMED: &str = "code under test could go by the name of a check's thread: instead of `Builder::name`, write \
                     `harness::model::name_next_thread(role);` before `thread::spawn`";

/// Functions, modules and macros begin in lower case, constants have no lower case at all.
fn is_like_a_type(name: &str) -> bool {
    name.starts_with(char::is_uppercase) && (name.len() == 1 || name.contains(char::is_lowercase))
}

impl<'ast> Visit<'ast> for Foolproof {
    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.tree(&item.tree, None);
    }

    fn visit_item_extern_crate(&mut self, item: &'ast ItemExternCrate) {
        if item.ident == self.submission {
            self.wrong(item.span(), "the submission's crate is there already: use paths");
        }
    }

    fn visit_macro(&mut self, item: &'ast Macro) {
        if let Some(span) = word(item.tokens.clone(), "use") {
            self.wrong(span, "what a `use` inside a macro brings in is not looked at: put it outside");
        }
    }

    fn visit_item_impl(&mut self, item: &'ast ItemImpl) {
        if let Some((path, _)) = &item.trait_ {
            self.saw_trait(path);
            let methods = item.items.iter().filter_map(|item| match item {
                ImplItem::Fn(method) => Some(method.sig.ident.to_string()),
                // Constants and types are not called.
                _ => None,
            });
            let of = match &*item.self_ty {
                Type::Path(path) => path.path.segments.first().map(|first| first.ident.to_string()),
                // References, tuples and the like have no methods of their own.
                _ => None,
            };
            self.impls.push(Implemented {
                name: path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default(),
                is_of_submission: self.is_of_submission(path),
                of,
                methods: methods.collect(),
            });
        }
        visit::visit_item_impl(self, item);
    }

    fn visit_item_trait(&mut self, item: &'ast ItemTrait) {
        let methods = item.items.iter().filter_map(|item| match item {
            TraitItem::Fn(method) => Some(method.sig.ident.to_string()),
            // Constants and types are not called.
            _ => None,
        });
        self.own.entry(item.ident.to_string()).or_default().extend(methods);
        visit::visit_item_trait(self, item);
    }

    fn visit_trait_bound(&mut self, bound: &'ast TraitBound) {
        self.saw_trait(&bound.path);
        visit::visit_trait_bound(self, bound);
    }

    fn visit_expr_path(&mut self, expression: &'ast ExprPath) {
        let mut names = expression.path.segments.iter().rev().map(|segment| &segment.ident);
        if names.next().is_some_and(|name| name == "name")
            && names.next().is_some_and(|name| name == "Builder")
        {
            self.wrong(expression.span(), NAMED);
        }
        visit::visit_expr_path(self, expression);
    }
}

/// Where the word is first.
fn word(tokens: TokenStream, word: &str) -> Option<Span> {
    tokens.into_iter().find_map(|token| match token {
        TokenTree::Ident(ident) => (ident == word).then(|| ident.span()),
        TokenTree::Group(group) => self::word(group.stream(), word),
        TokenTree::Punct(_) | TokenTree::Literal(_) => None,
    })
}
