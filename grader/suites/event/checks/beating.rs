//! A monitor at work, on the model's virtual clock: when beats come, and how they are counted.

use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, Thread, ThreadId};
use std::time::{Duration, Instant};

use event::Monitor;
use harness::model::{choose, lateness};

use crate::monitors::{INTERVAL, Observed, observe};

/// What an implementation may add by its own rounding.
const SLACK: Duration = Duration::from_millis(20);

/// One beat, as it was.
struct Beat {
    begin: Instant,
    end: Instant,
}

/// A monitor whose beats say when they were, and take as long as `takes` says, by their number from 1.
fn timed(last: u64, takes: impl Fn(u64) -> Duration + Send + 'static) -> (Observed, Receiver<Beat>) {
    let (tell, beats) = mpsc::channel();
    let observed = observe(last, move |number| {
        let begin = Instant::now();
        let duration = takes(number);
        if !duration.is_zero() {
            thread::sleep(duration);
        }
        // Nobody listens once the check has seen enough.
        let _ = tell.send(Beat { begin, end: Instant::now() });
    });
    (observed, beats)
}

/// What the next beat sends.
fn next<T>(beats: &Receiver<T>) -> T {
    beats.recv().expect("a monitor beats until it is stopped")
}

/// How many beats have not been received yet, once the monitor has ended.
fn rest(beats: &Receiver<Beat>) -> u64 {
    beats.try_iter().map(|_| 1).sum()
}

/// As many beats come one interval after another, neither early nor late.
fn come_in_time(count: u32, takes: fn(u64) -> Duration) {
    let start = Instant::now();
    let (observed, beats) = timed(count.into(), takes);
    // A monitor that has ended by itself is stopped all the same, so that nothing else is wrong.
    let beat = |number| Some((number, beats.recv().ok()?, lateness()));
    let seen: Vec<_> = (1..=count).map_while(beat).collect();
    observed.stop();
    assert_eq!(seen.len(), count as usize, "beats until the monitor was stopped");
    let mut before = start;
    for (number, Beat { begin, end }, late) in seen {
        let (after, pause) = (begin - start, begin.saturating_duration_since(before));
        assert!(
            after >= INTERVAL * number,
            "beat {number} came after {after:?}, with an interval of {INTERVAL:?}"
        );
        assert!(
            pause <= INTERVAL + SLACK + late,
            "beat {number} came {pause:?} after the end of the one before it, of {INTERVAL:?}"
        );
        before = end;
    }
}

#[test]
fn the_first_beat_comes_after_one_interval() {
    come_in_time(1, |_| Duration::ZERO);
}

#[test]
fn beats_come_one_interval_after_another() {
    come_in_time(3, |_| Duration::ZERO);
}

#[test]
fn beats_that_take_a_while_come_one_interval_after_another() {
    come_in_time(3, |_| INTERVAL / 2);
}

#[test]
fn missed_beats_are_not_made_up_for() {
    let half_intervals = [11, 3, 7, 21][choose(4)];
    let long = INTERVAL * half_intervals / 2;
    let (observed, beats) = timed(4, move |number| if number == 1 { long } else { Duration::ZERO });
    let first = next(&beats);
    let later = [(); 3].map(|()| next(&beats).begin);
    observed.stop();
    // One that is due by the end of the long one may come at once, and the next one with the old rhythm.
    let third = later[2] - first.end;
    assert!(
        third >= INTERVAL,
        "the third beat after a long one came {third:?} after its end, of {INTERVAL:?}"
    );
}

#[test]
fn being_unparked_is_no_interval() {
    let (tell, beats) = mpsc::channel::<(Instant, Thread)>();
    let start = Instant::now();
    let observed = observe(2, move |_| _ = tell.send((Instant::now(), thread::current())));
    let (_, thread) = next(&beats);
    thread.unpark();
    let (second, _) = next(&beats);
    observed.stop();
    let after = second - start;
    assert!(after >= 2 * INTERVAL, "the second beat came after {after:?}, with an interval of {INTERVAL:?}");
}

#[test]
fn all_beats_are_on_one_thread_of_their_own() {
    let (tell, beats) = mpsc::channel::<ThreadId>();
    let observed = observe(2, move |_| _ = tell.send(thread::current().id()));
    let (first, second) = (next(&beats), next(&beats));
    observed.stop();
    assert_eq!(first, second, "the threads of two beats");
    assert_ne!(first, thread::current().id(), "the thread of a beat, and the one that started the monitor");
}

#[test]
fn asking_for_the_beats_does_not_wait_for_one() {
    let (tell, begun) = mpsc::channel();
    let observed = observe(1, move |_| _ = tell.send(()));
    next(&begun);
    // It runs until the monitor is stopped.
    let beats = Monitor::beats(&observed.monitor);
    observed.stop();
    assert_eq!(beats, 0, "beats that were complete while the first one ran");
}

/// A monitor whose first beat goes on when it may.
fn gated() -> (Observed, Receiver<u64>, Sender<()>) {
    let (tell, begun) = mpsc::channel();
    let (go_on, may_go_on) = mpsc::channel();
    let observed = observe(2, move |number| {
        let _ = tell.send(number);
        if number == 1 {
            // It goes on as well once the check has seen enough.
            let _ = may_go_on.recv();
        }
    });
    (observed, begun, go_on)
}

#[test]
fn a_beat_counts_when_it_is_complete() {
    let (observed, begun, go_on) = gated();
    let beats = || Monitor::beats(&observed.monitor);
    let at_first = beats();
    next(&begun);
    let during_the_first = beats();
    go_on.send(()).expect("the beat waits for it");
    next(&begun);
    let counted = [at_first, during_the_first, beats()];
    observed.stop();
    assert_eq!(
        counted,
        [0, 0, 1],
        "beats that were counted at first, during the first one, and during the second one"
    );
}

#[test]
fn two_monitors_are_independent_of_each_other() {
    let (one, beats_of_one) = timed(1, |_| Duration::ZERO);
    let (other, beats_of_other) = timed(2, |_| Duration::ZERO);
    next(&beats_of_one);
    let meanwhile = choose(2);
    // The first beat of one runs until that is stopped.
    (0..meanwhile).for_each(|_| _ = next(&beats_of_other));
    let of_one = one.stop();
    // The other one goes on.
    let goes_on = (meanwhile..2).all(|_| beats_of_other.recv().is_ok());
    let of_other = other.stop();
    assert!(goes_on, "the second monitor did not beat twice");
    assert_eq!(of_one, 1 + rest(&beats_of_one), "the beats that the first monitor counted, of those it had");
    assert_eq!(
        of_other,
        2 + rest(&beats_of_other),
        "the beats that the second monitor counted, of those it had"
    );
}
