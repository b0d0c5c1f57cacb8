//! A submission's text: read once, split into tokens once, parsed once. The policy, the comparison with
//! the stub, the names of an execution and its diagnosis all take it from here.

mod nesting;
mod reference_counts;
mod tokens;

use std::cell::OnceCell;

use proc_macro2::{LexError, Span, TokenStream};

use crate::digest;

pub(crate) use nesting::TooDeep;
pub(crate) use reference_counts::lines_with_counts;
pub(crate) use tokens::{Kind, Token};

/// A Rust file.
///
/// Its spans mean something on the thread that made it alone, so it stays on that thread.
#[derive(Debug)]
pub struct Source {
    /// Its name in the exercise as reports show it, such as `src/lib.rs`.
    pub name: String,
    pub text: String,
    /// Made when it is first asked for: of what is taken from the cache, only the text is needed.
    lexed: OnceCell<Result<Lexed, Unlexed>>,
}

/// The hash of what was handed in: of the file, or of the list of several as `sha256sum` prints it.
pub(crate) fn digest(sources: &[Source]) -> String {
    let of = |source: &Source| digest::of(source.text.as_bytes());
    match sources {
        [source] => of(source),
        several => {
            let list: String =
                several.iter().map(|source| format!("{}  {}\n", of(source), source.name)).collect();
            digest::of(list.as_bytes())
        }
    }
}

/// Why a text has no tokens to look at.
#[derive(Debug)]
pub(crate) enum Unlexed {
    /// A quote or a bracket does not match.
    NotRust(LexError),
    /// Whoever reads it would recurse too deeply.
    TooDeep(TooDeep),
}

impl Unlexed {
    /// Where.
    pub(crate) fn span(&self) -> Span {
        match self {
            Self::NotRust(error) => error.span(),
            Self::TooDeep(deep) => deep.span,
        }
    }
}

#[derive(Debug)]
struct Lexed {
    stream: TokenStream,
    tokens: Vec<Token>,
}

impl Source {
    /// The file called `name` in its exercise, with its text.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into(), lexed: OnceCell::new() }
    }

    fn lexed(&self) -> Result<&Lexed, &Unlexed> {
        let lex = || {
            let stream: TokenStream = self.text.parse().map_err(Unlexed::NotRust)?;
            match nesting::too_deep(&stream) {
                None => Ok(Lexed { tokens: tokens::flatten(stream.clone()), stream }),
                Some(deep) => Err(Unlexed::TooDeep(deep)),
            }
        };
        self.lexed.get_or_init(lex).as_ref()
    }

    /// Its tokens, one after the other.
    ///
    /// # Errors
    /// Where the text is not made of Rust tokens, or is nested too deeply.
    pub(crate) fn tokens(&self) -> Result<&[Token], &Unlexed> {
        self.lexed().map(|lexed| lexed.tokens.as_slice())
    }

    /// Whether both are the same Rust, comments and white space aside. Sources that are not made of Rust
    /// tokens are compared as text.
    pub fn is_same_code(&self, other: &Self) -> bool {
        match (self.tokens(), other.tokens()) {
            (Ok(own), Ok(other)) => tokens::without_docs(own).eq(tokens::without_docs(other)),
            (Err(_), Err(_)) => self.text == other.text,
            (Ok(_), Err(_)) | (Err(_), Ok(_)) => false,
        }
    }

    /// Whether `todo!` is called somewhere.
    pub fn has_todo(&self) -> bool {
        let tokens = self.tokens().unwrap_or_default();
        tokens.windows(2).any(|pair| pair[0].word() == Some("todo") && pair[1].is('!'))
    }

    /// Whether the keyword `unsafe` is used. Comments, text, and lints such as `unsafe_code` do not count.
    pub(crate) fn uses_unsafe(&self) -> bool {
        let keyword = Kind::Word { text: "unsafe".to_owned(), raw: false };
        self.tokens().unwrap_or_default().iter().any(|token| token.kind == keyword)
    }
}

/// A source as `syn` reads it, with its name in reports.
pub(crate) struct Parsed {
    pub name: String,
    pub file: syn::File,
}

impl Parsed {
    /// Those of `sources` that parse.
    pub(crate) fn all(sources: &[Source]) -> Vec<Self> {
        let parsed = |source: &Source| {
            let stream = source.lexed().ok()?.stream.clone();
            Some(Self { name: source.name.clone(), file: syn::parse2(stream).ok()? })
        };
        sources.iter().filter_map(parsed).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Parsed, Source};

    fn source(text: &str) -> Source {
        Source::new("src/lib.rs", text)
    }

    fn same(one: &str, other: &str) -> bool {
        source(one).is_same_code(&source(other))
    }

    #[test]
    fn comments_documentation_and_layout_do_not_count() {
        assert!(same("/// Adds.\nfn f() {}", "//! A crate.\nfn f(\n) { /* later */ }"));
        assert!(same("#[doc(hidden)]\nfn f() {}", "fn f() {}"));
        assert!(!same("fn f() {}", "fn f() { g() }"));
        assert!(!same("#[inline]\nfn f() {}", "fn f() {}"));
        assert!(!same("fn f(a: &'a str) { 1 }", "fn f(a: &'b str) { 1 }"));
        assert!(!same("fn f() { 1 }", "fn f() { 2 }"));
    }

    #[test]
    fn broken_sources_are_compared_as_text() {
        assert!(same("fn f( {", "fn f( {"));
        assert!(!same("fn f( {", "fn f() {}"));
    }

    #[test]
    fn what_a_comment_or_a_text_says_is_not_what_the_code_does() {
        let said = source(
            "// unsafe, todo!()\n#![deny(unsafe_code)]\nconst A: &str = \"unsafe todo!()\";\n/// unsafe\nfn f() {}",
        );
        assert!(!said.uses_unsafe() && !said.has_todo());
        assert!(source("fn f() { unsafe { g() } }").uses_unsafe());
        assert!(source("macro_rules! m { () => { unsafe {} } }").uses_unsafe());
        assert!(source("fn f() { todo!(\"later\") }").has_todo());
    }

    #[test]
    fn what_is_parsed_has_the_lines_of_its_own_file() {
        let sources = [source("fn a() {}\n"), source("\n\nfn b( {"), source("\n\nfn c() {}\n")];
        let parsed = Parsed::all(&sources);
        let lines = parsed.iter().map(|parsed| match &parsed.file.items[0] {
            syn::Item::Fn(function) => function.sig.ident.span().start().line,
            _ => 0,
        });
        assert_eq!(lines.collect::<Vec<_>>(), [1, 3]);
    }
}
