//! What a submission may not contain, judged on its tokens before anything is compiled.
//!
//! Tokens, not syntax: what a macro is given or made of is looked at like everything else. The scan errs
//! on the strict side where macros could assemble a path that it cannot see, and says how to write the
//! code instead. [`rules`] is the table of words, [`paths`] knows what a path stands for.

mod formats;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod invariant;
mod lifetimes;
mod macros;
mod paths;
#[cfg(test)]
mod properties;
mod rules;
mod shadows;
#[cfg(test)]
mod tests;
mod unsound;

use proc_macro2::{Delimiter, Span};

use crate::report::{Diagnostic, Level};
use crate::source::{Kind, Source, Token, Unlexed};
use macros::Macros;
use paths::Names;
use rules::{Prelude, Rule, Where};

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

/// Tokens in front of the body of an item, or of one declaration. What is longer is refused where it could hide something:
/// otherwise a file without sense could be looked at for hours.
const LONGEST_HEADER: usize = 1_000;

/// More would not help.
const MAX_VIOLATIONS: usize = 20;

/// Scans `source`. `banned` are the exercise's own forbidden paths.
pub fn scan(source: &Source, banned: &[String]) -> Finding {
    let file = source.name.as_str();
    // The compiler takes such a line away, and what is left is another text than the tokens below.
    let begins = source.text.strip_prefix('\u{feff}').unwrap_or(&source.text);
    if begins.strip_prefix("#!").is_some_and(|rest| !rest.starts_with('[')) {
        let message = "the first line is for a shell: remove it, or begin attributes with `#![`";
        let place = Diagnostic::error(message).with_code("shebang").in_file(file).at(1, 1);
        return Finding::Forbidden(vec![place]);
    }
    let tokens = match source.tokens() {
        Ok(tokens) => tokens,
        Err(Unlexed::TooDeep(deep)) => {
            let message = deep.what.message();
            return Finding::Forbidden(vec![diagnostic(file, deep.span, "nesting", &message)]);
        }
        Err(error @ Unlexed::NotRust(_)) => {
            let place = diagnostic(
                file,
                error.span(),
                "syntax",
                "this is not Rust: a bracket or a quote does not match",
            );
            return Finding::Unreadable { place, harmless: !rules::mentions_forbidden_word(&source.text) };
        }
    };
    let macros = Macros::of(tokens);
    let mut scan = Scan { file, tokens, macros, violations: Vec::new() };
    scan.words();
    scan.attributes();
    scan.addresses();
    scan.lifetimes();
    scan.unsound();
    scan.paths(&Names::of(tokens, banned));
    let mut violations = scan.violations;
    violations.sort_by_key(|violation| (violation.line, violation.column));
    violations.dedup_by_key(|violation| (violation.line, violation.column));
    violations.truncate(MAX_VIOLATIONS);
    if violations.is_empty() { Finding::Allowed } else { Finding::Forbidden(violations) }
}

struct Scan<'a> {
    file: &'a str,
    tokens: &'a [Token],
    macros: Macros,
    violations: Vec<Diagnostic>,
}

impl Scan<'_> {
    /// Words that are forbidden where they stand.
    fn words(&mut self) {
        for (index, token) in self.tokens.iter().enumerate() {
            let Kind::Word { text, raw } = &token.kind else { continue };
            for rule in rules::RULES.iter().filter(|rule| rule.words.contains(&text.as_str())) {
                if self.applies(rule.place, index, *raw) {
                    self.violations.push(violation(self.file, token.span, text, rule));
                }
            }
            let calls = self.tokens.get(index + 1).is_some_and(|next| next.is('!'));
            let hidden = rules::HIDDEN_BY_MACROS.contains(&text.as_str())
                || !calls && rules::MACROS_HIDDEN_BY_MACROS.contains(&text.as_str());
            if hidden && self.macros.may_move(self.tokens, index) {
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
            Where::Macro => after(1).is_some_and(|token| token.is('!')),
            Where::Attribute => token.in_attribute,
            Where::AttributeList => {
                token.in_attribute && matches!(after(1), Some(Token { kind: Kind::Open(_), .. }))
            }
            Where::Cfg => token.in_cfg,
            // Where it may be another word's, `paths` knows whose it is.
            Where::Std(home) => {
                let is_type = token.word().is_some_and(|word| word.starts_with(char::is_uppercase));
                let moves = self.macros.may_move(self.tokens, index)
                    && home.prelude != Prelude::Macro
                    && (!is_type || in_path() || self.in_use(index));
                moves || home.prelude == Prelude::Function && self.is_bare(index)
            }
            Where::Crate => (in_path() || self.in_use(index)) && !self.defines("mod", index),
            Where::Call | Where::CallOfStd => {
                let is_own = matches!(place, Where::CallOfStd) && self.defines("fn", index);
                let is_method = before(1).is_some_and(|token| token.is('.'));
                !is_own && (is_method || in_path() || self.in_use(index))
            }
        }
    }

    /// Whether the word is a value by its name alone: no field, no method, no part of a path, and not what a function is called.
    fn is_bare(&self, index: usize) -> bool {
        let is = |index: Option<usize>, punct| {
            index.and_then(|index| self.tokens.get(index)).is_some_and(|token| token.is(punct))
        };
        let (before, after) = (index.checked_sub(1), Some(index + 1));
        let is_function = before.and_then(|before| self.tokens[before].word()) == Some("fn");
        let is_behind = is(before, '.') || is(before, ':') && is(index.checked_sub(2), ':');
        let is_field = is(after, ':') && !is(Some(index + 2), ':');
        !is_function && !is_behind && !is_field
    }

    /// Whether the file has an item of this kind with the name of the word at `index`.
    fn defines(&self, kind: &str, index: usize) -> bool {
        let is_it =
            |pair: &[Token]| pair[0].word() == Some(kind) && pair[1].word() == self.tokens[index].word();
        self.tokens.windows(2).any(is_it)
    }

    /// Whether the token is part of a `use` declaration, or behind so many words that it may be.
    fn in_use(&self, index: usize) -> bool {
        let before = &self.tokens[index.saturating_sub(LONGEST_HEADER)..index];
        let is_name = |token: &Token| match &token.kind {
            Kind::Punct(punct) => matches!(punct, ':' | ',' | '*'),
            Kind::Word { .. } | Kind::Open(Delimiter::Brace) | Kind::Close(Delimiter::Brace) => true,
            Kind::Open(_) | Kind::Close(_) | Kind::Lifetime(_) | Kind::Literal(_) => false,
        };
        if before.len() == LONGEST_HEADER && before.iter().all(is_name) {
            return true;
        }
        before.iter().rev().take_while(|token| is_name(token)).any(|token| token.word() == Some("use"))
    }

    /// Attributes that are not known to be harmless.
    fn attributes(&mut self) {
        for (index, token) in self.tokens.iter().enumerate() {
            let opens = token.kind == Kind::Open(Delimiter::Bracket);
            let before = |back: usize| index.checked_sub(back).map(|at| &self.tokens[at]);
            let follows = |punct: char, back: usize| before(back).is_some_and(|token| token.is(punct));
            if !opens || !(follows('#', 1) || follows('!', 1) && follows('#', 2)) {
                continue;
            }
            let name = self.tokens.get(index + 1).and_then(Token::word);
            let is_known = |name: &str| rules::ATTRIBUTES.contains(&name);
            let is_conditional =
                || name == Some("cfg_attr") && conditional(self.tokens, index + 2).all(is_known);
            if !name.is_some_and(is_known) && !is_conditional() {
                let name = name.unwrap_or("…");
                self.violations.push(violation(
                    self.file,
                    token.span,
                    &format!("#[{name}]"),
                    &rules::ATTRIBUTE,
                ));
            }
        }
    }

    /// Addresses, which tell the types of the model from those of std.
    fn addresses(&mut self) {
        let marks = self.has_marks();
        for (index, three) in self.tokens.windows(3).enumerate() {
            let is_mark = || {
                let before = |back: usize| index.checked_sub(back).map(|at| &self.tokens[at]);
                before(1).is_some_and(|token| token.is('<')) && before(2).is_some_and(is_marker)
            };
            if marks && is_mark() {
                continue;
            }
            // `a * const { 2 }` multiplies.
            let multiplies =
                || is_keyword(&three[1], &["const"]) && three[2].kind == Kind::Open(Delimiter::Brace);
            let pointer = three[0].is('*') && is_keyword(&three[1], &["const", "mut"]) && !multiplies()
                || three[0].is('&')
                    && is_keyword(&three[1], &["raw"])
                    && is_keyword(&three[2], &["const", "mut"]);
            if pointer {
                self.violations.push(violation(self.file, three[1].span, "an address", &rules::ADDRESS));
            }
        }
        let printed = formats::that_print_addresses(self.tokens).into_iter();
        let violation = |span| violation(self.file, span, "an address", &rules::ADDRESS);
        self.violations.extend(printed.map(violation));
    }

    /// Whether `PhantomData` is that of std, which has no value of the type that it is given.
    fn has_marks(&self) -> bool {
        let is_std = |index: usize| {
            let before = index.checked_sub(1).and_then(|before| self.tokens[before].word());
            !self.macros.have(index) && !matches!(before, Some("as" | "enum" | "struct" | "type"))
        };
        (0..self.tokens.len()).filter(|index| is_marker(&self.tokens[*index])).all(is_std)
    }

    /// Second lifetimes where they can undermine safe Rust.
    fn lifetimes(&mut self) {
        let violations = lifetimes::in_excess(self.tokens, &self.macros).into_iter();
        let violation = |(span, name)| violation(self.file, span, &format!("'{name}"), &rules::LIFETIMES);
        self.violations.extend(violations.map(violation));
    }

    /// What undermines safe Rust in other ways.
    fn unsound(&mut self) {
        let ingredients = unsound::ingredients(self.tokens).into_iter();
        let violation = |(span, what): (Span, String)| violation(self.file, span, &what, &rules::UNSOUND);
        self.violations.extend(ingredients.map(violation));
    }

    /// Paths that lead to what is forbidden, under whatever name.
    fn paths(&mut self, names: &Names<'_>) {
        for found in names.forbidden(self.tokens, &self.macros) {
            let path = found.path;
            if let paths::Cause::Rule(rule) = found.cause {
                self.violations.push(violation(self.file, found.span, &path, rule));
                continue;
            }
            let reason = match found.cause {
                paths::Cause::Rule(_) => continue,
                paths::Cause::Std => format!(
                    "`{path}` is not allowed: no exercise needs processes, files, the network or the environment; use `std::sync`, `std::thread` and `std::time`"
                ),
                paths::Cause::Pointers => {
                    format!("`{path}` is not allowed: {}; {}", rules::ADDRESS.reason, rules::ADDRESS.remedy)
                }
                paths::Cause::Exercise => format!(
                    "`{path}` is not allowed here: this exercise is to build it from other parts of `std`"
                ),
                paths::Cause::Glob => format!(
                    "`{path}` is not allowed: it imports names that cannot be seen here; import what you need, as in `use std::sync::Mutex;`"
                ),
                paths::Cause::Renamed => format!(
                    "`{path}` cannot be imported or have another name: name what you need of it, as in `use std::sync::Mutex;`"
                ),
                paths::Cause::Assembled => "a macro may not assemble a path: write it in full".to_owned(),
                paths::Cause::Entangled => {
                    format!("`{path}` can stand for too many things: give what you import fewer names")
                }
            };
            self.violations.push(diagnostic(self.file, found.span, "path", &reason));
        }
    }
}

fn is_marker(token: &Token) -> bool {
    token.word() == Some("PhantomData")
}

/// The first words of the attributes that a `cfg_attr` stands for, whose bracket is at `open`.
fn conditional(tokens: &[Token], open: usize) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    let parts = tokens.get(open..).unwrap_or_default().windows(2).map_while(move |pair| {
        match pair[0].kind {
            Kind::Open(_) => depth += 1,
            Kind::Close(_) => depth = depth.saturating_sub(1),
            Kind::Word { .. } | Kind::Punct(_) | Kind::Lifetime(_) | Kind::Literal(_) => {}
        }
        let begins = depth == 1 && pair[0].is(',') && !matches!(pair[1].kind, Kind::Close(_));
        (depth > 0).then(|| begins.then(|| pair[1].word().unwrap_or_default()))
    });
    parts.flatten()
}

fn is_keyword(token: &Token, words: &[&str]) -> bool {
    matches!(&token.kind, Kind::Word { text, raw: false } if words.contains(&text.as_str()))
}

fn violation(file: &str, span: Span, word: &str, rule: &Rule) -> Diagnostic {
    diagnostic(file, span, rule.name, &format!("`{word}` is not allowed: {}; {}", rule.reason, rule.remedy))
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
