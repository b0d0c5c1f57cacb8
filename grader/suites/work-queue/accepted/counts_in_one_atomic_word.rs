//! Fixture: both counts are in one atomic word that changes under the lock and is read without; a heap with numbers of arrival.

use std::collections::VecDeque;
use std::error::Error;
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

#[derive(Debug, PartialEq, Eq)]
pub struct Closed<T>(pub T);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GetError {
    TimedOut,
    Closed,
}

impl fmt::Display for GetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TimedOut => "no item came in time",
            Self::Closed => "the queue is closed and drained",
        })
    }
}

impl Error for GetError {}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoSuchTask;

impl fmt::Display for NoSuchTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("every item that was taken is finished already")
    }
}

impl Error for NoSuchTask {}

/// The lower half of the word counts what was taken, the upper half what is inside.
const TAKEN: u64 = 1;
const INSIDE: u64 = 1 << 32;

enum Items<T> {
    Row(VecDeque<T>, bool),
    Heap(Vec<(T, u64)>, u64, fn(&T, &T) -> std::cmp::Ordering),
}

impl<T> Items<T> {
    fn push(&mut self, item: T) {
        match self {
            Self::Row(items, _) => items.push_back(item),
            Self::Heap(heap, arrivals, compare) => {
                heap.push((item, *arrivals));
                *arrivals += 1;
                let mut child = heap.len() - 1;
                while child > 0 && is_first(heap, child, (child - 1) / 2, *compare) {
                    heap.swap(child, (child - 1) / 2);
                    child = (child - 1) / 2;
                }
            }
        }
    }

    fn pop(&mut self) -> Option<T> {
        match self {
            Self::Row(items, true) => items.pop_back(),
            Self::Row(items, false) => items.pop_front(),
            Self::Heap(heap, _, compare) => {
                if heap.is_empty() {
                    return None;
                }
                let (item, _) = heap.swap_remove(0);
                let mut parent = 0;
                loop {
                    let children = (2 * parent + 1)..(2 * parent + 3).min(heap.len());
                    let child = children
                        .reduce(|one, other| if is_first(heap, other, one, *compare) { other } else { one });
                    match child {
                        Some(child) if is_first(heap, child, parent, *compare) => {
                            heap.swap(child, parent);
                            parent = child;
                        }
                        Some(_) | None => return Some(item),
                    }
                }
            }
        }
    }
}

fn is_first<T>(
    heap: &[(T, u64)],
    one: usize,
    other: usize,
    compare: fn(&T, &T) -> std::cmp::Ordering,
) -> bool {
    compare(&heap[one].0, &heap[other].0).then(heap[one].1.cmp(&heap[other].1)).is_lt()
}

pub struct WorkQueue<T> {
    capacity: u64,
    items: Mutex<(Items<T>, bool)>,
    counts: AtomicU64,
    arrived: Condvar,
    left: Condvar,
    /// How often all was done.
    times: Mutex<u64>,
    again: Condvar,
}

impl<T> WorkQueue<T> {
    fn new(items: Items<T>, capacity: Option<NonZeroUsize>) -> Self {
        Self {
            capacity: capacity.map_or(u64::MAX, |capacity| capacity.get() as u64),
            items: Mutex::new((items, true)),
            counts: AtomicU64::new(0),
            arrived: Condvar::new(),
            left: Condvar::new(),
            times: Mutex::new(0),
            again: Condvar::new(),
        }
    }

    pub fn fifo(capacity: Option<NonZeroUsize>) -> Self {
        Self::new(Items::Row(VecDeque::new(), false), capacity)
    }

    pub fn lifo(capacity: Option<NonZeroUsize>) -> Self {
        Self::new(Items::Row(VecDeque::new(), true), capacity)
    }

    pub fn priority(capacity: Option<NonZeroUsize>) -> Self
    where
        T: Ord,
    {
        Self::new(Items::Heap(Vec::new(), 0, T::cmp), capacity)
    }

    pub fn put(&self, item: T) -> Result<(), Closed<T>> {
        let mut items = self.items.lock().unwrap();
        while items.1 && self.counts.load(Ordering::Relaxed) / INSIDE >= self.capacity {
            items = self.left.wait(items).unwrap();
        }
        if !items.1 {
            return Err(Closed(item));
        }
        items.0.push(item);
        self.counts.fetch_add(INSIDE, Ordering::AcqRel);
        drop(items);
        self.arrived.notify_one();
        Ok(())
    }

    pub fn get(&self) -> Result<T, GetError> {
        let mut items = self.items.lock().unwrap();
        loop {
            match items.0.pop() {
                Some(item) => {
                    self.counts.fetch_sub(INSIDE - TAKEN, Ordering::AcqRel);
                    drop(items);
                    self.left.notify_one();
                    return Ok(item);
                }
                None if !items.1 => return Err(GetError::Closed),
                None => items = self.arrived.wait(items).unwrap(),
            }
        }
    }

    pub fn get_timeout(&self, timeout: Duration) -> Result<T, GetError> {
        let deadline = Instant::now().checked_add(timeout);
        let left =
            || deadline.map_or(Duration::MAX, |deadline| deadline.saturating_duration_since(Instant::now()));
        let items = self.items.lock().unwrap();
        let mut items = items;
        let mut expired = false;
        loop {
            if let Some(item) = items.0.pop() {
                self.counts.fetch_sub(INSIDE - TAKEN, Ordering::AcqRel);
                self.left.notify_one();
                return Ok(item);
            }
            if expired {
                return Err(GetError::TimedOut);
            }
            if !items.1 {
                return Err(if left().is_zero() { GetError::TimedOut } else { GetError::Closed });
            }
            let (guard, _) = self.arrived.wait_timeout(items, left()).unwrap_or_else(PoisonError::into_inner);
            items = guard;
            expired = left().is_zero();
        }
    }

    pub fn task_done(&self) -> Result<(), NoSuchTask> {
        // Joiners that come now wait until this is complete.
        let mut times = self.times.lock().unwrap();
        let before = self
            .counts
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |counts| {
                (counts % INSIDE > 0).then(|| counts - TAKEN)
            })
            .map_err(|_| NoSuchTask)?;
        if before == TAKEN {
            *times += 1;
            self.again.notify_all();
        }
        Ok(())
    }

    pub fn join(&self) {
        let mut times = self.times.lock().unwrap();
        let before = *times;
        while self.counts.load(Ordering::Acquire) != 0 && *times == before {
            times = self.again.wait(times).unwrap();
        }
    }

    pub fn close(&self) {
        self.items.lock().unwrap().1 = false;
        self.arrived.notify_all();
        self.left.notify_all();
    }

    pub fn len(&self) -> usize {
        (self.counts.load(Ordering::Acquire) / INSIDE) as usize
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn unfinished(&self) -> usize {
        let counts = self.counts.load(Ordering::Acquire);
        (counts / INSIDE + counts % INSIDE) as usize
    }
}
