//! Fixture: consumers are not scoped and own the buffer with the caller, which is a producer itself; a panic is kept until they are joined.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Condvar, Mutex};
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

pub fn run_pipeline(pipeline: &Pipeline, number: impl Fn(usize, u64) -> u32 + Sync) -> PipelineReport {
    let start = Instant::now();
    let buffer = Arc::new(BoundedBuffer::<u32>::new(pipeline.capacity));
    let consumers: Vec<thread::JoinHandle<Vec<u64>>> = (0..pipeline.consumers)
        .map(|_| {
            let buffer = Arc::clone(&buffer);
            thread::spawn(move || {
                let mut squares = Vec::new();
                while let Some(n) = buffer.take() {
                    squares.push((n as u64).pow(2));
                }
                squares
            })
        })
        .collect();
    let produce = |producer: usize| {
        for i in 0..pipeline.items_per_producer {
            assert!(buffer.put(number(producer, i)).is_ok());
        }
    };
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        thread::scope(|s| {
            let produce = &produce;
            // The caller is the last one of the producers.
            for producer in 1..pipeline.producers {
                s.spawn(move || produce(producer));
            }
            if pipeline.producers > 0 {
                produce(0);
            }
        })
    }));
    buffer.close();
    let mut squares = Vec::new();
    for consumer in consumers {
        squares.extend(consumer.join().unwrap());
    }
    if let Err(payload) = outcome {
        resume_unwind(payload);
    }
    PipelineReport { squares, elapsed: start.elapsed() }
}
