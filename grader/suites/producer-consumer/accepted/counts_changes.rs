//! Fixture: a counter of changes is read before the check; a thread that finds nothing waits until it has moved.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::{Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

#[derive(Debug, PartialEq, Eq)]
pub struct Closed<T>(pub T);

pub struct BoundedBuffer<T> {
    queue: Mutex<(VecDeque<T>, bool)>,
    changes: Mutex<u64>,
    changed: Condvar,
    capacity: usize,
}

impl<T> BoundedBuffer<T> {
    pub fn new(capacity: NonZeroUsize) -> Self {
        Self {
            queue: Mutex::new((VecDeque::new(), false)),
            changes: Mutex::new(0),
            changed: Condvar::new(),
            capacity: capacity.get(),
        }
    }

    fn change(&self) {
        *self.changes.lock().unwrap() += 1;
        self.changed.notify_all();
    }

    fn seen(&self) -> u64 {
        *self.changes.lock().unwrap()
    }

    /// Until something has changed since `seen` was read.
    fn wait(&self, seen: u64) {
        let changes = self.changes.lock().unwrap();
        drop(self.changed.wait_while(changes, |changes| *changes == seen).unwrap());
    }

    pub fn put(&self, item: T) -> Result<(), Closed<T>> {
        loop {
            let seen = self.seen();
            let mut queue = self.queue.lock().unwrap();
            if queue.1 {
                return Err(Closed(item));
            }
            if queue.0.len() < self.capacity {
                queue.0.push_back(item);
                drop(queue);
                self.change();
                return Ok(());
            }
            drop(queue);
            self.wait(seen);
        }
    }

    pub fn take(&self) -> Option<T> {
        loop {
            let seen = self.seen();
            let mut queue = self.queue.lock().unwrap();
            let item = queue.0.pop_front();
            let closed = queue.1;
            drop(queue);
            if item.is_some() {
                self.change();
                return item;
            }
            if closed {
                return None;
            }
            self.wait(seen);
        }
    }

    pub fn close(&self) {
        self.queue.lock().unwrap().1 = true;
        self.change();
    }

    pub fn len(&self) -> usize {
        self.queue.lock().unwrap().0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
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
