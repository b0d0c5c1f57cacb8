//! Fixture: the lowest bit of one atomic word says whether it is set, the others how often it was.

use std::panic;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

#[derive(Debug, Default)]
pub struct Event {
    word: AtomicU64,
    asleep: Mutex<()>,
    bell: Condvar,
}

const SET: u64 = 1;
const ONE: u64 = 2;

impl Event {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn set(&self) {
        // Release: what was done before is there for whoever sees the word, or what `clear` makes of it.
        let _ = self.word.fetch_update(Ordering::Release, Ordering::Relaxed, |word| Some((word | SET) + ONE));
        // Nobody is between looking at the word and falling asleep.
        drop(self.asleep.lock().unwrap());
        self.bell.notify_all();
    }

    pub fn clear(&self) {
        self.word.fetch_and(!SET, Ordering::Relaxed);
    }

    pub fn is_set(&self) -> bool {
        self.word.load(Ordering::Acquire) & SET == SET
    }

    pub fn wait(&self) {
        let before = self.word.load(Ordering::Acquire);
        if before & SET == SET {
            return;
        }
        let mut asleep = self.asleep.lock().unwrap();
        // Cleared, then set, or set and cleared: another word in any case.
        while self.word.load(Ordering::Acquire) == before {
            asleep = self.bell.wait(asleep).unwrap();
        }
    }

    pub fn wait_timeout(&self, timeout: Duration) -> bool {
        let before = self.word.load(Ordering::Acquire);
        if before & SET == SET {
            return true;
        }
        let deadline = Instant::now() + timeout;
        let mut asleep = self.asleep.lock().unwrap();
        loop {
            if self.word.load(Ordering::Acquire) != before {
                return true;
            }
            let now = Instant::now();
            if now >= deadline {
                return false;
            }
            asleep = self.bell.wait_timeout(asleep, deadline - now).unwrap().0;
        }
    }
}

type Flag = (Mutex<bool>, Condvar);

pub struct Monitor {
    stop: Arc<Flag>,
    beats: Arc<AtomicU64>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Monitor {
    pub fn start(interval: Duration, beat: impl FnMut() + Send + 'static) -> Self {
        let stop: Arc<Flag> = Arc::default();
        let beats = Arc::new(AtomicU64::new(0));
        let mut beat: Box<dyn FnMut() + Send> = Box::new(beat);
        let (flag, count) = (stop.clone(), beats.clone());
        let thread = thread::spawn(move || {
            let (stop, bell) = &*flag;
            loop {
                let guard = stop.lock().unwrap();
                let (guard, _) = bell.wait_timeout_while(guard, interval, |stop| !*stop).unwrap();
                if *guard {
                    return;
                }
                // Nobody who stops waits for a beat before the thread can be joined.
                drop(guard);
                beat();
                count.fetch_add(1, Ordering::Relaxed);
            }
        });
        Self { stop, beats, thread: Mutex::new(Some(thread)) }
    }

    pub fn beats(&self) -> u64 {
        self.beats.load(Ordering::Relaxed)
    }

    fn finish(&self) -> thread::Result<()> {
        *self.stop.0.lock().unwrap() = true;
        self.stop.1.notify_one();
        let thread = self.thread.lock().unwrap().take();
        thread.map_or(Ok(()), |thread| thread.join())
    }

    pub fn stop(self) -> u64 {
        self.finish().unwrap_or_else(|payload| panic::resume_unwind(payload));
        self.beats()
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        let _ = self.finish();
    }
}
