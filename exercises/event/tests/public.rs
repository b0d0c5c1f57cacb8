//! The public tests: plain threads under `cargo test`, every interleaving under
//! `RUSTFLAGS="--cfg model" cargo test -p event`.

use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use event::{Event, Monitor};

// Without the dependency that puts the model in the place of std, this does not compile: the tests would run on
// real threads, and say nothing about interleavings.
#[cfg(model)]
std::assert_modelled!();
#[cfg(model)]
core::assert_modelled!();

const MOMENT: Duration = Duration::from_millis(5);
/// Nobody waits for so long: it is the event that ends the wait. In the model it has no deadline.
const AGES: Duration = Duration::from_secs(200 * 365 * 24 * 60 * 60);

#[test]
fn an_event_is_set_until_it_is_cleared() {
    for event in [Event::new(), Event::default()] {
        assert!(!event.is_set(), "a new one");
        assert!(!event.wait_timeout(Duration::ZERO), "asked once");
        event.set();
        event.set();
        assert!(event.is_set(), "after `set`");
        event.wait();
        assert!(event.wait_timeout(Duration::ZERO) && event.wait_timeout(AGES), "at once");
        assert!(event.is_set(), "waiting uses nothing up");
        event.clear();
        assert!(!event.is_set(), "after `clear`");
        assert!(!event.wait_timeout(Duration::ZERO), "asked once more");
    }
}

#[test]
fn setting_it_wakes_all_who_wait_and_shows_what_was_done_before() {
    let (event, done) = (Arc::new(Event::new()), Arc::new(AtomicBool::new(false)));
    let waiters = [0, 1].map(|number| {
        let (event, done) = (Arc::clone(&event), Arc::clone(&done));
        thread::spawn(move || {
            if number == 0 {
                event.wait();
            } else {
                assert!(event.wait_timeout(AGES), "set long before the deadline");
            }
            done.load(Ordering::Relaxed)
        })
    });
    done.store(true, Ordering::Relaxed);
    event.set();
    for waiter in waiters {
        assert!(waiter.join().expect("a waiter does not panic"), "what was done before `set`");
    }
}

#[test]
fn who_waits_before_a_set_may_return_although_a_clear_follows() {
    let event = Arc::new(Event::new());
    let theirs = Arc::clone(&event);
    let waiter = thread::spawn(move || theirs.wait());
    event.set();
    event.clear();
    // The waiter may have come too late for the first one.
    event.set();
    waiter.join().expect("the waiter does not panic");
}

#[test]
fn a_timed_wait_keeps_its_deadline() {
    let event = Event::new();
    let start = Instant::now();
    assert!(!event.wait_timeout(MOMENT), "nobody sets it");
    assert!(start.elapsed() >= MOMENT, "gave up after {:?} with a timeout of {MOMENT:?}", start.elapsed());
}

// On real threads alone: a monitor beats on until it is stopped, so there is no end to its interleavings.
#[cfg(not(model))]
#[test]
fn a_monitor_beats_after_an_interval_and_counts() {
    let (beat, beats) = mpsc::channel();
    let start = Instant::now();
    let monitor = Monitor::start(MOMENT, move || _ = beat.send(Instant::now()));
    let first = beats.recv().expect("a first beat");
    assert!(first - start >= MOMENT, "the first beat came after {:?}", first - start);
    let counted = monitor.stop();
    let later = u64::try_from(beats.iter().count()).expect("a few");
    assert_eq!(counted, 1 + later, "beats");
}

#[test]
fn a_monitor_stops_in_the_middle_of_an_interval() {
    assert_eq!(Monitor::start(AGES, || ()).stop(), 0, "beats");
    drop(Monitor::start(AGES, || ()));
}

#[test]
fn a_panic_of_a_beat_reaches_who_stops_the_monitor() {
    for stops in [true, false] {
        let (begin, begun) = mpsc::channel();
        let monitor = Monitor::start(MOMENT, move || {
            // It is dropped with the panic.
            let _begin = begin.clone();
            begin.send(()).expect("somebody listens");
            panic!("this test makes a beat panic");
        });
        begun.recv().expect("a beat");
        assert_eq!(monitor.beats(), 0, "a beat that panics is not counted");
        let ended =
            panic::catch_unwind(AssertUnwindSafe(|| if stops { _ = monitor.stop() } else { drop(monitor) }));
        assert_eq!(ended.is_err(), stops, "`stop` passes the panic on, `drop` does not");
    }
}
