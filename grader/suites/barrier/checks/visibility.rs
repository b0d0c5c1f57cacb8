//! What each party did before its wait happens before what any of them does after it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use barrier::Barrier;
use harness::model::choose;
use harness::until_others_wait;

use crate::instruments::{Way, at_once, briefly, either_way, finish, plain, shared, timed, with};

/// A barrier, and what each party has written. All is relaxed: only the barrier orders it.
struct Phases {
    barrier: Arc<Barrier>,
    written: Vec<AtomicUsize>,
}

impl Phases {
    fn of(parties: usize) -> Arc<Self> {
        let written = (0..parties).map(|_| AtomicUsize::new(0)).collect();
        Arc::new(Self { barrier: shared(parties), written })
    }

    /// Writes the number of each round, waits, and reads what the others have written: that number, or the next one
    /// where a fast party is in the next round already.
    fn go(&self, own: usize, wait: Way, rounds: usize) {
        for round in 1..=rounds {
            self.written[own].store(round, Ordering::Relaxed);
            let place = wait(&self.barrier);
            assert!(place.is_some(), "nobody has broken the barrier");
            for (party, written) in self.written.iter().enumerate() {
                let seen = written.load(Ordering::Relaxed);
                assert!(
                    seen == round || (seen == round + 1 && party != own),
                    "party {own} reads {seen} from party {party} after round {round}"
                );
            }
        }
    }
}

fn is_seen_by_all(ways: &[Way], rounds: usize) {
    let phases = Phases::of(ways.len());
    let (&own, others) = ways.split_last().expect("a barrier has a party");
    let others = others.iter().enumerate();
    let others: Vec<_> = others
        .map(|(party, &wait)| with("party", &phases, move |phases| Phases::go(phases, party, wait, rounds)))
        .collect();
    Phases::go(&phases, ways.len() - 1, own, rounds);
    others.into_iter().for_each(finish);
}

#[test]
fn what_was_done_before_is_seen_after() {
    is_seen_by_all(&[plain, plain], 1);
}

/// The timeout may elapse as the round is made complete: whoever goes on all the same has seen that it is.
fn what_was_done_before_is_seen_after_a_short_wait() {
    let phases = Phases::of(2);
    let other = with("party", &phases, |phases| {
        briefly(&phases.barrier).map(|_| phases.written[1].load(Ordering::Relaxed))
    });
    phases.written[1].store(1, Ordering::Relaxed);
    plain(&phases.barrier);
    if let Some(seen) = finish(other) {
        assert_eq!(seen, 1, "what the other party wrote before, as it is read after a short wait");
    }
}

#[test]
fn what_was_done_before_is_seen_after_a_timed_wait() {
    if choose(2) == 1 {
        return what_was_done_before_is_seen_after_a_short_wait();
    }
    is_seen_by_all(&[either_way(), timed], 1);
}

#[test]
fn what_each_of_three_did_before_is_seen_by_all_after() {
    is_seen_by_all(&[plain, plain, plain], 1);
}

#[test]
fn what_each_of_three_did_before_is_seen_by_all_after_timed_waits() {
    is_seen_by_all(&[timed, plain, timed], 1);
}

#[test]
fn phases_do_not_overlap() {
    is_seen_by_all(&[either_way(), plain], 2);
}

#[test]
fn what_was_done_before_is_seen_after_a_wait_of_no_time() {
    let phases = Phases::of(2);
    let other = with("party", &phases, |phases| Phases::go(phases, 0, plain, 1));
    until_others_wait();
    Phases::go(&phases, 1, at_once, 1);
    finish(other);
}

#[test]
fn what_was_done_before_is_seen_though_an_abort_follows() {
    let phases = Phases::of(2);
    let other = with("party", &phases, |phases| Phases::go(phases, 0, plain, 1));
    until_others_wait();
    Phases::go(&phases, 1, plain, 1);
    Barrier::abort(&phases.barrier);
    finish(other);
}
