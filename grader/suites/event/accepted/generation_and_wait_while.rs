//! Fixture: a generation, with `wait_while` and `wait_timeout_while`; the notification comes after the unlock.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

pub struct Event {
    state: Mutex<(bool, u64)>,
    bell: Condvar,
}

impl std::fmt::Debug for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Event").field("is_set", &self.is_set()).finish()
    }
}

impl Default for Event {
    fn default() -> Self {
        Self::new()
    }
}

impl Event {
    pub const fn new() -> Self {
        Self { state: Mutex::new((false, 0)), bell: Condvar::new() }
    }

    pub fn set(&self) {
        let mut state = self.state.lock().unwrap();
        let was = std::mem::replace(&mut state.0, true);
        // Set already: nobody waits.
        if !was {
            state.1 += 1;
            drop(state);
            self.bell.notify_all();
        }
    }

    pub fn clear(&self) {
        self.state.lock().unwrap().0 = false;
    }

    pub fn is_set(&self) -> bool {
        self.state.lock().unwrap().0
    }

    pub fn wait(&self) {
        let state = self.state.lock().unwrap();
        let came = state.1;
        let _state = self.bell.wait_while(state, |(set, times)| !*set && *times == came).unwrap();
    }

    pub fn wait_timeout(&self, timeout: Duration) -> bool {
        let state = self.state.lock().unwrap();
        let came = state.1;
        let waits = |state: &mut (bool, u64)| !state.0 && state.1 == came;
        let (_, result) = self.bell.wait_timeout_while(state, timeout, waits).unwrap();
        !result.timed_out()
    }
}

pub struct Monitor {
    stop: Arc<Event>,
    beats: Arc<AtomicU64>,
    /// Its result is its beat, which is given back.
    thread: Option<JoinHandle<Box<dyn FnMut() + Send>>>,
}

impl Monitor {
    pub fn start(interval: Duration, beat: impl FnMut() + Send + 'static) -> Self {
        let (stop, beats) = (Arc::new(Event::new()), Arc::new(AtomicU64::new(0)));
        let thread = std::thread::spawn({
            let (stop, beats) = (Arc::clone(&stop), Arc::clone(&beats));
            move || {
                let mut beat: Box<dyn FnMut() + Send> = Box::new(beat);
                while !stop.wait_timeout(interval) {
                    beat();
                    beats.fetch_add(1, Ordering::Relaxed);
                }
                beat
            }
        });
        Self { stop, beats, thread: Some(thread) }
    }

    pub fn beats(&self) -> u64 {
        self.beats.load(Ordering::Relaxed)
    }

    pub fn stop(mut self) -> u64 {
        self.stop.set();
        match self.thread.take().map(JoinHandle::join) {
            Some(Err(payload)) => std::panic::panic_any(payload),
            Some(Ok(_)) | None => self.beats(),
        }
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        self.stop.set();
        let _ = self.thread.take().map(JoinHandle::join);
    }
}
