//! Fixture: threads draw tickets and are served in their order, so each change notifies all of both sides; consumers share a list.
//!
//! `notify_all`, because only one of those who wait is next, and `notify_one` does not choose it.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::{Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

#[derive(Debug, PartialEq, Eq)]
pub struct Closed<T>(pub T);

pub struct BoundedBuffer<T> {
    line: Mutex<Line<T>>,
    moved: Condvar,
    arrived: Condvar,
    capacity: usize,
}

struct Line<T> {
    items: VecDeque<T>,
    closed: bool,
    /// Tickets drawn and tickets served, of producers and of consumers.
    put: (u64, u64),
    take: (u64, u64),
}

impl<T> BoundedBuffer<T> {
    pub fn new(capacity: NonZeroUsize) -> Self {
        let line = Line { items: VecDeque::new(), closed: false, put: (0, 0), take: (0, 0) };
        BoundedBuffer {
            line: Mutex::new(line),
            moved: Condvar::new(),
            arrived: Condvar::new(),
            capacity: capacity.get(),
        }
    }

    pub fn put(&self, item: T) -> Result<(), Closed<T>> {
        let mut line = self.line.lock().unwrap();
        let mine = line.put.0;
        line.put.0 += 1;
        while !line.closed && (line.put.1 < mine || line.items.len() == self.capacity) {
            line = self.moved.wait(line).unwrap();
        }
        if line.closed {
            return Err(Closed(item));
        }
        line.put.1 += 1;
        line.items.push_back(item);
        self.arrived.notify_all();
        self.moved.notify_all();
        Ok(())
    }

    pub fn take(&self) -> Option<T> {
        let mut line = self.line.lock().unwrap();
        let mine = line.take.0;
        line.take.0 += 1;
        while !line.closed && (line.take.1 < mine || line.items.is_empty()) {
            line = self.arrived.wait(line).unwrap();
        }
        line.take.1 += 1;
        let item = line.items.pop_front();
        self.moved.notify_all();
        self.arrived.notify_all();
        item
    }

    pub fn close(&self) {
        self.line.lock().unwrap().closed = true;
        self.moved.notify_all();
        self.arrived.notify_all();
    }

    pub fn len(&self) -> usize {
        self.line.lock().unwrap().items.len()
    }

    pub fn is_empty(&self) -> bool {
        self.line.lock().unwrap().items.is_empty()
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
