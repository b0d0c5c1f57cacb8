//! What macros of the file's own are made of, and what they are given: there a word may come to stand anywhere.
//!
//! What is given as a whole, such as an expression, cannot be taken apart and put together again. Macros of std do nothing of
//! the kind.

use crate::source::{Kind, Token};

/// Macros of std that leave what they are given where it is.
const OF_STD: &[&str] = &[
    "assert",
    "assert_eq",
    "assert_ne",
    "dbg",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "eprint",
    "eprintln",
    "format",
    "format_args",
    "matches",
    "panic",
    "print",
    "println",
    "thread_local",
    "todo",
    "unimplemented",
    "unreachable",
    "vec",
    "write",
    "writeln",
];

/// What a macro is given as a whole.
const WHOLE: &[&str] = &["block", "expr", "expr_2021", "literal", "pat", "pat_param", "stmt", "ty"];

/// Where a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Outside,
    /// In what a macro is given.
    Given,
    /// In what it is made of.
    Made,
}

/// The macros of a file.
pub(super) struct Macros {
    /// Of each token; empty if there are none.
    places: Vec<Place>,
    /// Whether all that macros are given is given as a whole.
    take_wholes: bool,
    /// Whether the file has conditions, which take what is given as a whole as well.
    has_conditions: bool,
}

impl Macros {
    pub(super) fn of(tokens: &[Token]) -> Self {
        let has = |word: &str| tokens.iter().any(|token| token.word() == Some(word));
        let mut macros = Self { places: Vec::new(), take_wholes: true, has_conditions: has("cfg") };
        if !has("macro_rules") {
            return macros;
        }
        let of_std = names_of_std(tokens);
        let mut around = vec![Place::Outside];
        for (at, token) in tokens.iter().enumerate() {
            if matches!(token.kind, Kind::Close(_)) {
                around.pop();
            }
            let here = around.last().copied().unwrap_or(Place::Outside);
            macros.places.push(here);
            if matches!(token.kind, Kind::Open(_)) {
                around.push(here.max(opened(tokens, at, &of_std)));
            }
            if here == Place::Made {
                macros.take_wholes &= !takes_a_part(tokens, at);
            }
        }
        macros
    }

    /// Whether the token at `at` may come to stand anywhere.
    pub(super) fn may_move(&self, tokens: &[Token], at: usize) -> bool {
        let is_condition = self.has_conditions && matches!(tokens[at].word(), Some("engine" | "model"));
        match self.places.get(at) {
            None | Some(Place::Outside) => false,
            Some(Place::Given) => !self.take_wholes || is_condition,
            // The name of what it is given is no word.
            Some(Place::Made) => !self.take_wholes || at == 0 || !tokens[at - 1].is('$'),
        }
    }

    /// Whether the token at `at` belongs to a macro.
    pub(super) fn have(&self, at: usize) -> bool {
        self.places.get(at).is_some_and(|place| *place != Place::Outside)
    }
}

/// The macros of std that no macro of the file's own has the name of.
fn names_of_std(tokens: &[Token]) -> Vec<&'static str> {
    let names = |pair: &&[Token]| pair[0].is('!') || pair[0].word() == Some("as");
    let own: Vec<&str> = tokens.windows(2).filter(names).filter_map(|pair| pair[1].word()).collect();
    let is_made = tokens.windows(3).any(|three| three[0].word() == Some("macro_rules") && three[2].is('$'));
    OF_STD.iter().copied().filter(|name| !is_made && !own.contains(name)).collect()
}

/// What begins with the bracket at `at`.
fn opened(tokens: &[Token], at: usize, of_std: &[&str]) -> Place {
    let before = |count: usize| at.checked_sub(count).map(|index| &tokens[index]);
    let is_mark = |count: usize| before(count).is_some_and(|token| token.is('!'));
    let word = |count: usize| before(count).and_then(Token::word);
    if is_mark(2) && word(3) == Some("macro_rules") {
        return Place::Made;
    }
    let is_call = is_mark(1) && before(2).is_some_and(|token| !token.is('#'));
    // `if !(a)`, `a && !(b)`
    let name = before(2).filter(|_| is_call).and_then(|token| match &token.kind {
        Kind::Word { text, raw } if *raw || !KEYWORDS.contains(&text.as_str()) => Some(text.as_str()),
        _ => None,
    });
    match name {
        Some(name) if !of_std.contains(&name) => Place::Given,
        Some(_) | None => Place::Outside,
    }
}

/// Behind these, `!` negates.
const KEYWORDS: &[&str] = &["break", "else", "if", "in", "match", "return", "while"];

/// Whether `$name:kind` begins at `at` with a kind that can be taken apart, or a macro that may do that in some other way.
fn takes_a_part(tokens: &[Token], at: usize) -> bool {
    let is_kind = at >= 3 && tokens[at - 3].is('$') && tokens[at - 1].is(':');
    let word = tokens[at].word();
    let names_a_macro = word == Some("macro_rules");
    names_a_macro
        || is_kind && tokens[at - 2].word().is_some() && !word.is_some_and(|word| WHOLE.contains(&word))
}
