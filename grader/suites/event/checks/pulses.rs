//! Whoever waits at the moment of a `set` returns, also when `clear` follows at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use event::Event;
use harness::model::choose;
use harness::until_others_wait;

use crate::instruments::{finish, plain, timed, with};

fn pulse(event: &Event) {
    Event::set(event);
    Event::clear(event);
}

/// All wait, and only then `meanwhile` runs, which sets the event and leaves it cleared.
fn releases_all(ways: &[fn(&Event)], meanwhile: impl FnOnce(&Arc<Event>)) {
    let event = Arc::new(Event::new());
    let waiters: Vec<_> = ways.iter().map(|&wait| with("waiter", &event, wait)).collect();
    until_others_wait();
    meanwhile(&event);
    waiters.into_iter().for_each(finish);
    assert!(!Event::is_set(&event), "`is_set` at the end: it was cleared");
}

#[test]
fn a_clear_after_a_set_keeps_no_waiter_back() {
    releases_all(&[plain], |event| pulse(event));
}

#[test]
fn a_clear_after_a_set_keeps_no_timed_waiter_back() {
    releases_all(&[timed], |event| pulse(event));
}

#[test]
fn a_clear_after_a_set_keeps_none_of_two_waiters_back() {
    releases_all(&[plain, timed], |event| pulse(event));
}

/// Whoever begins to wait after one of the clears, and before the other one is over, waits for the next `set` like others.
fn two_clears_at_once_keep_no_waiter_back() {
    let event = Arc::new(Event::new());
    Event::set(&event);
    let clearer = with("clearer", &event, Event::clear);
    Event::clear(&event);
    let waiter = with("waiter", &event, plain);
    finish(clearer);
    Event::set(&event);
    finish(waiter);
    assert!(Event::is_set(&event), "`is_set` at the end: nobody cleared it after the last `set`");
}

#[test]
fn a_clear_by_another_thread_keeps_no_waiter_back() {
    if choose(2) == 1 {
        return two_clears_at_once_keep_no_waiter_back();
    }
    releases_all(&[plain], |event| {
        let clearer = with("clearer", event, Event::clear);
        Event::set(event);
        finish(clearer);
        Event::clear(event);
    });
}

#[test]
fn two_sets_and_clears_keep_no_waiter_back() {
    releases_all(&[plain, timed], |event| (0..2).for_each(|_| pulse(event)));
}

#[test]
fn it_is_not_set_while_those_whom_it_released_are_on_their_way() {
    releases_all(&[plain, timed], |event| {
        pulse(event);
        assert!(!Event::is_set(event), "`is_set` after a `clear`");
        assert!(!Event::wait_timeout(event, Duration::ZERO), "a wait of no time after a `clear`");
    });
}

/// The `set` may still be under way when the event is cleared and the later thread comes.
fn a_slow_set_releases_who_waited() {
    let event = Arc::new(Event::new());
    let first = with("waiter", &event, plain);
    until_others_wait();
    let setter = with("setter", &event, Event::set);
    if Event::is_set(&event) {
        Event::clear(&event);
        let second = with("later waiter", &event, plain);
        finish(first);
        finish(setter);
        Event::set(&event);
        finish(second);
    } else {
        finish(setter);
        finish(first);
    }
}

#[test]
fn a_wait_by_another_thread_keeps_no_waiter_back() {
    if choose(2) == 1 {
        return a_slow_set_releases_who_waited();
    }
    // Whoever comes after the `clear` waits for the next `set`, and takes nothing from those who came before.
    let event = Arc::new(Event::new());
    let first = with("waiter", &event, plain);
    until_others_wait();
    pulse(&event);
    let second = with("later waiter", &event, plain);
    finish(first);
    Event::set(&event);
    finish(second);
}

#[test]
fn a_slow_set_takes_no_wakeup_from_who_comes_after_a_clear() {
    // One `set` is still under way while the event is cleared and set again.
    let event = Arc::new(Event::new());
    let setter = with("setter", &event, Event::set);
    let waiter = with("waiter", &event, plain);
    Event::clear(&event);
    Event::set(&event);
    finish(waiter);
    finish(setter);
}

#[test]
fn a_timed_wait_by_another_thread_keeps_none_of_two_waiters_back() {
    // One of them may have been the one that keeps the time for all who have a timeout.
    let first: fn(&Event) = if choose(2) == 0 { plain } else { timed };
    releases_all(&[first, plain], |event| {
        pulse(event);
        let released = Event::wait_timeout(event, Duration::from_millis(10));
        assert!(!released, "a timed wait that began after the `clear` returned true");
    });
}

/// One of two waiters waits again after the `clear`: the `set` released both, and is no second release of one.
fn who_comes_again_takes_nothing(wait: fn(&Event)) {
    let event = Arc::new(Event::new());
    let waits = Arc::new(AtomicUsize::new(0));
    let (go_on, cleared) = mpsc::channel();
    let theirs = Arc::clone(&waits);
    let again = with("waiter that comes again", &event, move |event| {
        wait(event);
        cleared.recv().expect("the check goes on");
        wait(event);
        theirs.fetch_add(1, Ordering::SeqCst);
    });
    let other = with("other waiter", &event, wait);
    until_others_wait();
    pulse(&event);
    go_on.send(()).expect("the waiter waits for it");
    finish(other);
    until_others_wait();
    let waits = waits.fetch_add(0, Ordering::SeqCst);
    Event::set(&event);
    finish(again);
    assert_eq!(waits, 0, "waits that began after the `clear` and were complete before the next `set`");
}

/// A waiter clears the event and waits again while the `set` that released it is still under way to two others.
fn who_clears_and_comes_again_takes_nothing() {
    let event = Arc::new(Event::new());
    let waits = Arc::new(AtomicUsize::new(0));
    let theirs = Arc::clone(&waits);
    let again = with("waiter that comes again", &event, move |event| {
        Event::wait(event);
        Event::clear(event);
        Event::wait(event);
        theirs.fetch_add(1, Ordering::SeqCst);
    });
    let others = [(); 2].map(|()| with("other waiter", &event, plain));
    until_others_wait();
    Event::set(&event);
    others.into_iter().for_each(finish);
    until_others_wait();
    let waits = waits.fetch_add(0, Ordering::SeqCst);
    Event::set(&event);
    finish(again);
    assert_eq!(waits, 0, "waits that began after the `clear` and were complete before the next `set`");
}

#[test]
fn a_waiter_that_comes_again_takes_nothing_from_another() {
    if choose(2) == 1 {
        return who_clears_and_comes_again_takes_nothing();
    }
    who_comes_again_takes_nothing(plain);
}

#[test]
fn a_timed_waiter_that_comes_again_takes_nothing_from_another() {
    who_comes_again_takes_nothing(timed);
}

#[test]
fn however_often_it_is_set_and_cleared_no_waiter_is_kept_back() {
    // As often as a byte can tell apart. (The search goes through few schedules here: see suite.toml.)
    releases_all(&[plain], |event| (0..256).for_each(|_| pulse(event)));
}
