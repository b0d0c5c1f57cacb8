//! What holds for every text: the scan comes to an end, and what it allows has nothing in it that it must not have, as
//! another walk over the tokens sees it.

use proc_macro2::{TokenStream, TokenTree};

use super::{Finding, scan};
use crate::source::Source;

/// Scans `text`.
///
/// # Panics
/// Where the finding cannot be right.
pub fn holds_for(text: &str) {
    match scan(&Source::new("src/lib.rs", text), &["std::sync::RwLock".to_owned()]) {
        Finding::Allowed => {
            let tokens = text.parse::<TokenStream>();
            assert!(tokens.is_ok_and(|tokens| !has_unsafe(tokens)), "allowed: {text}");
        }
        Finding::Forbidden(violations) => {
            assert!(!violations.is_empty(), "no violation: {text}");
            let placed = violations.iter().all(|violation| violation.line.is_some_and(|line| line > 0));
            assert!(placed, "without a place: {text}: {violations:?}");
        }
        Finding::Unreadable { harmless, .. } => {
            let mut words = text.split(|character: char| !character.is_alphanumeric() && character != '_');
            assert!(!(harmless && words.any(|word| word == "unsafe")), "harmless: {text}");
        }
    }
}

/// Whether the keyword is among the tokens. A lifetime of that name is not it, and the compiler refuses it.
fn has_unsafe(stream: TokenStream) -> bool {
    let mut behind_quote = false;
    stream.into_iter().any(|tree| {
        let in_lifetime = behind_quote;
        behind_quote = matches!(&tree, TokenTree::Punct(punct) if punct.as_char() == '\'');
        match tree {
            TokenTree::Ident(ident) => ident == "unsafe" && !in_lifetime,
            TokenTree::Group(group) => has_unsafe(group.stream()),
            TokenTree::Punct(_) | TokenTree::Literal(_) => false,
        }
    })
}
