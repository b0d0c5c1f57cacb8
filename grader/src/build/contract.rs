//! The public items that the task gives, and what to say when a submission's are missing or differ.

use std::ops::RangeInclusive;
use std::path::Path;

use syn::spanned::Spanned;
use syn::{Expr, ExprLit, Item, ItemFn, Lit, Meta};

use super::messages::Message;
use super::rustc::Compiled;
use crate::error::Fault;
use crate::report::{Diagnostic, PUBLIC_TESTS};

/// `signature.rs`: one function per public item, with the item's signature as its documentation.
#[derive(Debug)]
pub(crate) struct Signature {
    items: Vec<(RangeInclusive<usize>, String)>,
}

impl Signature {
    pub(crate) fn read(file: &Path) -> Result<Self, Fault> {
        let source = std::fs::read_to_string(file).map_err(|source| Fault::io("read", file, source))?;
        let parsed = syn::parse_file(&source).map_err(|error| Fault::Suite {
            file: file.to_owned(),
            line: error.span().start().line,
            message: error.to_string(),
        })?;
        let items = parsed.items.iter().filter_map(|item| match item {
            Item::Fn(function) => Some((lines(function), documentation(function)?)),
            // The `use` at its beginning, and helpers without a meaning of their own.
            _ => None,
        });
        Ok(Self { items: items.collect() })
    }

    /// Says which items rustc's errors are about; one message for each item.
    pub(crate) fn differences(&self, compiled: &Compiled) -> Vec<Diagnostic> {
        let mut named: Vec<&str> = Vec::new();
        let mut diagnostics = Vec::new();
        for error in compiled.errors() {
            let Some(item) = self.item(error) else { continue };
            if !named.contains(&item) {
                named.push(item);
                diagnostics.push(difference(item, error));
            }
        }
        if diagnostics.is_empty() {
            diagnostics = differences_outside(compiled, "the public items differ from the task's");
        }
        diagnostics
    }

    fn item(&self, error: &Message) -> Option<&str> {
        let line = usize::try_from(error.places.first()?.line).ok()?;
        self.items.iter().find(|(lines, _)| lines.contains(&line)).map(|(_, item)| item.as_str())
    }
}

/// What to say about errors in the suite's own code, which worked for the solution: no line of it is shown. The public
/// tests are the learner's as well, and so are the errors in them.
pub(crate) fn differences_outside(compiled: &Compiled, what: &str) -> Vec<Diagnostic> {
    let in_public_tests =
        |error: &&Message| error.places.first().is_some_and(|place| place.file == PUBLIC_TESTS);
    let public: Vec<Diagnostic> =
        compiled.errors().filter(in_public_tests).cloned().map(Message::diagnostic).collect();
    if !public.is_empty() {
        return public;
    }
    match compiled.errors().next() {
        Some(error) => vec![in_learners_file(error, format!("contract: {what}: {}", error.text))],
        None => compiled.diagnostics(),
    }
}

fn difference(item: &str, error: &Message) -> Diagnostic {
    in_learners_file(error, format!("contract: {item} is missing or differs: {}", error.text))
}

/// Points to the learner's line if rustc does so somewhere in the message.
fn in_learners_file(error: &Message, message: String) -> Diagnostic {
    let place = error.places.iter().find(|place| place.file.starts_with("src/"));
    Diagnostic {
        code: error.code.clone(),
        file: Some(place.map_or("src/lib.rs", |place| &place.file).to_owned()),
        line: place.map(|place| place.line),
        column: place.map(|place| place.column),
        ..Diagnostic::error(message)
    }
}

fn lines(function: &ItemFn) -> RangeInclusive<usize> {
    let span = function.span();
    span.start().line..=span.end().line
}

fn documentation(function: &ItemFn) -> Option<String> {
    let texts = function.attrs.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value().trim().to_owned()),
            _ => None,
        },
        Meta::NameValue(_) | Meta::Path(_) | Meta::List(_) => None,
    });
    let text = texts.collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then_some(text)
}
