//! A file as one flat sequence of tokens, each with what surrounds it.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use unicode_normalization::UnicodeNormalization;

/// A token. Brackets are tokens of their own.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub kind: Kind,
    pub span: Span,
    /// Inside `#[…]`.
    pub in_attribute: bool,
    /// Inside the brackets of `cfg(…)`, `cfg_attr(…)` or `cfg!(…)`.
    pub in_cfg: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Without `r#`, which changes nothing about what a path means.
    Word {
        text: String,
        raw: bool,
    },
    Punct(char),
    Open(Delimiter),
    Close(Delimiter),
    /// Without its quote.
    Lifetime(String),
    Literal(String),
}

impl Token {
    pub(crate) fn word(&self) -> Option<&str> {
        match &self.kind {
            Kind::Word { text, .. } => Some(text),
            Kind::Punct(_) | Kind::Open(_) | Kind::Close(_) | Kind::Lifetime(_) | Kind::Literal(_) => None,
        }
    }

    pub(crate) fn is(&self, punct: char) -> bool {
        self.kind == Kind::Punct(punct)
    }
}

/// A name in the form in which the compiler compares it. In another one the same name would look like two.
fn as_compared(name: String) -> String {
    if name.is_ascii() { name } else { name.nfc().collect() }
}

/// All tokens of `stream`.
pub(super) fn flatten(stream: TokenStream) -> Vec<Token> {
    let mut tokens = Vec::new();
    flatten_into(&mut tokens, stream, false, false);
    tokens
}

fn flatten_into(into: &mut Vec<Token>, stream: TokenStream, in_attribute: bool, in_cfg: bool) {
    let mut tokens = stream.into_iter().peekable();
    while let Some(tree) = tokens.next() {
        let span = tree.span();
        let token = |kind, span| Token { kind, span, in_attribute, in_cfg };
        match tree {
            TokenTree::Ident(ident) => {
                let text = as_compared(ident.to_string());
                let (text, raw) = match text.strip_prefix("r#") {
                    Some(bare) => (bare.to_owned(), true),
                    None => (text, false),
                };
                into.push(token(Kind::Word { text, raw }, span));
            }
            // A lifetime is a quote and a word; as a whole it names nothing that a path could.
            TokenTree::Punct(punct) if punct.as_char() == '\'' => {
                let name = tokens.next().map(|name| as_compared(name.to_string())).unwrap_or_default();
                into.push(token(Kind::Lifetime(name), span));
            }
            TokenTree::Punct(punct) => into.push(token(Kind::Punct(punct.as_char()), span)),
            TokenTree::Literal(literal) => into.push(token(Kind::Literal(literal.to_string()), span)),
            TokenTree::Group(group) => {
                let attribute =
                    in_attribute || (group.delimiter() == Delimiter::Bracket && follows_hash(into));
                let cfg = in_cfg || follows_cfg(into, in_attribute);
                into.push(token(Kind::Open(group.delimiter()), group.span_open()));
                flatten_into(into, group.stream(), attribute, cfg);
                into.push(token(Kind::Close(group.delimiter()), group.span_close()));
            }
        }
    }
}

fn follows_hash(before: &[Token]) -> bool {
    match before {
        [.., hash, bang] if bang.is('!') => hash.is('#'),
        [.., hash] => hash.is('#'),
        [] => false,
    }
}

fn follows_cfg(before: &[Token], in_attribute: bool) -> bool {
    let is_cfg = |token: &Token| matches!(token.word(), Some("cfg" | "cfg_attr"));
    match before {
        [.., cfg, bang] if bang.is('!') => is_cfg(cfg),
        [.., cfg] => in_attribute && is_cfg(cfg),
        [] => false,
    }
}

/// What `tokens` say to the compiler: `/// text` is the attribute `#[doc = "text"]` among them, and a comment
/// to its reader.
pub(super) fn without_docs(tokens: &[Token]) -> impl Iterator<Item = &Kind> {
    let mut rest = tokens;
    std::iter::from_fn(move || {
        rest = &rest[docs_at(rest)..];
        let (first, others) = rest.split_first()?;
        rest = others;
        Some(&first.kind)
    })
}

/// How many of the first tokens are attributes of documentation.
fn docs_at(tokens: &[Token]) -> usize {
    let mut end = 0;
    while let Some(length) = doc_attribute(&tokens[end..]) {
        end += length;
    }
    end
}

/// The length of the attribute of documentation that `tokens` begin with.
fn doc_attribute(tokens: &[Token]) -> Option<usize> {
    let hash = tokens.first().filter(|token| token.is('#')).map(|_| 1)?;
    let bang = usize::from(tokens.get(hash)?.is('!'));
    let open = hash + bang;
    let is_open = tokens.get(open)?.kind == Kind::Open(Delimiter::Bracket);
    if !is_open || tokens.get(open + 1)?.word() != Some("doc") {
        return None;
    }
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate().skip(open) {
        match token.kind {
            Kind::Open(_) => depth += 1,
            Kind::Close(_) => depth -= 1,
            Kind::Word { .. } | Kind::Punct(_) | Kind::Lifetime(_) | Kind::Literal(_) => {}
        }
        if depth == 0 {
            return Some(index + 1);
        }
    }
    None
}
