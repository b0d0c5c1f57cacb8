//! More threads than can be searched: in schedules that are sampled.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use event::Event;
use harness::model::choose;
use harness::until_others_wait;

use crate::instruments::{finish, plain, timed, with};

const WAITERS: usize = 8;

#[test]
fn eight_waiters_are_released_by_one_set() {
    let event = Arc::new(Event::new());
    let waiters = [(); WAITERS].map(|()| with("waiter", &event, if choose(2) == 0 { plain } else { timed }));
    Event::set(&event);
    waiters.into_iter().for_each(finish);
}

#[test]
fn eight_waiters_are_released_in_three_rounds() {
    // Two events in turn: nobody waits for the next round at an event that is still set.
    let events = Arc::new([Event::new(), Event::new()]);
    let complete = Arc::new(AtomicUsize::new(0));
    let waiters = [(); WAITERS].map(|()| {
        let complete = Arc::clone(&complete);
        let ways = [(); 3].map(|()| choose(2));
        with("waiter", &events, move |events| {
            for (round, way) in ways.into_iter().enumerate() {
                let wait = if way == 0 { plain } else { timed };
                wait(&events[round % 2]);
                complete.fetch_add(1, Ordering::SeqCst);
            }
        })
    });
    for round in 0..3 {
        until_others_wait();
        let complete = complete.fetch_add(0, Ordering::SeqCst);
        assert_eq!(complete, round * WAITERS, "waits that are complete before round {round}");
        let pulses = 1 + choose(2);
        for _ in 0..pulses {
            Event::set(&events[round % 2]);
            Event::clear(&events[round % 2]);
        }
    }
    waiters.into_iter().for_each(finish);
}
