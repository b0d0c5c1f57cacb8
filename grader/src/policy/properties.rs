//! The invariant, for texts made of pieces that mean something.

use proc_macro2::TokenStream;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::invariant::holds_for;

/// Pieces that texts are made of: what is forbidden, what could hide it, and what is around it.
const PIECES: &[&str] = &[
    "unsafe",
    "r#unsafe",
    "extern",
    "fn f",
    "fn f<'a, 'b>",
    "impl<T> T for T",
    "trait A: B<C = D>",
    "dyn A<B = C>",
    "use",
    "std",
    "std::process",
    "core::fs",
    "as s",
    "::",
    "macro_rules! m",
    "$",
    "$a:tt",
    "m!",
    "#",
    "#!",
    "[",
    "]",
    "(",
    ")",
    "{",
    "}",
    "<",
    ">",
    ";",
    ",",
    "'a",
    "'",
    "\"",
    "\\",
    "r#\"",
    "\"#",
    "//",
    "/*",
    "*/",
    "\n",
    "b'",
    "c\"x\"",
    "'\\''",
    "1",
    "1.",
    "0x",
    "=",
    "-",
    "->",
    "&",
    "*",
    "*const",
    "self",
    "T::Item",
    "where",
    "for<'x>",
    "include!",
    "cfg(model)",
    "path",
    "r",
    "br#",
    "é",
    "\u{feff}",
    "\u{202e}",
    "\u{0}",
];

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(25_860),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

fn texts() -> impl Strategy<Value = String> {
    let pieces = prop::collection::vec(prop::sample::select(PIECES), 0..40);
    let spaced = prop::bool::ANY;
    (pieces, spaced).prop_map(|(pieces, spaced)| pieces.join(if spaced { " " } else { "" }))
}

/// Texts in which brackets and quotes match, so that most of them are tokens.
fn trees() -> impl Strategy<Value = String> {
    let words: Vec<&str> =
        PIECES.iter().copied().filter(|piece| piece.parse::<TokenStream>().is_ok()).collect();
    let leaf = prop::sample::select(words).prop_map(str::to_owned);
    leaf.prop_recursive(4, 64, 8, |inner| {
        let brackets = prop::sample::select(vec![("(", ")"), ("[", "]"), ("{", "}"), ("", "")]);
        (brackets, prop::collection::vec(inner, 0..8))
            .prop_map(|((open, close), inner)| format!("{open} {} {close}", inner.join(" ")))
    })
}

proptest! {
    #![proptest_config(config(1_000))]

    #[test]
    fn nothing_unsafe_is_allowed_whatever_the_text(text in texts()) {
        holds_for(&text);
    }

    #[test]
    fn nothing_unsafe_is_allowed_among_tokens(text in trees()) {
        holds_for(&text);
    }
}

#[test]
fn what_was_found_by_longer_runs_holds() {
    for text in
        ["fn f(a: &'unsafe u8) {}", "\u{feff}T::Item'unsafe//]]'", "#[cfg_attr] fn f() {}", "#[cfg_attr("]
    {
        holds_for(text);
    }
}
