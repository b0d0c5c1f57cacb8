//! Calls that wait for nothing, while other threads use the same event.

use std::sync::Arc;
use std::time::{Duration, Instant};

use event::Event;
use harness::model::lateness;
use harness::until_others_wait;

use crate::instruments::{finish, plain, with};

/// `is_set`, and a wait of no time.
fn asks(event: &Event) -> [bool; 2] {
    [Event::is_set(event), Event::wait_timeout(event, Duration::ZERO)]
}

#[test]
fn asking_while_others_wait_disturbs_nobody() {
    let event = Arc::new(Event::new());
    let waiter = with("waiter", &event, plain);
    until_others_wait();
    assert_eq!(asks(&event), [false; 2], "`is_set` and a wait of no time, while a thread waits");
    Event::clear(&event);
    Event::set(&event);
    finish(waiter);
}

#[test]
fn what_waits_for_nothing_takes_no_time() {
    let event = Arc::new(Event::new());
    let waiter = with("waiter", &event, plain);
    until_others_wait();
    let called = Instant::now();
    let before = asks(&event);
    Event::clear(&event);
    Event::set(&event);
    let after = asks(&event);
    let took = called.elapsed();
    finish(waiter);
    assert_eq!(
        [before, after],
        [[false; 2], [true; 2]],
        "`is_set` and a wait of no time, before and after a `set`"
    );
    assert!(took <= lateness(), "calls that wait for nothing took {took:?}");
}

#[test]
fn all_who_ask_at_the_same_time_find_it_set() {
    let event = Arc::new(Event::new());
    Event::set(&event);
    let other = with("asker", &event, asks);
    let own = asks(&event);
    assert_eq!(
        [own, finish(other)],
        [[true; 2]; 2],
        "`is_set` and a wait of no time, for each of two threads"
    );
}

#[test]
fn a_set_is_not_lost_while_another_thread_asks() {
    let event = Arc::new(Event::new());
    let other = with("asker", &event, asks);
    Event::set(&event);
    let own = asks(&event);
    finish(other);
    assert_eq!(own, [true; 2], "`is_set` and a wait of no time, after a `set`");
}

#[test]
fn a_clear_is_not_lost_while_another_thread_asks() {
    let event = Arc::new(Event::new());
    Event::set(&event);
    let other = with("asker", &event, asks);
    Event::clear(&event);
    let own = asks(&event);
    finish(other);
    assert_eq!(own, [false; 2], "`is_set` and a wait of no time, after a `clear`");
}

#[test]
fn a_set_and_a_clear_at_the_same_time_leave_one_state() {
    for was_set in [false, true] {
        let event = Arc::new(Event::new());
        if was_set {
            Event::set(&event);
        }
        let other = with("clearer", &event, Event::clear);
        Event::set(&event);
        finish(other);
        let [is_set, released] = asks(&event);
        assert_eq!(
            is_set, released,
            "`is_set` and a wait of no time, after a `set` and a `clear` have ended"
        );
        Event::set(&event);
        assert_eq!(asks(&event), [true; 2], "set once more");
        Event::clear(&event);
        assert_eq!(asks(&event), [false; 2], "cleared once more");
    }
}
