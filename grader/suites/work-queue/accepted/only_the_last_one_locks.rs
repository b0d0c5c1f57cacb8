//! Fixture: a word of both counts; `task_done` locks only to finish the last item.

use std::error::Error;
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
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

/// The next one to leave is the last one.
type Rank<T> = fn(&[T], &T) -> usize;

fn first_in_first_out<T>(_: &[T], _: &T) -> usize {
    0
}

fn last_in_first_out<T>(items: &[T], _: &T) -> usize {
    items.len()
}

/// Before (that is, behind in time) all that are not larger.
fn smallest_first<T: Ord>(items: &[T], item: &T) -> usize {
    items.partition_point(|other| other > item)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// In the word: the lower half counts what was taken, the upper half what is inside.
const INSIDE: u64 = 1 << 32;
const TAKEN: u64 = 1;

struct Yard<T> {
    items: Vec<T>,
    closed: bool,
    /// How often the last item was finished.
    rounds: u64,
}

/// Only what adds an item, takes one, or finishes the last one needs the lock; to finish any other item is one
/// exchange of the word.
pub struct WorkQueue<T> {
    capacity: Option<NonZeroUsize>,
    rank: Rank<T>,
    word: AtomicU64,
    yard: Mutex<Yard<T>>,
    item: Condvar,
    room: Condvar,
    rest: Condvar,
}

impl<T> WorkQueue<T> {
    pub fn fifo(capacity: Option<NonZeroUsize>) -> Self {
        Self::ranked(capacity, first_in_first_out::<T>)
    }

    pub fn lifo(capacity: Option<NonZeroUsize>) -> Self {
        Self::ranked(capacity, last_in_first_out::<T>)
    }

    pub fn priority(capacity: Option<NonZeroUsize>) -> Self
    where
        T: Ord,
    {
        Self::ranked(capacity, smallest_first::<T>)
    }

    fn ranked(capacity: Option<NonZeroUsize>, rank: Rank<T>) -> Self {
        Self {
            capacity,
            rank,
            word: AtomicU64::new(0),
            yard: Mutex::new(Yard { items: Vec::new(), closed: false, rounds: 0 }),
            item: Condvar::new(),
            room: Condvar::new(),
            rest: Condvar::new(),
        }
    }

    pub fn put(&self, item: T) -> Result<(), Closed<T>> {
        let full = |yard: &mut Yard<T>| {
            !yard.closed && self.capacity.is_some_and(|capacity| yard.items.len() >= capacity.get())
        };
        let mut yard = self.room.wait_while(lock(&self.yard), full).unwrap_or_else(PoisonError::into_inner);
        if yard.closed {
            return Err(Closed(item));
        }
        let place = (self.rank)(&yard.items, &item);
        yard.items.insert(place, item);
        self.word.fetch_add(INSIDE, Ordering::SeqCst);
        self.item.notify_one();
        Ok(())
    }

    fn take(&self, yard: &mut Yard<T>) -> Option<T> {
        let item = yard.items.pop()?;
        self.word.fetch_sub(INSIDE - TAKEN, Ordering::SeqCst);
        self.room.notify_one();
        Some(item)
    }

    pub fn get(&self) -> Result<T, GetError> {
        let mut yard = lock(&self.yard);
        loop {
            if let Some(item) = self.take(&mut yard) {
                return Ok(item);
            }
            if yard.closed {
                return Err(GetError::Closed);
            }
            yard = self.item.wait(yard).unwrap_or_else(PoisonError::into_inner);
        }
    }

    pub fn get_timeout(&self, timeout: Duration) -> Result<T, GetError> {
        let deadline = Instant::now().checked_add(timeout);
        let mut yard = lock(&self.yard);
        loop {
            if let Some(item) = self.take(&mut yard) {
                return Ok(item);
            }
            if yard.closed {
                return Err(GetError::Closed);
            }
            let Some(deadline) = deadline else {
                yard = self.item.wait(yard).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(GetError::TimedOut);
            }
            (yard, _) = self.item.wait_timeout(yard, left).unwrap_or_else(PoisonError::into_inner);
        }
    }

    pub fn task_done(&self) -> Result<(), NoSuchTask> {
        let mut word = self.word.load(Ordering::SeqCst);
        loop {
            if word % INSIDE == 0 {
                return Err(NoSuchTask);
            }
            // Nothing is added or taken under the lock, and zero is never left without it.
            let last = (word == TAKEN).then(|| lock(&self.yard));
            match self.word.compare_exchange(word, word - TAKEN, Ordering::AcqRel, Ordering::SeqCst) {
                Ok(_) => {
                    if let Some(mut yard) = last {
                        yard.rounds += 1;
                        self.rest.notify_all();
                    }
                    return Ok(());
                }
                Err(other) => word = other,
            }
        }
    }

    pub fn join(&self) {
        let mut yard = lock(&self.yard);
        let before = yard.rounds;
        loop {
            if self.word.load(Ordering::Acquire) == 0 || yard.rounds != before {
                return;
            }
            yard = self.rest.wait(yard).unwrap_or_else(PoisonError::into_inner);
        }
    }

    pub fn close(&self) {
        lock(&self.yard).closed = true;
        self.item.notify_all();
        self.room.notify_all();
    }

    pub fn len(&self) -> usize {
        (self.word.load(Ordering::SeqCst) / INSIDE) as usize
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn unfinished(&self) -> usize {
        let word = self.word.load(Ordering::SeqCst);
        (word / INSIDE + word % INSIDE) as usize
    }
}
