//! How a monitor ends: at once, after the beat that runs, and with its panic.

use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use event::Monitor;
use harness::model::{choose, lateness};
use harness::until_others_wait;

use crate::instruments::AGES;
use crate::monitors::{End, INTERVAL, Observed, dropped, observe, some_intervals, stop};

/// In the middle of an interval that has no end.
fn ends_at_once(end: End) {
    let beats = Arc::new(AtomicU64::new(0));
    let theirs = Arc::clone(&beats);
    let monitor = Monitor::start(AGES, move || _ = theirs.fetch_add(1, Ordering::SeqCst));
    let asked = Instant::now();
    let counted = end(monitor);
    let (took, late) = (asked.elapsed(), lateness());
    // No timeout has elapsed in the meantime, so no time has passed.
    assert!(took <= late, "it took {took:?} to end a monitor that waited for its next beat");
    assert_eq!(beats.fetch_add(0, Ordering::SeqCst), 0, "beats before the first interval was over");
    assert!(
        counted.is_none_or(|counted| counted == 0),
        "{counted:?} beats were counted, and there were none"
    );
}

#[test]
fn stop_does_not_wait_for_the_rest_of_an_interval() {
    ends_at_once(stop);
}

#[test]
fn a_drop_does_not_wait_for_the_rest_of_an_interval() {
    ends_at_once(dropped);
}

#[test]
fn stop_wakes_a_monitor_that_sleeps() {
    let monitor = Monitor::start(AGES, || ());
    until_others_wait();
    let beats = Monitor::beats(&monitor);
    let asked = Instant::now();
    let counted = Monitor::stop(monitor);
    let (took, late) = (asked.elapsed(), lateness());
    assert!(took <= late, "it took {took:?} to stop a monitor that slept until its next beat");
    assert_eq!([beats, counted], [0; 2], "beats before the first interval was over");
}

/// What beats did.
#[derive(Default)]
struct Counts {
    begun: AtomicU64,
    ended: AtomicU64,
}

impl Counts {
    /// An addition reads the newest value.
    fn begun(&self) -> u64 {
        self.begun.fetch_add(0, Ordering::SeqCst)
    }

    fn ended(&self) -> u64 {
        self.ended.fetch_add(0, Ordering::SeqCst)
    }

    /// When the monitor has ended: no beat runs, and none begins.
    fn stay_as_they_are(&self) -> u64 {
        let (begun, ended) = (self.begun(), self.ended());
        assert_eq!(
            ended, begun,
            "of {begun} beats that had begun, those that had ended when the monitor had"
        );
        some_intervals();
        assert_eq!(self.begun(), begun, "beats that had begun, three intervals after the monitor had ended");
        ended
    }
}

/// A monitor whose first beat takes half an interval, or each of whose beats takes longer than one: then the next is
/// always due at once. The first has begun when this returns.
fn slow_beat() -> (Observed, Arc<Counts>) {
    let counts = Arc::new(Counts::default());
    let (tell, begun) = mpsc::channel();
    let theirs = Arc::clone(&counts);
    let takes = [[INTERVAL / 2, Duration::ZERO], [INTERVAL * 3 / 2; 2]][choose(2)];
    let observed = observe(2, move |number| {
        theirs.begun.fetch_add(1, Ordering::SeqCst);
        let takes = takes[usize::from(number > 1)];
        if number == 1 {
            let _ = tell.send(());
        }
        if !takes.is_zero() {
            thread::sleep(takes);
        }
        theirs.ended.fetch_add(1, Ordering::SeqCst);
    });
    begun.recv().expect("a beat");
    (observed, counts)
}

/// Ends a monitor while a beat runs, or soon after.
fn ends_after_the_beat(end: End) {
    let (observed, counts) = slow_beat();
    let counted = observed.end(end);
    let ended = counts.stay_as_they_are();
    if let Some(counted) = counted {
        assert_eq!(counted, ended, "the beats that `stop` returned, of those that had ended");
    }
}

#[test]
fn stop_waits_for_a_beat_that_runs_and_none_begins_afterwards() {
    ends_after_the_beat(stop);
}

#[test]
fn a_drop_waits_for_a_beat_that_runs_and_none_begins_afterwards() {
    ends_after_the_beat(dropped);
}

/// The owner panics while a beat runs: the monitor is dropped as it would be otherwise.
#[test]
fn a_drop_in_a_panic_waits_for_a_beat_that_runs_as_well() {
    let (observed, counts) = slow_beat();
    observed.end(|monitor| {
        let unwound = panic::catch_unwind(AssertUnwindSafe(|| {
            let _dropped = monitor;
            panic!("this check panics while it has a monitor");
        }));
        unwound.err().map(|_| 0)
    });
    counts.stay_as_they_are();
}

/// Ends a monitor at the moment at which a beat may be due.
fn ends_before_the_beat(end: End) {
    let counts = Arc::new(Counts::default());
    let theirs = Arc::clone(&counts);
    let observed = observe(2, move |_| {
        theirs.begun.fetch_add(1, Ordering::SeqCst);
        theirs.ended.fetch_add(1, Ordering::SeqCst);
    });
    let counted = observed.end(end);
    let ended = counts.stay_as_they_are();
    if let Some(counted) = counted {
        assert_eq!(counted, ended, "the beats that `stop` returned, of those that there were");
    }
}

#[test]
fn stop_counts_every_beat_and_none_begins_afterwards() {
    ends_before_the_beat(stop);
}

#[test]
fn no_beat_begins_after_a_drop() {
    ends_before_the_beat(dropped);
}

/// What a beat owns: it says when it is dropped, in an order that only the end of the thread gives.
struct Owned(Arc<AtomicBool>);

impl Drop for Owned {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// What the last beat wrote, and the number of it, as they are read after the end, when what it owned is gone.
fn shows_what_beats_did(end: End) {
    let done = Arc::new(AtomicUsize::new(0));
    let gone = Arc::new(AtomicBool::new(false));
    let (tell, begun) = mpsc::channel();
    let theirs = Arc::clone(&done);
    let owned = Owned(Arc::clone(&gone));
    let mut number = 0;
    let observed = observe(2, move |_| {
        let _owned = &owned;
        let _ = tell.send(());
        number += 1;
        // Relaxed: only the end of the thread orders it with what follows.
        theirs.store(number, Ordering::Relaxed);
    });
    begun.recv().expect("a beat");
    observed.end(end);
    let last = begun.try_iter().count() + 1;
    assert_eq!(done.load(Ordering::Relaxed), last, "what the last beat wrote, as it is read after the end");
    assert!(gone.load(Ordering::Relaxed), "what a beat owns was not dropped when the monitor had ended");
}

#[test]
fn what_beats_did_is_seen_after_stop() {
    shows_what_beats_did(stop);
}

#[test]
fn what_beats_did_is_seen_after_a_drop() {
    shows_what_beats_did(dropped);
}

fn with_a_message() {
    panic!("this check makes the second beat panic");
}

/// A monitor whose second beat panics like this, which has begun when this returns.
fn panicking(panics: fn()) -> (Monitor, Receiver<()>) {
    let (tell, begun) = mpsc::channel();
    let mut number = 0;
    let monitor = Monitor::start(INTERVAL, move || {
        number += 1;
        let _ = tell.send(());
        if number == 2 {
            panics();
        }
    });
    for _ in 0..2 {
        begun.recv().expect("two beats");
    }
    (monitor, begun)
}

#[test]
fn stop_passes_the_panic_of_a_beat_on() {
    // A panic carries a message, or anything else.
    let (monitor, _begun) = panicking([with_a_message, || panic::panic_any(7)][choose(2)]);
    let stopped = panic::catch_unwind(AssertUnwindSafe(|| Monitor::stop(monitor)));
    assert!(stopped.is_err(), "`stop` returned {stopped:?} although a beat had panicked");
}

#[test]
fn a_drop_drops_the_panic_of_a_beat() {
    let (monitor, _begun) = panicking(with_a_message);
    let dropped = panic::catch_unwind(AssertUnwindSafe(|| drop(monitor)));
    assert!(dropped.is_ok(), "`drop` panicked because a beat had panicked");
}

#[test]
fn a_beat_that_panics_is_not_counted_and_is_the_last() {
    let (monitor, begun) = panicking(with_a_message);
    some_intervals();
    let beats = Monitor::beats(&monitor);
    drop(monitor);
    let begun = 2 + begun.try_iter().count();
    assert_eq!(begun, 2, "beats that had begun, of which the second one had panicked");
    assert_eq!(beats, 1, "beats that were counted, of which the second one had panicked");
}
