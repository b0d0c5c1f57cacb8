//! Fixture: waiters have marks of their own; `set` takes all of them off the list, and wakes them afterwards, a few at a time.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

const BATCH: usize = 2;

/// Waiters have marks, and are woken a few at a time, without the lock.
#[derive(Debug, Default)]
pub struct Event {
    list: Mutex<List>,
}

#[derive(Debug, Default)]
struct List {
    set: bool,
    waiters: std::collections::VecDeque<Arc<(Mutex<bool>, Condvar)>>,
}

impl Event {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn set(&self) {
        let mut list = self.list.lock().unwrap();
        list.set = true;
        let all: Vec<_> = list.waiters.drain(..).collect();
        drop(list);
        for batch in all.chunks(BATCH) {
            for waiter in batch {
                *waiter.0.lock().unwrap() = true;
                waiter.1.notify_one();
            }
        }
    }

    pub fn clear(&self) {
        self.list.lock().unwrap().set = false;
    }

    pub fn is_set(&self) -> bool {
        self.list.lock().unwrap().set
    }

    fn queue_up(&self) -> Option<Arc<(Mutex<bool>, Condvar)>> {
        let mut list = self.list.lock().unwrap();
        if list.set {
            return None;
        }
        let waiter = Arc::new((Mutex::new(false), Condvar::new()));
        list.waiters.push_back(Arc::clone(&waiter));
        Some(waiter)
    }

    pub fn wait(&self) {
        if let Some(waiter) = self.queue_up() {
            let (mark, bell) = &*waiter;
            drop(bell.wait_while(mark.lock().unwrap(), |mark| !*mark).unwrap());
        }
    }

    pub fn wait_timeout(&self, timeout: Duration) -> bool {
        let start = Instant::now();
        let Some(waiter) = self.queue_up() else {
            return true;
        };
        let (mark, bell) = &*waiter;
        let mut marked = mark.lock().unwrap();
        while !*marked {
            let left = timeout.saturating_sub(start.elapsed());
            if left.is_zero() {
                drop(marked);
                // On the list, it is not released; otherwise the mark may still be on its way.
                let mut list = self.list.lock().unwrap();
                let before = list.waiters.len();
                list.waiters.retain(|other| !Arc::ptr_eq(other, &waiter));
                return list.waiters.len() == before;
            }
            marked = bell.wait_timeout(marked, left).unwrap().0;
        }
        true
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
