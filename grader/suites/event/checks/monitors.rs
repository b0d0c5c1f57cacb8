//! Monitors under observation, on the model's virtual clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::Duration;

use event::Monitor;
use harness::until_others_wait;

use crate::instruments::{finish, with};

/// Ten hours, so that a thread that is delayed by a day misses a few beats and not thousands. Not a whole number of
/// milliseconds or microseconds: an implementation that rounds down to them beats early.
pub const INTERVAL: Duration = Duration::from_nanos(36_000_000_500_601);

/// The two ways to end a monitor. The number of its beats, where it is said.
pub type End = fn(Monitor) -> Option<u64>;

pub fn stop(monitor: Monitor) -> Option<u64> {
    Some(Monitor::stop(monitor))
}

pub fn dropped(monitor: Monitor) -> Option<u64> {
    drop(monitor);
    None
}

/// A monitor whose last beat waits until the monitor is ended: one that nobody stops for a while would beat on and on,
/// and the search with it.
pub struct Observed {
    pub monitor: Monitor,
    gate: Sender<()>,
    /// Whether there were more beats all the same.
    beats_on: Arc<AtomicBool>,
}

/// When the last beat goes on, the monitor is about to end. One more may be due.
const MORE: u64 = 2;

/// Starts a monitor that calls `beat` with its number, from 1. What `beat` does is all of a beat but for the last one.
pub fn observe(last: u64, beat: impl FnMut(u64) + Send + 'static) -> Observed {
    observe_boxed(last, Box::new(beat))
}

/// Compiled once for all closures.
fn observe_boxed(last: u64, mut beat: Box<dyn FnMut(u64) + Send>) -> Observed {
    let (gate, opened) = mpsc::channel();
    let beats_on = Arc::new(AtomicBool::new(false));
    let theirs = Arc::clone(&beats_on);
    let mut number = 0;
    let beat = move || {
        number += 1;
        if number > last + MORE {
            theirs.store(true, Ordering::SeqCst);
            panic!("a monitor that is being ended beats on");
        }
        beat(number);
        if number >= last {
            // Nothing is sent: it is open once the other end is gone.
            let _: Result<(), _> = opened.recv();
        }
    };
    Observed { monitor: Monitor::start(INTERVAL, beat), gate, beats_on }
}

impl Observed {
    /// Ends the monitor. The last beat may go on when that waits for it.
    pub fn end(self, end: End) -> Option<u64> {
        let Self { monitor, gate, beats_on } = self;
        let opener = with("opener", &Arc::new(()), move |()| {
            until_others_wait();
            drop(gate);
        });
        let beats = end(monitor);
        finish(opener);
        // An exchange reads the newest value.
        assert!(!beats_on.swap(false, Ordering::SeqCst), "a monitor that is being ended beats on");
        beats
    }

    /// The same with `stop`.
    pub fn stop(self) -> u64 {
        self.end(stop).expect("`stop` returns a number")
    }
}

/// Long enough for a monitor that was not ended to beat.
pub fn some_intervals() {
    thread::sleep(3 * INTERVAL);
}
