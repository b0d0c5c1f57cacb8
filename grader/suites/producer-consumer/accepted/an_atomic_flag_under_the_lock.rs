//! Fixture: whether the buffer is closed is an atomic beside the lock, but it is read and written under the lock alone.
//!
//! `close` writes it under the lock: a thread that has read it as open waits by then, and is notified.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

#[derive(Debug, PartialEq, Eq)]
pub struct Closed<T>(pub T);

pub struct BoundedBuffer<T> {
    state: Mutex<State<T>>,
    not_full: Condvar,
    not_empty: Condvar,
    capacity: usize,
    closed: AtomicBool,
}

struct State<T> {
    queue: VecDeque<T>,
}

impl<T> BoundedBuffer<T> {
    pub fn new(capacity: NonZeroUsize) -> Self {
        BoundedBuffer {
            state: Mutex::new(State { queue: VecDeque::new() }),
            not_full: Condvar::new(),
            not_empty: Condvar::new(),
            capacity: capacity.get(),
            closed: AtomicBool::new(false),
        }
    }

    pub fn put(&self, item: T) -> Result<(), Closed<T>> {
        let mut state = self.state.lock().unwrap();
        while state.queue.len() >= self.capacity && !self.closed.load(SeqCst) {
            state = self.not_full.wait(state).unwrap();
        }
        if self.closed.load(SeqCst) {
            return Err(Closed(item));
        }
        state.queue.push_back(item);
        self.not_empty.notify_one();
        Ok(())
    }

    pub fn take(&self) -> Option<T> {
        let mut state = self.state.lock().unwrap();
        while state.queue.is_empty() && !self.closed.load(SeqCst) {
            state = self.not_empty.wait(state).unwrap();
        }
        let item = state.queue.pop_front();
        if item.is_some() {
            self.not_full.notify_one();
        }
        item
    }

    pub fn close(&self) {
        let _state = self.state.lock().unwrap();
        self.closed.store(true, SeqCst);
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
    let buffer: BoundedBuffer<u32> = BoundedBuffer::new(pipeline.capacity);
    let squares = Mutex::new(Vec::new());
    let panicked = thread::scope(|s| {
        for _ in 0..pipeline.consumers {
            s.spawn(|| {
                while let Some(n) = buffer.take() {
                    let square = u64::from(n) * u64::from(n);
                    squares.lock().unwrap().push(square);
                }
            });
        }
        let mut producers = Vec::new();
        for producer in 0..pipeline.producers {
            let (buffer, number) = (&buffer, &number);
            producers.push(s.spawn(move || {
                for i in 0..pipeline.items_per_producer {
                    let _ = buffer.put(number(producer, i));
                }
            }));
        }
        let mut panicked = None;
        for producer in producers {
            if let Err(payload) = producer.join() {
                panicked = Some(payload);
            }
        }
        buffer.close();
        panicked
    });
    if let Some(payload) = panicked {
        std::panic::resume_unwind(payload);
    }
    PipelineReport { squares: squares.into_inner().unwrap(), elapsed: start.elapsed() }
}
