//! Timeouts, on the model's virtual clock. Each thread has its own: it advances when the thread sleeps or when one of
//! its timed waits expires, and a wakeup passes on the time of the thread that caused it. A slow thread may be late, by
//! as much as the harness says.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use event::Event;
use harness::model::{choose, expect_some, lateness, own_lateness};
use harness::until_others_wait;

use crate::instruments::{finish, plain, timed, with};

/// The timeout of the waiters. Not a whole number of milliseconds or microseconds, and none that a float of 32 bits can
/// hold: an implementation that rounds down to one of these gives up early.
const TIMEOUT: Duration = Duration::from_nanos(100_500_601);
/// Well within the timeout.
const A_WHILE: Duration = Duration::from_millis(60);
/// What a waiter may add by its own rounding.
const SLACK: Duration = Duration::from_millis(20);

/// How a timed wait ended, and how long it took.
struct Attempt {
    released: bool,
    took: Duration,
}

impl Attempt {
    fn on(event: &Event) -> Self {
        let called = Instant::now();
        let released = Event::wait_timeout(event, TIMEOUT);
        Attempt { released, took: called.elapsed() }
    }

    fn fails_in_time(&self) {
        let took = self.took;
        assert!(!self.released, "a timed wait returned true though nobody had set the event");
        assert!(took >= TIMEOUT, "gave up after {took:?} with a timeout of {TIMEOUT:?}");
        assert!(took <= TIMEOUT + SLACK + lateness(), "it took {took:?} with a timeout of {TIMEOUT:?}");
    }
}

/// Whoever keeps the time for all who wait has to be told that somebody's is over sooner.
fn a_shorter_timeout_ends_earlier() {
    let event = Arc::new(Event::new());
    let patient = with("waiter with a longer timeout", &event, timed);
    until_others_wait();
    let attempt = Attempt::on(&event);
    Event::set(&event);
    finish(patient);
    attempt.fails_in_time();
}

#[test]
fn a_timed_wait_fails_at_its_deadline() {
    if choose(2) == 1 {
        return a_shorter_timeout_ends_earlier();
    }
    let event = Arc::new(Event::new());
    finish(with("waiter", &event, Attempt::on)).fails_in_time();
}

#[test]
fn being_unparked_does_not_restart_the_clock() {
    let event = Arc::new(Event::new());
    let waiter = with("waiter", &event, Attempt::on);
    thread::sleep(A_WHILE);
    waiter.thread().unpark();
    finish(waiter).fails_in_time();
}

#[test]
fn a_slow_thread_finds_an_event_that_was_set_before() {
    let event = Event::new();
    Event::set(&event);
    for timeout in [Duration::from_nanos(1), TIMEOUT] {
        assert!(
            Event::wait_timeout(&event, timeout),
            "a timed wait failed although the event was set all the time"
        );
    }
}

#[test]
fn a_waiter_that_wakes_up_late_finds_the_event_set() {
    let event = Arc::new(Event::new());
    let was_set = Arc::new(AtomicBool::new(false));
    let theirs = Arc::clone(&was_set);
    let waiter = with("waiter", &event, move |event| {
        let released = Event::wait_timeout(event, TIMEOUT);
        // Without preemptions: `set` was called and has returned either before the waiter went on, or after it has
        // ended. An exchange reads the newest value.
        let failed = !released && theirs.fetch_or(false, Ordering::SeqCst);
        assert!(!failed, "a timed wait failed although the event was set, in time, before it woke up");
    });
    until_others_wait();
    let cleared = choose(2) == 1;
    Event::set(&event);
    if cleared {
        // It was waiting at the `set`, which released it.
        Event::clear(&event);
    }
    was_set.store(true, Ordering::SeqCst);
    finish(waiter);
}

#[test]
fn a_waiter_that_is_slow_finds_the_event_set() {
    let event = Arc::new(Event::new());
    let set_in_time = Arc::new(AtomicBool::new(false));
    let theirs = Arc::clone(&set_in_time);
    let waiter = with("waiter", &event, move |event| {
        let released = Event::wait_timeout(event, TIMEOUT);
        let set_in_time = theirs.fetch_or(false, Ordering::SeqCst);
        // It became slow after `set` had returned: that was before its deadline, and it had not given up before.
        let failed = !released && set_in_time && !own_lateness().is_zero();
        assert!(!failed, "a timed wait failed although the event was set, in time, before it was delayed");
    });
    Event::set(&event);
    if lateness().is_zero() {
        set_in_time.store(true, Ordering::SeqCst);
    }
    finish(waiter);
}

/// A wait that wakes up by itself, to check again, is late by as long as it sleeps in between.
fn is_released_at_once(wait: fn(&Event)) {
    let event = Arc::new(Event::new());
    let waiter = with("waiter", &event, move |event| {
        let called = Instant::now();
        wait(event);
        called.elapsed()
    });
    until_others_wait();
    Event::set(&event);
    let took = finish(waiter);
    assert!(took <= lateness(), "it took {took:?} until a waiter was released, though no time had passed");
}

#[test]
fn a_wait_has_no_timeout_of_its_own() {
    is_released_at_once(plain);
}

#[test]
fn a_timed_wait_has_no_other_timeout() {
    is_released_at_once(timed);
}

#[test]
fn a_clear_does_not_restart_the_clock() {
    let event = Arc::new(Event::new());
    let waiter = with("waiter", &event, Attempt::on);
    thread::sleep(A_WHILE);
    Event::clear(&event);
    finish(waiter).fails_in_time();
}

/// Whether the `set` woke the waiter: then it is released before its timeout, but not before the time of the `set`.
fn is_woken_before_its_time_is_over() -> bool {
    let event = Arc::new(Event::new());
    let waiter = with("waiter", &event, Attempt::on);
    thread::sleep(A_WHILE);
    Event::set(&event);
    let attempt = finish(waiter);
    let took = attempt.took;
    assert!(took <= TIMEOUT + SLACK + lateness(), "it took {took:?} with a timeout of {TIMEOUT:?}");
    attempt.released && (A_WHILE..TIMEOUT).contains(&took) && lateness().is_zero()
}

#[test]
fn a_timed_waiter_is_woken_before_its_time_is_over() {
    expect_some(is_woken_before_its_time_is_over);
}
