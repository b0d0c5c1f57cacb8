//! Fixture: whoever waits with a timeout waits at another condition variable; the state is an enum. The monitor counts
//! in whole intervals since its start.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// With the number of the round: it ends when the event is set.
#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    Waiting(u64),
    Happened(u64),
}

#[derive(Debug)]
pub struct Event {
    state: Mutex<State>,
    patient: Condvar,
    impatient: Condvar,
}

impl Default for Event {
    fn default() -> Self {
        Event {
            state: Mutex::new(State::Waiting(0)),
            patient: Condvar::default(),
            impatient: Condvar::default(),
        }
    }
}

impl Event {
    pub fn new() -> Self {
        Default::default()
    }

    pub fn set(&self) {
        let mut state = self.state.lock().unwrap();
        if let State::Waiting(round) = *state {
            *state = State::Happened(round);
            self.patient.notify_all();
            self.impatient.notify_all();
        }
    }

    pub fn clear(&self) {
        let mut state = self.state.lock().unwrap();
        if let State::Happened(round) = *state {
            *state = State::Waiting(round + 1);
        }
    }

    pub fn is_set(&self) -> bool {
        match *self.state.lock().unwrap() {
            State::Waiting(_) => false,
            State::Happened(_) => true,
        }
    }

    pub fn wait(&self) {
        let mut state = self.state.lock().unwrap();
        let came = *state;
        while matches!(came, State::Waiting(_)) && *state == came {
            state = self.patient.wait(state).unwrap();
        }
    }

    pub fn wait_timeout(&self, timeout: Duration) -> bool {
        let started = Instant::now();
        let mut state = self.state.lock().unwrap();
        let State::Waiting(_) = *state else { return true };
        let came = *state;
        let mut left = timeout;
        loop {
            if *state != came {
                return true;
            }
            if left == Duration::ZERO {
                return false;
            }
            state = self.impatient.wait_timeout(state, left).unwrap().0;
            left = timeout.saturating_sub(started.elapsed());
        }
    }
}

pub struct Monitor {
    /// The lock is held while it changes, so that nobody is between check and sleep.
    ends: Arc<(Mutex<()>, Condvar, AtomicBool)>,
    beats: Arc<AtomicU64>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Monitor {
    pub fn start(interval: Duration, mut beat: impl FnMut() + Send + 'static) -> Self {
        let ends = Arc::new((Mutex::new(()), Condvar::new(), AtomicBool::new(false)));
        let beats = Arc::new(AtomicU64::new(0));
        let (theirs, counter) = (ends.clone(), beats.clone());
        let start = Instant::now();
        let thread = thread::spawn(move || {
            let (lock, bell, flag) = &*theirs;
            let mut due = interval;
            loop {
                let mut guard = lock.lock().unwrap();
                loop {
                    if flag.load(Ordering::Acquire) {
                        return;
                    }
                    let left = due.saturating_sub(start.elapsed());
                    if left.is_zero() {
                        break;
                    }
                    guard = bell.wait_timeout(guard, left).unwrap().0;
                }
                drop(guard);
                beat();
                counter.fetch_add(1, Ordering::Relaxed);
                // The next whole interval that is not over yet: those in between are left out.
                let late = start.elapsed().saturating_sub(due);
                let missed = late.as_nanos() / interval.as_nanos().max(1);
                due += interval * u32::try_from(missed + 1).unwrap_or(u32::MAX);
            }
        });
        Monitor { ends, beats, thread: Some(thread) }
    }

    pub fn beats(&self) -> u64 {
        self.beats.load(Ordering::Relaxed)
    }

    fn ask_to_end(&self) {
        let (lock, bell, flag) = &*self.ends;
        let _guard = lock.lock().unwrap();
        flag.store(true, Ordering::Release);
        bell.notify_one();
    }

    pub fn stop(mut self) -> u64 {
        self.ask_to_end();
        if let Some(Err(payload)) = self.thread.take().map(|thread| thread.join()) {
            std::panic::resume_unwind(payload);
        }
        self.beats.load(Ordering::Relaxed)
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            self.ask_to_end();
            drop(thread.join());
        }
    }
}
