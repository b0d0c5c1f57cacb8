//! Fixture: a lock for each end of the queue and an atomic count between them; one scope, and consumers push into a shared list.
//!
//! Only the `put` that finds the buffer empty notifies consumers, under their lock, and only the `take` that finds it
//! full notifies producers, under theirs: a thread that checks the count under that lock sees the change or waits.
//! A thread that leaves more behind for its own side passes the notification on.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

#[derive(Debug, PartialEq, Eq)]
pub struct Closed<T>(pub T);

pub struct BoundedBuffer<T> {
    slots: Box<[Mutex<Option<T>>]>,
    /// The number of the next item to be put, and whether the buffer is closed.
    tail: Mutex<Tail>,
    /// The number of the next item to be taken.
    head: Mutex<u64>,
    count: AtomicUsize,
    not_full: Condvar,
    not_empty: Condvar,
    closed: AtomicBool,
}

struct Tail {
    next: u64,
}

impl<T> BoundedBuffer<T> {
    pub fn new(capacity: NonZeroUsize) -> Self {
        BoundedBuffer {
            slots: (0..capacity.get()).map(|_| Mutex::new(None)).collect(),
            tail: Mutex::new(Tail { next: 0 }),
            head: Mutex::new(0),
            count: AtomicUsize::new(0),
            not_full: Condvar::new(),
            not_empty: Condvar::new(),
            closed: AtomicBool::new(false),
        }
    }

    fn slot(&self, number: u64) -> MutexGuard<'_, Option<T>> {
        self.slots[(number % self.slots.len() as u64) as usize].lock().unwrap()
    }

    pub fn put(&self, item: T) -> Result<(), Closed<T>> {
        let mut tail = self.tail.lock().unwrap();
        while self.count.load(SeqCst) == self.slots.len() && !self.closed.load(SeqCst) {
            tail = self.not_full.wait(tail).unwrap();
        }
        if self.closed.load(SeqCst) {
            return Err(Closed(item));
        }
        *self.slot(tail.next) = Some(item);
        tail.next += 1;
        let before = self.count.fetch_add(1, SeqCst);
        if before + 1 < self.slots.len() {
            self.not_full.notify_one();
        }
        drop(tail);
        if before == 0 {
            let _head = self.head.lock().unwrap();
            self.not_empty.notify_one();
        }
        Ok(())
    }

    pub fn take(&self) -> Option<T> {
        let mut head = self.head.lock().unwrap();
        loop {
            // In this order: nothing is added once the buffer is closed.
            let closed = self.closed.load(SeqCst);
            if self.count.load(SeqCst) > 0 {
                break;
            }
            if closed {
                return None;
            }
            head = self.not_empty.wait(head).unwrap();
        }
        let item = self.slot(*head).take();
        *head += 1;
        let before = self.count.fetch_sub(1, SeqCst);
        if before > 1 {
            self.not_empty.notify_one();
        }
        drop(head);
        if before == self.slots.len() {
            let _tail = self.tail.lock().unwrap();
            self.not_full.notify_one();
        }
        item
    }

    pub fn close(&self) {
        let tail = self.tail.lock().unwrap();
        let head = self.head.lock().unwrap();
        self.closed.store(true, SeqCst);
        self.not_full.notify_all();
        self.not_empty.notify_all();
        drop(head);
        drop(tail);
    }

    pub fn len(&self) -> usize {
        self.count.load(SeqCst)
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn capacity(&self) -> usize {
        self.slots.len()
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
