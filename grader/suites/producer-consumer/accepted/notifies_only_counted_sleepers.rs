//! Fixture: an atomic counts the sleepers, and nothing is notified while it is zero; a change is published in atomics too; a shared list.
//!
//! Each side writes one atomic and then reads the one that the other side writes. All are `SeqCst`: in their
//! single total order, either the sleeper reads the change, or the thread that makes the change reads the
//! count with the sleeper in it, and then notifies under its lock.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

#[derive(Debug, PartialEq, Eq)]
pub struct Closed<T>(pub T);

pub struct BoundedBuffer<T> {
    queue: Mutex<VecDeque<T>>,
    /// How many are inside, for reads without the lock.
    inside: AtomicUsize,
    closed: AtomicBool,
    /// How many threads sleep or are about to.
    sleepers: AtomicUsize,
    bed: Mutex<()>,
    news: Condvar,
    capacity: usize,
}

impl<T> BoundedBuffer<T> {
    pub fn new(capacity: NonZeroUsize) -> Self {
        BoundedBuffer {
            queue: Mutex::new(VecDeque::new()),
            inside: AtomicUsize::new(0),
            closed: AtomicBool::new(false),
            sleepers: AtomicUsize::new(0),
            bed: Mutex::new(()),
            news: Condvar::new(),
            capacity: capacity.get(),
        }
    }

    fn sleep_while(&self, nothing_to_do: impl Fn() -> bool) {
        let mut bed = self.bed.lock().unwrap();
        self.sleepers.fetch_add(1, SeqCst);
        while nothing_to_do() && !self.closed.load(SeqCst) {
            bed = self.news.wait(bed).unwrap();
        }
        self.sleepers.fetch_sub(1, SeqCst);
    }

    fn wake(&self) {
        if self.sleepers.load(SeqCst) > 0 {
            let _bed = self.bed.lock().unwrap();
            self.news.notify_all();
        }
    }

    pub fn put(&self, item: T) -> Result<(), Closed<T>> {
        loop {
            let mut queue = self.queue.lock().unwrap();
            if self.closed.load(SeqCst) {
                return Err(Closed(item));
            }
            if queue.len() < self.capacity {
                queue.push_back(item);
                self.inside.store(queue.len(), SeqCst);
                drop(queue);
                self.wake();
                return Ok(());
            }
            drop(queue);
            self.sleep_while(|| self.inside.load(SeqCst) == self.capacity);
        }
    }

    pub fn take(&self) -> Option<T> {
        loop {
            let mut queue = self.queue.lock().unwrap();
            if let Some(item) = queue.pop_front() {
                self.inside.store(queue.len(), SeqCst);
                drop(queue);
                self.wake();
                return Some(item);
            }
            if self.closed.load(SeqCst) {
                return None;
            }
            drop(queue);
            self.sleep_while(|| self.inside.load(SeqCst) == 0);
        }
    }

    pub fn close(&self) {
        let queue = self.queue.lock().unwrap();
        self.closed.store(true, SeqCst);
        drop(queue);
        let _bed = self.bed.lock().unwrap();
        self.news.notify_all();
    }

    pub fn len(&self) -> usize {
        self.queue.lock().unwrap().len()
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
