//! What one thread finds out alone.

use std::time::{Duration, Instant};

use event::Event;

use crate::instruments::AGES;

const MOMENT: Duration = Duration::from_millis(2);

#[test]
fn a_new_event_is_not_set() {
    for event in [Event::new(), Event::default()] {
        assert!(!Event::is_set(&event), "`is_set` of a new event");
        assert!(!Event::wait_timeout(&event, Duration::ZERO), "a new event, asked once");
        assert!(!format!("{event:?}").is_empty(), "`derive(Debug)`");
    }
}

#[test]
fn it_is_set_until_it_is_cleared() {
    let event = Event::new();
    Event::clear(&event);
    assert!(!Event::is_set(&event), "`is_set` after a `clear` of what was not set");
    for round in 0..3 {
        Event::set(&event);
        assert!(Event::is_set(&event), "`is_set` after `set`, round {round}");
        Event::set(&event);
        assert!(Event::is_set(&event), "`is_set` after a second `set`, round {round}");
        Event::clear(&event);
        assert!(!Event::is_set(&event), "`is_set` after `clear`, round {round}");
        Event::clear(&event);
        assert!(!Event::is_set(&event), "`is_set` after a second `clear`, round {round}");
    }
}

#[test]
fn waiting_returns_at_once_while_it_is_set() {
    let event = Event::new();
    for round in 0..3 {
        Event::set(&event);
        // Nobody else is there to wake this thread.
        Event::wait(&event);
        Event::wait(&event);
        for timeout in [Duration::ZERO, Duration::from_nanos(1), MOMENT, AGES] {
            assert!(Event::wait_timeout(&event, timeout), "set, and a timeout of {timeout:?}, round {round}");
        }
        assert!(Event::is_set(&event), "`is_set` after it was waited for, round {round}");
        Event::clear(&event);
    }
}

#[test]
fn a_timed_wait_fails_while_it_is_not_set() {
    let event = Event::new();
    for round in 0..3 {
        for timeout in [Duration::ZERO, Duration::from_nanos(1), MOMENT, 3 * MOMENT] {
            let start = Instant::now();
            assert!(
                !Event::wait_timeout(&event, timeout),
                "not set, and a timeout of {timeout:?}, round {round}"
            );
            let took = start.elapsed();
            assert!(took >= timeout, "gave up after {took:?} with a timeout of {timeout:?}, round {round}");
        }
        assert!(!Event::is_set(&event), "`is_set` after the timeouts, round {round}");
        Event::set(&event);
        Event::clear(&event);
    }
}

#[test]
fn one_event_knows_nothing_of_another() {
    let (one, other) = (Event::new(), Event::new());
    Event::set(&one);
    assert!(!Event::is_set(&other) && !Event::wait_timeout(&other, Duration::ZERO), "the other one was set");
    Event::set(&other);
    Event::clear(&one);
    assert!(
        Event::is_set(&other) && Event::wait_timeout(&other, Duration::ZERO),
        "the other one was cleared"
    );
    assert!(!Event::is_set(&one) && !Event::wait_timeout(&one, Duration::ZERO), "this one was cleared");
}
