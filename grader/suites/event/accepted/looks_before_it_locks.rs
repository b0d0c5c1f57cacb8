//! Fixture: whoever finds the event set by a look at an atomic takes no lock.
//! The monitor's thread catches the panic of a beat, and hands it over.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

#[derive(Debug, Default)]
pub struct Event {
    /// Written under the lock alone.
    is_set: AtomicBool,
    sets: Mutex<u64>,
    again: Condvar,
}

impl Event {
    pub fn new() -> Self {
        Self { is_set: AtomicBool::new(false), sets: Mutex::new(0), again: Condvar::new() }
    }

    pub fn set(&self) {
        let mut sets = self.sets.lock().unwrap();
        self.is_set.store(true, Ordering::Release);
        *sets = sets.wrapping_add(1);
        self.again.notify_all();
    }

    pub fn clear(&self) {
        let _sets = self.sets.lock().unwrap();
        self.is_set.store(false, Ordering::Relaxed);
    }

    pub fn is_set(&self) -> bool {
        self.is_set.load(Ordering::Acquire)
    }

    pub fn wait(&self) {
        if self.is_set() {
            return;
        }
        let sets = self.sets.lock().unwrap();
        let came = *sets;
        // `Relaxed`: the lock orders it.
        let waits = |sets: &mut u64| *sets == came && !self.is_set.load(Ordering::Relaxed);
        drop(self.again.wait_while(sets, waits));
    }

    pub fn wait_timeout(&self, timeout: Duration) -> bool {
        let until = Instant::now().checked_add(timeout);
        if self.is_set() {
            return true;
        }
        let mut sets = self.sets.lock().unwrap();
        let came = *sets;
        while *sets == came && !self.is_set.load(Ordering::Relaxed) {
            let left = match until {
                None => Duration::MAX,
                Some(until) => until.saturating_duration_since(Instant::now()),
            };
            if left == Duration::ZERO {
                return false;
            }
            (sets, _) = self.again.wait_timeout(sets, left).unwrap();
        }
        true
    }
}

type Payload = Box<dyn Any + Send>;

struct Shared {
    stop: Event,
    beats: AtomicU64,
    panic: Mutex<Option<Payload>>,
}

pub struct Monitor {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Monitor {
    pub fn start(interval: Duration, mut beat: impl FnMut() + Send + 'static) -> Self {
        let shared =
            Arc::new(Shared { stop: Event::new(), beats: AtomicU64::new(0), panic: Mutex::new(None) });
        let own = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            while !own.stop.wait_timeout(interval) {
                if let Err(payload) = panic::catch_unwind(AssertUnwindSafe(&mut beat)) {
                    *own.panic.lock().unwrap() = Some(payload);
                    break;
                }
                own.beats.fetch_add(1, Ordering::AcqRel);
            }
        });
        Self { shared, thread: Some(thread) }
    }

    pub fn beats(&self) -> u64 {
        self.shared.beats.load(Ordering::Acquire)
    }

    fn end(&mut self) -> Option<Payload> {
        self.shared.stop.set();
        if let Some(thread) = self.thread.take() {
            thread.join().expect("it catches the panics of beats");
        }
        self.shared.panic.lock().unwrap().take()
    }

    pub fn stop(mut self) -> u64 {
        if let Some(payload) = self.end() {
            panic::resume_unwind(payload);
        }
        self.beats()
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        self.end();
    }
}
