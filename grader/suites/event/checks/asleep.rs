//! Blocked threads use no processor time and do not poll.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use event::{Event, Monitor};
use harness::stress::{Sleepers, rest, sleepers, until_others_sleep};

use crate::instruments::{finish, plain, with};

/// A few at one event, and at another one more than there are places where places are few.
const WAITERS: [usize; 2] = [3, 40];
/// Far longer than the checks last: a thread that is woken never gets there.
const A_WHILE: Duration = Duration::from_secs(30);

/// Keeps threads waiting for a while, some at one event and some at another, and looks at what they do meanwhile.
fn waiters_sleep(wait: fn(&Event)) {
    let events = WAITERS.map(|count| (count, Arc::new(Event::new())));
    let begin = |(count, event): &(usize, Arc<Event>)| -> Vec<_> {
        (0..*count).map(|_| with("waiter", event, wait)).collect()
    };
    let waiters: Vec<_> = events.iter().flat_map(begin).collect();
    until_others_sleep();
    // Nothing happens for which they wait.
    for (_, event) in &events {
        Event::clear(event);
        Event::wait_timeout(event, Duration::ZERO);
    }
    let rest = rest();
    events.iter().for_each(|(_, event)| Event::set(event));
    waiters.into_iter().for_each(finish);
    rest.assert_quiet("the threads that waited");
}

#[test]
fn threads_that_wait_sleep() {
    waiters_sleep(plain);
}

#[test]
fn threads_that_wait_with_a_timeout_sleep() {
    waiters_sleep(|event| assert!(Event::wait_timeout(event, A_WHILE), "set long before"));
}

#[test]
fn threads_that_wait_after_a_clear_sleep() {
    let event = Arc::new(Event::new());
    Event::set(&event);
    Event::clear(&event);
    let waiters = [(); WAITERS[0]].map(|()| with("waiter", &event, plain));
    until_others_sleep();
    let rest = rest();
    Event::set(&event);
    waiters.into_iter().for_each(finish);
    rest.assert_quiet("the threads that waited after a `clear`");
}

/// How many other threads this process has. `None` where the system does not tell, or one of them is awake.
fn others() -> Option<usize> {
    match sleepers() {
        Sleepers::All(lines) => Some(lines.iter().filter(|line| line.starts_with("Pid:")).count()),
        Sleepers::SomeAwake | Sleepers::Unknown => None,
    }
}

/// A thread that has been joined is gone soon.
const A_MOMENT: Duration = Duration::from_millis(20);

#[test]
fn a_monitor_leaves_no_thread_behind() {
    if sleepers() == Sleepers::Unknown {
        return;
    }
    until_others_sleep();
    let before = others();
    let ends: [fn(Monitor); 2] = [|monitor| _ = Monitor::stop(monitor), drop];
    for end in ends {
        let monitor = Monitor::start(A_WHILE, || ());
        until_others_sleep();
        end(monitor);
    }
    let gone = (0..100).any(|_| {
        thread::sleep(A_MOMENT);
        others() == before
    });
    assert!(
        gone,
        "threads that are left after two monitors have ended: {:?}, and before there were {before:?}",
        others()
    );
}

/// A thread that sleeps in slices is awake for a moment after each of them.
const LONGER_THAN_A_SLICE: Duration = Duration::from_millis(2_500);
/// Something else may disturb a thread that sleeps, but not each time.
const ATTEMPTS: usize = 3;

#[test]
fn a_monitor_sleeps_once_between_two_beats() {
    let monitor = Monitor::start(A_WHILE, || ());
    until_others_sleep();
    let rest = rest();
    let slept = (0..ATTEMPTS).any(|_| {
        let before = sleepers();
        thread::sleep(LONGER_THAN_A_SLICE);
        // Where the system does not tell, what `rest` has seen is all that there is to see.
        before == Sleepers::Unknown || (before == sleepers() && matches!(before, Sleepers::All(_)))
    });
    Monitor::stop(monitor);
    rest.assert_quiet("the thread of a monitor");
    assert!(slept, "the thread of a monitor woke up although it had nothing to do for half a minute");
}
