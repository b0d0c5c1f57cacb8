//! Fixture: `close` puts an end mark behind the last item, beyond the capacity if need be, and it stays there; the length leaves it out.
//!
//! Nothing is put behind the mark, and nothing waits for a place once it is there, so it takes up no place.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::{Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

#[derive(Debug, PartialEq, Eq)]
pub struct Closed<T>(pub T);

pub struct BoundedBuffer<T> {
    queue: Mutex<VecDeque<Option<T>>>,
    changed: Condvar,
    capacity: usize,
}

impl<T> BoundedBuffer<T> {
    pub fn new(capacity: NonZeroUsize) -> Self {
        Self { queue: Mutex::new(VecDeque::new()), changed: Condvar::new(), capacity: capacity.get() }
    }

    pub fn put(&self, item: T) -> Result<(), Closed<T>> {
        let mut queue = self.queue.lock().unwrap();
        loop {
            if matches!(queue.back(), Some(None)) {
                return Err(Closed(item));
            }
            if queue.len() < self.capacity {
                queue.push_back(Some(item));
                self.changed.notify_all();
                return Ok(());
            }
            queue = self.changed.wait(queue).unwrap();
        }
    }

    pub fn take(&self) -> Option<T> {
        let queue = self.queue.lock().unwrap();
        let mut queue = self.changed.wait_while(queue, |queue| queue.is_empty()).unwrap();
        if matches!(queue.front(), Some(None)) {
            return None;
        }
        let item = queue.pop_front().flatten();
        self.changed.notify_all();
        item
    }

    pub fn close(&self) {
        let mut queue = self.queue.lock().unwrap();
        if !matches!(queue.back(), Some(None)) {
            queue.push_back(None);
        }
        self.changed.notify_all();
    }

    pub fn len(&self) -> usize {
        self.queue.lock().unwrap().iter().flatten().count()
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
