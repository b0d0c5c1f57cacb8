//! Fixture: a semaphore for the places, one for the items, and a lock for the queue; poison pills in the pipeline, and named threads.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::{Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

#[derive(Debug, PartialEq, Eq)]
pub struct Closed<T>(pub T);

pub struct BoundedBuffer<T> {
    capacity: usize,
    places: Permits,
    items: Permits,
    inner: Mutex<Inner<T>>,
}

struct Inner<T> {
    queue: VecDeque<T>,
    closed: bool,
}

/// A counting semaphore that can be ended: then every thread gets through.
struct Permits {
    state: Mutex<(usize, bool)>,
    released: Condvar,
}

impl Permits {
    fn new(free: usize) -> Self {
        Permits { state: Mutex::new((free, false)), released: Condvar::new() }
    }

    fn acquire(&self) {
        let state = self.state.lock().unwrap();
        let mut state = self.released.wait_while(state, |(free, ended)| *free == 0 && !*ended).unwrap();
        state.0 = state.0.saturating_sub(1);
    }

    fn release(&self) {
        self.state.lock().unwrap().0 += 1;
        self.released.notify_one();
    }

    fn end(&self) {
        self.state.lock().unwrap().1 = true;
        self.released.notify_all();
    }
}

impl<T> BoundedBuffer<T> {
    pub fn new(capacity: NonZeroUsize) -> Self {
        BoundedBuffer {
            capacity: capacity.get(),
            places: Permits::new(capacity.get()),
            items: Permits::new(0),
            inner: Mutex::new(Inner { queue: VecDeque::new(), closed: false }),
        }
    }

    pub fn put(&self, item: T) -> Result<(), Closed<T>> {
        self.places.acquire();
        let mut inner = self.inner.lock().unwrap();
        if inner.closed {
            return Err(Closed(item));
        }
        inner.queue.push_back(item);
        drop(inner);
        self.items.release();
        Ok(())
    }

    pub fn take(&self) -> Option<T> {
        self.items.acquire();
        let item = self.inner.lock().unwrap().queue.pop_front()?;
        self.places.release();
        Some(item)
    }

    pub fn close(&self) {
        self.inner.lock().unwrap().closed = true;
        self.places.end();
        self.items.end();
    }

    pub fn len(&self) -> usize {
        self.inner.lock().unwrap().queue.len()
    }

    pub fn is_empty(&self) -> bool {
        self.inner.lock().unwrap().queue.is_empty()
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
