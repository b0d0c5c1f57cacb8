//! Fixture: `wait_while` and `wait_timeout_while`, a list of which the last one is the next.

use std::error::Error;
use std::fmt;
use std::num::NonZeroUsize;
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

struct Store<T> {
    items: Vec<T>,
    taken: usize,
    closed: bool,
    rounds: u64,
}

impl<T> Store<T> {
    fn all_done(&self) -> bool {
        self.items.is_empty() && self.taken == 0
    }
}

pub struct WorkQueue<T> {
    most: usize,
    rank: Rank<T>,
    store: Mutex<Store<T>>,
    filled: Condvar,
    emptied: Condvar,
    finished: Condvar,
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
        let store = Store { items: Vec::new(), taken: 0, closed: false, rounds: 0 };
        Self {
            most: capacity.map_or(usize::MAX, NonZeroUsize::get),
            rank,
            store: Mutex::new(store),
            filled: Condvar::new(),
            emptied: Condvar::new(),
            finished: Condvar::new(),
        }
    }

    pub fn put(&self, item: T) -> Result<(), Closed<T>> {
        let mut store = lock(&self.store);
        loop {
            if store.closed {
                return Err(Closed(item));
            }
            if store.items.len() < self.most {
                break;
            }
            store = self.emptied.wait(store).unwrap_or_else(PoisonError::into_inner);
        }
        let at = (self.rank)(&store.items, &item);
        store.items.insert(at, item);
        drop(store);
        self.filled.notify_one();
        Ok(())
    }

    pub fn get(&self) -> Result<T, GetError> {
        let idle = |store: &mut Store<T>| store.items.is_empty() && !store.closed;
        let mut store =
            self.filled.wait_while(lock(&self.store), idle).unwrap_or_else(PoisonError::into_inner);
        let item = store.items.pop().ok_or(GetError::Closed)?;
        store.taken += 1;
        self.emptied.notify_one();
        Ok(item)
    }

    pub fn get_timeout(&self, timeout: Duration) -> Result<T, GetError> {
        let idle = |store: &mut Store<T>| store.items.is_empty() && !store.closed;
        let waited = self.filled.wait_timeout_while(lock(&self.store), timeout, idle);
        let (mut store, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let error = if store.closed { GetError::Closed } else { GetError::TimedOut };
        let item = store.items.pop().ok_or(error)?;
        store.taken += 1;
        self.emptied.notify_one();
        Ok(item)
    }

    pub fn task_done(&self) -> Result<(), NoSuchTask> {
        let mut store = lock(&self.store);
        if store.taken == 0 {
            return Err(NoSuchTask);
        }
        store.taken -= 1;
        if store.all_done() {
            store.rounds += 1;
            drop(store);
            self.finished.notify_all();
        }
        Ok(())
    }

    pub fn join(&self) {
        let store = lock(&self.store);
        let round = store.rounds;
        let busy = |store: &mut Store<T>| !store.all_done() && store.rounds == round;
        drop(self.finished.wait_while(store, busy).unwrap_or_else(PoisonError::into_inner));
    }

    pub fn close(&self) {
        lock(&self.store).closed = true;
        self.filled.notify_all();
        self.emptied.notify_all();
    }

    pub fn len(&self) -> usize {
        lock(&self.store).items.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn unfinished(&self) -> usize {
        let store = lock(&self.store);
        store.items.len() + store.taken
    }
}
