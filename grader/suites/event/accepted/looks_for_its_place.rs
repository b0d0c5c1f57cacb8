//! Fixture: a waiter that gives up looks for its place on the list, which others may have left meanwhile.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, mpsc};
use std::thread::{self, JoinHandle, Thread};
use std::time::{Duration, Instant};

/// Who waits is in a list, and knows its place there.
#[derive(Debug, Default)]
pub struct Event {
    hall: Mutex<Hall>,
}

#[derive(Debug, Default)]
struct Hall {
    set: bool,
    waiters: Vec<Arc<Waiter>>,
}

#[derive(Debug)]
struct Waiter {
    thread: Thread,
    released: AtomicBool,
}

impl Event {
    pub fn new() -> Self {
        Self::default()
    }

    fn hall(&self) -> MutexGuard<'_, Hall> {
        self.hall.lock().unwrap()
    }

    pub fn set(&self) {
        let mut hall = self.hall();
        hall.set = true;
        for waiter in hall.waiters.drain(..) {
            waiter.released.store(true, Ordering::Release);
            waiter.thread.unpark();
        }
    }

    pub fn clear(&self) {
        self.hall().set = false;
    }

    pub fn is_set(&self) -> bool {
        self.hall().set
    }

    /// A place on the list, if it is not set.
    fn queue_up(&self) -> Option<(Arc<Waiter>, usize)> {
        let mut hall = self.hall();
        if hall.set {
            return None;
        }
        let waiter = Arc::new(Waiter { thread: thread::current(), released: AtomicBool::new(false) });
        hall.waiters.push(Arc::clone(&waiter));
        Some((waiter, hall.waiters.len() - 1))
    }

    pub fn wait(&self) {
        if let Some((waiter, _)) = self.queue_up() {
            while !waiter.released.load(Ordering::Acquire) {
                thread::park();
            }
        }
    }

    pub fn wait_timeout(&self, timeout: Duration) -> bool {
        let start = Instant::now();
        let Some((waiter, place)) = self.queue_up() else {
            return true;
        };
        loop {
            if waiter.released.load(Ordering::Acquire) {
                return true;
            }
            let left = timeout.saturating_sub(start.elapsed());
            if left.is_zero() {
                break;
            }
            thread::park_timeout(left);
        }
        let mut hall = self.hall();
        if waiter.released.load(Ordering::Acquire) {
            return true;
        }
        let _ = place;
        hall.waiters.retain(|other| !Arc::ptr_eq(other, &waiter));
        false
    }
}

/// Sleeps in a timed receive: the end of the channel is the end of the monitor.
pub struct Monitor {
    beats: Arc<AtomicU64>,
    end: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Monitor {
    pub fn start(interval: Duration, mut beat: impl FnMut() + Send + 'static) -> Self {
        let beats = Arc::new(AtomicU64::new(0));
        let (end, ended) = mpsc::channel::<()>();
        let theirs = Arc::clone(&beats);
        let thread = thread::spawn(move || {
            while let Err(mpsc::RecvTimeoutError::Timeout) = ended.recv_timeout(interval) {
                beat();
                theirs.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self { beats, end: Some(end), thread: Some(thread) }
    }

    pub fn beats(&self) -> u64 {
        self.beats.load(Ordering::SeqCst)
    }

    pub fn stop(mut self) -> u64 {
        if let Some(Err(payload)) = self.finish() {
            std::panic::resume_unwind(payload);
        }
        self.beats()
    }

    fn finish(&mut self) -> Option<thread::Result<()>> {
        self.end = None;
        self.thread.take().map(JoinHandle::join)
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        let _ = self.finish();
    }
}
