//! Fixture: one of those who wait with a timeout keeps the time for all, and names another when it leaves.

use std::panic;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

#[derive(Debug, Default)]
struct Facts {
    is_set: bool,
    sets: u64,
    /// Of all that wait with a timeout; one of them keeps the time for all.
    deadlines: Vec<(u64, Option<Instant>)>,
    leader: Option<u64>,
    next: u64,
}

impl Facts {
    fn earliest(&self) -> Option<Instant> {
        self.deadlines.iter().filter_map(|(_, deadline)| *deadline).min()
    }
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

    /// One of those who wait with a timeout, the leader, sleeps until the earliest deadline of all; the others sleep until
    /// they are notified.
    pub fn wait_timeout(&self, timeout: Duration) -> bool {
        let deadline = Instant::now().checked_add(timeout);
        let mut facts = self.facts();
        let before = facts.sets;
        let me = facts.next;
        facts.next += 1;
        facts.deadlines.push((me, deadline));
        // An earlier deadline than the leader knows of.
        if facts.leader.is_some() {
            self.bell.notify_all();
        }
        let released = loop {
            if facts.is_set || facts.sets != before {
                break true;
            }
            let now = Instant::now();
            if deadline.is_some_and(|deadline| deadline <= now) {
                break false;
            }
            let leads = *facts.leader.get_or_insert(me) == me;
            match facts.earliest() {
                Some(earliest) if leads => {
                    // It is later: somebody else is late.
                    let left = earliest.max(now) - now;
                    if left.is_zero() {
                        facts.leader = None;
                        self.bell.notify_all();
                        facts = self.bell.wait(facts).unwrap_or_else(PoisonError::into_inner);
                    } else {
                        let (woken, timeout) =
                            self.bell.wait_timeout(facts, left).unwrap_or_else(PoisonError::into_inner);
                        facts = woken;
                        if timeout.timed_out() {
                            self.bell.notify_all();
                        }
                    }
                }
                _ => facts = self.bell.wait(facts).unwrap_or_else(PoisonError::into_inner),
            }
        };
        facts.deadlines.retain(|(other, _)| *other != me);
        if facts.leader == Some(me) {
            facts.leader = None;
        }
        self.bell.notify_all();
        released
    }
}

#[derive(Default)]
struct Shared {
    end: Event,
    beats: AtomicU64,
}

pub struct Monitor {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Monitor {
    pub fn start(interval: Duration, mut beat: impl FnMut() + Send + 'static) -> Self {
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            while !theirs.end.wait_timeout(interval) {
                beat();
                theirs.beats.fetch_add(1, Ordering::Relaxed);
            }
        });
        Monitor { shared, thread: Some(thread) }
    }

    pub fn beats(&self) -> u64 {
        self.shared.beats.load(Ordering::Relaxed)
    }

    pub fn stop(mut self) -> u64 {
        self.shared.end.set();
        if let Some(Err(payload)) = self.thread.take().map(JoinHandle::join) {
            panic::resume_unwind(payload);
        }
        self.beats()
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        self.shared.end.set();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
