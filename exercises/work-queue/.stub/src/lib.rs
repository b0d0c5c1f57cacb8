//! A queue of work for any number of threads, which knows when all of it is done.
//!
//! Some threads put items, others take and finish them, and whoever wants to can wait until every item that was put
//! is finished. The README explains the idea.

use std::error::Error;
use std::fmt;
use std::num::NonZeroUsize;
use std::time::Duration;

/// The error of [`WorkQueue::put`] on a closed queue: it returns the item. Given.
#[derive(Debug, PartialEq, Eq)]
pub struct Closed<T>(pub T);

/// Why there was nothing to get. Given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GetError {
    /// The time was over, and no item was there.
    TimedOut,
    /// The queue is closed, and no item is left.
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

/// No item that was taken is left to be finished. Given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoSuchTask;

impl fmt::Display for NoSuchTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("every item that was taken is finished already")
    }
}

impl Error for NoSuchTask {}

/// A queue of items to be worked on. Every operation takes effect at one instant.
pub struct WorkQueue<T> {
    // What is inside, in which order it leaves, how much is not finished, and where threads wait for what?
    _items: Vec<T>,
}

impl<T> WorkQueue<T> {
    /// An empty, open queue: first in, first out. Without a capacity it is unbounded.
    pub fn fifo(_capacity: Option<NonZeroUsize>) -> Self {
        todo!("WorkQueue::fifo, first in, first out")
    }

    /// An empty, open queue: last in, first out. Without a capacity it is unbounded.
    pub fn lifo(_capacity: Option<NonZeroUsize>) -> Self {
        todo!("WorkQueue::lifo, last in, first out")
    }

    /// An empty, open queue: the smallest item first, and equal ones in the order of arrival. Without a capacity it
    /// is unbounded.
    pub fn priority(_capacity: Option<NonZeroUsize>) -> Self
    where
        T: Ord,
    {
        todo!("WorkQueue::priority, the smallest item first")
    }

    /// Adds an item, and blocks while the queue is full.
    ///
    /// # Errors
    ///
    /// If the queue is closed, or gets closed during the wait. The error returns the item.
    pub fn put(&self, _item: T) -> Result<(), Closed<T>> {
        todo!("WorkQueue::put, which blocks while the queue is full")
    }

    /// Takes the next item, and blocks while the queue is empty.
    ///
    /// # Errors
    ///
    /// [`GetError::Closed`] if the queue is closed and no item is left.
    pub fn get(&self) -> Result<T, GetError> {
        todo!("WorkQueue::get, which blocks while the queue is empty")
    }

    /// Like `get`, but waits no longer than `timeout`. With a timeout of zero it tries once.
    ///
    /// # Errors
    ///
    /// [`GetError::TimedOut`] if no item came in time, and [`GetError::Closed`] if the queue is closed and no item is
    /// left.
    pub fn get_timeout(&self, timeout: Duration) -> Result<T, GetError> {
        todo!("WorkQueue::get_timeout, which keeps its deadline of {timeout:?}")
    }

    /// One item that was taken is finished.
    ///
    /// # Errors
    ///
    /// If all that were taken are finished already. Nothing changes in that case.
    pub fn task_done(&self) -> Result<(), NoSuchTask> {
        todo!("WorkQueue::task_done, which wakes whoever waits in `join`")
    }

    /// Blocks until every item that was put is finished: until `unfinished` is zero. Items that are put after that
    /// moment do not hold it up.
    pub fn join(&self) {
        todo!("WorkQueue::join, which blocks until every item is finished")
    }

    /// Closes the queue: no more items are added, and whoever waits in `put` or for an item is woken. What is inside
    /// can still be taken and finished.
    pub fn close(&self) {
        todo!("WorkQueue::close, which wakes whoever waits in `put` and `get`")
    }

    /// How many items are inside: those that were put and not taken.
    pub fn len(&self) -> usize {
        todo!("WorkQueue::len")
    }

    /// Whether no item is inside.
    pub fn is_empty(&self) -> bool {
        todo!("WorkQueue::is_empty")
    }

    /// How many items are not finished: those inside, and those that were taken and are still being worked on.
    pub fn unfinished(&self) -> usize {
        todo!("WorkQueue::unfinished")
    }
}
