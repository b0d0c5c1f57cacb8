//! Fixture: the pipeline never closes its buffer: when all producers have ended, each consumer gets a poison pill of its own; threads have names.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::{Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

#[derive(Debug, PartialEq, Eq)]
pub struct Closed<T>(pub T);

pub struct BoundedBuffer<T> {
    state: Mutex<State<T>>,
    not_full: Condvar,
    not_empty: Condvar,
    capacity: usize,
}

struct State<T> {
    queue: VecDeque<T>,
    closed: bool,
}

impl<T> BoundedBuffer<T> {
    pub fn new(capacity: NonZeroUsize) -> Self {
        BoundedBuffer {
            state: Mutex::new(State { queue: VecDeque::new(), closed: false }),
            not_full: Condvar::new(),
            not_empty: Condvar::new(),
            capacity: capacity.get(),
        }
    }

    pub fn put(&self, item: T) -> Result<(), Closed<T>> {
        let mut state = self.state.lock().unwrap();
        while state.queue.len() >= self.capacity && !state.closed {
            state = self.not_full.wait(state).unwrap();
        }
        if state.closed {
            return Err(Closed(item));
        }
        state.queue.push_back(item);
        self.not_empty.notify_one();
        Ok(())
    }

    pub fn take(&self) -> Option<T> {
        let mut state = self.state.lock().unwrap();
        while state.queue.is_empty() && !state.closed {
            state = self.not_empty.wait(state).unwrap();
        }
        let item = state.queue.pop_front();
        if item.is_some() {
            self.not_full.notify_one();
        }
        item
    }

    pub fn close(&self) {
        let mut state = self.state.lock().unwrap();
        state.closed = true;
        self.not_full.notify_all();
        self.not_empty.notify_all();
    }

    pub fn len(&self) -> usize {
        self.state.lock().unwrap().queue.len()
    }

    pub fn is_empty(&self) -> bool {
        self.state.lock().unwrap().queue.is_empty()
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
    let buffer: BoundedBuffer<Option<u32>> = BoundedBuffer::new(pipeline.capacity);
    let mut squares = Vec::new();
    let mut panics = Vec::new();
    thread::scope(|s| {
        let producers: Vec<_> = (0..pipeline.producers)
            .map(|producer| {
                let (buffer, number) = (&buffer, &number);
                thread::Builder::new()
                    .name(format!("producer-{producer}"))
                    .spawn_scoped(s, move || {
                        for i in 0..pipeline.items_per_producer {
                            buffer.put(Some(number(producer, i))).expect("nobody closes it");
                        }
                    })
                    .expect("a thread")
            })
            .collect();
        let consumers: Vec<_> = (0..pipeline.consumers)
            .map(|consumer| {
                thread::Builder::new()
                    .name(format!("consumer-{consumer}"))
                    .spawn_scoped(s, || {
                        let mut own = Vec::new();
                        // `None` inside: the end of this consumer.
                        while let Some(Some(n)) = buffer.take() {
                            own.push(u64::from(n).pow(2));
                        }
                        own
                    })
                    .expect("a thread")
            })
            .collect();
        panics.extend(producers.into_iter().filter_map(|producer| producer.join().err()));
        for _ in 0..pipeline.consumers {
            buffer.put(None).expect("nobody closes it");
        }
        for consumer in consumers {
            squares.append(&mut consumer.join().expect("consumers do not panic"));
        }
    });
    if let Some(payload) = panics.pop() {
        std::panic::resume_unwind(payload);
    }
    PipelineReport { squares, elapsed: start.elapsed() }
}
