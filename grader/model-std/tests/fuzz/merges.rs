//! What the comparisons are worth: a fact that is left out of the states which a search remembers is found missing, with the
//! programs of the short runs.

use model_std::model::Merge;

use crate::campaign::SHORT;
use crate::compare::Subject;
use crate::random::Random;
use crate::search::{Settings, search};
use crate::{sequential, weak};

/// Whether a search that leaves `merges` out of its states finds something else in a program, with some bound.
fn is_noticed<S: Subject>(program: &S, merges: Merge) -> bool {
    [Some(0), Some(1), Some(2), Some(3), None].into_iter().any(|bound| {
        let found = |merges| {
            let executions = SHORT.remembering;
            let found = search(
                program.runner(),
                Settings { bound, remember: true, executions, record: false, merges },
            );
            (found.outcomes, found.end)
        };
        found(Some(merges)) != found(None)
    })
}

/// The first program that shows that a fact is left out: one in which that has happened before, or one with a fixed seed.
fn first_that_notices<S: Subject>(
    corpus: Vec<(&'static str, S)>,
    generate: fn(&mut Random) -> S,
    programs: u64,
    merges: Merge,
) -> Option<String> {
    let known = corpus.into_iter().map(|(name, program)| (String::from(name), program));
    let random = (0..programs).map(|seed| (format!("seed {seed}"), generate(&mut Random::new(seed))));
    known.chain(random).find(|(_, program)| is_noticed(program, merges)).map(|(origin, _)| origin)
}

#[test]
fn each_fact_that_is_left_out_of_the_states_is_found_missing() {
    for merges in [Merge::Waiter, Merge::SpuriousFailure, Merge::Attempt] {
        let noticed = first_that_notices(sequential::corpus(), sequential::random_program, 200, merges);
        println!("{merges:?}: {noticed:?}");
        assert!(noticed.is_some(), "nothing shows that {merges:?} is left out");
    }
    for merges in [Merge::SeqCstOrder, Merge::Outdated, Merge::SpuriousFailure] {
        let noticed = first_that_notices(weak::corpus(), weak::random_program, 400, merges);
        println!("{merges:?}: {noticed:?}");
        assert!(noticed.is_some(), "nothing shows that {merges:?} is left out");
    }
}
