//! What was done before a `set` happens before what follows the wait that it releases.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use event::Event;
use harness::model::choose;
use harness::until_others_wait;

use crate::instruments::{finish, plain, timed, with};

/// Something is written before `set`, and read after each of these waits. Both are relaxed: only the event orders them.
/// If it is `cleared` at once, the waits have begun before.
fn is_seen_after(waits: &[fn(&Event)], cleared: bool) {
    let event = Arc::new(Event::new());
    let written = Arc::new(AtomicUsize::new(0));
    let waiter = |&wait: &fn(&Event)| {
        let theirs = Arc::clone(&written);
        with("waiter", &event, move |event| {
            wait(event);
            theirs.load(Ordering::Relaxed)
        })
    };
    let waiters: Vec<_> = waits.iter().map(waiter).collect();
    if cleared {
        until_others_wait();
    }
    written.store(1, Ordering::Relaxed);
    Event::set(&event);
    if cleared {
        Event::clear(&event);
    }
    for seen in waiters.into_iter().map(finish) {
        assert_eq!(seen, 1, "what was written before `set`, as it is read after the wait that it released");
    }
}

/// One that waits, or two of them: whoever is released by another waiter has to see it as well.
fn one_or_two(wait: fn(&Event)) -> Vec<fn(&Event)> {
    vec![wait; 1 + choose(2)]
}

#[test]
fn what_was_done_before_a_set_is_seen_after_the_wait() {
    is_seen_after(&one_or_two(plain), false);
}

#[test]
fn what_was_done_before_a_set_is_seen_after_a_timed_wait() {
    is_seen_after(&one_or_two(timed), false);
}

#[test]
fn what_was_done_before_a_set_is_seen_by_who_asks_once() {
    let event = Arc::new(Event::new());
    let written = Arc::new(AtomicUsize::new(0));
    let theirs = Arc::clone(&written);
    // One that elapses at once, and one that may elapse before, during or after the `set`.
    let timeout = [Duration::ZERO, Duration::from_millis(10)][choose(2)];
    let asker = with("asker", &event, move |event| {
        Event::wait_timeout(event, timeout).then(|| theirs.load(Ordering::Relaxed))
    });
    written.store(1, Ordering::Relaxed);
    Event::set(&event);
    if let Some(seen) = finish(asker) {
        assert_eq!(seen, 1, "what was written before `set`, as it is read after a short wait that succeeded");
    }
}

#[test]
fn what_was_done_before_a_set_is_seen_though_a_clear_follows() {
    is_seen_after(&[plain], true);
}

#[test]
fn what_was_done_before_a_set_is_seen_after_a_timed_wait_though_a_clear_follows() {
    is_seen_after(&[timed], true);
}
