//! A `connect` that is slow, blocks, or panics.

use std::mem;
use std::ops::Range;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;
#[cfg(engine = "model")]
use std::time::Instant;

use connection_pool::ConnectionPool;
use harness::model::choose;
#[cfg(engine = "model")]
use harness::model::lateness;

use crate::instruments::{AGES, Gate, finish, ms, size, with};
#[cfg(engine = "model")]
use crate::timing::{A_WHILE, TIMEOUT};

/// A pool whose connection number `gated` is open only once the gate is.
fn gated(max_size: usize, gated: usize) -> (Arc<ConnectionPool<usize>>, Arc<Gate>) {
    gated_after_panics(0, max_size, gated)
}

/// The same, and so many of the first calls of `connect` panic.
fn gated_after_panics(
    panics: usize,
    max_size: usize,
    gated: usize,
) -> (Arc<ConnectionPool<usize>>, Arc<Gate>) {
    let gate = Arc::new(Gate::default());
    let theirs = Arc::clone(&gate);
    let opened = AtomicUsize::new(0);
    let pool = ConnectionPool::new(size(max_size), move || {
        let number = opened.fetch_add(1, Ordering::Relaxed);
        assert!(number >= panics, "the check makes this call of `connect` panic");
        if number == gated {
            theirs.pass();
        }
        number
    });
    (Arc::new(pool), gate)
}

/// A pool of two whose second `connect` panics, once the gate is open.
fn gated_panic() -> (Arc<ConnectionPool<usize>>, Arc<Gate>) {
    let gate = Arc::new(Gate::default());
    let theirs = Arc::clone(&gate);
    let calls = AtomicUsize::new(0);
    let pool = ConnectionPool::new(size(2), move || {
        let call = calls.fetch_add(1, Ordering::Relaxed);
        if call == 1 {
            theirs.pass();
            panic!("the check makes this call of `connect` panic");
        }
        call
    });
    (Arc::new(pool), gate)
}

#[test]
fn others_release_and_acquire_meanwhile() {
    let (pool, gate) = gated(2, 1);
    let held = pool.acquire();
    let connecting = with("connector", &pool, |pool| *pool.acquire());
    gate.wait_until_reached();
    // From here on the other thread is inside `connect`, and stays there until the gate opens.
    held.release();
    let again = pool.acquire();
    assert_eq!(*again, 0, "the number of the idle connection");
    drop(again);
    let tried = pool.acquire_timeout(Duration::ZERO).map(|connection| *connection).ok();
    assert_eq!(tried, Some(0), "a try for the idle connection");
    gate.open();
    assert_eq!(finish(connecting), 1, "the number of the connection that took long to open");
    assert_eq!(pool.available(), 2, "free at the end");
}

#[test]
fn a_waiter_gets_what_is_released_meanwhile() {
    match choose(2) {
        0 => a_waiter_gets_it_before_connect_returns(),
        _ => a_waiter_gets_it_though_connect_panics(),
    }
}

fn a_waiter_gets_it_before_connect_returns() {
    let (pool, gate) = gated(2, 1);
    let held = pool.acquire();
    let connecting = with("connector", &pool, |pool| *pool.acquire());
    gate.wait_until_reached();
    let waiter = with("waiter", &pool, |pool| *pool.acquire());
    drop(held);
    assert_eq!(finish(waiter), 0, "the number of the connection that was released");
    gate.open();
    assert_eq!(finish(connecting), 1, "the number of the connection that took long to open");
}

/// The place of the panic is free no earlier than the other connection is idle: nothing new is to be opened.
fn a_waiter_gets_it_though_connect_panics() {
    let (pool, gate) = gated_panic();
    let held = pool.acquire();
    let connecting = with("connector", &pool, acquires);
    gate.wait_until_reached();
    let waiter = with("waiter", &pool, |pool| *pool.acquire());
    drop(held);
    gate.open();
    assert_eq!(finish(waiter), 0, "the number of the connection that was released before `connect` panicked");
    assert!(!finish(connecting), "the panic of `connect` was swallowed");
    assert_eq!(pool.available(), 2, "free at the end");
}

#[test]
fn a_timed_acquire_gives_up_meanwhile() {
    // The thread inside `connect` may have waited before, until another one had a panic.
    let (panics, acquire) = [(0, acquires as fn(&_) -> _), (1, acquires), (1, acquires_in_ages)][choose(3)];
    let (pool, gate) = gated_after_panics(panics, 1, panics);
    let connecting: Vec<_> = (0..=panics).map(|_| with("connector", &pool, acquire)).collect();
    gate.wait_until_reached();
    assert!(
        pool.acquire_timeout(Duration::ZERO).is_err(),
        "acquired although the only place was taken by a thread inside `connect`"
    );
    assert!(
        pool.acquire_timeout(ms(5)).is_err(),
        "acquired although the only place was taken by a thread inside `connect`"
    );
    gate.open();
    let served = connecting.into_iter().map(finish).filter(|served| *served).count();
    assert_eq!(served, 1, "threads that got a connection, when {panics} other had a panic");
    assert_eq!(pool.available(), 1, "free at the end");
}

#[test]
fn the_timeout_does_not_cover_it() {
    let pool = ConnectionPool::new(size(2), || thread::sleep(ms(20)));
    let zero = pool.acquire_timeout(Duration::ZERO);
    assert!(zero.is_ok(), "a place was free at once: the timeout of zero covers the wait, not `connect`");
    let short = pool.acquire_timeout(ms(1));
    assert!(short.is_ok(), "a place was free at once: the timeout covers the wait, not `connect`");
    assert_eq!(pool.available(), 0, "available when both are held");
}

/// A pool whose `connect` panics the first `failures` times.
fn failing(max_size: usize, failures: usize) -> ConnectionPool<usize> {
    let calls = AtomicUsize::new(0);
    ConnectionPool::new(size(max_size), move || {
        let call = calls.fetch_add(1, Ordering::Relaxed);
        // Another thread may begin to wait meanwhile.
        thread::yield_now();
        assert!(call >= failures, "the check makes this call of `connect` panic");
        call
    })
}

/// Whether it got a connection, or the panic of `connect`.
fn acquires(pool: &ConnectionPool<usize>) -> bool {
    panic::catch_unwind(AssertUnwindSafe(|| drop(pool.acquire()))).is_ok()
}

/// The same with a timeout; `None` when it expired.
fn acquires_within(pool: &ConnectionPool<usize>, timeout: Duration) -> Option<bool> {
    match panic::catch_unwind(AssertUnwindSafe(|| pool.acquire_timeout(timeout).is_ok())) {
        Ok(true) => Some(true),
        Ok(false) => None,
        Err(_) => Some(false),
    }
}

/// With a timeout that never expires.
fn acquires_in_ages(pool: &ConnectionPool<usize>) -> bool {
    acquires_within(pool, AGES).expect("time for ever")
}

#[test]
fn its_panic_reaches_the_caller_and_uses_up_no_place() {
    let pool = failing(2, 4);
    assert!(!acquires(&pool), "the panic of `connect` was swallowed");
    assert_eq!(pool.available(), 2, "available after `connect` panicked in `acquire`");
    assert_eq!(acquires_within(&pool, ms(5)), Some(false), "the panic of `connect` was swallowed");
    assert_eq!(pool.available(), 2, "available after `connect` panicked in `acquire_timeout`");
    assert_eq!(acquires_within(&pool, Duration::ZERO), Some(false), "the panic of `connect` was swallowed");
    assert!(!acquires(&pool), "the panic of `connect` was swallowed");
    let both = [pool.acquire(), pool.acquire_timeout(Duration::ZERO).expect("a place is free")];
    assert_eq!(pool.available(), 0, "available when both are held");
    drop(both);
    assert_eq!(pool.available(), 2, "free at the end");
}

#[test]
fn its_panic_leaves_idle_connections_alone() {
    let calls = AtomicUsize::new(0);
    let pool = ConnectionPool::new(size(2), move || {
        let call = calls.fetch_add(1, Ordering::Relaxed);
        assert_eq!(call, 0, "the check makes this call of `connect` panic");
        call
    });
    let held = pool.acquire();
    assert!(
        panic::catch_unwind(AssertUnwindSafe(|| drop(pool.acquire()))).is_err(),
        "the panic was swallowed"
    );
    drop(held);
    assert_eq!(*pool.acquire(), 0, "the connection that was open before");
    assert_eq!(pool.available(), 2, "free at the end");
}

#[test]
fn after_its_panic_a_waiter_may_try() {
    let pool = Arc::new(failing(1, 1));
    let other = with("acquirer", &pool, acquires);
    // Whoever only looks at the pool meanwhile is no reason to wake nobody.
    let looks = choose(2) == 1;
    let looker = looks.then(|| with("looker", &pool, ConnectionPool::available));
    let outcomes = [acquires(&pool), finish(other)];
    assert!(looker.map_or(0, finish) <= 1, "free of a single place");
    assert!(outcomes.contains(&false), "the panic of `connect` was swallowed");
    assert!(
        outcomes.contains(&true),
        "only the first call of `connect` panics, and neither thread got a connection"
    );
    assert_eq!(pool.available(), 1, "free at the end");
}

/// Whether it got a connection, which it never gives back, or the panic of `connect`; `None` when the timeout expired.
fn keeps(pool: &ConnectionPool<()>, timeout: Option<Duration>) -> Option<bool> {
    let keep = || match timeout {
        Some(timeout) => pool.acquire_timeout(timeout).map(mem::forget).ok(),
        None => Some(pool.acquire()).map(mem::forget),
    };
    match panic::catch_unwind(AssertUnwindSafe(keep)) {
        Ok(kept) => kept.map(|()| true),
        Err(_) => Some(false),
    }
}

/// These calls of `connect` panic, and as many threads more than there are places try to get a connection for good, some of
/// them with a timeout. One connection may be lent for a while before.
fn all_places_are_lent_in_the_end(places: usize, panics: Range<usize>) {
    let failures = panics.len();
    let lent_before = panics.start;
    let calls = AtomicUsize::new(0);
    let pool = Arc::new(ConnectionPool::new(size(places), move || {
        let call = calls.fetch_add(1, Ordering::Relaxed);
        thread::yield_now();
        assert!(!panics.contains(&call), "the check makes this call of `connect` panic");
    }));
    let held = (lent_before > 0).then(|| pool.acquire());
    let others: Vec<_> = (0..places + failures)
        .map(|_| {
            let timeout = [None, Some(AGES), Some(ms(10))][choose(3)];
            with("acquirer", &pool, move |pool| {
                let kept = keeps(pool, timeout);
                assert!(kept.is_some() || timeout != Some(AGES), "gave up, long before its time was over");
                kept
            })
        })
        .collect();
    drop(held);
    let outcomes: Vec<_> = others.into_iter().map(finish).collect();
    let count = |outcome| outcomes.iter().filter(|other| **other == outcome).count();
    let (kept, gave_up) = (count(Some(true)), count(None));
    assert!(
        (places.saturating_sub(gave_up)..=places).contains(&kept),
        "{kept} of {places} connections lent after {} threads had a panic of `connect` and {gave_up} gave up",
        count(Some(false))
    );
    assert_eq!(pool.available(), places - kept, "free while {kept} of {places} are held");
}

#[test]
fn a_place_free_by_its_panic_is_one_more() {
    match choose(3) {
        0 => all_places_are_lent_in_the_end(1, 0..2),
        1 => all_places_are_lent_in_the_end(2, 0..2),
        _ => all_places_are_lent_in_the_end(2, 1..2),
    }
}

#[test]
fn after_its_panic_a_timed_waiter_may_try() {
    let pool = Arc::new(failing(1, 1));
    let other = with("acquirer", &pool, acquires);
    let mine = acquires_within(&pool, ms(20));
    let theirs = finish(other);
    match mine {
        Some(mine) => assert!(
            mine != theirs,
            "the first of two calls of `connect` panics, and both threads ended alike"
        ),
        None => assert!(
            !theirs,
            "this thread never called `connect`, and the other one did not get the panic of the first call"
        ),
    }
    assert_eq!(pool.available(), 1, "free at the end");
    assert!(pool.acquire_timeout(Duration::ZERO).is_ok(), "a try when everything is free");
}

/// Whether the panic woke the timed waiter: then it is served before its timeout, but not before the time of
/// the panic. One that is late finds a place free.
#[cfg(engine = "model")]
fn a_panic_wakes_a_timed_waiter() -> bool {
    let calls = AtomicUsize::new(0);
    let pool = Arc::new(ConnectionPool::new(size(1), move || {
        if calls.fetch_add(1, Ordering::Relaxed) == 0 {
            thread::sleep(A_WHILE);
            panic!("the check makes this call of `connect` panic");
        }
    }));
    let waiter = with("waiter", &pool, |pool| {
        let called = Instant::now();
        let served = panic::catch_unwind(AssertUnwindSafe(|| pool.acquire_timeout(TIMEOUT).is_ok()));
        (served.unwrap_or(false), called.elapsed())
    });
    let other = panic::catch_unwind(AssertUnwindSafe(|| drop(pool.acquire())));
    let (served, took) = finish(waiter);
    other.is_err() && served && (A_WHILE..TIMEOUT).contains(&took) && lateness().is_zero()
}

#[cfg(engine = "model")]
#[test]
fn after_its_panic_a_timed_waiter_is_woken() {
    harness::model::expect_some(a_panic_wakes_a_timed_waiter);
}

/// Another connection is opened while a `connect` panics: the place of the one is free again, that of the other is not.
#[test]
fn its_panic_meets_another_connect() {
    let pool = Arc::new(failing(2, 1));
    let other = with("connector", &pool, acquires);
    let mine = acquires(&pool);
    let theirs = finish(other);
    assert!(mine != theirs, "the first of two calls of `connect` panics, and both threads ended alike");
    assert_eq!(pool.available(), 2, "free at the end");
}

/// A timed waiter gives up at about the moment of the panic; another one waits without a timeout.
#[test]
fn giving_up_at_its_panic_loses_no_notification() {
    let pool = Arc::new(failing(1, 1));
    let impatient = with("timed waiter", &pool, |pool| acquires_within(pool, ms(10)));
    let patient = with("waiter", &pool, acquires);
    acquires(&pool);
    finish(impatient);
    finish(patient);
    assert_eq!(pool.available(), 1, "free at the end");
    assert!(pool.acquire_timeout(Duration::ZERO).is_ok(), "a try when everything is free");
}

/// The first `connect` panics; the thread that makes the second call may have waited before, and the call
/// takes longer than a waiter's whole timeout.
#[cfg(engine = "model")]
#[test]
fn the_timeout_does_not_cover_it_after_a_wait() {
    let calls = AtomicUsize::new(0);
    let opened = Arc::new(AtomicUsize::new(0));
    let theirs = Arc::clone(&opened);
    let pool = Arc::new(ConnectionPool::new(size(1), move || {
        assert!(calls.fetch_add(1, Ordering::Relaxed) > 0, "the check makes this call of `connect` panic");
        thread::sleep(TIMEOUT + A_WHILE);
        theirs.fetch_add(1, Ordering::Relaxed)
    }));
    let waiter = with("waiter", &pool, |pool| acquires_within(pool, TIMEOUT));
    let mine = panic::catch_unwind(AssertUnwindSafe(|| drop(pool.acquire()))).is_ok();
    let theirs = finish(waiter);
    // If this thread had the panic, the waiter alone can have opened one.
    assert!(
        mine || theirs.is_some() || opened.load(Ordering::Relaxed) == 0,
        "a thread that waited opened a connection and timed out: the timeout covers the wait, not `connect`"
    );
}

/// At every moment at most one of two connections is free: the other one is held, or its `connect` is going
/// to panic.
#[test]
fn the_number_free_is_possible_around_its_panic() {
    let (pool, gate) = gated_panic();
    let held = pool.acquire();
    let connecting = with("connector", &pool, acquires);
    gate.wait_until_reached();
    let reader = with("reader", &pool, |pool| pool.available());
    drop(held);
    let held = pool.acquire();
    gate.open();
    let seen = finish(reader);
    assert!(seen <= 1, "{seen} free, of two of which at least one was being opened or held at every moment");
    assert!(!finish(connecting), "the panic of `connect` was swallowed");
    drop(held);
    assert_eq!(pool.available(), 2, "free at the end");
}
