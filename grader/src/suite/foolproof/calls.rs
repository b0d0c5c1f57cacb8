//! Method calls, those in the arguments of macros included.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};

/// A method call.
pub(super) struct Call {
    pub(super) span: Span,
    pub(super) name: String,
    pub(super) has_arguments: bool,
}

/// All method calls: a dot, a name, and parentheses or `::`.
pub(super) fn calls_in(tokens: TokenStream) -> Vec<Call> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut calls = Vec::new();
    for window in tokens.windows(3) {
        if let [TokenTree::Punct(dot), TokenTree::Ident(name), next] = window
            && dot.as_char() == '.'
            && let Some(has_arguments) = begins_call(next)
        {
            calls.push(Call { span: name.span(), name: name.to_string(), has_arguments });
        }
    }
    for token in tokens {
        if let TokenTree::Group(group) = token {
            calls.extend(calls_in(group.stream()));
        }
    }
    calls
}

/// Whether what stands behind a method's name calls it, and with arguments.
fn begins_call(token: &TokenTree) -> Option<bool> {
    match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => {
            Some(!group.stream().is_empty())
        }
        // Types for it come first.
        TokenTree::Punct(punct) if punct.as_char() == ':' => Some(true),
        TokenTree::Group(_) | TokenTree::Punct(_) | TokenTree::Ident(_) | TokenTree::Literal(_) => None,
    }
}
