//! Fixture: one condition variable for both sides and `notify_all`, after the lock is released; consumers push into a shared list.
//!
//! `notify_all`, because producers and consumers wait for the same condition variable: `notify_one` could wake a
//! thread of the side that has nothing to do.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::{Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

#[derive(Debug, PartialEq, Eq)]
pub struct Closed<T>(pub T);

pub struct BoundedBuffer<T> {
    inner: Mutex<(VecDeque<T>, bool)>,
    changed: Condvar,
    capacity: NonZeroUsize,
}

impl<T> BoundedBuffer<T> {
    pub fn new(capacity: NonZeroUsize) -> Self {
        let queue = VecDeque::with_capacity(capacity.get().min(1024));
        Self { inner: Mutex::new((queue, false)), changed: Condvar::new(), capacity }
    }

    fn is_full(&self, queue: &VecDeque<T>) -> bool {
        queue.len() == self.capacity.get()
    }

    pub fn put(&self, item: T) -> Result<(), Closed<T>> {
        let guard = self.inner.lock().unwrap();
        let mut guard =
            self.changed.wait_while(guard, |(queue, closed)| !*closed && self.is_full(queue)).unwrap();
        if guard.1 {
            return Err(Closed(item));
        }
        guard.0.push_back(item);
        drop(guard);
        self.changed.notify_all();
        Ok(())
    }

    pub fn take(&self) -> Option<T> {
        let guard = self.inner.lock().unwrap();
        let mut guard =
            self.changed.wait_while(guard, |(queue, closed)| !*closed && queue.is_empty()).unwrap();
        let item = guard.0.pop_front()?;
        drop(guard);
        self.changed.notify_all();
        Some(item)
    }

    pub fn close(&self) {
        self.inner.lock().unwrap().1 = true;
        self.changed.notify_all();
    }

    pub fn len(&self) -> usize {
        self.inner.lock().unwrap().0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn capacity(&self) -> usize {
        self.capacity.get()
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
