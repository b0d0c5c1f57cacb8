//! What a submission may not contain, judged on its tokens before anything is compiled.
//!
//! Tokens, not syntax: what a macro is given or made of is looked at like everything else. The scan errs
//! on the strict side where macros could assemble a path that it cannot see, and says how to write the
//! code instead. [`rules`] is the table of words, [`paths`] knows what a path stands for.

mod paths;
mod rules;
#[cfg(test)]
mod tests;

use std::str::FromStr;

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};

use crate::report::{Diagnostic, Level};
use paths::Names;
use rules::{Rule, Where};

/// What the scan makes of a source.
#[derive(Debug, Clone, PartialEq)]
pub enum Finding {
    Allowed,
    /// The violations, in the order of the source.
    Forbidden(Vec<Diagnostic>),
    /// Not Rust tokens: rustc can say what is wrong. True if it is safe to let rustc read it.
    Unreadable {
        place: Diagnostic,
        harmless: bool,
    },
}

/// More would help nobody.
const MAX_VIOLATIONS: usize = 20;

/// Scans `source`, which reports call `file`. `banned` are the exercise's own forbidden paths.
pub fn scan(file: &str, source: &str, banned: &[String]) -> Finding {
    let stream = match TokenStream::from_str(source) {
        Ok(stream) => stream,
        Err(error) => {
            let place = diagnostic(
                file,
                error.span(),
                "syntax",
                "this is not Rust: a bracket or a quote does not match",
            );
            return Finding::Unreadable { place, harmless: !rules::mentions_forbidden_word(source) };
        }
    };
    let tokens = flatten(stream);
    let mut scan = Scan { file, tokens: &tokens, violations: Vec::new() };
    scan.words();
    scan.paths(&Names::of(&tokens, banned));
    let mut violations = scan.violations;
    violations.sort_by_key(|violation| (violation.line, violation.column));
    violations.dedup_by_key(|violation| (violation.line, violation.column));
    violations.truncate(MAX_VIOLATIONS);
    if violations.is_empty() { Finding::Allowed } else { Finding::Forbidden(violations) }
}

/// A token with what surrounds it, in one flat sequence: brackets are tokens of their own.
#[derive(Debug, Clone)]
struct Token {
    kind: Kind,
    span: Span,
    /// Inside `#[…]`.
    in_attribute: bool,
    /// Inside the brackets of `cfg(…)`, `cfg_attr(…)` or `cfg!(…)`.
    in_cfg: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    /// Without `r#`, which changes nothing about what a path means.
    Word {
        text: String,
        raw: bool,
    },
    Punct(char),
    Open(Delimiter),
    Close(Delimiter),
    Lifetime,
    Literal,
}

impl Token {
    fn word(&self) -> Option<&str> {
        match &self.kind {
            Kind::Word { text, .. } => Some(text),
            Kind::Punct(_) | Kind::Open(_) | Kind::Close(_) | Kind::Lifetime | Kind::Literal => None,
        }
    }

    fn is(&self, punct: char) -> bool {
        self.kind == Kind::Punct(punct)
    }
}

fn flatten(stream: TokenStream) -> Vec<Token> {
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
                let text = ident.to_string();
                let (text, raw) = match text.strip_prefix("r#") {
                    Some(bare) => (bare.to_owned(), true),
                    None => (text, false),
                };
                into.push(token(Kind::Word { text, raw }, span));
            }
            // A lifetime is a quote and a word; as a whole it names nothing that matters here.
            TokenTree::Punct(punct) if punct.as_char() == '\'' => {
                tokens.next();
                into.push(token(Kind::Lifetime, span));
            }
            TokenTree::Punct(punct) => into.push(token(Kind::Punct(punct.as_char()), span)),
            TokenTree::Literal(_) => into.push(token(Kind::Literal, span)),
            TokenTree::Group(group) => {
                let attribute =
                    in_attribute || (group.delimiter() == Delimiter::Bracket && follows_hash(into));
                let cfg = in_cfg || follows_cfg(into);
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

fn follows_cfg(before: &[Token]) -> bool {
    let is_cfg = |token: &Token| matches!(token.word(), Some("cfg" | "cfg_attr"));
    match before {
        [.., cfg, bang] if bang.is('!') => is_cfg(cfg),
        [.., cfg] => is_cfg(cfg),
        [] => false,
    }
}

struct Scan<'a> {
    file: &'a str,
    tokens: &'a [Token],
    violations: Vec<Diagnostic>,
}

impl Scan<'_> {
    /// Words that are forbidden where they stand.
    fn words(&mut self) {
        let has_macros = self.tokens.iter().any(|token| token.word() == Some("macro_rules"));
        for (index, token) in self.tokens.iter().enumerate() {
            let Kind::Word { text, raw } = &token.kind else { continue };
            for rule in rules::RULES.iter().filter(|rule| rule.words.contains(&text.as_str())) {
                if self.applies(rule.place, index, *raw) {
                    self.violations.push(violation(self.file, token.span, text, rule));
                }
            }
            if has_macros && rules::HIDDEN_BY_MACROS.contains(&text.as_str()) {
                self.violations.push(violation(self.file, token.span, text, &rules::IN_MACROS));
            }
        }
    }

    fn applies(&self, place: Where, index: usize, raw: bool) -> bool {
        let token = &self.tokens[index];
        let before = |back: usize| index.checked_sub(back).map(|at| &self.tokens[at]);
        let after = |ahead: usize| self.tokens.get(index + ahead);
        let in_path = || {
            after(1).is_some_and(|token| token.is(':')) && after(2).is_some_and(|token| token.is(':'))
                || before(1).is_some_and(|token| token.is(':'))
                    && before(2).is_some_and(|token| token.is(':'))
        };
        match place {
            Where::Keyword => !raw,
            Where::Anywhere => true,
            Where::Macro => after(1).is_some_and(|token| token.is('!')) || in_path() || self.in_use(index),
            Where::Attribute => token.in_attribute,
            Where::AttributeList => {
                token.in_attribute && matches!(after(1), Some(Token { kind: Kind::Open(_), .. }))
            }
            Where::Cfg => token.in_cfg,
            Where::Path => in_path() || self.in_use(index),
        }
    }

    /// Whether the token is part of a `use` declaration.
    fn in_use(&self, index: usize) -> bool {
        self.tokens[..index]
            .iter()
            .rev()
            .take_while(|token| match &token.kind {
                Kind::Punct(punct) => matches!(punct, ':' | ',' | '*'),
                Kind::Word { .. } | Kind::Open(Delimiter::Brace) | Kind::Close(Delimiter::Brace) => true,
                Kind::Open(_) | Kind::Close(_) | Kind::Lifetime | Kind::Literal => false,
            })
            .any(|token| token.word() == Some("use"))
    }

    /// Paths that lead to what is forbidden, under whatever name.
    fn paths(&mut self, names: &Names<'_>) {
        for found in names.forbidden(self.tokens) {
            let path = found.path;
            let reason = match found.cause {
                paths::Cause::Std => format!(
                    "`{path}` is not for an exercise: nothing here needs processes, files, the network or the environment; use `std::sync`, `std::thread` and `std::time`"
                ),
                paths::Cause::Exercise => format!(
                    "this exercise is about building what `{path}` does: build it from the other parts of `std`"
                ),
                paths::Cause::Glob => format!(
                    "`{path}` brings in names that cannot be seen here: name what you need, as in `use std::sync::Mutex;`"
                ),
                paths::Cause::Assembled => {
                    "a path may not be put together by a macro: write it in full".to_owned()
                }
            };
            self.violations.push(diagnostic(self.file, found.span, "path", &reason));
        }
    }
}

fn violation(file: &str, span: Span, word: &str, rule: &Rule) -> Diagnostic {
    diagnostic(file, span, rule.name, &format!("`{word}` is not allowed: {}; {}", rule.reason, rule.cure))
}

fn diagnostic(file: &str, span: Span, code: &str, message: &str) -> Diagnostic {
    let start = span.start();
    let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
    Diagnostic {
        level: Level::Error,
        code: Some(code.to_owned()),
        message: message.to_owned(),
        file: Some(file.to_owned()),
        line: Some(number(start.line)),
        column: Some(number(start.column + 1)),
        rendered: None,
    }
}
