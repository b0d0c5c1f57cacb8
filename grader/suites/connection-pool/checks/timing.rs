//! Timeouts, under the model's clock. Each thread has its own: it moves when the thread sleeps or when a
//! timed wait of it runs out, and whoever wakes a thread brings its own time along.

use std::sync::Arc;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use crate::instruments::{Lender, finish, ms, with};

/// The timeout of those who wait. Not a whole number of milliseconds: whoever counts in these gives up early.
pub const TIMEOUT: Duration = Duration::from_micros(100_500);
/// How long others take until they wake somebody: well before the timeout is over.
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
        let failed = lender.hold_within(TIMEOUT, || ()).is_none();
        Attempt { failed, took: called.elapsed() }
    }

    fn keeps_its_time(&self) {
        let took = self.took;
        assert!(!self.failed || took >= TIMEOUT, "gave up after {took:?} with a timeout of {TIMEOUT:?}");
        assert!(took <= TIMEOUT + SLACK, "it took {took:?} with a timeout of {TIMEOUT:?}");
    }
}

/// Waits for something that never becomes free, with spurious wake-ups on the way.
pub fn fails_neither_early_nor_served<L: Lender>() {
    let lender = Arc::new(L::lending(1));
    let attempt = lender.hold(|| finish(with("waiter", &lender, |lender| Attempt::on(lender))));
    assert!(attempt.failed, "served although another thread held the only one");
    attempt.keeps_its_time();
}

/// What it was woken for is taken by somebody else: that is no reason to give up before the time.
pub fn a_stolen_wake_up_is_no_timeout<L: Lender>() {
    let lender = Arc::new(L::lending(1));
    let waiter = lender.hold(|| with("waiter", &lender, |lender| Attempt::on(lender)));
    // Given back, and taken again by this thread if it is the faster one.
    lender.hold_within(ms(0), || ());
    finish(waiter).keeps_its_time();
}

/// Time passes, the waiter is woken, somebody else takes what it was woken for: its clock must run on.
pub fn a_wake_up_does_not_restart_the_clock<L: Lender>() {
    let lender = Arc::new(L::lending(1));
    let waiter = lender.hold(|| {
        let waiter = with("waiter", &lender, |lender| Attempt::on(lender));
        thread::sleep(A_WHILE);
        waiter
    });
    // This thread takes it back if it is faster, and keeps it until the waiter is done.
    let mut waiter = Some(waiter);
    let failed = lender.hold_within(ms(0), || waiter.take().map(finish)).flatten();
    let attempt = failed.or_else(|| waiter.take().map(finish)).expect("the waiter was joined once");
    attempt.keeps_its_time();
}

/// Time passes, and the waiter is unparked by somebody who has nothing for it, as `park` allows.
pub fn being_unparked_does_not_restart_the_clock<L: Lender>() {
    let lender = Arc::new(L::lending(1));
    let attempt = lender.hold(|| {
        let waiter = with("waiter", &lender, |lender| Attempt::on(lender));
        thread::sleep(A_WHILE);
        waiter.thread().unpark();
        finish(waiter)
    });
    assert!(attempt.failed, "served although another thread held the only one");
    attempt.keeps_its_time();
}

/// Whether the waiter was woken by what was given back: then it is served before its time is over, but not
/// before the giver's time. One that comes too late to wait is served at once.
pub fn is_woken_before_its_time_is_over<L: Lender>() -> bool {
    let lender = Arc::new(L::lending(1));
    let waiter = lender.hold(|| {
        let waiter = with("waiter", &lender, |lender| Attempt::on(lender));
        thread::sleep(A_WHILE);
        waiter
    });
    let attempt = finish(waiter);
    !attempt.failed && (A_WHILE..TIMEOUT).contains(&attempt.took)
}
