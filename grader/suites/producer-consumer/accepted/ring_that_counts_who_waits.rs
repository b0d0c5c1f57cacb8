//! Fixture: a ring, notifications only when a thread waits, poison tolerated; `close` wakes one, and each passes it on.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, mpsc};
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
