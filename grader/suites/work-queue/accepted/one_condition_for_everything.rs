//! Fixture: one condition variable for everything, and all are woken by every change; the smallest item is looked up when one is taken.

use std::cmp::Ordering;
use std::error::Error;
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Condvar, Mutex};
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

enum Order<T> {
    Fifo,
    Lifo,
    Smallest(fn(&T, &T) -> Ordering),
}

struct Inside<T> {
    // In the order of arrival.
    items: Vec<T>,
    unfinished: usize,
    epoch: u64,
    open: bool,
}

pub struct WorkQueue<T> {
    order: Order<T>,
    most: usize,
    inside: Mutex<Inside<T>>,
    changed: Condvar,
}

impl<T> WorkQueue<T> {
    fn new(order: Order<T>, capacity: Option<NonZeroUsize>) -> Self {
        let inside = Inside { items: Vec::new(), unfinished: 0, epoch: 0, open: true };
        let most = capacity.map_or(usize::MAX, NonZeroUsize::get);
        Self { order, most, inside: Mutex::new(inside), changed: Condvar::new() }
    }

    pub fn fifo(capacity: Option<NonZeroUsize>) -> Self {
        Self::new(Order::Fifo, capacity)
    }

    pub fn lifo(capacity: Option<NonZeroUsize>) -> Self {
        Self::new(Order::Lifo, capacity)
    }

    pub fn priority(capacity: Option<NonZeroUsize>) -> Self
    where
        T: Ord,
    {
        Self::new(Order::Smallest(T::cmp), capacity)
    }

    fn next(&self, items: &mut Vec<T>) -> Option<T> {
        let index = match self.order {
            Order::Fifo => 0,
            Order::Lifo => items.len().checked_sub(1)?,
            // The first one of those that are equal.
            Order::Smallest(compare) => {
                (0..items.len()).reduce(|best, index| match compare(&items[index], &items[best]) {
                    Ordering::Less => index,
                    Ordering::Equal | Ordering::Greater => best,
                })?
            }
        };
        (index < items.len()).then(|| items.remove(index))
    }

    pub fn put(&self, item: T) -> Result<(), Closed<T>> {
        let inside = self.inside.lock().unwrap();
        let mut inside =
            self.changed.wait_while(inside, |inside| inside.open && inside.items.len() >= self.most).unwrap();
        if !inside.open {
            return Err(Closed(item));
        }
        inside.items.push(item);
        inside.unfinished += 1;
        self.changed.notify_all();
        Ok(())
    }

    pub fn get(&self) -> Result<T, GetError> {
        let inside = self.inside.lock().unwrap();
        let mut inside =
            self.changed.wait_while(inside, |inside| inside.open && inside.items.is_empty()).unwrap();
        let item = self.next(&mut inside.items).ok_or(GetError::Closed)?;
        self.changed.notify_all();
        Ok(item)
    }

    pub fn get_timeout(&self, timeout: Duration) -> Result<T, GetError> {
        let start = Instant::now();
        let mut inside = self.inside.lock().unwrap();
        loop {
            if let Some(item) = self.next(&mut inside.items) {
                self.changed.notify_all();
                return Ok(item);
            }
            let Some(left) = timeout.checked_sub(start.elapsed()).filter(|left| !left.is_zero()) else {
                return Err(GetError::TimedOut);
            };
            if !inside.open {
                return Err(GetError::Closed);
            }
            inside = self.changed.wait_timeout(inside, left).unwrap().0;
        }
    }

    pub fn task_done(&self) -> Result<(), NoSuchTask> {
        let mut inside = self.inside.lock().unwrap();
        if inside.unfinished == inside.items.len() {
            return Err(NoSuchTask);
        }
        inside.unfinished -= 1;
        if inside.unfinished == 0 {
            inside.epoch += 1;
            self.changed.notify_all();
        }
        Ok(())
    }

    pub fn join(&self) {
        let inside = self.inside.lock().unwrap();
        let epoch = inside.epoch;
        let same = |inside: &mut Inside<T>| inside.unfinished > 0 && inside.epoch == epoch;
        drop(self.changed.wait_while(inside, same).unwrap());
    }

    pub fn close(&self) {
        self.inside.lock().unwrap().open = false;
        self.changed.notify_all();
    }

    pub fn len(&self) -> usize {
        self.inside.lock().unwrap().items.len()
    }

    pub fn is_empty(&self) -> bool {
        self.inside.lock().unwrap().items.is_empty()
    }

    pub fn unfinished(&self) -> usize {
        self.inside.lock().unwrap().unfinished
    }
}
