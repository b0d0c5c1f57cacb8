//! Timeouts, on the model's virtual clock. Each thread has its own: it advances when the thread sleeps or when one of
//! its timed waits expires, and a wakeup passes on the time of the thread that caused it. A slow thread may be late, by
//! as much as the harness says.

use std::thread;
use std::time::{Duration, Instant};

use barrier::Barrier;
use harness::model::{expect_some, lateness};
use harness::until_others_wait;

use crate::instruments::{Place, Way, at_once, either_way, finish, one_of, plain, shared, timed, with};

/// The timeout of the waiters. Not a whole number of milliseconds or microseconds, and none that a float of 32 bits can
/// hold: an implementation that rounds down to one of these gives up early.
const TIMEOUT: Duration = Duration::from_nanos(100_500_601);
/// Well within the timeout.
const A_WHILE: Duration = Duration::from_millis(60);
/// What a waiter may add by its own rounding.
const SLACK: Duration = Duration::from_millis(20);

/// How a wait ended, and how long it took.
struct Attempt {
    place: Place,
    took: Duration,
}

impl Attempt {
    fn of(wait: impl FnOnce() -> Place) -> Self {
        let called = Instant::now();
        let place = wait();
        Attempt { place, took: called.elapsed() }
    }

    fn on(barrier: &Barrier) -> Self {
        Self::of(|| Barrier::wait_timeout(barrier, TIMEOUT).ok())
    }

    /// It ended because of a timeout, its own or another one that begins at the same time.
    fn fails_in_time(&self) {
        let took = self.took;
        assert_eq!(self.place, None, "the place of one party, though others did not come");
        assert!(took >= TIMEOUT, "gave up after {took:?} with a timeout of {TIMEOUT:?}");
        assert!(took <= TIMEOUT + SLACK + lateness(), "it took {took:?} with a timeout of {TIMEOUT:?}");
    }
}

#[test]
fn a_timed_wait_breaks_the_barrier_at_its_deadline() {
    let barrier = shared(2);
    finish(with("waiter", &barrier, Attempt::on)).fails_in_time();
    assert!(Barrier::is_broken(&barrier), "`is_broken` after a timeout");
}

#[test]
fn being_unparked_does_not_restart_the_clock() {
    let barrier = shared(2);
    let waiter = with("waiter", &barrier, Attempt::on);
    thread::sleep(A_WHILE);
    waiter.thread().unpark();
    finish(waiter).fails_in_time();
}

#[test]
fn an_arrival_does_not_move_the_deadline() {
    // Another party arrives meanwhile, and gets what the first one gets, as soon.
    let wait = either_way();
    let barrier = shared(3);
    let waiter = with("waiter", &barrier, Attempt::on);
    thread::sleep(A_WHILE);
    let own = Attempt::of(|| wait(&barrier));
    finish(waiter).fails_in_time();
    assert_eq!(own.place, None, "the place of the other party");
    let took = own.took;
    assert!(
        took <= TIMEOUT - A_WHILE + SLACK + lateness(),
        "it took {took:?} until another party was released, of a timeout that had {:?} left",
        TIMEOUT - A_WHILE
    );
}

#[test]
fn an_arrival_with_a_shorter_timeout_breaks_it_earlier_for_all() {
    let barrier = shared(3);
    let waiter = with("waiter", &barrier, |barrier| Attempt::of(|| timed(barrier)));
    until_others_wait();
    let own = Attempt::on(&barrier);
    let Attempt { place, took } = finish(waiter);
    own.fails_in_time();
    assert_eq!(place, None, "the place of the other party");
    assert!(
        took <= TIMEOUT + SLACK + lateness(),
        "it took {took:?} until a party was released by the timeout of another one, of {TIMEOUT:?}"
    );
}

#[test]
fn what_happened_in_the_round_before_does_not_move_the_deadline() {
    let barrier = shared(2);
    let waiter = with("waiter", &barrier, |barrier| {
        thread::sleep(A_WHILE);
        let place = timed(barrier);
        (place, Attempt::on(barrier))
    });
    let own = plain(&barrier);
    let (place, attempt) = finish(waiter);
    assert!(own.is_some() && place.is_some(), "the places in the round before: {own:?} and {place:?}");
    attempt.fails_in_time();
}

/// A wait that wakes up by itself, to check again, is late by as long as it sleeps in between.
fn is_released_at_once(release: fn(&Barrier), expected: Place) {
    let wait = either_way();
    let barrier = shared(2);
    let waiter = with("waiter", &barrier, move |barrier| Attempt::of(|| wait(barrier)));
    until_others_wait();
    release(&barrier);
    let Attempt { place, took } = finish(waiter);
    assert_eq!(place, expected, "the place of who waited");
    assert!(took <= lateness(), "it took {took:?} until a waiter was released, though no time had passed");
}

#[test]
fn a_wait_has_no_timeout_of_its_own() {
    is_released_at_once(|barrier| _ = plain(barrier), Some(0));
}

#[test]
fn who_waits_is_released_at_once_by_an_abort_or_a_reset() {
    is_released_at_once(one_of([Barrier::abort, Barrier::reset]), None);
}

#[test]
fn while_it_is_broken_waits_fail_at_once() {
    let barrier = shared(2);
    Barrier::abort(&barrier);
    let ways: [Way; 4] =
        [plain, timed, at_once, |barrier| Barrier::wait_timeout(barrier, TIMEOUT).ok()];
    for wait in ways {
        let Attempt { place, took } = Attempt::of(|| wait(&barrier));
        assert_eq!(place, None, "a wait while it is broken");
        assert!(took <= lateness(), "it took {took:?} to fail although the barrier was broken");
    }
}

#[test]
fn a_wait_of_no_time_takes_no_time() {
    for waiters in [0, 1] {
        let barrier = shared(3);
        let waiters: Vec<_> = (0..waiters).map(|_| with("waiter", &barrier, plain)).collect();
        let Attempt { place, took } = Attempt::of(|| at_once(&barrier));
        assert_eq!(place, None, "a wait of no time, where others are missing");
        assert!(took <= SLACK + lateness(), "a wait of no time took {took:?}");
        assert!(waiters.into_iter().all(|waiter| finish(waiter).is_none()), "the others get the same");
    }
}

#[test]
fn a_slow_thread_that_is_the_last_one_has_no_timeout() {
    for timeout in [Duration::ZERO, Duration::from_nanos(1), TIMEOUT] {
        let alone = shared(1);
        let place = Barrier::wait_timeout(&alone, timeout).ok();
        assert_eq!(place, Some(0), "the place of the only party, with a timeout of {timeout:?}");
        let barrier = shared(2);
        let waiter = with("waiter", &barrier, plain);
        until_others_wait();
        let place = Barrier::wait_timeout(&barrier, timeout).ok();
        assert_eq!(place, Some(1), "the place of the last party, with a timeout of {timeout:?}");
        assert_eq!(finish(waiter), Some(0), "the place of the first party");
    }
}

/// Whether the last arrival woke the waiter: then it is released before its timeout, but not before that arrival.
fn is_woken_before_its_time_is_over() -> bool {
    let barrier = shared(2);
    let waiter = with("waiter", &barrier, Attempt::on);
    thread::sleep(A_WHILE);
    let own = plain(&barrier);
    let attempt = finish(waiter);
    let took = attempt.took;
    assert!(took <= TIMEOUT + SLACK + lateness(), "it took {took:?} with a timeout of {TIMEOUT:?}");
    let complete = attempt.place == Some(0) && own == Some(1);
    complete && (A_WHILE..TIMEOUT).contains(&took) && lateness().is_zero()
}

#[test]
fn a_timed_waiter_is_woken_before_its_time_is_over() {
    expect_some(is_woken_before_its_time_is_over);
}
