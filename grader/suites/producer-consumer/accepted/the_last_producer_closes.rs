//! Fixture: the last producer to end closes the buffer, by a guard that also runs when `number` panics; squares go through a channel.
//!
//! `AcqRel`, so that the producer which closes comes after everything that the others have put. The caller reads
//! the channel when all threads have ended and its own sender is dropped: only then does the channel end.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

#[derive(Debug, PartialEq, Eq)]
pub struct Closed<T>(pub T);

pub struct BoundedBuffer<T> {
    state: Mutex<State<T>>,
    not_full: Condvar,
    not_empty: Condvar,
    capacity: usize,
}

struct State<T> {
    queue: VecDeque<T>,
    closed: bool,
}

impl<T> BoundedBuffer<T> {
    pub fn new(capacity: NonZeroUsize) -> Self {
        BoundedBuffer {
            state: Mutex::new(State { queue: VecDeque::new(), closed: false }),
            not_full: Condvar::new(),
            not_empty: Condvar::new(),
            capacity: capacity.get(),
        }
    }

    pub fn put(&self, item: T) -> Result<(), Closed<T>> {
        let mut state = self.state.lock().unwrap();
        while state.queue.len() >= self.capacity && !state.closed {
            state = self.not_full.wait(state).unwrap();
        }
        if state.closed {
            return Err(Closed(item));
        }
        state.queue.push_back(item);
        self.not_empty.notify_one();
        Ok(())
    }

    pub fn take(&self) -> Option<T> {
        let mut state = self.state.lock().unwrap();
        while state.queue.is_empty() && !state.closed {
            state = self.not_empty.wait(state).unwrap();
        }
        let item = state.queue.pop_front();
        if item.is_some() {
            self.not_full.notify_one();
        }
        item
    }

    pub fn close(&self) {
        let mut state = self.state.lock().unwrap();
        state.closed = true;
        self.not_full.notify_all();
        self.not_empty.notify_all();
    }

    pub fn len(&self) -> usize {
        self.state.lock().unwrap().queue.len()
    }

    pub fn is_empty(&self) -> bool {
        self.state.lock().unwrap().queue.is_empty()
    }

    pub fn capacity(&self) -> usize {
        self.capacity
    }
}

#[derive(Debug, Clone)]
pub struct Pipeline {
    pub producers: usize,
    pub consumers: usize,
    pub capacity: NonZeroUsize,
    pub items_per_producer: u64,
}

impl Default for Pipeline {
    fn default() -> Self {
        Self {
            producers: 3,
            consumers: 2,
            capacity: NonZeroUsize::new(10).unwrap(),
            items_per_producer: 100_000,
        }
    }
}

#[derive(Debug, Clone)]
pub struct PipelineReport {
    pub squares: Vec<u64>,
    pub elapsed: Duration,
}

impl PipelineReport {
    pub fn items_per_second(&self) -> f64 {
        self.squares.len() as f64 / self.elapsed.as_secs_f64()
    }
}

/// One of the producers; when the last of them is gone, the buffer is closed.
struct Producer<'a> {
    buffer: &'a BoundedBuffer<u32>,
    at_work: &'a AtomicUsize,
}

impl Drop for Producer<'_> {
    fn drop(&mut self) {
        if self.at_work.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.buffer.close();
        }
    }
}

pub fn run_pipeline(pipeline: &Pipeline, number: impl Fn(usize, u64) -> u32 + Sync) -> PipelineReport {
    let start = Instant::now();
    let buffer = BoundedBuffer::new(pipeline.capacity);
    let at_work = AtomicUsize::new(pipeline.producers);
    let (sender, receiver) = mpsc::channel();
    thread::scope(|s| {
        for producer in 0..pipeline.producers {
            let this = Producer { buffer: &buffer, at_work: &at_work };
            let number = &number;
            s.spawn(move || {
                // The whole guard moves into the thread, not only the field that is used.
                let this = this;
                for i in 0..pipeline.items_per_producer {
                    if this.buffer.put(number(producer, i)).is_err() {
                        return;
                    }
                }
            });
        }
        for _ in 0..pipeline.consumers {
            let sender = sender.clone();
            let buffer = &buffer;
            s.spawn(move || {
                while let Some(n) = buffer.take() {
                    sender.send(u64::from(n).pow(2)).unwrap();
                }
            });
        }
    });
    drop(sender);
    PipelineReport { squares: receiver.into_iter().collect(), elapsed: start.elapsed() }
}
