//! Fixture: each waiter has a mutex and a condition variable of its own; whether it is set is in an `RwLock`.

use std::sync::{Arc, Condvar, Mutex, RwLock};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

#[derive(Debug, Default)]
struct Slot {
    woken: Mutex<bool>,
    bell: Condvar,
}

#[derive(Debug, Default)]
struct Known {
    happened: bool,
    slots: Vec<Arc<Slot>>,
}

#[derive(Debug, Default)]
pub struct Event {
    known: RwLock<Known>,
}

impl Event {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn set(&self) {
        let slots = {
            let mut known = self.known.write().unwrap();
            known.happened = true;
            std::mem::take(&mut known.slots)
        };
        for slot in slots {
            *slot.woken.lock().unwrap() = true;
            slot.bell.notify_one();
        }
    }

    pub fn clear(&self) {
        self.known.write().unwrap().happened = false;
    }

    pub fn is_set(&self) -> bool {
        self.known.read().unwrap().happened
    }

    fn slot(&self) -> Option<Arc<Slot>> {
        let mut known = self.known.write().unwrap();
        if known.happened {
            return None;
        }
        let slot = Arc::new(Slot::default());
        known.slots.push(slot.clone());
        Some(slot)
    }

    pub fn wait(&self) {
        if let Some(slot) = self.slot() {
            let woken = slot.woken.lock().unwrap();
            drop(slot.bell.wait_while(woken, |woken| !*woken).unwrap());
        }
    }

    pub fn wait_timeout(&self, timeout: Duration) -> bool {
        let Some(slot) = self.slot() else { return true };
        let woken = slot.woken.lock().unwrap();
        let (woken, _) = slot.bell.wait_timeout_while(woken, timeout, |woken| !*woken).unwrap();
        if *woken {
            return true;
        }
        drop(woken);
        // Who is not on the list any more has been released, or is about to be.
        let mut known = self.known.write().unwrap();
        match known.slots.iter().position(|other| Arc::ptr_eq(other, &slot)) {
            Some(place) => {
                known.slots.swap_remove(place);
                false
            }
            None => {
                drop(known);
                // Its `set` is under way: what was done before it is seen through the slot.
                let woken = slot.woken.lock().unwrap();
                drop(slot.bell.wait_while(woken, |woken| !*woken).unwrap());
                true
            }
        }
    }
}

#[derive(Default)]
struct Desk {
    closed: Mutex<bool>,
    bell: Condvar,
    beats: Mutex<u64>,
}

impl Desk {
    /// Returns whether it is closed.
    fn sleep(&self, interval: Duration) -> bool {
        let until = Instant::now() + interval;
        let mut closed = self.closed.lock().unwrap();
        while !*closed {
            let now = Instant::now();
            if until <= now {
                return false;
            }
            closed = self.bell.wait_timeout(closed, until - now).unwrap().0;
        }
        true
    }
}

pub struct Monitor {
    desk: Arc<Desk>,
    thread: Option<JoinHandle<()>>,
}

impl Monitor {
    pub fn start(interval: Duration, mut beat: impl FnMut() + Send + 'static) -> Self {
        let desk = Arc::<Desk>::default();
        let own = desk.clone();
        let thread = thread::spawn(move || {
            while !own.sleep(interval) {
                beat();
                *own.beats.lock().unwrap() += 1;
            }
        });
        Self { desk, thread: Some(thread) }
    }

    pub fn beats(&self) -> u64 {
        *self.desk.beats.lock().unwrap()
    }

    fn close(&mut self) -> bool {
        *self.desk.closed.lock().unwrap() = true;
        self.desk.bell.notify_all();
        self.thread.take().is_none_or(|thread| thread.join().is_ok())
    }

    pub fn stop(mut self) -> u64 {
        assert!(self.close(), "the monitor had stopped with a panic");
        self.beats()
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        self.close();
    }
}
