//! Calls that a test observes: only which of them had ended before which began counts.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::AtomicBool as RealBool;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};

use model_std::model::{Earlier, mark_begin, mark_end};
use model_std::sync::atomic::AtomicU32;
use model_std::thread;
use outcomes::{outcomes, passes, set};

/// Whether a thread's store had ended, and what a call that begins after that, or before, reads. The writer's own
/// call is observed if `earlier` says as what.
fn store_and_load(earlier: Option<Earlier>) -> BTreeSet<(bool, u32)> {
    outcomes(move || {
        let (x, ended) = (Arc::new(AtomicU32::new(0)), Arc::new(RealBool::new(false)));
        let (theirs, they_end) = (Arc::clone(&x), Arc::clone(&ended));
        let writer = thread::spawn(move || {
            if let Some(earlier) = earlier {
                mark_begin(earlier);
            }
            theirs.store(1, Relaxed);
            if earlier.is_some() {
                mark_end();
            }
            they_end.store(true, SeqCst);
        });
        mark_begin(earlier.unwrap_or(Earlier::HappensBefore));
        let had_ended = ended.load(SeqCst);
        let value = x.load(Relaxed);
        mark_end();
        writer.join().unwrap();
        (had_ended, value)
    })
}

#[test]
fn a_call_that_has_ended_happens_before_one_that_begins_later() {
    let seen = store_and_load(Some(Earlier::HappensBefore));
    assert_eq!(seen, set([(false, 0), (false, 1), (true, 1)]));
}

#[test]
fn a_call_that_is_earlier_in_time_alone_may_be_missed() {
    let seen = store_and_load(Some(Earlier::InTime));
    assert_eq!(seen, set([(false, 0), (false, 1), (true, 0), (true, 1)]));
}

#[test]
fn what_is_not_observed_happens_before_nothing() {
    let seen = store_and_load(None);
    assert!(seen.contains(&(true, 0)), "a stale read: {seen:?}");
}

#[test]
fn calls_of_their_own_are_ordered_by_their_ends_and_beginnings() {
    // The first call of either thread may end before the second one of the other begins, or not.
    let orders = outcomes(|| {
        let ended = Arc::new([const { RealBool::new(false) }; 2]);
        let theirs = Arc::clone(&ended);
        let calls = |ended: &[RealBool; 2], me: usize| {
            mark_begin(Earlier::HappensBefore);
            mark_end();
            ended[me].store(true, SeqCst);
            mark_begin(Earlier::HappensBefore);
            let other = ended[1 - me].load(SeqCst);
            mark_end();
            other
        };
        let thread = thread::spawn(move || calls(&theirs, 1));
        let mine = calls(&ended, 0);
        (mine, thread.join().unwrap())
    });
    assert_eq!(orders, set([(false, true), (true, false), (true, true)]));
}

#[test]
fn in_which_order_calls_begin_costs_nothing() {
    let overlapping = |calls: usize| {
        passes(move || {
            let threads: Vec<_> =
                (0..calls).map(|_| thread::spawn(|| mark_begin(Earlier::HappensBefore))).collect();
            threads.into_iter().for_each(|thread| thread.join().unwrap());
        })
    };
    let unobserved = |calls: usize| {
        passes(move || {
            let threads: Vec<_> = (0..calls)
                .map(|_| {
                    let own = AtomicU32::new(0);
                    thread::spawn(move || own.store(1, Relaxed))
                })
                .collect();
            threads.into_iter().for_each(|thread| thread.join().unwrap());
        })
    };
    assert_eq!(overlapping(3).executions, unobserved(3).executions);
}
