//! Names that a scope gives to something itself, so that no glob in it brings them in.
//!
//! Rust looks for a name among the items and the imports of a module or a block first, and only then in its globs.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::Delimiter;

use crate::source::{Kind, Token};

/// What comes in front of the name of a type, a trait or a module.
const DEFINES: &[&str] = &["struct", "enum", "union", "trait", "type", "mod"];

/// The names of each scope, which is known by the position of the bracket that opens it. What is in a macro has none: of
/// what it is given, it may take anything and leave anything.
#[derive(Default)]
pub(super) struct Shadows {
    /// Of each token; `None` in a macro.
    scopes: Vec<Option<Scope>>,
    names: BTreeMap<Scope, BTreeSet<String>>,
}

/// The file, or what a bracket opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Scope {
    File,
    From(usize),
}

impl Shadows {
    pub(super) fn of(tokens: &[Token]) -> Self {
        let mut shadows = Self::default();
        let mut around = vec![Some(Scope::File)];
        for (at, token) in tokens.iter().enumerate() {
            if matches!(token.kind, Kind::Close(_)) {
                around.pop();
            }
            let scope = around.last().copied().flatten();
            shadows.scopes.push(scope);
            if matches!(token.kind, Kind::Open(_)) {
                around.push(scope.filter(|_| !is_of_macro(tokens, at)).map(|_| Scope::From(at)));
            }
            if token.word().is_some_and(|word| DEFINES.contains(&word))
                && let Some(name) = tokens.get(at + 1).and_then(Token::word)
            {
                shadows.add(tokens, at, name);
            }
        }
        shadows
    }

    /// What is declared at `at` gives `name` to something in its scope, unless it may not be compiled at all.
    pub(super) fn add(&mut self, tokens: &[Token], at: usize, name: &str) {
        if let Some(scope) = self.scopes[at]
            && !is_conditional(tokens, at)
        {
            self.names.entry(scope).or_default().insert(name.to_owned());
        }
    }

    /// The names that no glob brings in which is declared at `at`.
    pub(super) fn at(&self, at: usize) -> BTreeSet<String> {
        self.scopes[at].and_then(|scope| self.names.get(&scope)).cloned().unwrap_or_default()
    }
}

/// Whether the bracket at `at` opens what a macro is given or made of: `name! {` or `macro_rules! name {`.
fn is_of_macro(tokens: &[Token], at: usize) -> bool {
    let before = |count: usize| at.checked_sub(count).map(|index| &tokens[index]);
    let is_mark = |token: Option<&Token>| token.is_some_and(|token| token.is('!'));
    is_mark(before(1)) || (is_mark(before(2)) && before(1).is_some_and(|token| token.word().is_some()))
}

/// Whether something between the end of what comes before and the declaration at `at` says `cfg`, or may stand for it.
fn is_conditional(tokens: &[Token], at: usize) -> bool {
    let ends = |token: &Token| token.is(';') || matches!(token.kind, Kind::Close(Delimiter::Brace));
    tokens[..at]
        .iter()
        .rev()
        .take_while(|token| !ends(token))
        .any(|token| token.is('$') || token.word().is_some_and(|word| word.starts_with("cfg")))
}
