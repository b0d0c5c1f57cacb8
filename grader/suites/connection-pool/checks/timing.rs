//! Timeouts, under the model's clock: it moves only when a thread sleeps or a timed wait runs out.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use crate::instruments::{Lender, finish, ms, with};

const TIMEOUT: Duration = Duration::from_millis(100);
/// What a waiter may add by its own rounding. The clock of the model does not run by itself.
const SLACK: Duration = Duration::from_millis(20);

/// Whether the timed acquire failed, and when it was called and when it returned.
struct Attempt {
    failed: bool,
    called: Instant,
    returned: Instant,
}

impl Attempt {
    fn on<L: Lender>(lender: &L) -> Self {
        let called = Instant::now();
        let failed = lender.hold_within(TIMEOUT, || ()).is_none();
        Attempt { failed, called, returned: Instant::now() }
    }

    fn took(&self) -> Duration {
        self.returned - self.called
    }
}

/// Waits for something that never becomes free, with spurious wake-ups on the way.
pub fn fails_neither_early_nor_served<L: Lender>() {
    let lender = Arc::new(L::lending(1));
    let attempt = lender.hold(|| finish(with(&lender, |lender| Attempt::on(lender))));
    assert!(attempt.failed, "served although another thread held the only one");
    let took = attempt.took();
    assert!(took >= TIMEOUT, "gave up after {took:?} of {TIMEOUT:?}");
    assert!(took <= TIMEOUT + SLACK, "gave up after {took:?} with a timeout of {TIMEOUT:?}");
}

/// What it was woken for is taken by somebody else: that is no reason to give up before the time.
pub fn a_stolen_wake_up_is_no_timeout<L: Lender>() {
    let lender = Arc::new(L::lending(1));
    let waiter = lender.hold(|| with(&lender, |lender| Attempt::on(lender)));
    // Given back, and taken again by this thread if it is the faster one.
    lender.hold_within(ms(0), || ());
    let attempt = finish(waiter);
    let took = attempt.took();
    assert!(!attempt.failed || took >= TIMEOUT, "gave up after {took:?} of {TIMEOUT:?}");
}

/// Something is given back for good. Whoever gives up after that had no time left when it happened.
pub fn takes_what_became_free_in_time<L: Lender>() {
    let lender = Arc::new(L::lending(1));
    let waiter = lender.hold(|| {
        let waiter = with(&lender, |lender| Attempt::on(lender));
        thread::sleep(TIMEOUT / 2);
        waiter
    });
    let free_since = Instant::now();
    let attempt = finish(waiter);
    let deadline = attempt.called + TIMEOUT;
    assert!(
        !attempt.failed || free_since >= deadline,
        "gave up although it was free {:?} before the deadline, and from then on",
        deadline.saturating_duration_since(free_since)
    );
}

/// Time passes, the waiter wakes for nothing, and its clock must run on.
///
/// Searched with no preemptions: between reading the clock here and reading it in the timed acquire no other
/// thread comes in, so the deadline is known. Other threads sleep for less than the timeout.
pub fn keeps_its_deadline_through_wake_ups<L: Lender>() {
    let lender = Arc::new(L::lending(1));
    let waiter = lender.hold(|| {
        let waiter = with(&lender, |lender| Attempt::on(lender));
        thread::sleep(TIMEOUT * 3 / 5);
        waiter
    });
    // The waiter is woken, but this thread takes it back if it is faster, and keeps it until the waiter is done.
    let mut waiter = Some(waiter);
    let failed = lender.hold_within(ms(0), || waiter.take().map(finish)).flatten();
    let attempt = failed.or_else(|| waiter.take().map(finish)).expect("the waiter was joined once");
    let took = attempt.took();
    assert!(took <= TIMEOUT + SLACK, "it took {took:?} with a timeout of {TIMEOUT:?}");
    assert!(!attempt.failed || took >= TIMEOUT, "gave up after {took:?} of {TIMEOUT:?}");
}

/// Time passes and nothing is given back: a spurious wake-up must not start the clock anew. Searched like
/// the one above.
pub fn keeps_its_deadline_when_nothing_happens<L: Lender>() {
    let lender = Arc::new(L::lending(1));
    let attempt = lender.hold(|| {
        let waiter = with(&lender, |lender| Attempt::on(lender));
        thread::sleep(TIMEOUT * 3 / 5);
        finish(waiter)
    });
    let took = attempt.took();
    assert!(took >= TIMEOUT, "gave up after {took:?} of {TIMEOUT:?}");
    assert!(took <= TIMEOUT + SLACK, "gave up after {took:?} with a timeout of {TIMEOUT:?}");
}
