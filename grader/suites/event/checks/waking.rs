//! Waiting for a `set`, and for nothing else.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread::Thread;
use std::time::Duration;

use event::Event;
use harness::model::choose;
use harness::until_others_wait;

use crate::instruments::{finish, plain, timed, with};

/// A `set` while threads wait, or before they do.
fn all_are_woken(ways: &[fn(&Event)]) {
    let event = Arc::new(Event::new());
    let waiters: Vec<_> = ways.iter().map(|&wait| with("waiter", &event, wait)).collect();
    Event::set(&event);
    waiters.into_iter().for_each(finish);
    assert!(Event::is_set(&event), "`is_set` at the end: nobody has cleared it");
}

#[test]
fn a_set_wakes_a_waiter() {
    all_are_woken(&[plain]);
}

#[test]
fn a_set_wakes_a_timed_waiter() {
    all_are_woken(&[timed]);
}

#[test]
fn a_set_wakes_two_waiters() {
    all_are_woken(&[plain, plain]);
}

#[test]
fn a_set_wakes_two_timed_waiters() {
    all_are_woken(&[timed, timed]);
}

#[test]
fn a_set_wakes_waiters_of_both_kinds() {
    all_are_woken(&[plain, timed]);
}

#[test]
fn two_sets_at_the_same_time_wake_two_waiters() {
    let event = Arc::new(Event::new());
    let waiters: [fn(&Event); 2] = [plain, timed];
    let waiters = waiters.map(|wait| with("waiter", &event, wait));
    let other = with("setter", &event, Event::set);
    Event::set(&event);
    finish(other);
    waiters.into_iter().for_each(finish);
}

/// A thread that waits, and how many have returned from it.
fn nobody_returns_before_a_set(wait: fn(&Event), meanwhile: impl FnOnce(&Event, &Thread)) {
    let event = Arc::new(Event::new());
    let returned = Arc::new(AtomicUsize::new(0));
    let theirs = Arc::clone(&returned);
    let waiter = with("waiter", &event, move |event| {
        wait(event);
        theirs.fetch_add(1, Ordering::SeqCst);
    });
    meanwhile(&event, waiter.thread());
    until_others_wait();
    // An addition reads the newest value.
    let returned = returned.fetch_add(0, Ordering::SeqCst);
    Event::set(&event);
    finish(waiter);
    assert_eq!(returned, 0, "threads that returned from a wait though nobody had set the event");
}

#[test]
fn nobody_is_released_without_a_set() {
    nobody_returns_before_a_set(plain, |_, _| ());
}

#[test]
fn no_timed_waiter_is_released_without_a_set() {
    if choose(2) == 1 {
        return who_was_released_at_one_waits_at_the_other();
    }
    nobody_returns_before_a_set(timed, |_, _| ());
}

#[test]
fn being_unparked_is_no_set() {
    nobody_returns_before_a_set(plain, |_, waiter| waiter.unpark());
}

#[test]
fn being_unparked_is_no_set_for_a_timed_waiter() {
    nobody_returns_before_a_set(timed, |_, waiter| waiter.unpark());
}

#[test]
fn a_clear_releases_nobody() {
    nobody_returns_before_a_set(plain, |event, _| Event::clear(event));
}

#[test]
fn a_clear_releases_no_timed_waiter() {
    nobody_returns_before_a_set(timed, |event, _| Event::clear(event));
}

/// A thread waits at each of two events, with so many others made in between: what is shared by some of all events, by
/// their number, comes back there.
fn each_event_releases_its_own(between: usize) {
    let one = Arc::new(Event::new());
    let _between: Vec<_> = (0..between).map(|_| Event::new()).collect();
    let other = Arc::new(Event::new());
    let first = with("waiter", &one, plain);
    until_others_wait();
    let second = with("waiter at another event", &other, plain);
    until_others_wait();
    Event::set(&other);
    finish(second);
    Event::set(&one);
    finish(first);
}

#[test]
fn a_set_of_one_event_releases_nobody_at_another() {
    if let Some(between) = [None, Some(15), Some(63), Some(255)][choose(4)] {
        return each_event_releases_its_own(between);
    }
    let other = Event::new();
    nobody_returns_before_a_set(plain, |_, _| Event::set(&other));
}

/// It was set and cleared before the waiter comes.
fn who_comes_later_waits_for_the_next_set(wait: fn(&Event)) {
    let event = Arc::new(Event::new());
    Event::set(&event);
    Event::wait(&event);
    Event::clear(&event);
    let returned = Arc::new(AtomicUsize::new(0));
    let theirs = Arc::clone(&returned);
    let waiter = with("waiter", &event, move |event| {
        wait(event);
        theirs.fetch_add(1, Ordering::SeqCst);
    });
    until_others_wait();
    let returned = returned.fetch_add(0, Ordering::SeqCst);
    Event::set(&event);
    finish(waiter);
    assert_eq!(returned, 0, "threads that came after the `clear` and returned before the next `set`");
}

#[test]
fn who_comes_after_a_clear_waits_for_the_next_set() {
    who_comes_later_waits_for_the_next_set(plain);
}

#[test]
fn who_comes_after_a_clear_waits_for_the_next_set_with_a_timeout() {
    who_comes_later_waits_for_the_next_set(timed);
}

/// A waiter that comes again: each round has its own `set`.
fn each_round_is_waited_for(wait: fn(&Event)) {
    let event = Arc::new(Event::new());
    let rounds = Arc::new(AtomicUsize::new(0));
    let (go_on, next) = mpsc::channel();
    let theirs = Arc::clone(&rounds);
    let waiter = with("waiter", &event, move |event| {
        for _ in 0..2 {
            wait(event);
            theirs.fetch_add(1, Ordering::SeqCst);
            next.recv().expect("the check goes on");
        }
    });
    for round in 0..2 {
        until_others_wait();
        let before = rounds.fetch_add(0, Ordering::SeqCst);
        assert_eq!(before, round, "rounds that were complete before their `set`");
        Event::set(&event);
        until_others_wait();
        let after = rounds.fetch_add(0, Ordering::SeqCst);
        assert_eq!(after, round + 1, "rounds that were complete after their `set`");
        Event::clear(&event);
        go_on.send(()).expect("the waiter waits for it");
    }
    finish(waiter);
}

#[test]
fn a_waiter_that_comes_again_waits_again() {
    each_round_is_waited_for(plain);
}

#[test]
fn a_timed_waiter_that_comes_again_waits_again() {
    each_round_is_waited_for(timed);
}

/// It elapses in the model whenever somebody waits for it.
const A_MOMENT: Duration = Duration::from_millis(10);

#[test]
fn a_timed_waiter_that_gives_up_leaves_the_wakeup_to_others() {
    let event = Arc::new(Event::new());
    let impatient = with("timed waiter", &event, |event| Event::wait_timeout(event, A_MOMENT));
    let patient = with("waiter", &event, plain);
    Event::set(&event);
    finish(impatient);
    finish(patient);
}

/// Two give up, and another one comes in between: it is still there when the event is set.
fn who_comes_between_two_that_give_up() {
    let event = Arc::new(Event::new());
    let [first, second] =
        [1, 2].map(|times| with("timed waiter", &event, move |event| Event::wait_timeout(event, times * A_MOMENT)));
    let gave_up = !finish(first);
    let patient = with("waiter", &event, plain);
    let both_gave_up = !finish(second) && gave_up;
    until_others_wait();
    Event::set(&event);
    finish(patient);
    assert!(both_gave_up, "a timed wait returned true though nobody had set the event");
}

/// A thread waits at one event, which is set as its time is over, and then at another one, which nobody sets.
fn who_was_released_at_one_waits_at_the_other() {
    let events = Arc::new([Event::new(), Event::new()]);
    let waiter = with("timed waiter", &events, |[one, other]| {
        Event::wait_timeout(one, A_MOMENT) && Event::wait_timeout(other, A_MOMENT)
    });
    Event::set(&events[0]);
    assert!(!finish(waiter), "a timed wait returned true though nobody had set the event that it waited for");
}

#[test]
fn a_timed_waiter_gives_up_while_others_wait() {
    if choose(2) == 1 {
        return who_comes_between_two_that_give_up();
    }
    let event = Arc::new(Event::new());
    let patient = with("waiter", &event, plain);
    let released = Event::wait_timeout(&event, A_MOMENT);
    assert!(!released, "a timed wait returned true though nobody had set the event");
    assert!(!Event::is_set(&event), "`is_set` after a timeout");
    Event::set(&event);
    finish(patient);
}
