//! A bounded buffer between threads, and a pipeline of producers and consumers around it.
//!
//! A thread that finds the buffer full, or empty, blocks until that changes or the buffer is closed. The
//! README explains the idea.

use std::marker::PhantomData;
use std::num::NonZeroUsize;
use std::time::Duration;

/// The error of [`BoundedBuffer::put`] on a closed buffer: it returns the item. Given.
#[derive(Debug, PartialEq, Eq)]
pub struct Closed<T>(pub T);

/// A first-in, first-out queue of at most `capacity` items. Every operation is linearizable.
pub struct BoundedBuffer<T> {
    // The items, what protects them, and where threads wait while the buffer is full, or empty.
    todo: PhantomData<T>,
}

impl<T> BoundedBuffer<T> {
    /// An empty, open buffer.
    pub fn new(_capacity: NonZeroUsize) -> Self {
        todo!("BoundedBuffer::new")
    }

    /// Appends an item, and blocks while the buffer is full.
    ///
    /// # Errors
    ///
    /// If the buffer is closed, or gets closed during the wait. The error returns the item.
    pub fn put(&self, _item: T) -> Result<(), Closed<T>> {
        todo!("BoundedBuffer::put, which blocks while the buffer is full")
    }

    /// Removes the first item, and blocks while the buffer is empty. `None` if the buffer is closed and no
    /// items are left.
    pub fn take(&self) -> Option<T> {
        todo!("BoundedBuffer::take, which blocks while the buffer is empty")
    }

    /// Closes the buffer: no more items are added, and those that are left can still be taken. Wakes every
    /// blocked `put` and `take`. Closing it again has no effect.
    pub fn close(&self) {
        todo!("BoundedBuffer::close, which wakes every waiting thread")
    }

    /// The number of items in the buffer.
    pub fn len(&self) -> usize {
        todo!("BoundedBuffer::len")
    }

    /// Whether the buffer has no items.
    pub fn is_empty(&self) -> bool {
        todo!("BoundedBuffer::is_empty")
    }

    /// The maximum number of items.
    pub fn capacity(&self) -> usize {
        todo!("BoundedBuffer::capacity")
    }
}

/// The shape of a pipeline. Given.
#[derive(Debug, Clone)]
pub struct Pipeline {
    /// The number of threads that put numbers into the buffer.
    pub producers: usize,
    /// The number of threads that take numbers and square them.
    pub consumers: usize,
    /// The capacity of the buffer.
    pub capacity: NonZeroUsize,
    /// How many numbers each producer produces.
    pub items_per_producer: u64,
}

impl Default for Pipeline {
    fn default() -> Self {
        let capacity = const { NonZeroUsize::new(10).unwrap() };
        Self { producers: 3, consumers: 2, capacity, items_per_producer: 100_000 }
    }
}

/// The result of a pipeline. Given.
#[derive(Debug, Clone)]
pub struct PipelineReport {
    /// The square of every number, in any order.
    pub squares: Vec<u64>,
    /// How long the whole run took.
    pub elapsed: Duration,
}

impl PipelineReport {
    /// The throughput, in numbers per second.
    pub fn items_per_second(&self) -> f64 {
        todo!("PipelineReport::items_per_second")
    }
}

/// Calls `number(producer, i)` once for each producer `0..producers` and each `i` in `0..items_per_producer`,
/// lets the consumers square the numbers, and joins every thread before it returns.
///
/// # Panics
///
/// If `number` panics, after all threads have finished.
pub fn run_pipeline(_pipeline: &Pipeline, _number: impl Fn(usize, u64) -> u32 + Sync) -> PipelineReport {
    todo!("run_pipeline, which spawns the producers and the consumers and joins them all")
}
