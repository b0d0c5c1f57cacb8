//! Timeouts, on the model's virtual clock. Each thread has its own: it advances when the thread sleeps or when one of
//! its timed waits expires, and a wakeup passes on the time of the thread that caused it. A slow thread may be late, by
//! as much as the harness says.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use harness::model::{expect_some, lateness, own_lateness};
use harness::until_others_wait;
use work_queue::{GetError, WorkQueue};

use crate::instruments::{finish, puts, with, with_room};

/// The timeout of the waiters. Not a whole number of milliseconds or microseconds, and none that a float of 32 bits can
/// hold: an implementation that rounds down to one of these gives up early.
const TIMEOUT: Duration = Duration::from_nanos(100_500_601);
/// Well within the timeout.
const A_WHILE: Duration = Duration::from_millis(60);
/// What a waiter may add by its own rounding.
const SLACK: Duration = Duration::from_millis(20);

/// How a timed get ended, and how long it took.
struct Attempt {
    got: Result<u32, GetError>,
    took: Duration,
}

impl Attempt {
    fn on(queue: &WorkQueue<u32>) -> Self {
        let called = Instant::now();
        let got = queue.get_timeout(TIMEOUT);
        Attempt { got, took: called.elapsed() }
    }

    fn keeps_its_time(&self) {
        let took = self.took;
        if self.got.is_err() {
            assert_eq!(self.got, Err(GetError::TimedOut), "a timed get from a queue that is open");
            assert!(took >= TIMEOUT, "gave up after {took:?} with a timeout of {TIMEOUT:?}");
        }
        assert!(took <= TIMEOUT + SLACK + lateness(), "it took {took:?} with a timeout of {TIMEOUT:?}");
    }

    fn fails_in_time(&self) {
        assert!(self.got.is_err(), "a timed get returned an item that nobody had put");
        self.keeps_its_time();
    }
}

#[test]
fn a_timed_get_fails_at_its_deadline() {
    let queue = with_room(1, []);
    finish(with("waiter", &queue, Attempt::on)).fails_in_time();
    assert_eq!((queue.len(), queue.unfinished()), (0, 0), "inside and unfinished, after a timeout");
}

#[test]
fn being_unparked_does_not_restart_the_clock() {
    let queue = with_room(1, []);
    let waiter = with("waiter", &queue, Attempt::on);
    thread::sleep(A_WHILE);
    waiter.thread().unpark();
    finish(waiter).fails_in_time();
}

/// Another thread takes what the waiter was woken for.
#[test]
fn a_wakeup_for_an_item_that_another_takes_is_no_timeout() {
    let queue = with_room(1, []);
    let waiter = with("waiter", &queue, Attempt::on);
    puts(1)(&queue);
    let mine = queue.get_timeout(Duration::ZERO);
    let attempt = finish(waiter);
    attempt.keeps_its_time();
    assert!(
        mine.is_ok() != attempt.got.is_ok(),
        "one item was put: who got it, {mine:?} or {:?}",
        attempt.got
    );
}

#[test]
fn a_wakeup_does_not_restart_the_clock() {
    let queue = with_room(1, []);
    let waiter = with("waiter", &queue, Attempt::on);
    thread::sleep(A_WHILE);
    puts(1)(&queue);
    let mine = queue.get_timeout(Duration::ZERO);
    let attempt = finish(waiter);
    attempt.keeps_its_time();
    assert!(
        mine.is_ok() != attempt.got.is_ok(),
        "one item was put: who got it, {mine:?} or {:?}",
        attempt.got
    );
}

#[test]
fn a_slow_thread_takes_what_was_there_before() {
    for timeout in [Duration::ZERO, Duration::from_nanos(1), TIMEOUT] {
        let queue = with_room(1, [1]);
        let got = queue.get_timeout(timeout);
        assert_eq!(got, Ok(1), "a timed get of {timeout:?}, though the item was there all the time");
    }
}

#[test]
fn a_waiter_that_wakes_up_late_takes_what_is_there() {
    let queue = with_room(1, []);
    let was_put = Arc::new(AtomicBool::new(false));
    let theirs = Arc::clone(&was_put);
    let waiter = with("waiter", &queue, move |queue| {
        let got = queue.get_timeout(TIMEOUT);
        // Without preemptions: `put` was called and has returned either before the waiter went on, or after it has
        // ended. An exchange reads the newest value.
        let failed = got.is_err() && theirs.fetch_or(false, Ordering::SeqCst);
        assert!(!failed, "a timed get failed although an item was put, in time, before it woke up");
    });
    until_others_wait();
    puts(1)(&queue);
    was_put.store(true, Ordering::SeqCst);
    finish(waiter);
}

#[test]
fn a_waiter_that_is_slow_takes_what_is_there() {
    let queue = with_room(1, []);
    let put_in_time = Arc::new(AtomicBool::new(false));
    let theirs = Arc::clone(&put_in_time);
    let waiter = with("waiter", &queue, move |queue| {
        let got = queue.get_timeout(TIMEOUT);
        let put_in_time = theirs.fetch_or(false, Ordering::SeqCst);
        // It became slow after `put` had returned: that was before its deadline, and it had not given up before.
        let failed = got.is_err() && put_in_time && !own_lateness().is_zero();
        assert!(!failed, "a timed get failed although an item was put, in time, before it was delayed");
    });
    puts(1)(&queue);
    if lateness().is_zero() {
        put_in_time.store(true, Ordering::SeqCst);
    }
    finish(waiter);
}

/// Whether `change` woke the waiter: then it returns before its timeout, but not before the time of the change.
fn is_woken(change: impl FnOnce(&WorkQueue<u32>), expected: Result<u32, GetError>) -> bool {
    let queue = with_room(1, []);
    let waiter = with("waiter", &queue, Attempt::on);
    thread::sleep(A_WHILE);
    change(&queue);
    let Attempt { got, took } = finish(waiter);
    assert!(took <= TIMEOUT + SLACK + lateness(), "it took {took:?} with a timeout of {TIMEOUT:?}");
    let in_time = took < TIMEOUT && lateness().is_zero();
    assert!(!in_time || got == expected, "a timed get returned {got:?} before its time was over");
    in_time && took >= A_WHILE
}

#[test]
fn an_item_wakes_a_timed_get_before_its_time_is_over() {
    expect_some(|| is_woken(puts(1), Ok(1)));
}

#[test]
fn closing_wakes_a_timed_get_before_its_time_is_over() {
    expect_some(|| is_woken(WorkQueue::close, Err(GetError::Closed)));
}
