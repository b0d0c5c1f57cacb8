//! A program with its syntax, and edits of its text.

use std::collections::BTreeSet;
use std::ops::Range;
use std::str::FromStr;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Expr, Fields, Local, Pat, ReturnType, Signature, UseName};

/// A part of a text, and what comes in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edit {
    pub range: Range<usize>,
    pub text: String,
}

/// What makes one mutant: edits that do not overlap.
pub(super) type Edits = Vec<Edit>;

/// The text of a program, and what its operators have to know about the whole of it.
pub(super) struct Code<'a> {
    pub source: &'a str,
    /// The condition variables of each struct that has several.
    pub condvars: Vec<Vec<String>>,
    /// The functions that return a guard.
    guards: BTreeSet<String>,
    /// What is imported by its name.
    imported: BTreeSet<String>,
}

impl<'a> Code<'a> {
    pub(super) fn of(source: &'a str, file: &syn::File) -> Self {
        let mut reader = Reader::default();
        reader.visit_file(file);
        Self { source, condvars: reader.condvars, guards: reader.guards, imported: reader.imported }
    }

    /// What `sibling` is called where `name` can be said without a path, if both come from the same `home`.
    pub(super) fn beside(&self, name: &str, sibling: &str, home: &str) -> String {
        if self.imported.contains(name) && !self.imported.contains(sibling) {
            return format!("{home}::{sibling}");
        }
        sibling.to_owned()
    }

    pub(super) fn text(&self, node: &impl Spanned) -> &'a str {
        &self.source[node.span().byte_range()]
    }

    pub(super) fn replace(&self, node: &impl Spanned, text: impl Into<String>) -> Edit {
        Edit { range: node.span().byte_range(), text: text.into() }
    }

    pub(super) fn remove(&self, node: &impl Spanned) -> Edit {
        self.replace(node, "")
    }

    /// Puts `text` before `node`. The edit is one of the node, so that it is told from others by it.
    pub(super) fn before(&self, node: &impl Spanned, text: &str) -> Edit {
        self.replace(node, format!("{text} {}", self.text(node)))
    }

    pub(super) fn after(&self, node: &impl Spanned, text: &str) -> Edit {
        self.replace(node, format!("{} {text}", self.text(node)))
    }

    pub(super) fn swap(&self, one: &impl Spanned, other: &impl Spanned) -> Edits {
        vec![self.replace(one, self.text(other)), self.replace(other, self.text(one))]
    }

    /// From where `start` begins to where `end` ends.
    pub(super) fn replace_from(&self, start: &impl Spanned, end: &impl Spanned, text: String) -> Edit {
        Edit { range: start.span().byte_range().start..end.span().byte_range().end, text }
    }

    pub(super) fn mentions(&self, node: &impl Spanned, name: &str) -> bool {
        words(self.text(node)).iter().any(|(word, _)| word == name)
    }

    /// Whether a function or a method with such a name is called in it.
    pub(super) fn calls(&self, node: &impl Spanned, is_meant: impl Fn(&str) -> bool) -> bool {
        words(self.text(node)).iter().any(|(word, is_called)| *is_called && is_meant(word))
    }

    /// The name of the guard that `local` declares, and the expression that locks; if it is one.
    pub(super) fn guard<'l>(&self, local: &'l Local) -> Option<(String, &'l Expr)> {
        let Pat::Ident(name) = untyped(&local.pat) else { return None };
        let init = local.init.as_ref().filter(|init| init.diverge.is_none())?;
        let locks =
            called(unwrapped(&init.expr)).is_some_and(|name| is_lock(&name) || self.guards.contains(&name));
        locks.then(|| (name.ident.to_string(), &*init.expr))
    }
}

fn untyped(pat: &Pat) -> &Pat {
    match pat {
        Pat::Type(typed) => &typed.pat,
        // There are many other kinds of patterns.
        _ => pat,
    }
}

/// Without `.unwrap()` and the like around it.
pub(super) fn unwrapped(expr: &Expr) -> &Expr {
    match expr {
        Expr::MethodCall(call)
            if ["unwrap", "expect", "unwrap_or_else"].iter().any(|name| call.method == name) =>
        {
            unwrapped(&call.receiver)
        }
        Expr::Try(tried) => unwrapped(&tried.expr),
        // There are many other kinds of expressions.
        _ => expr,
    }
}

/// The name of what is called, if it is a call.
pub(super) fn called(expr: &Expr) -> Option<String> {
    match expr {
        Expr::MethodCall(call) => Some(call.method.to_string()),
        Expr::Call(call) => match &*call.func {
            Expr::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
            // Such as a closure in a field.
            _ => None,
        },
        // There are many other kinds of expressions.
        _ => None,
    }
}

pub(super) fn is_lock(name: &str) -> bool {
    ["lock", "read", "write"].contains(&name)
}

/// Whether whoever calls it may be blocked until another thread does something.
pub(super) fn is_wait(name: &str) -> bool {
    name.starts_with("wait") || name.starts_with("park") || name.starts_with("recv")
}

pub(super) fn is_wakeup(name: &str) -> bool {
    name.starts_with("notify") || name.starts_with("unpark")
}

/// The identifiers of a text, those that macros take among them, and whether each is called.
fn words(text: &str) -> Vec<(String, bool)> {
    let mut words = Vec::new();
    // It has been parsed before.
    let mut streams = vec![TokenStream::from_str(text).unwrap_or_default()];
    while let Some(stream) = streams.pop() {
        let mut trees = stream.into_iter().peekable();
        while let Some(tree) = trees.next() {
            match tree {
                TokenTree::Ident(ident) => {
                    let is_called = matches!(trees.peek(), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis);
                    words.push((ident.to_string(), is_called));
                }
                TokenTree::Group(group) => streams.push(group.stream()),
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }
    words
}

/// A text without its comments and layout, so that two that mean the same are the same.
pub(super) fn normalised(text: &str) -> String {
    TokenStream::from_str(text).map_or_else(|_| text.to_owned(), |stream| stream.to_string())
}

/// Reads what concerns the whole file.
#[derive(Default)]
struct Reader {
    condvars: Vec<Vec<String>>,
    guards: BTreeSet<String>,
    imported: BTreeSet<String>,
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_fields(&mut self, fields: &'ast Fields) {
        let condvars = fields.iter().filter(|field| match &field.ty {
            syn::Type::Path(path) => path.path.segments.last().is_some_and(|last| last.ident == "Condvar"),
            // Such as an array of them, whose elements are alike.
            _ => false,
        });
        let names: Vec<String> =
            condvars.filter_map(|field| Some(field.ident.as_ref()?.to_string())).collect();
        if names.len() > 1 {
            self.condvars.push(names);
        }
        visit::visit_fields(self, fields);
    }

    fn visit_signature(&mut self, signature: &'ast Signature) {
        if let ReturnType::Type(_, returned) = &signature.output
            && let syn::Type::Path(path) = &**returned
            && path.path.segments.last().is_some_and(|last| last.ident.to_string().ends_with("Guard"))
        {
            self.guards.insert(signature.ident.to_string());
        }
    }

    fn visit_use_name(&mut self, name: &UseName) {
        self.imported.insert(name.ident.to_string());
    }
}
