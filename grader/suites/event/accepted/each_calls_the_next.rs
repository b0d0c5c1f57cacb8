//! Fixture: waiters are a line of parked threads; `set` calls the first, and each one that is released calls the next.

use std::panic;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::{self, JoinHandle, Thread};
use std::time::{Duration, Instant};

#[derive(Debug)]
struct Link {
    thread: Thread,
    called: AtomicBool,
    next: OnceLock<Arc<Link>>,
}

impl Link {
    fn call(&self, order: Ordering) {
        self.called.store(true, order);
        self.thread.unpark();
    }

    /// It was called: it calls the next one.
    fn call_next(&self) {
        if let Some(next) = self.next.get() {
            next.call(Ordering::Release);
        }
    }
}

#[derive(Debug, Default)]
struct Facts {
    is_set: bool,
    line: Vec<Arc<Link>>,
}

#[derive(Debug, Default)]
pub struct Event {
    facts: Mutex<Facts>,
}

impl Event {
    pub fn new() -> Self {
        Self::default()
    }

    fn facts(&self) -> MutexGuard<'_, Facts> {
        self.facts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Each one in the line is called by the one before it; the first one from here.
    pub fn set(&self) {
        let mut facts = self.facts();
        facts.is_set = true;
        let line = std::mem::take(&mut facts.line);
        drop(facts);
        for (one, next) in line.iter().zip(line.iter().skip(1)) {
            let _ = one.next.set(Arc::clone(next));
        }
        if let Some(first) = line.first() {
            first.call(Ordering::Release);
        }
    }

    pub fn clear(&self) {
        self.facts().is_set = false;
    }

    pub fn is_set(&self) -> bool {
        self.facts().is_set
    }

    fn line_up(&self) -> Option<Arc<Link>> {
        let mut facts = self.facts();
        if facts.is_set {
            return None;
        }
        let link = Arc::new(Link {
            thread: thread::current(),
            called: AtomicBool::new(false),
            next: OnceLock::new(),
        });
        facts.line.push(Arc::clone(&link));
        Some(link)
    }

    fn sleep(link: &Link) {
        while !link.called.load(Ordering::Acquire) {
            thread::park();
        }
        link.call_next();
    }

    pub fn wait(&self) {
        if let Some(link) = self.line_up() {
            Self::sleep(&link);
        }
    }

    pub fn wait_timeout(&self, timeout: Duration) -> bool {
        let deadline = Instant::now().checked_add(timeout);
        let Some(link) = self.line_up() else { return true };
        while !link.called.load(Ordering::Acquire) {
            let left =
                deadline.map_or(Duration::MAX, |deadline| deadline.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                let mut facts = self.facts();
                if let Some(place) = facts.line.iter().position(|other| Arc::ptr_eq(other, &link)) {
                    facts.line.remove(place);
                    return false;
                }
                break;
            }
            thread::park_timeout(left);
        }
        // It was called, or a `set` is about to call it.
        Self::sleep(&link);
        true
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
