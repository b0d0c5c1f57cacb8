//! Calls that wait for nothing, while other threads use the same barrier.

use std::time::Instant;

use barrier::Barrier;
use harness::model::lateness;
use harness::until_others_wait;

use crate::instruments::{briefly, finish, is_broken_and_empty, is_usable_and_empty, plain, shared, timed, with};

/// `is_broken` and `waiting`.
fn asks(barrier: &Barrier) -> (bool, usize) {
    (Barrier::is_broken(barrier), Barrier::waiting(barrier))
}

#[test]
fn what_waits_for_nothing_takes_no_time_and_disturbs_nobody() {
    let barrier = shared(2);
    let waiter = with("waiter", &barrier, plain);
    until_others_wait();
    let called = Instant::now();
    let asked = asks(&barrier);
    let parties = Barrier::parties(&barrier);
    let own = plain(&barrier);
    Barrier::abort(&barrier);
    let broken = asks(&barrier);
    Barrier::reset(&barrier);
    let reset = asks(&barrier);
    let took = called.elapsed();
    assert_eq!([finish(waiter), own], [Some(0), Some(1)], "the places");
    // How many wait it may learn late: nothing orders this thread and that one.
    let (broken_before, waiting) = asked;
    assert!(!broken_before && waiting < 2 && parties == 2, "`is_broken`, `waiting` and `parties`: {asked:?}, {parties}");
    assert_eq!([broken, reset], [(true, 0), (false, 0)], "`is_broken` and `waiting` after an abort and a reset");
    assert!(took <= lateness(), "calls that wait for nothing took {took:?}");
}

#[test]
fn all_of_them_are_never_waiting() {
    let barrier = shared(2);
    let others = [(); 2].map(|()| with("party", &barrier, plain));
    let seen = [(); 3].map(|()| Barrier::waiting(&barrier));
    others.into_iter().for_each(|other| _ = finish(other));
    assert!(
        seen.iter().all(|&waiting| waiting < 2),
        "`waiting` of a barrier for two, while they arrive: {seen:?}. With the second one, the round is complete"
    );
    is_usable_and_empty(&barrier, "after the only round");
}

#[test]
fn nobody_is_waiting_while_it_is_broken() {
    let barrier = shared(3);
    let waiter = with("waiter", &barrier, plain);
    let aborter = with("aborter", &barrier, Barrier::abort);
    let (broken, waiting) = asks(&barrier);
    finish(aborter);
    assert_eq!(finish(waiter), None, "what who waited got from a broken barrier");
    assert!(!broken || waiting == 0, "`waiting` was {waiting} although `is_broken` was true before");
    is_broken_and_empty(&barrier, "after an abort");
}

#[test]
fn nobody_is_waiting_after_a_timeout() {
    let barrier = shared(3);
    let waiter = with("waiter", &barrier, timed);
    let impatient = with("waiter with a timeout", &barrier, briefly);
    until_others_wait();
    let (broken, waiting) = asks(&barrier);
    assert_eq!([finish(impatient), finish(waiter)], [None; 2], "what both got from a broken barrier");
    assert!(!broken || waiting == 0, "`waiting` was {waiting} although `is_broken` was true before");
    is_broken_and_empty(&barrier, "after a timeout");
}

#[test]
fn all_who_ask_at_the_same_time_get_the_same_answer() {
    let barrier = shared(2);
    let waiter = with("waiter", &barrier, plain);
    until_others_wait();
    let first = asks(&barrier);
    let other = with("asker", &barrier, asks);
    let own = asks(&barrier);
    let other = finish(other);
    // It may learn late that one waits: nothing orders the threads. But who has learnt it does not forget it.
    let learnt = |(broken, waiting): (bool, usize)| !broken && (first.1..2).contains(&waiting);
    let (waiting, asked) = (learnt(own) && learnt(other), [first, own, other]);
    Barrier::abort(&barrier);
    let other = with("asker", &barrier, asks);
    let broken = [asks(&barrier), finish(other)];
    assert_eq!(finish(waiter), None, "what who waited got from a broken barrier");
    assert!(waiting, "`is_broken` and `waiting`, for one thread and then for two at a time: {asked:?}");
    assert_eq!(broken, [(true, 0); 2], "`is_broken` and `waiting` after an abort, for each of two threads");
}

#[test]
fn nothing_is_lost_while_another_thread_asks() {
    let barrier = shared(1);
    let other = with("asker", &barrier, asks);
    let place = plain(&barrier);
    Barrier::abort(&barrier);
    let broken = (plain(&barrier), asks(&barrier));
    Barrier::reset(&barrier);
    let reset = (plain(&barrier), asks(&barrier));
    finish(other);
    assert_eq!(place, Some(0), "the only party");
    assert_eq!(broken, (None, (true, 0)), "the only party after an abort, `is_broken`, and `waiting`");
    assert_eq!(reset, (Some(0), (false, 0)), "the only party after a reset, `is_broken`, and `waiting`");
}
