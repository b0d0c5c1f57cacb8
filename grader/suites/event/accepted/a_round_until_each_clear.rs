//! Fixture: waiters hold on to the round in which they came; `clear` begins another one. Beats come at a fixed rate.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use std::{panic, thread};

#[derive(Debug, Default)]
struct Round {
    over: Mutex<bool>,
    bell: Condvar,
}

#[derive(Debug, Default)]
pub struct Event {
    current: Mutex<Arc<Round>>,
}

impl Event {
    pub fn new() -> Self {
        Event { current: Mutex::default() }
    }

    fn current(&self) -> Arc<Round> {
        self.current.lock().unwrap().clone()
    }

    pub fn set(&self) {
        let current = self.current.lock().unwrap();
        *current.over.lock().unwrap() = true;
        current.bell.notify_all();
    }

    pub fn clear(&self) {
        let mut current = self.current.lock().unwrap();
        let over = *current.over.lock().unwrap();
        if over {
            *current = Arc::default();
        }
    }

    pub fn is_set(&self) -> bool {
        *self.current().over.lock().unwrap()
    }

    pub fn wait(&self) {
        let round = self.current();
        let mut over = round.over.lock().unwrap();
        while !*over {
            over = round.bell.wait(over).unwrap();
        }
    }

    pub fn wait_timeout(&self, timeout: Duration) -> bool {
        let round = self.current();
        let over = round.over.lock().unwrap();
        let (over, _) = round.bell.wait_timeout_while(over, timeout, |over| !*over).unwrap();
        *over
    }
}

pub struct Monitor {
    stop: Arc<Event>,
    beats: Arc<AtomicU64>,
    thread: Option<JoinHandle<()>>,
}

impl Monitor {
    pub fn start(interval: Duration, mut beat: impl FnMut() + Send + 'static) -> Monitor {
        let stop = Arc::new(Event::new());
        let beats = Arc::new(AtomicU64::new(0));
        let (asked, count) = (stop.clone(), beats.clone());
        let mut due = Instant::now() + interval;
        let body = move || {
            loop {
                if asked.wait_timeout(due.saturating_duration_since(Instant::now())) {
                    break;
                }
                beat();
                count.fetch_add(1, Ordering::AcqRel);
                // The plan goes on; what is in the past by now is left out.
                due += interval;
                while due <= Instant::now() {
                    due += interval;
                }
            }
        };
        Monitor { stop, beats, thread: Some(thread::spawn(body)) }
    }

    pub fn beats(&self) -> u64 {
        self.beats.load(Ordering::Acquire)
    }

    pub fn stop(mut self) -> u64 {
        self.stop.set();
        let ended = self.thread.take().unwrap().join();
        if let Err(payload) = ended {
            panic::resume_unwind(payload);
        }
        self.beats()
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        self.stop.set();
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}
