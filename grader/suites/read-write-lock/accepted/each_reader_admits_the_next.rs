//! Fixture: readers that wait are a chain: a writer that leaves admits the first of them, and each one that is admitted the next.

mod guarded;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Thread};

pub use guarded::{ReadGuard, ReadWriteLock, WriteGuard};

/// A reader that waits, and the next one in its chain.
#[derive(Debug)]
struct Link {
    thread: Thread,
    admitted: AtomicBool,
    next: Option<Arc<Link>>,
}

impl Link {
    fn admit(&self, order: Ordering) {
        self.admitted.store(true, order);
        self.thread.unpark();
    }

    fn sleep(&self) {
        while !self.admitted.load(Ordering::Acquire) {
            thread::park();
        }
    }
}

fn link(next: Option<Arc<Link>>) -> Arc<Link> {
    Arc::new(Link { thread: thread::current(), admitted: AtomicBool::new(false), next })
}

#[derive(Debug, Default)]
struct Hall {
    readers: usize,
    writer: bool,
    writers: VecDeque<Arc<Link>>,
    /// The newest of the readers that wait, and how many they are.
    chain: Option<Arc<Link>>,
    length: usize,
}

impl Hall {
    fn takes_readers(&self) -> bool {
        !self.writer && self.writers.is_empty()
    }

    /// Nobody is inside: the next writer comes in, or else all readers.
    fn hand_over(&mut self) {
        if let Some(writer) = self.writers.pop_front() {
            self.writer = true;
            writer.admit(Ordering::Release);
        } else if let Some(first) = self.chain.take() {
            self.readers = std::mem::take(&mut self.length);
            first.admit(Ordering::Release);
        }
    }
}

#[derive(Debug, Default)]
pub struct RawReadWriteLock {
    hall: Mutex<Hall>,
}

impl RawReadWriteLock {
    pub fn new() -> Self {
        Self::default()
    }

    fn hall(&self) -> MutexGuard<'_, Hall> {
        self.hall.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn lock_shared(&self) {
        let mut hall = self.hall();
        if hall.takes_readers() {
            hall.readers += 1;
            return;
        }
        let mine = link(hall.chain.take());
        hall.chain = Some(Arc::clone(&mine));
        hall.length += 1;
        drop(hall);
        mine.sleep();
        // Everybody is inside already; each one tells the next.
        if let Some(next) = &mine.next {
            next.admit(Ordering::Release);
        }
    }

    pub fn try_lock_shared(&self) -> bool {
        let mut hall = self.hall();
        let free = hall.takes_readers();
        hall.readers += usize::from(free);
        free
    }

    pub fn unlock_shared(&self) {
        let mut hall = self.hall();
        hall.readers -= 1;
        if hall.readers == 0 {
            hall.hand_over();
        }
    }

    pub fn lock_exclusive(&self) {
        let mut hall = self.hall();
        if !hall.writer && hall.readers == 0 {
            hall.writer = true;
            return;
        }
        let mine = link(None);
        hall.writers.push_back(Arc::clone(&mine));
        drop(hall);
        mine.sleep();
    }

    pub fn try_lock_exclusive(&self) -> bool {
        let mut hall = self.hall();
        let free = !hall.writer && hall.readers == 0;
        hall.writer |= free;
        free
    }

    pub fn unlock_exclusive(&self) {
        let mut hall = self.hall();
        hall.writer = false;
        hall.hand_over();
    }
}
