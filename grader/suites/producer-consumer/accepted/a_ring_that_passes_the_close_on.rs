//! Fixture: a ring of slots that notifies only when it counts a waiter; `close` wakes one of each side, and each passes it on; a shared list.
//!
//! Waiters count themselves in and out under the lock, around the wait, so the count is never less than the
//! number of threads that sleep.

use std::num::NonZeroUsize;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

#[derive(Debug, PartialEq, Eq)]
pub struct Closed<T>(pub T);

pub struct BoundedBuffer<T> {
    ring: Mutex<Ring<T>>,
    producers: Condvar,
    consumers: Condvar,
}

struct Ring<T> {
    slots: Vec<Option<T>>,
    first: usize,
    used: usize,
    open: bool,
    waiting_producers: usize,
    waiting_consumers: usize,
}

impl<T> BoundedBuffer<T> {
    pub fn new(capacity: NonZeroUsize) -> Self {
        let ring = Ring {
            slots: (0..capacity.get()).map(|_| None).collect(),
            first: 0,
            used: 0,
            open: true,
            waiting_producers: 0,
            waiting_consumers: 0,
        };
        Self { ring: Mutex::new(ring), producers: Condvar::new(), consumers: Condvar::new() }
    }

    fn ring(&self) -> MutexGuard<'_, Ring<T>> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn put(&self, item: T) -> Result<(), Closed<T>> {
        let mut ring = self.ring();
        while ring.open && ring.used == ring.slots.len() {
            ring.waiting_producers += 1;
            ring = self.producers.wait(ring).unwrap_or_else(PoisonError::into_inner);
            ring.waiting_producers -= 1;
        }
        if !ring.open {
            // Passes the notification on.
            self.producers.notify_one();
            return Err(Closed(item));
        }
        let place = (ring.first + ring.used) % ring.slots.len();
        ring.slots[place] = Some(item);
        ring.used += 1;
        if ring.waiting_consumers > 0 {
            self.consumers.notify_one();
        }
        Ok(())
    }

    pub fn take(&self) -> Option<T> {
        let mut ring = self.ring();
        while ring.open && ring.used == 0 {
            ring.waiting_consumers += 1;
            ring = self.consumers.wait(ring).unwrap_or_else(PoisonError::into_inner);
            ring.waiting_consumers -= 1;
        }
        if !ring.open {
            // Passes the notification on.
            self.consumers.notify_one();
        }
        if ring.used == 0 {
            return None;
        }
        let first = ring.first;
        let item = ring.slots[first].take();
        ring.first = (first + 1) % ring.slots.len();
        ring.used -= 1;
        if ring.waiting_producers > 0 {
            self.producers.notify_one();
        }
        item
    }

    pub fn close(&self) {
        self.ring().open = false;
        self.producers.notify_one();
        self.consumers.notify_one();
    }

    pub fn len(&self) -> usize {
        self.ring().used
    }

    pub fn is_empty(&self) -> bool {
        self.ring().used == 0
    }

    pub fn capacity(&self) -> usize {
        self.ring().slots.len()
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
