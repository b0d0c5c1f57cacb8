//! What a semaphore and a pool promise to the threads that share them, checked on either.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use harness::model::choose;

use crate::instruments::{Lender, Way, finish, ms, while_unwinding, with};

/// Counts itself in and out; returns how many were in, this one included.
fn enter_and_leave(inside: &AtomicUsize) -> usize {
    let now = inside.fetch_add(1, Ordering::Relaxed) + 1;
    inside.fetch_sub(1, Ordering::Relaxed);
    now
}

/// `threads` threads and this one hold at once; never more than `count` together.
pub fn holders_are_limited<L: Lender>(count: usize, threads: usize) {
    let lender = Arc::new(L::lending(count));
    let inside = Arc::new(AtomicUsize::new(0));
    let threads: Vec<_> = (0..threads)
        .map(|_| {
            let inside = Arc::clone(&inside);
            with("borrower", &lender, move |lender| L::hold(&lender, || enter_and_leave(&inside)))
        })
        .collect();
    let mut most = L::hold(&lender, || enter_and_leave(&inside));
    for thread in threads {
        most = most.max(finish(thread));
    }
    assert!(most <= count, "{most} holders at once, where {count} are allowed");
    assert_eq!(L::free(&lender), count, "free after all have given back");
}

/// The same with timed acquires: a thread that gives up was not inside.
pub fn timed_holders_are_limited<L: Lender>() {
    let lender = Arc::new(L::lending(1));
    let inside = Arc::new(AtomicUsize::new(0));
    let theirs = Arc::clone(&inside);
    let other =
        with("borrower", &lender, move |lender| L::hold_within(&lender, ms(10), || enter_and_leave(&theirs)));
    let mine = L::hold_within(&lender, ms(20), || enter_and_leave(&inside));
    let most = finish(other).max(mine).expect("at least one of the two acquires");
    assert_eq!(most, 1, "holders at once, where one is allowed");
    assert_eq!(L::free(&lender), 1, "free after both have given back or given up");
}

/// Gives back while another thread waits.
pub fn giving_back_wakes_a_waiter<L: Lender>() {
    match choose(4) {
        0 => wakes_a_waiter::<L>(Way::Plainly, |lender| L::hold(lender, || ())),
        1 => wakes_a_waiter::<L>(Way::Elsewhere, |lender| L::hold(lender, || ())),
        2 => wakes_a_waiter::<L>(Way::Plainly, |lender| while_unwinding(|| L::hold(lender, || ()))),
        _ => wakes_a_waiter_of_its_own::<L>(),
    }
}

fn wakes_a_waiter<L: Lender>(way: Way, wait: fn(&L)) {
    let lender = Arc::new(L::lending(1));
    let waiter = L::lend(&lender, way, || with("waiter", &lender, move |lender| wait(lender)));
    finish(waiter);
    assert_eq!(L::free(&lender), 1, "free at the end");
}

/// A thread waits for each of two. They are the first and the last of many, which have the same place in a table of 2, 4,
/// 8 or 16 rows.
fn wakes_a_waiter_of_its_own<L: Lender>() {
    let all: Vec<_> = (0..=16).map(|_| Arc::new(L::lending(1))).collect();
    let (this, other) = (&all[0], &all[16]);
    let theirs = L::hold(other, || {
        let theirs = with("waiter of another one", other, |lender| L::hold(&lender, || ()));
        finish(L::hold(this, || with("waiter", this, |lender| L::hold(&lender, || ()))));
        theirs
    });
    finish(theirs);
    assert_eq!([L::free(this), L::free(other)], [1; 2], "free of each at the end");
}

/// Two threads wait for one: when the first gives it back, the second is woken.
pub fn every_waiter_is_served<L: Lender>() {
    let lender = Arc::new(L::lending(1));
    let waiters =
        L::hold(&lender, || [0, 1].map(|_| with("waiter", &lender, |lender| L::hold(&lender, || ()))));
    waiters.into_iter().for_each(finish);
    assert_eq!(L::free(&lender), 1, "free at the end");
}

/// Two are given back in a row, while two threads wait that give nothing back themselves. Others may be lent for good.
pub fn two_given_back_wake_two<L: Lender>() {
    let inputs =
        [(0, Way::Plainly), (1, Way::Plainly), (3, Way::Plainly), (0, Way::ByRelease), (0, Way::Unwinding)];
    let (kept, way) = inputs[choose(inputs.len())];
    let lender = Arc::new(L::lending(2 + kept));
    (0..kept).for_each(|_| L::keep(&lender));
    let waiters = L::lend(&lender, way, || {
        L::lend(&lender, way, || [0, 1].map(|_| with("waiter", &lender, |lender| L::keep(&lender))))
    });
    waiters.into_iter().for_each(finish);
    assert_eq!(L::free(&lender), 0, "free while two are held");
}

/// A thread waits while another one acquires and releases repeatedly.
pub fn a_waiter_gets_its_turn_among_others<L: Lender>() {
    let lender = Arc::new(L::lending(1));
    let other = L::hold(&lender, || with("waiter", &lender, |lender| L::hold(&lender, || ())));
    L::hold(&lender, || ());
    L::hold(&lender, || ());
    finish(other);
    assert_eq!(L::free(&lender), 1, "free at the end");
}

/// A try fails only if nothing is free, and it does not block.
pub fn a_try_succeeds_while_something_is_free<L: Lender>() {
    match choose(2) {
        0 => a_try_beside_a_holder::<L>(),
        _ => two_tries_for_one::<L>(),
    }
}

/// The thread that is faster never gives back, so the other one must not wait for it.
fn two_tries_for_one<L: Lender>() {
    let lender = Arc::new(L::lending(1));
    let other = with("taker", &lender, |lender| L::keep_within(&lender, ms(0)));
    let mine = L::keep_within(&lender, ms(0));
    let tries = [mine, finish(other)];
    assert_ne!(tries[0], tries[1], "whether each of two tries for the only one succeeded");
    assert_eq!(L::free(&lender), 0, "free while it is held");
}

/// There are two and at most one other holder: a try must succeed, whatever the other one is doing.
fn a_try_beside_a_holder<L: Lender>() {
    let lender = Arc::new(L::lending(2));
    let other = with("borrower", &lender, |lender| L::hold(&lender, || ()));
    let tried = L::hold_within(&lender, ms(0), || ());
    finish(other);
    assert!(tried.is_some(), "a try failed although one of two was free all the time");
    assert_eq!(L::free(&lender), 2, "free at the end");
}

/// The number that is reported as free is one that was possible during the call.
pub fn the_number_free_is_always_possible<L: Lender>() {
    let lender = Arc::new(L::lending(2));
    let other = with("borrower", &lender, |lender| L::hold(&lender, || ()));
    let seen = L::free(&lender);
    let held = L::hold(&lender, || L::free(&lender));
    finish(other);
    assert!((1..=2).contains(&seen), "{seen} free, of two of which at most one is held");
    assert!(held <= 1, "{held} free, of two of which one is held here and one perhaps elsewhere");
    assert_eq!(L::free(&lender), 2, "free at the end");
}

/// A waiter may give up at the moment of a release: the notification must not be lost with it.
pub fn giving_up_loses_no_notification<L: Lender>() {
    let lender = Arc::new(L::lending(1));
    let (impatient, patient) = L::hold(&lender, || {
        let impatient = with("timed waiter", &lender, |lender| L::hold_within(&lender, ms(10), || ()));
        (impatient, with("waiter", &lender, |lender| L::hold(&lender, || ())))
    });
    finish(impatient);
    finish(patient);
    assert_eq!(L::free(&lender), 1, "free at the end");
    assert!(L::hold_within(&lender, ms(0), || ()).is_some(), "a try when everything is free");
}

/// A timed waiter gives up in time although another thread has been waiting for longer, without a timeout.
pub fn a_waiter_does_not_hold_up_a_timed_one<L: Lender>() {
    let lender = Arc::new(L::lending(1));
    let patient = L::hold(&lender, || {
        let patient = with("waiter", &lender, |lender| L::hold(&lender, || ()));
        // Still held here: if the timed waiter were blocked behind the other one, this would be a deadlock.
        let served = L::hold_within(&lender, ms(10), || ());
        assert!(served.is_none(), "served although another thread held the only one");
        assert_eq!(L::free(&lender), 0, "free while the only one is held");
        patient
    });
    finish(patient);
    assert_eq!(L::free(&lender), 1, "free at the end");
}

/// After timeouts, everything that is given back can be acquired again, and nothing else.
pub fn giving_up_leaves_no_trace<L: Lender>() {
    match choose(2) {
        0 => all_is_free_after_timeouts::<L>(),
        _ => who_gave_up_gets_none_of_it_elsewhere::<L>(),
    }
}

/// A thread gives up, and waits for something else: what it gave up on is not what it waits for.
fn who_gave_up_gets_none_of_it_elsewhere<L: Lender>() {
    let [this, other] = [(); 2].map(|()| Arc::new(L::lending(1)));
    let held = Arc::new(AtomicUsize::new(1));
    let (theirs, is_held) = (Arc::clone(&other), Arc::clone(&held));
    let waiter = L::hold(&other, || {
        let waiter = L::hold(&this, || {
            with("waiter", &this, move |this| {
                L::hold_within(&this, ms(10), || ());
                L::hold(&theirs, || is_held.load(Ordering::Relaxed))
            })
        });
        held.store(0, Ordering::Relaxed);
        waiter
    });
    assert_eq!(finish(waiter), 0, "other holders of what a thread waited for after it gave up elsewhere");
    assert_eq!([L::free(&this), L::free(&other)], [1; 2], "free of each at the end");
}

fn all_is_free_after_timeouts<L: Lender>() {
    let lender = L::lending(2);
    L::hold(&lender, || {
        L::hold(&lender, || {
            for timeout in [0, 1, 3] {
                assert!(
                    L::hold_within(&lender, ms(timeout), || ()).is_none(),
                    "served although all are held"
                );
                assert_eq!(L::free(&lender), 0, "free after a timeout while all were held");
            }
        });
        assert_eq!(L::free(&lender), 1, "free after one was given back");
    });
    assert_eq!(L::free(&lender), 2, "free after both were given back");
    L::hold(&lender, || L::hold(&lender, || assert_eq!(L::free(&lender), 0, "free when all are held again")));
    assert!(L::hold_within(&lender, ms(0), || ()).is_some(), "a try when everything is free");
    assert_eq!(L::free(&lender), 2, "free at the end");
}
