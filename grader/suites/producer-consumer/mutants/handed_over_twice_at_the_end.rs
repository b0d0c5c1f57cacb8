//! Mutant: a consumer that was served already stays in line, and an item is handed to nobody.
//! Caught by: waiting::two_items_wake_two_consumers (model)
//! Diagnosis: none

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

#[derive(Debug, PartialEq, Eq)]
pub struct Closed<T>(pub T);

pub struct BoundedBuffer<T> {
    desk: Mutex<Desk<T>>,
    capacity: usize,
}

struct Desk<T> {
    items: VecDeque<T>,
    closed: bool,
    /// Producers at a full buffer, with their items, the one that came first in front.
    producers: VecDeque<(T, Arc<Seat<Result<(), T>>>)>,
    /// Consumers at an empty buffer.
    consumers: VecDeque<Arc<Seat<Option<T>>>>,
}

/// Where one thread waits for what is handed to it.
struct Seat<R> {
    result: Mutex<Option<R>>,
    handed: Condvar,
}

impl<R> Seat<R> {
    fn new() -> Arc<Self> {
        Arc::new(Seat { result: Mutex::new(None), handed: Condvar::new() })
    }

    fn hand(&self, result: R) {
        *self.result.lock().unwrap() = Some(result);
        self.handed.notify_one();
    }

    fn wait(&self) -> R {
        let mut result = self.result.lock().unwrap();
        loop {
            match result.take() {
                Some(result) => return result,
                None => result = self.handed.wait(result).unwrap(),
            }
        }
    }
}

impl<T> BoundedBuffer<T> {
    pub fn new(capacity: NonZeroUsize) -> Self {
        let desk = Desk {
            items: VecDeque::new(),
            closed: false,
            producers: VecDeque::new(),
            consumers: VecDeque::new(),
        };
        BoundedBuffer { desk: Mutex::new(desk), capacity: capacity.get() }
    }

    pub fn put(&self, item: T) -> Result<(), Closed<T>> {
        let mut desk = self.desk.lock().unwrap();
        if desk.closed {
            return Err(Closed(item));
        }
        if let Some(consumer) = desk.consumers.front() {
            consumer.hand(Some(item));
            return Ok(());
        }
        if desk.items.len() < self.capacity {
            desk.items.push_back(item);
            return Ok(());
        }
        let seat = Seat::new();
        desk.producers.push_back((item, Arc::clone(&seat)));
        drop(desk);
        seat.wait().map_err(Closed)
    }

    pub fn take(&self) -> Option<T> {
        let mut desk = self.desk.lock().unwrap();
        if let Some(item) = desk.items.pop_front() {
            if let Some((next, producer)) = desk.producers.pop_front() {
                desk.items.push_back(next);
                producer.hand(Ok(()));
            }
            return Some(item);
        }
        if desk.closed {
            return None;
        }
        let seat = Seat::new();
        desk.consumers.push_back(Arc::clone(&seat));
        drop(desk);
        seat.wait()
    }

    pub fn close(&self) {
        let mut desk = self.desk.lock().unwrap();
        desk.closed = true;
        for (item, producer) in desk.producers.drain(..) {
            producer.hand(Err(item));
        }
        for consumer in desk.consumers.drain(..) {
            consumer.hand(None);
        }
    }

    pub fn len(&self) -> usize {
        self.desk.lock().unwrap().items.len()
    }

    pub fn is_empty(&self) -> bool {
        self.desk.lock().unwrap().items.is_empty()
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
