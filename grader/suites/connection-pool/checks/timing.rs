//! Timeouts, on the model's virtual clock. Each thread has its own: it advances when the thread sleeps or
//! when one of its timed waits expires, and a wakeup passes on the time of the thread that caused it. A slow thread
//! may be late, by as much as the harness says.

use std::sync::Arc;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use harness::model::{choose, lateness};

use crate::instruments::{AGES, Lender, Way, finish, ms, with};

/// The timeout of the waiters. Not a whole number of milliseconds or microseconds, and none that a float of 32 bits can
/// hold: an implementation that rounds down to one of these gives up early.
pub const TIMEOUT: Duration = Duration::from_nanos(100_500_601);
/// How long a thread sleeps before it wakes another one: well within the timeout.
pub const A_WHILE: Duration = Duration::from_millis(60);
/// What a waiter may add by its own rounding.
const SLACK: Duration = Duration::from_millis(20);

/// How a timed acquire ended, and how long it took.
struct Attempt {
    failed: bool,
    took: Duration,
}

impl Attempt {
    fn on<L: Lender>(lender: &L) -> Self {
        let called = Instant::now();
        let failed = L::hold_within(&lender, TIMEOUT, || ()).is_none();
        Attempt { failed, took: called.elapsed() }
    }

    fn keeps_its_time(&self) {
        let took = self.took;
        assert!(!self.failed || took >= TIMEOUT, "gave up after {took:?} with a timeout of {TIMEOUT:?}");
        assert!(took <= TIMEOUT + SLACK + lateness(), "it took {took:?} with a timeout of {TIMEOUT:?}");
    }
}

/// Gives back while a timed waiter waits, or is about to: its own timeout is not what wakes it.
pub fn giving_back_wakes_a_timed_waiter<L: Lender>() {
    let lender = Arc::new(L::lending(1));
    let waiter =
        L::hold(&lender, || with("waiter", &lender, |lender| L::hold_within(&lender, AGES, || ()).is_some()));
    assert!(finish(waiter), "a timed waiter gave up, long before its time was over");
    assert_eq!(L::free(&lender), 1, "free at the end");
    assert!(L::hold_within(&lender, ms(0), || ()).is_some(), "a try when everything is free");
}

/// Two are given back in a row, while one thread waits with a timeout, which may expire meanwhile, and another one
/// without. Each keeps what it gets, so that the other one needs a notification of its own.
pub fn two_given_back_wake_a_timed_waiter_as_well<L: Lender>() {
    let inputs =
        [(AGES, Way::Plainly), (ms(10), Way::Plainly), (AGES, Way::ByRelease), (AGES, Way::Unwinding)];
    let (timeout, way) = inputs[choose(inputs.len())];
    let lender = Arc::new(L::lending(2));
    let (patient, timed) = L::lend(&lender, way, || {
        L::lend(&lender, way, || {
            let patient = with("waiter", &lender, |lender| L::keep(&lender));
            let timed = with("timed waiter", &lender, move |lender| L::keep_within(&lender, timeout));
            (patient, timed)
        })
    });
    finish(patient);
    let served = finish(timed);
    assert!(served || timeout < AGES, "a timed waiter gave up, long before its time was over");
    assert_eq!(L::free(&lender), usize::from(!served), "free while the others are held");
}

/// Waits for something that never becomes free, with spurious wakeups in between.
pub fn fails_neither_early_nor_served<L: Lender>() {
    let lender = Arc::new(L::lending(1));
    let attempt = L::hold(&lender, || finish(with("waiter", &lender, |lender| Attempt::on(lender))));
    assert!(attempt.failed, "served although another thread held the only one");
    attempt.keeps_its_time();
}

/// Another thread takes what the waiter was woken for: the waiter must not give up early.
pub fn a_stolen_wake_up_is_no_timeout<L: Lender>() {
    let lender = Arc::new(L::lending(1));
    let waiter = L::hold(&lender, || with("waiter", &lender, |lender| Attempt::on(lender)));
    // Given back, and taken again by this thread if it is the faster one.
    L::hold_within(&lender, ms(0), || ());
    finish(waiter).keeps_its_time();
}

/// Time passes, the waiter is woken, and another thread takes what it was woken for: its timeout must not
/// restart.
pub fn a_wake_up_does_not_restart_the_clock<L: Lender>() {
    let lender = Arc::new(L::lending(1));
    let waiter = L::hold(&lender, || {
        let waiter = with("waiter", &lender, |lender| Attempt::on(lender));
        thread::sleep(A_WHILE);
        waiter
    });
    // This thread takes it back if it is faster, and keeps it until the waiter is done.
    let mut waiter = Some(waiter);
    let failed = L::hold_within(&lender, ms(0), || waiter.take().map(finish)).flatten();
    let attempt = failed.or_else(|| waiter.take().map(finish)).expect("the waiter was joined once");
    attempt.keeps_its_time();
}

/// Time passes, and the waiter is unparked although nothing is free: `park` may return spuriously.
pub fn being_unparked_does_not_restart_the_clock<L: Lender>() {
    let lender = Arc::new(L::lending(1));
    let attempt = L::hold(&lender, || {
        let waiter = with("waiter", &lender, |lender| Attempt::on(lender));
        thread::sleep(A_WHILE);
        waiter.thread().unpark();
        finish(waiter)
    });
    assert!(attempt.failed, "served although another thread held the only one");
    attempt.keeps_its_time();
}

/// A thread that is slow takes what is free all the same: a timeout is for waiting.
pub fn a_slow_thread_takes_what_is_free<L: Lender>() {
    let lender = L::lending(1);
    for timeout in [Duration::from_nanos(1), TIMEOUT] {
        let served = L::hold_within(&lender, timeout, || ()).is_some();
        assert!(served, "a timed acquire failed although the only one was free all the time");
    }
    assert_eq!(L::free(&lender), 1, "free at the end");
}

/// Whether the release woke the waiter: then it is served before its timeout, but not before the time of the
/// release. One that is late finds it free.
pub fn is_woken_before_its_time_is_over<L: Lender>() -> bool {
    let lender = Arc::new(L::lending(1));
    let waiter = L::hold(&lender, || {
        let waiter = with("waiter", &lender, |lender| Attempt::on(lender));
        thread::sleep(A_WHILE);
        waiter
    });
    let attempt = finish(waiter);
    !attempt.failed && (A_WHILE..TIMEOUT).contains(&attempt.took) && lateness().is_zero()
}
