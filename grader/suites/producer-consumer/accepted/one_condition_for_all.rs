//! Fixture: one condition variable for everything, with `wait_while` and `notify_all`; the last producer closes, by a guard.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, mpsc};
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
