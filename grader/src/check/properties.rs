//! The invariant, for any bytes, and for changes of an honest answer.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::invariant::{HONEST, holds_for};

/// Pieces of answers, which may take the place of others.
const PIECES: &[&str] = &[
    "",
    "\n",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "null",
    "\"seal\":\"ff00\",",
    "\"ff00\"",
    "\"00ff\"",
    "\"passed\"",
    "\"failed\"",
    "{\"status\":\"passed\"}",
    "\"never_happens\"",
    "\"internal\"",
    "0",
    "-1",
    "1e999",
    "18446744073709551616",
    "\u{0}",
    "\\u0000",
    "\"outcome\":",
    "\"cause\":{\"kind\":\"deadlock\"}",
    "true",
];

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 3_000,
        rng_seed: RngSeed::Fixed(1),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn no_bytes_pass_but_those_that_say_so(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        holds_for(&bytes);
    }

    #[test]
    fn no_change_of_an_honest_answer_passes_but_one_that_says_the_same(
        changes in prop::collection::vec((0..HONEST.len(), 0..20_usize, prop::sample::select(PIECES)), 0..4),
        ends in prop::sample::select(vec!["\n", "", "\n\n", "\r\n", " \n"]),
    ) {
        let mut text = HONEST.to_owned();
        for (at, length, piece) in changes {
            let at = at.min(text.len());
            let end = (at + length).min(text.len());
            if text.is_char_boundary(at) && text.is_char_boundary(end) {
                text.replace_range(at..end, piece);
            }
        }
        holds_for(format!("{text}{ends}").as_bytes());
    }
}
