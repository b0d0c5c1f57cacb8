//! A bounded buffer and a pipeline around it: the reference solution.
//!
//! The buffer is a queue and a flag behind one `Mutex`, with a `Condvar` for each of the two things that
//! threads wait for: a free place and an item. Whoever waits looks at the state in a loop, under the lock,
//! because a wake-up promises nothing: it may be spurious, and another thread may have been faster.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::panic;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// The buffer was closed: here is the item back.
#[derive(Debug, PartialEq, Eq)]
pub struct Closed<T>(pub T);

/// A queue that holds at most `capacity` items. First in, first out.
pub struct BoundedBuffer<T> {
    capacity: NonZeroUsize,
    state: Mutex<State<T>>,
    /// Where a `put` sleeps while the buffer is full: signalled once for each item that leaves.
    place_free: Condvar,
    /// Where a `take` sleeps while the buffer is empty: signalled once for each item that arrives.
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

    /// Adds an item at the end; blocks while the buffer is full.
    ///
    /// # Errors
    ///
    /// Once the buffer is closed, also if that happens during the wait. The item comes back in the error.
    pub fn put(&self, item: T) -> Result<(), Closed<T>> {
        let mut state = self.lock();
        // Closed first: nobody waits for a place in a buffer that takes nothing any more.
        while !state.closed && state.items.len() == self.capacity.get() {
            // `wait` gives the lock back and sleeps in one step, so nothing leaves in between unnoticed.
            state = self.place_free.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.closed {
            return Err(Closed(item));
        }
        state.items.push_back(item);
        // One item, one consumer. Only consumers sleep here, so it cannot wake the wrong one. It is told
        // each time, not only when the buffer was empty before: two items may arrive while two wait.
        self.item_there.notify_one();
        Ok(())
    }

    /// Removes the item at the front; blocks while the buffer is empty. `None` once the buffer is closed and
    /// nothing is left in it.
    pub fn take(&self) -> Option<T> {
        let mut state = self.lock();
        loop {
            // Items first: what was put before `close` is still there to be taken.
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

    /// From now on nothing is added; what is left can still be taken. Wakes every blocked `put` and `take`.
    pub fn close(&self) {
        // Under the lock: a thread that has just seen the buffer open is asleep by then, and is woken.
        self.lock().closed = true;
        // This is news for all of them, and nobody passes it on.
        self.place_free.notify_all();
        self.item_there.notify_all();
    }

    /// How many items are inside now.
    pub fn len(&self) -> usize {
        self.lock().items.len()
    }

    /// Whether no item is inside now.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many items fit.
    pub fn capacity(&self) -> usize {
        self.capacity.get()
    }

    /// The state, also of a poisoned lock: no code of others runs under it, so the state is whole.
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Who works on what.
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

/// What came out of a pipeline.
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
        self.squares.len() as f64 / self.elapsed.as_secs_f64()
    }
}

/// Calls `number(producer, i)` once for each producer `0..producers` and each `i` in `0..items_per_producer`,
/// has the consumers square the numbers, and joins every thread before it returns.
///
/// # Panics
///
/// When `number` panics, after all threads have ended.
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
        // All are joined before any panic is passed on, and the buffer is closed in between in any case:
        // the scope waits for the consumers, and they wait for items until they hear that none will come.
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

/// What a thread returned; its panic goes on here.
fn unless_it_panicked<T>(outcome: thread::Result<T>) -> T {
    outcome.unwrap_or_else(|payload| panic::resume_unwind(payload))
}
