//! A sign of life where there is no terminal: logs have no bars, and what watches them ends a job that says nothing.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::terminal::Terminal;

/// How often a log hears of a run.
pub const EVERY: Duration = Duration::from_secs(60);

/// A thread that says again and again how far a run is, until it is dropped.
#[derive(Debug)]
pub struct Heartbeat {
    /// `None` once it has to end.
    end: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Heartbeat {
    /// Says on standard error what `line` makes of the time since the start, every minute, where nobody sees a bar and
    /// something may be said.
    pub fn in_place_of_bars(
        terminal: &Terminal,
        line: impl Fn(Duration) -> String + Send + 'static,
    ) -> Option<Self> {
        let is_wanted = !terminal.has_bars() && !terminal.is_quiet();
        is_wanted.then(|| Self::start(EVERY, move |since| eprintln!("{}", line(since))))
    }

    /// Calls `beat` after each `interval`, with the time since the start.
    pub fn start(interval: Duration, mut beat: impl FnMut(Duration) + Send + 'static) -> Self {
        let (end, ended) = mpsc::channel::<()>();
        let started = Instant::now();
        let thread = thread::spawn(move || {
            while ended.recv_timeout(interval) == Err(RecvTimeoutError::Timeout) {
                beat(started.elapsed());
            }
        });
        Self { end: Some(end), thread: Some(thread) }
    }
}

impl Drop for Heartbeat {
    fn drop(&mut self) {
        self.end = None;
        if let Some(thread) = self.thread.take() {
            // A panic there has been printed, and is no reason to end here.
            let _ = thread.join();
        }
    }
}

/// How long something has been running, as a log says it.
pub fn elapsed(time: Duration) -> String {
    let seconds = time.as_secs();
    match (seconds / 3600, seconds / 60 % 60) {
        (0, 0) => format!("{seconds} s"),
        (0, minutes) => format!("{minutes} min"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_beats_again_and_again_until_it_is_dropped() {
        let (sender, beats) = mpsc::channel();
        let heartbeat = Heartbeat::start(Duration::from_millis(1), move |since| {
            let _ = sender.send(since);
        });
        let times: Vec<Duration> = beats.iter().take(3).collect();
        assert!(times.is_sorted() && times[0] >= Duration::from_millis(1), "{times:?}");
        drop(heartbeat);
        // Its end of the channel is gone: behind what it has said there is nothing.
        while beats.try_recv().is_ok() {}
        assert_eq!(beats.try_recv(), Err(mpsc::TryRecvError::Disconnected));
    }

    #[test]
    fn a_run_that_is_shorter_than_the_interval_says_nothing_and_waits_for_nothing() {
        let (sender, beats) = mpsc::channel();
        drop(Heartbeat::start(Duration::from_secs(3600), move |since| {
            let _ = sender.send(since);
        }));
        assert_eq!(beats.iter().count(), 0);
    }

    #[test]
    fn a_log_has_minutes_and_hours() {
        let said = [59, 60, 3599, 3600, 7320].map(|seconds| elapsed(Duration::from_secs(seconds)));
        assert_eq!(said, ["59 s", "1 min", "59 min", "1 h 0 min", "2 h 2 min"]);
    }
}
