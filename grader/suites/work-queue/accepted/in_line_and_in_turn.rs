//! Fixture: gets are served in the order of their numbers; one that leaves tells the others.

use std::collections::VecDeque;
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

/// Gets wait in a line and are served in turn. Whoever takes an item tells the next one if there is more.
struct Counter<T> {
    items: Vec<T>,
    line: VecDeque<u64>,
    number: u64,
    taken: usize,
    closed: bool,
    rounds: u64,
}

pub struct WorkQueue<T> {
    capacity: Option<usize>,
    rank: Rank<T>,
    counter: Mutex<Counter<T>>,
    turn: Condvar,
    place: Condvar,
    done: Condvar,
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
        let counter = Counter {
            items: Vec::new(),
            line: VecDeque::new(),
            number: 0,
            taken: 0,
            closed: false,
            rounds: 0,
        };
        Self {
            capacity: capacity.map(NonZeroUsize::get),
            rank,
            counter: Mutex::new(counter),
            turn: Condvar::new(),
            place: Condvar::new(),
            done: Condvar::new(),
        }
    }

    pub fn put(&self, item: T) -> Result<(), Closed<T>> {
        let mut counter = lock(&self.counter);
        while !counter.closed && Some(counter.items.len()) == self.capacity {
            counter = self.place.wait(counter).unwrap_or_else(PoisonError::into_inner);
        }
        if counter.closed {
            return Err(Closed(item));
        }
        let at = (self.rank)(&counter.items, &item);
        counter.items.insert(at, item);
        // To all: the first one of the line takes it.
        self.turn.notify_all();
        Ok(())
    }

    fn served(&self, counter: &mut Counter<T>, tells: bool) -> Option<T> {
        let item = counter.items.pop()?;
        counter.taken += 1;
        self.place.notify_one();
        if tells && (counter.closed || !counter.items.is_empty()) {
            self.turn.notify_all();
        }
        Some(item)
    }

    fn wait_in_line(&self, deadline: Option<Instant>) -> Result<T, GetError> {
        let mut counter = lock(&self.counter);
        counter.number += 1;
        let mine = counter.number;
        counter.line.push_back(mine);
        loop {
            let first = counter.line.front() == Some(&mine);
            let late = deadline.is_some_and(|deadline| deadline <= Instant::now());
            if first || late {
                if !counter.items.is_empty() {
                    counter.line.retain(|other| *other != mine);
                    let item = self.served(&mut counter, true);
                    return item.ok_or(GetError::TimedOut);
                }
            }
            if counter.closed && counter.items.is_empty() || late {
                counter.line.retain(|other| *other != mine);
                return Err(if late { GetError::TimedOut } else { GetError::Closed });
            }
            counter = match deadline {
                None => self.turn.wait(counter).unwrap_or_else(PoisonError::into_inner),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    self.turn.wait_timeout(counter, left).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }

    pub fn get(&self) -> Result<T, GetError> {
        self.wait_in_line(None)
    }

    pub fn get_timeout(&self, timeout: Duration) -> Result<T, GetError> {
        self.wait_in_line(Instant::now().checked_add(timeout))
    }

    pub fn task_done(&self) -> Result<(), NoSuchTask> {
        let mut counter = lock(&self.counter);
        counter.taken = counter.taken.checked_sub(1).ok_or(NoSuchTask)?;
        if counter.taken == 0 && counter.items.is_empty() {
            counter.rounds += 1;
            self.done.notify_all();
        }
        Ok(())
    }

    pub fn join(&self) {
        let mut counter = lock(&self.counter);
        let round = counter.rounds;
        while counter.rounds == round && counter.taken + counter.items.len() > 0 {
            counter = self.done.wait(counter).unwrap_or_else(PoisonError::into_inner);
        }
    }

    pub fn close(&self) {
        let mut counter = lock(&self.counter);
        counter.closed = true;
        self.turn.notify_all();
        self.place.notify_all();
    }

    pub fn len(&self) -> usize {
        lock(&self.counter).items.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn unfinished(&self) -> usize {
        let counter = lock(&self.counter);
        counter.items.len() + counter.taken
    }
}
