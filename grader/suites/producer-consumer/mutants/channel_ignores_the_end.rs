//! Mutant: a bounded channel; a sender that waits keeps the channel open, and is not woken by the end.
//! Caught by: closing::it_wakes_a_producer (model)
//! Diagnosis: nobody_left
//! Whole: only a std channel, which `close` cannot end for a blocked sender: no correct program is that.

use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

#[derive(Debug, PartialEq, Eq)]
pub struct Closed<T>(pub T);

pub struct BoundedBuffer<T> {
    sender: Mutex<Option<SyncSender<T>>>,
    receiver: Mutex<Receiver<T>>,
    inside: AtomicUsize,
    capacity: usize,
}

impl<T> BoundedBuffer<T> {
    pub fn new(capacity: NonZeroUsize) -> Self {
        let (sender, receiver) = sync_channel(capacity.get());
        BoundedBuffer {
            sender: Mutex::new(Some(sender)),
            receiver: Mutex::new(receiver),
            inside: AtomicUsize::new(0),
            capacity: capacity.get(),
        }
    }

    pub fn put(&self, item: T) -> Result<(), Closed<T>> {
        let sender = self.sender.lock().unwrap().clone();
        let Some(sender) = sender else { return Err(Closed(item)) };
        sender.send(item).map_err(|refused| Closed(refused.0))?;
        self.inside.fetch_add(1, SeqCst);
        Ok(())
    }

    pub fn take(&self) -> Option<T> {
        let item = self.receiver.lock().unwrap().recv().ok()?;
        self.inside.fetch_sub(1, SeqCst);
        Some(item)
    }

    pub fn close(&self) {
        *self.sender.lock().unwrap() = None;
    }

    pub fn len(&self) -> usize {
        self.inside.load(SeqCst).min(self.capacity)
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
