//! Mutant: The beats of all monitors are on one thread, which lives as long as there is a monitor.
//! Caught by: beating::two_monitors_are_independent_of_each_other (model)
//! Diagnosis: nobody_left
//! Whole: one thread with a list of all monitors is the design, and no correct program has it.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

#[derive(Debug, Default)]
struct Facts {
    is_set: bool,
    sets: u64,
}

#[derive(Debug, Default)]
pub struct Event {
    facts: Mutex<Facts>,
    bell: Condvar,
}

impl Event {
    pub fn new() -> Self {
        Self::default()
    }

    fn facts(&self) -> MutexGuard<'_, Facts> {
        self.facts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn set(&self) {
        let mut facts = self.facts();
        facts.is_set = true;
        facts.sets += 1;
        self.bell.notify_all();
    }

    pub fn clear(&self) {
        self.facts().is_set = false;
    }

    pub fn is_set(&self) -> bool {
        self.facts().is_set
    }

    pub fn wait(&self) {
        let mut facts = self.facts();
        let before = facts.sets;
        while !facts.is_set && facts.sets == before {
            facts = self.bell.wait(facts).unwrap_or_else(PoisonError::into_inner);
        }
    }

    pub fn wait_timeout(&self, timeout: Duration) -> bool {
        let deadline = Instant::now().checked_add(timeout);
        let mut facts = self.facts();
        let before = facts.sets;
        while !facts.is_set && facts.sets == before {
            let left =
                deadline.map_or(Duration::MAX, |deadline| deadline.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                return false;
            }
            facts = self.bell.wait_timeout(facts, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }
}

struct Entry {
    id: u64,
    due: Instant,
    interval: Duration,
    beat: Option<Box<dyn FnMut() + Send>>,
    beats: Arc<AtomicU64>,
    panic: Option<Box<dyn Any + Send>>,
    ended: bool,
}

#[derive(Default)]
struct Wheel {
    entries: Vec<Entry>,
    next: u64,
    thread: Option<JoinHandle<()>>,
}

static WHEEL: Mutex<Wheel> = Mutex::new(Wheel { entries: Vec::new(), next: 0, thread: None });
static CHANGED: Condvar = Condvar::new();

fn wheel() -> MutexGuard<'static, Wheel> {
    WHEEL.lock().unwrap_or_else(PoisonError::into_inner)
}

fn sleep_until(due: Instant, wheel: MutexGuard<'static, Wheel>) -> MutexGuard<'static, Wheel> {
    let left = due.saturating_duration_since(Instant::now());
    CHANGED.wait_timeout(wheel, left).unwrap_or_else(PoisonError::into_inner).0
}

/// Runs the beats of all monitors, as long as there is one.
fn turn() {
    let mut wheel = wheel();
    while !wheel.entries.is_empty() {
        let now = Instant::now();
        let live = |entry: &&mut Entry| !entry.ended;
        let first = wheel.entries.iter_mut().filter(live).min_by_key(|entry| entry.due);
        match first {
            Some(entry) if entry.due <= now => {
                let id = entry.id;
                let beats = Arc::clone(&entry.beats);
                let mut beat = entry.beat.take().expect("nobody else runs it");
                drop(wheel);
                let outcome = panic::catch_unwind(AssertUnwindSafe(&mut beat));
                wheel = self::wheel();
                if let Some(entry) = wheel.entries.iter_mut().find(|entry| entry.id == id) {
                    entry.beat = Some(beat);
                    entry.due = Instant::now() + entry.interval;
                    match outcome {
                        Ok(()) => _ = beats.fetch_add(1, Ordering::Relaxed),
                        Err(payload) => {
                            entry.panic = Some(payload);
                            entry.ended = true;
                        }
                    }
                }
                CHANGED.notify_all();
            }
            Some(entry) => {
                let due = entry.due;
                wheel = sleep_until(due, wheel);
            }
            None => wheel = CHANGED.wait(wheel).unwrap_or_else(PoisonError::into_inner),
        }
    }
}

pub struct Monitor {
    id: u64,
    beats: Arc<AtomicU64>,
    over: bool,
}

impl Monitor {
    pub fn start(interval: Duration, beat: impl FnMut() + Send + 'static) -> Self {
        let mut wheel = wheel();
        let id = wheel.next;
        wheel.next += 1;
        let beats = Arc::new(AtomicU64::new(0));
        let entry = Entry {
            id,
            due: Instant::now() + interval,
            interval,
            beat: Some(Box::new(beat)),
            beats: Arc::clone(&beats),
            panic: None,
            ended: false,
        };
        wheel.entries.push(entry);
        CHANGED.notify_all();
        if wheel.entries.len() == 1 {
            wheel.thread = Some(thread::spawn(turn));
        }
        Monitor { id, beats, over: false }
    }

    pub fn beats(&self) -> u64 {
        self.beats.load(Ordering::Relaxed)
    }

    fn end(&mut self) -> Option<Box<dyn Any + Send>> {
        if std::mem::replace(&mut self.over, true) {
            return None;
        }
        let mut wheel = wheel();
        loop {
            let place = wheel.entries.iter().position(|entry| entry.id == self.id)?;
            wheel.entries[place].ended = true;
            if wheel.entries[place].beat.is_some() {
                let entry = wheel.entries.remove(place);
                let thread = if wheel.entries.is_empty() { wheel.thread.take() } else { None };
                CHANGED.notify_all();
                drop(wheel);
                if let Some(thread) = thread {
                    let _ = thread.join();
                }
                return entry.panic;
            }
            // It runs: wait for it.
            wheel = CHANGED.wait(wheel).unwrap_or_else(PoisonError::into_inner);
        }
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
        let _ = self.end();
    }
}
