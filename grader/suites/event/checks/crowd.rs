//! Many real threads, and real time.

use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use event::{Event, Monitor};
use harness::stress::{Rng, seed};
use harness::until_others_wait;

use crate::instruments::{finish, message, plain, with};

/// Nobody waits for so long.
const A_MINUTE: Duration = Duration::from_secs(60);

/// Waits in one of two ways.
fn wait(event: &Event, number: usize) {
    if number % 2 == 0 {
        plain(event);
    } else {
        assert!(Event::wait_timeout(event, A_MINUTE), "a timed wait failed long before its deadline");
    }
}

#[test]
fn three_hundred_waiters_are_released_by_one_set() {
    let event = Arc::new(Event::new());
    let released = Arc::new(AtomicUsize::new(0));
    let waiters: Vec<_> = (0..300)
        .map(|number| {
            let released = Arc::clone(&released);
            with("waiter", &event, move |event| {
                wait(event, number);
                released.fetch_add(1, Ordering::SeqCst);
            })
        })
        .collect();
    until_others_wait();
    let before = released.load(Ordering::SeqCst);
    Event::set(&event);
    waiters.into_iter().for_each(finish);
    assert_eq!(before, 0, "threads that were released before the event was set");
}

#[test]
fn ten_waiters_are_released_each_time_though_it_is_cleared_at_once() {
    let events = Arc::new([Event::new(), Event::new()]);
    let waiters: Vec<_> = (0..10)
        .map(|number| {
            let rounds =
                move |events: &[Event; 2]| (0..20).for_each(|round| wait(&events[round % 2], number));
            with("waiter", &events, rounds)
        })
        .collect();
    for round in 0..20 {
        until_others_wait();
        Event::set(&events[round % 2]);
        Event::clear(&events[round % 2]);
    }
    waiters.into_iter().for_each(finish);
}

#[test]
fn sets_and_clears_of_many_threads_keep_nobody_back_in_the_end() {
    let event = Arc::new(Event::new());
    let (start, over) = (Arc::new(Barrier::new(8)), Arc::new(AtomicBool::new(false)));
    let waiters: Vec<_> = (0..4)
        .map(|number| {
            let (start, over) = (Arc::clone(&start), Arc::clone(&over));
            with("waiter", &event, move |event| {
                start.wait();
                while !over.load(Ordering::SeqCst) {
                    wait(event, number);
                }
            })
        })
        .collect();
    let setters: Vec<_> = (0..4)
        .map(|number| {
            let start = Arc::clone(&start);
            with("setter", &event, move |event| {
                let mut rng = Rng::new(seed() + number);
                start.wait();
                for _ in 0..600 {
                    match rng.below(4) {
                        0 => Event::set(event),
                        1 => Event::clear(event),
                        2 => _ = Event::wait_timeout(event, Duration::from_micros(rng.below(50))),
                        _ => {
                            Event::set(event);
                            Event::clear(event);
                        }
                    }
                }
            })
        })
        .collect();
    setters.into_iter().for_each(finish);
    over.store(true, Ordering::SeqCst);
    Event::set(&event);
    waiters.into_iter().for_each(finish);
    assert!(Event::is_set(&event) && Event::wait_timeout(&event, Duration::ZERO), "set at the end");
}

#[test]
fn a_monitor_beats_in_real_time() {
    /// More than a byte can count.
    const BEATS: u32 = 300;
    const INTERVAL: Duration = Duration::from_millis(1);
    let (tell, beats) = mpsc::channel();
    let count = Arc::new(AtomicU64::new(0));
    let theirs = Arc::clone(&count);
    let began = Instant::now();
    let monitor = Monitor::start(INTERVAL, move || {
        theirs.fetch_add(1, Ordering::SeqCst);
        let _ = tell.send(());
    });
    for _ in 0..BEATS {
        beats.recv().expect("a monitor beats until it is stopped");
    }
    let took = began.elapsed();
    let seen = Monitor::beats(&monitor);
    let counted = Monitor::stop(monitor);
    assert!(took >= BEATS * INTERVAL, "{BEATS} beats took {took:?}, with an interval of {INTERVAL:?}");
    assert!(
        seen + 1 >= u64::from(BEATS) && seen <= counted,
        "{seen} beats while it ran, {counted} at the end"
    );
    assert_eq!(
        counted,
        count.load(Ordering::SeqCst),
        "the beats that `stop` returned, of those that there were"
    );
}

#[test]
fn many_monitors_stop_in_the_middle_of_a_minute() {
    for round in 0..20 {
        let monitors = [(); 5].map(|()| Monitor::start(A_MINUTE, || ()));
        // Some of them sleep already, some have not begun to.
        if round % 2 == 0 {
            thread::yield_now();
        }
        for (index, monitor) in monitors.into_iter().enumerate() {
            if (index + round) % 2 == 0 {
                assert_eq!(Monitor::stop(monitor), 0, "beats before the first interval was over");
            } else {
                drop(monitor);
            }
        }
    }
}

#[test]
fn a_monitor_that_is_dropped_in_a_panic_adds_none() {
    let (tell, begun) = mpsc::channel();
    let unwound = panic::catch_unwind(AssertUnwindSafe(|| {
        let _monitor = Monitor::start(Duration::from_millis(1), move || {
            let _ = tell.send(());
            panic!("this check makes a beat panic");
        });
        begun.recv().expect("a beat");
        until_others_wait();
        panic!("this check panics while it has a monitor");
    }));
    // A second panic during the first one would have ended the process.
    let payload = unwound.expect_err("a panic");
    assert_eq!(message(&*payload), "this check panics while it has a monitor");
}
