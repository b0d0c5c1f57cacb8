//! Fixture: no notification unless an atomic count says that a thread sleeps, `SeqCst` on both sides.
//!
//! A sleeper counts itself and then reads the state; a thread that changes the state writes it and then reads the count.
//! In the single total order of `SeqCst` operations one of the two reads what the other has written.

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

struct CloseOnDrop<'a>(&'a BoundedBuffer<u32>);

impl Drop for CloseOnDrop<'_> {
    fn drop(&mut self) {
        self.0.close();
    }
}

fn consume(buffer: &BoundedBuffer<u32>) -> Vec<u64> {
    let mut squares = vec![];
    while let Some(n) = buffer.take() {
        squares.push(n as u64 * n as u64);
    }
    squares
}

pub fn run_pipeline(pipeline: &Pipeline, number: impl Fn(usize, u64) -> u32 + Sync) -> PipelineReport {
    let start = Instant::now();
    let buffer = BoundedBuffer::new(pipeline.capacity);
    let squares = thread::scope(|outer| {
        // The caller is one of the consumers.
        let others: Vec<_> = (1..pipeline.consumers).map(|_| outer.spawn(|| consume(&buffer))).collect();
        let all_producers = outer.spawn(|| {
            let _closing = CloseOnDrop(&buffer);
            thread::scope(|inner| {
                for producer in 0..pipeline.producers {
                    let (buffer, number) = (&buffer, &number);
                    inner.spawn(move || {
                        (0..pipeline.items_per_producer).try_for_each(|i| buffer.put(number(producer, i)))
                    });
                }
            });
        });
        let mut squares = consume(&buffer);
        squares.extend(others.into_iter().flat_map(|other| other.join().unwrap()));
        all_producers.join().unwrap();
        squares
    });
    PipelineReport { squares, elapsed: start.elapsed() }
}
