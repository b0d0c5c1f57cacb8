//! Fixture: a monitor that beats at a fixed rate: what was missed is skipped, and the rhythm stays.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Set or not, and how often.
#[derive(Debug, Default)]
pub struct Event {
    facts: Mutex<(bool, u64)>,
    bell: Condvar,
}

impl Event {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn set(&self) {
        let mut facts = self.facts.lock().unwrap();
        *facts = (true, facts.1 + 1);
        self.bell.notify_all();
    }

    pub fn clear(&self) {
        self.facts.lock().unwrap().0 = false;
    }

    pub fn is_set(&self) -> bool {
        self.facts.lock().unwrap().0
    }

    pub fn wait(&self) {
        let facts = self.facts.lock().unwrap();
        let came = facts.1;
        drop(self.bell.wait_while(facts, |facts| !facts.0 && facts.1 == came).unwrap());
    }

    pub fn wait_timeout(&self, timeout: Duration) -> bool {
        let start = Instant::now();
        let mut facts = self.facts.lock().unwrap();
        let came = facts.1;
        loop {
            if facts.0 || facts.1 != came {
                return true;
            }
            let left = timeout.saturating_sub(start.elapsed());
            if left.is_zero() {
                return false;
            }
            facts = self.bell.wait_timeout(facts, left).unwrap().0;
        }
    }
}

/// A fixed rate: beat number n is due n intervals after the start.
pub struct Monitor {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    over: Mutex<bool>,
    bell: Condvar,
    beats: AtomicU64,
}

impl Monitor {
    pub fn start(interval: Duration, mut beat: impl FnMut() + Send + 'static) -> Self {
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        let mut due = Instant::now() + interval;
        let thread = thread::spawn(move || {
            loop {
                let mut over = theirs.over.lock().unwrap();
                while !*over {
                    let left = due.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        break;
                    }
                    over = theirs.bell.wait_timeout(over, left).unwrap().0;
                }
                if *over {
                    return;
                }
                drop(over);
                beat();
                theirs.beats.fetch_add(1, Ordering::SeqCst);
                due += interval;
                let now = Instant::now();
                while due < now {
                    due += interval;
                }
            }
        });
        Self { shared, thread: Some(thread) }
    }

    pub fn beats(&self) -> u64 {
        self.shared.beats.load(Ordering::SeqCst)
    }

    pub fn stop(mut self) -> u64 {
        match self.finish() {
            Ok(()) => self.beats(),
            Err(payload) => std::panic::resume_unwind(payload),
        }
    }

    fn finish(&mut self) -> thread::Result<()> {
        *self.shared.over.lock().unwrap() = true;
        self.shared.bell.notify_all();
        self.thread.take().map_or(Ok(()), JoinHandle::join)
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        let _ = self.finish();
    }
}
