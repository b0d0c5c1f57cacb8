//! A bounded buffer between threads, and a pipeline of producers and consumers around it.
//!
//! Whoever finds the buffer full or empty sleeps until that changes, or until the buffer is closed. The
//! README explains the idea.

use std::marker::PhantomData;
use std::num::NonZeroUsize;
use std::time::Duration;

/// The buffer was closed: here is the item back. Given.
#[derive(Debug, PartialEq, Eq)]
pub struct Closed<T>(pub T);

/// A queue that holds at most `capacity` items. First in, first out.
pub struct BoundedBuffer<T> {
    // The items, what protects them, and where those sleep who find the buffer full, or empty.
    todo: PhantomData<T>,
}

impl<T> BoundedBuffer<T> {
    /// An empty, open buffer.
    pub fn new(_capacity: NonZeroUsize) -> Self {
        todo!("BoundedBuffer::new")
    }

    /// Adds an item at the end; blocks while the buffer is full.
    ///
    /// # Errors
    ///
    /// Once the buffer is closed, also if that happens during the wait. The item comes back in the error.
    pub fn put(&self, _item: T) -> Result<(), Closed<T>> {
        todo!("BoundedBuffer::put, which sleeps while the buffer is full")
    }

    /// Removes the item at the front; blocks while the buffer is empty. `None` once the buffer is closed and
    /// nothing is left in it.
    pub fn take(&self) -> Option<T> {
        todo!("BoundedBuffer::take, which sleeps while the buffer is empty")
    }

    /// From now on nothing is added; what is left can still be taken. Wakes every blocked `put` and `take`.
    /// May be called again.
    pub fn close(&self) {
        todo!("BoundedBuffer::close, which wakes everybody")
    }

    /// How many items are inside now.
    pub fn len(&self) -> usize {
        todo!("BoundedBuffer::len")
    }

    /// Whether no item is inside now.
    pub fn is_empty(&self) -> bool {
        todo!("BoundedBuffer::is_empty")
    }

    /// How many items fit.
    pub fn capacity(&self) -> usize {
        todo!("BoundedBuffer::capacity")
    }
}

/// Who works on what. Given.
#[derive(Debug, Clone)]
pub struct Pipeline {
    /// Threads that put numbers into the buffer.
    pub producers: usize,
    /// Threads that take them out and square them.
    pub consumers: usize,
    /// How many numbers the buffer holds.
    pub capacity: NonZeroUsize,
    /// How many numbers each producer makes.
    pub items_per_producer: u64,
}

impl Default for Pipeline {
    fn default() -> Self {
        let capacity = const { NonZeroUsize::new(10).unwrap() };
        Self { producers: 3, consumers: 2, capacity, items_per_producer: 100_000 }
    }
}

/// What came out of a pipeline. Given.
#[derive(Debug, Clone)]
pub struct PipelineReport {
    /// The square of every number, in any order.
    pub squares: Vec<u64>,
    /// How long the whole run took.
    pub elapsed: Duration,
}

impl PipelineReport {
    /// How many numbers went through in a second.
    pub fn items_per_second(&self) -> f64 {
        todo!("PipelineReport::items_per_second")
    }
}

/// Calls `number(producer, i)` once for each producer `0..producers` and each `i` in `0..items_per_producer`,
/// has the consumers square the numbers, and joins every thread before it returns.
///
/// # Panics
///
/// When `number` panics, after all threads have ended.
pub fn run_pipeline(_pipeline: &Pipeline, _number: impl Fn(usize, u64) -> u32 + Sync) -> PipelineReport {
    todo!("run_pipeline, which starts the producers and the consumers and joins them all")
}
