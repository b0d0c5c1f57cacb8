//! Fixture: a thread that waits puts itself on a list and parks; a change unparks the whole list of the other side; all threads share one scope.
//!
//! A thread is on the list before it gives the lock back, so a change that comes before its `park` leaves a token,
//! and `park` returns at once. An `unpark` promises nothing, so the loop checks again, and goes on the list again.

use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

#[derive(Debug, PartialEq, Eq)]
pub struct Closed<T>(pub T);

pub struct BoundedBuffer<T> {
    inner: Mutex<Inner<T>>,
    capacity: usize,
}

struct Inner<T> {
    items: Vec<T>,
    closed: bool,
    producers: Vec<Thread>,
    consumers: Vec<Thread>,
}

impl<T> Inner<T> {
    fn wake_all(threads: &mut Vec<Thread>) {
        for thread in threads.drain(..) {
            thread.unpark();
        }
    }
}

impl<T> BoundedBuffer<T> {
    pub fn new(capacity: NonZeroUsize) -> Self {
        let inner = Inner { items: Vec::new(), closed: false, producers: Vec::new(), consumers: Vec::new() };
        BoundedBuffer { inner: Mutex::new(inner), capacity: capacity.get() }
    }

    pub fn put(&self, item: T) -> Result<(), Closed<T>> {
        loop {
            let mut inner = self.inner.lock().unwrap();
            if inner.closed {
                return Err(Closed(item));
            }
            if inner.items.len() < self.capacity {
                inner.items.push(item);
                Inner::<T>::wake_all(&mut inner.consumers);
                return Ok(());
            }
            inner.producers.push(thread::current());
            drop(inner);
            thread::park();
        }
    }

    pub fn take(&self) -> Option<T> {
        loop {
            let mut inner = self.inner.lock().unwrap();
            if !inner.items.is_empty() {
                let item = inner.items.remove(0);
                Inner::<T>::wake_all(&mut inner.producers);
                return Some(item);
            }
            if inner.closed {
                return None;
            }
            inner.consumers.push(thread::current());
            drop(inner);
            thread::park();
        }
    }

    pub fn close(&self) {
        let mut inner = self.inner.lock().unwrap();
        inner.closed = true;
        Inner::<T>::wake_all(&mut inner.producers);
        Inner::<T>::wake_all(&mut inner.consumers);
    }

    pub fn len(&self) -> usize {
        self.inner.lock().unwrap().items.len()
    }

    pub fn is_empty(&self) -> bool {
        self.inner.lock().unwrap().items.is_empty()
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
