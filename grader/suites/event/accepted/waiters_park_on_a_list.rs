//! Fixture: waiters park, and `set` takes all of them off their list. The monitor's thread parks as well.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle, Thread};
use std::time::{Duration, Instant};

#[derive(Debug)]
struct Waiter {
    thread: Thread,
    released: AtomicBool,
}

#[derive(Debug, Default)]
struct Inner {
    set: bool,
    waiters: Vec<Arc<Waiter>>,
}

#[derive(Debug, Default)]
pub struct Event(Mutex<Inner>);

impl Event {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn set(&self) {
        let mut inner = self.0.lock().unwrap();
        inner.set = true;
        for waiter in inner.waiters.drain(..) {
            waiter.released.store(true, Ordering::Release);
            waiter.thread.unpark();
        }
    }

    pub fn clear(&self) {
        self.0.lock().unwrap().set = false;
    }

    pub fn is_set(&self) -> bool {
        self.0.lock().unwrap().set
    }

    /// `None`: it is set.
    fn queue_up(&self) -> Option<Arc<Waiter>> {
        let mut inner = self.0.lock().unwrap();
        if inner.set {
            return None;
        }
        let waiter = Arc::new(Waiter { thread: thread::current(), released: AtomicBool::new(false) });
        inner.waiters.push(Arc::clone(&waiter));
        Some(waiter)
    }

    pub fn wait(&self) {
        let Some(waiter) = self.queue_up() else { return };
        while !waiter.released.load(Ordering::Acquire) {
            thread::park();
        }
    }

    pub fn wait_timeout(&self, timeout: Duration) -> bool {
        let start = Instant::now();
        let Some(waiter) = self.queue_up() else { return true };
        while !waiter.released.load(Ordering::Acquire) {
            let left = timeout.saturating_sub(start.elapsed());
            if left.is_zero() {
                // Off the list, unless it has been taken off already.
                let mut inner = self.0.lock().unwrap();
                let count = inner.waiters.len();
                inner.waiters.retain(|other| !Arc::ptr_eq(other, &waiter));
                return inner.waiters.len() == count;
            }
            thread::park_timeout(left);
        }
        true
    }
}

struct Shared {
    over: AtomicBool,
    beats: AtomicU64,
}

pub struct Monitor {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Monitor {
    pub fn start(interval: Duration, mut beat: impl FnMut() + Send + 'static) -> Self {
        let shared = Arc::new(Shared { over: AtomicBool::new(false), beats: AtomicU64::new(0) });
        let inside = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            loop {
                let start = Instant::now();
                loop {
                    if inside.over.load(Ordering::Acquire) {
                        return;
                    }
                    let left = interval.saturating_sub(start.elapsed());
                    if left.is_zero() {
                        break;
                    }
                    thread::park_timeout(left);
                }
                beat();
                inside.beats.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self { shared, thread: Some(thread) }
    }

    pub fn beats(&self) -> u64 {
        self.shared.beats.load(Ordering::SeqCst)
    }

    pub fn stop(mut self) -> u64 {
        match self.join() {
            Some(Err(payload)) => resume_unwind(payload),
            Some(Ok(())) | None => self.beats(),
        }
    }

    fn join(&mut self) -> Option<thread::Result<()>> {
        let thread = self.thread.take()?;
        self.shared.over.store(true, Ordering::Release);
        thread.thread().unpark();
        Some(thread.join())
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        let _ = self.join();
    }
}
