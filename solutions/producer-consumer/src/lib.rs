//! A bounded buffer and a pipeline around it: the reference solution.
//!
//! The buffer is a queue and a flag protected by one `Mutex`, with a `Condvar` for each of the two conditions
//! that threads wait for: a free place and an item. A thread checks its condition in a loop, holding the
//! mutex, because a wakeup implies nothing: it may be spurious, or another thread may have taken the place or
//! the item first.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::panic;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// The error of [`BoundedBuffer::put`] on a closed buffer: it returns the item.
#[derive(Debug, PartialEq, Eq)]
pub struct Closed<T>(pub T);

/// A first-in, first-out queue of at most `capacity` items. Every operation is linearizable.
pub struct BoundedBuffer<T> {
    capacity: NonZeroUsize,
    state: Mutex<State<T>>,
    /// Only `put` waits here, while the buffer is full. Notified once for each item that is removed.
    place_free: Condvar,
    /// Only `take` waits here, while the buffer is empty. Notified once for each item that is added.
    item_there: Condvar,
}

struct State<T> {
    items: VecDeque<T>,
    closed: bool,
}

impl<T> BoundedBuffer<T> {
    /// An empty, open buffer.
    pub fn new(capacity: NonZeroUsize) -> Self {
        Self {
            capacity,
            state: Mutex::new(State { items: VecDeque::new(), closed: false }),
            place_free: Condvar::new(),
            item_there: Condvar::new(),
        }
    }

    /// Appends an item, and blocks while the buffer is full.
    ///
    /// # Errors
    ///
    /// If the buffer is closed, or gets closed during the wait. The error returns the item.
    pub fn put(&self, item: T) -> Result<(), Closed<T>> {
        let mut state = self.lock();
        // `closed` first: in a closed buffer there is no point in waiting for a free place.
        while !state.closed && state.items.len() == self.capacity.get() {
            // `wait` releases the mutex and blocks in one atomic step, so no removal can fall in between.
            state = self.place_free.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.closed {
            return Err(Closed(item));
        }
        state.items.push_back(item);
        // One item, one consumer: only consumers wait here, so any of them will do. Every item notifies, not
        // only the first one in an empty buffer: two items may be added while two consumers wait.
        self.item_there.notify_one();
        Ok(())
    }

    /// Removes the first item, and blocks while the buffer is empty. `None` if the buffer is closed and no
    /// items are left.
    pub fn take(&self) -> Option<T> {
        let mut state = self.lock();
        loop {
            // Items first: those that were added before `close` can still be taken.
            if let Some(item) = state.items.pop_front() {
                self.place_free.notify_one();
                return Some(item);
            }
            if state.closed {
                return None;
            }
            state = self.item_there.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Closes the buffer: no more items are added, and those that are left can still be taken.
    pub fn close(&self) {
        // In a critical section: a thread that found the buffer open is waiting by then, and is woken.
        self.lock().closed = true;
        // Every waiting thread has to see it, and none of them notifies another.
        self.place_free.notify_all();
        self.item_there.notify_all();
    }

    /// The number of items in the buffer.
    pub fn len(&self) -> usize {
        self.lock().items.len()
    }

    /// Whether the buffer has no items.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The maximum number of items.
    pub fn capacity(&self) -> usize {
        self.capacity.get()
    }

    /// The state, even of a poisoned mutex: no foreign code runs in the critical sections.
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The shape of a pipeline.
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

/// The result of a pipeline.
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
        self.squares.len() as f64 / self.elapsed.as_secs_f64()
    }
}

/// Calls `number(producer, i)` once for each producer `0..producers` and each `i` in `0..items_per_producer`,
/// lets the consumers square the numbers, and joins every thread before it returns.
///
/// # Panics
///
/// If `number` panics, after all threads have finished.
pub fn run_pipeline(pipeline: &Pipeline, number: impl Fn(usize, u64) -> u32 + Sync) -> PipelineReport {
    let start = Instant::now();
    let buffer = BoundedBuffer::new(pipeline.capacity);
    let (buffer, number) = (&buffer, &number);
    let squares = thread::scope(|scope| {
        let consumers: Vec<_> =
            (0..pipeline.consumers).map(|_| scope.spawn(move || squares_of(buffer))).collect();
        let producers: Vec<_> = (0..pipeline.producers)
            .map(|producer| {
                scope.spawn(move || produce(buffer, pipeline.items_per_producer, |i| number(producer, i)))
            })
            .collect();
        // All producers are joined, and the buffer is closed, before any panic is propagated: the scope joins
        // the consumers, and they wait for items until the buffer is closed.
        let produced: Vec<_> = producers.into_iter().map(|producer| producer.join()).collect();
        buffer.close();
        let squares =
            consumers.into_iter().flat_map(|consumer| unless_it_panicked(consumer.join())).collect();
        produced.into_iter().for_each(unless_it_panicked);
        squares
    });
    PipelineReport { squares, elapsed: start.elapsed() }
}

/// Puts all numbers of one producer into the buffer.
fn produce(buffer: &BoundedBuffer<u32>, items: u64, number: impl Fn(u64) -> u32) {
    for i in 0..items {
        if buffer.put(number(i)).is_err() {
            unreachable!("the buffer is closed when all producers have ended");
        }
    }
}

/// Takes numbers until the buffer is closed and empty. Each consumer has a list of its own, so that they
/// share nothing but the buffer.
fn squares_of(buffer: &BoundedBuffer<u32>) -> Vec<u64> {
    // In 64 bits: the square of a `u32` always fits.
    std::iter::from_fn(|| buffer.take()).map(|number| u64::from(number).pow(2)).collect()
}

/// The result of a thread; its panic is propagated.
fn unless_it_panicked<T>(outcome: thread::Result<T>) -> T {
    outcome.unwrap_or_else(|payload| panic::resume_unwind(payload))
}
