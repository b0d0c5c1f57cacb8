//! The explorer against references that know nothing of it, on random programs.
//!
//! - [`sequential`]: programs over every primitive, with `SeqCst` atomics alone. The reference is a machine that
//!   takes the finest steps.
//! - [`weak`]: programs of atomic operations of every ordering. The reference enumerates the execution graphs that
//!   RC11 allows.
//!
//! For bounds of 0 to 3 preemptions and none, recognising states and not, the set of outcomes must be the one of the
//! reference: an outcome that is missing was lost, another one was invented. Budgets cut the larger searches: these
//! must say so, and find nothing else.
//!
//! A difference is printed with its seed, both sets, and the smallest program that differs in the same way. A long
//! run, by hand, with as many programs as wanted:
//!
//! ```text
//! FUZZ_SEED=1000000 FUZZ_PROGRAMS=100000 cargo test -p model-std --test fuzz -- --ignored --nocapture long_run
//! ```

mod campaign;
mod compare;
mod known;
mod merges;
mod random;
mod report;
mod search;
mod sequential;
mod weak;

use campaign::{Campaign, LONG, SHORT, assert_known_still_differ};
use compare::Subject;
use random::Random;

fn short_run<S: Subject>(corpus: Vec<(&'static str, S)>, generate: fn(&mut Random) -> S, programs: u64) {
    let mut campaign = Campaign::run(generate, 0..programs, SHORT);
    for (name, program) in corpus {
        campaign.add(name.into(), program, LONG);
    }
    campaign.assert_no_difference();
    let effort = campaign.effort;
    assert!(
        effort.too_large * 50 <= effort.programs,
        "too many programs are too large to compare: {effort:?}"
    );
    assert!(effort.cut_short * 10 <= effort.searches, "too many searches are cut short: {effort:?}");
}

#[test]
fn sequential_programs_have_the_outcomes_of_the_finest_steps() {
    short_run(sequential::corpus(), sequential::random_program, 200);
}

#[test]
fn weak_programs_have_the_outcomes_that_the_axioms_allow() {
    short_run(weak::corpus(), weak::random_program, 400);
}

#[test]
fn what_is_known_to_differ_still_differs() {
    assert_known_still_differ::<sequential::Program>();
    assert_known_still_differ::<weak::Program>();
}

fn long_run<S: Subject>(generate: fn(&mut Random) -> S) {
    let number = |name: &str, default: u64| {
        std::env::var(name).map_or(default, |number| number.parse().expect("a number"))
    };
    let first = number("FUZZ_SEED", 1_000_000);
    let programs = number("FUZZ_PROGRAMS", 1_000);
    Campaign::run(generate, first..first + programs, LONG).assert_no_difference();
}

#[test]
#[ignore = "a long run, by hand"]
fn long_run_of_sequential_programs() {
    long_run(sequential::random_program);
}

#[test]
#[ignore = "a long run, by hand"]
fn long_run_of_weak_programs() {
    long_run(weak::random_program);
}
