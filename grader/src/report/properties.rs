//! The invariant, for any text.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::invariant::holds_for;

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 2_000,
        rng_seed: RngSeed::Fixed(2),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn no_control_character_gets_through_and_the_limit_holds(text in any::<String>(), limit in 0..200_usize) {
        holds_for(&text, limit);
    }
}
