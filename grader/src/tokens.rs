//! Source as a sequence of tokens: comments, white space and layout do not count.

use std::str::FromStr;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Whether two sources are the same Rust, comments and white space aside.
///
/// Sources that are not Rust tokens at all are compared as text.
pub fn same(one: &str, other: &str) -> bool {
    match (flat(one), flat(other)) {
        (Some(one), Some(other)) => one == other,
        (None, None) => one == other,
        (Some(_), None) | (None, Some(_)) => false,
    }
}

fn flat(source: &str) -> Option<Vec<String>> {
    let stream = TokenStream::from_str(source).ok()?;
    let mut tokens = Vec::new();
    flatten(stream, &mut tokens);
    Some(tokens)
}

fn flatten(stream: TokenStream, into: &mut Vec<String>) {
    let mut tokens = stream.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            // `/// text` is the attribute `#[doc = "text"]` here, and a comment to its reader.
            TokenTree::Punct(punct) if punct.as_char() == '#' => {
                let bang = tokens.next_if(is_bang);
                if tokens.next_if(is_doc).is_none() {
                    into.push("#".to_owned());
                    into.extend(bang.map(|token| token.to_string()));
                }
            }
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                into.push(open.to_owned());
                flatten(group.stream(), into);
                into.push(close.to_owned());
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => into.push(token.to_string()),
        }
    }
}

fn is_bang(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == '!')
}

fn is_doc(token: &TokenTree) -> bool {
    let TokenTree::Group(group) = token else { return false };
    matches!(group.stream().into_iter().next(), Some(TokenTree::Ident(ident)) if ident == "doc")
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn comments_documentation_and_layout_do_not_count() {
        assert!(same("/// Adds.\nfn f() {}", "//! A crate.\nfn f(\n) { /* later */ }"));
        assert!(!same("fn f() {}", "fn f() { g() }"));
    }

    #[test]
    fn broken_sources_are_compared_as_text() {
        assert!(same("fn f( {", "fn f( {"));
        assert!(!same("fn f( {", "fn f() {}"));
    }
}
