//! Fixture: a waiter is released when its number is no longer on the list, and all wait at one condition variable. The
//! monitor is its thread and a flag, which it looks at before it parks.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

#[derive(Debug, Default)]
struct List {
    is_set: bool,
    last: u64,
    waiting: BTreeSet<u64>,
}

impl List {
    fn sign(&mut self) -> Option<u64> {
        if self.is_set {
            return None;
        }
        self.last += 1;
        self.waiting.insert(self.last);
        Some(self.last)
    }
}

#[derive(Debug, Default)]
pub struct Event {
    list: Mutex<List>,
    shorter: Condvar,
}

impl Event {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn set(&self) {
        let mut list = self.list.lock().unwrap();
        list.is_set = true;
        list.waiting.clear();
        drop(list);
        self.shorter.notify_all();
    }

    pub fn clear(&self) {
        let mut list = self.list.lock().unwrap();
        list.is_set = false;
        // Nobody is the wiser for it, and nobody goes on.
        self.shorter.notify_all();
    }

    pub fn is_set(&self) -> bool {
        self.list.lock().unwrap().is_set
    }

    pub fn wait(&self) {
        let mut list = self.list.lock().unwrap();
        if let Some(number) = list.sign() {
            while list.waiting.contains(&number) {
                list = self.shorter.wait(list).unwrap();
            }
        }
    }

    pub fn wait_timeout(&self, timeout: Duration) -> bool {
        let mut list = self.list.lock().unwrap();
        match list.sign() {
            None => true,
            Some(number) => {
                let waits = |list: &mut List| list.waiting.contains(&number);
                let (mut list, _) = self.shorter.wait_timeout_while(list, timeout, waits).unwrap();
                // Taken off by itself: it gives up.
                !list.waiting.remove(&number)
            }
        }
    }
}

struct Flag {
    up: AtomicBool,
    beats: AtomicU64,
}

pub struct Monitor {
    flag: Arc<Flag>,
    thread: Option<JoinHandle<()>>,
}

/// Whether the flag is up, by then or before.
fn sleeps_until(flag: &AtomicBool, due: Instant) -> bool {
    loop {
        if flag.load(Ordering::SeqCst) {
            return true;
        }
        let now = Instant::now();
        if now >= due {
            return false;
        }
        thread::park_timeout(due - now);
    }
}

impl Monitor {
    pub fn start(interval: Duration, mut beat: impl FnMut() + Send + 'static) -> Monitor {
        let flag = Arc::new(Flag { up: AtomicBool::new(false), beats: AtomicU64::new(0) });
        let begun = Instant::now();
        let thread = thread::Builder::new().spawn({
            let flag = flag.clone();
            move || {
                let mut due = begun + interval;
                while !sleeps_until(&flag.up, due) {
                    beat();
                    flag.beats.fetch_add(1, Ordering::SeqCst);
                    due = Instant::now() + interval;
                }
            }
        });
        Monitor { flag, thread: Some(thread.expect("there is room for a thread")) }
    }

    pub fn beats(&self) -> u64 {
        self.flag.beats.load(Ordering::SeqCst)
    }

    pub fn stop(self) -> u64 {
        let mut ended = self;
        let result = ended.lower();
        let beats = ended.beats();
        result.map(|()| beats).expect("no beat panicked")
    }

    fn lower(&mut self) -> thread::Result<()> {
        let Some(thread) = self.thread.take() else { return Ok(()) };
        self.flag.up.store(true, Ordering::SeqCst);
        thread.thread().unpark();
        thread.join()
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        if let Err(payload) = self.lower() {
            // It has been reported where it happened.
            drop(payload);
        }
    }
}
