//! Fixture: the caller is one of the consumers; an item is served to the first that waits.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

#[derive(Debug, PartialEq, Eq)]
pub struct Closed<T>(pub T);

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Seat<T> {
    meal: Mutex<Served<T>>,
    bell: Condvar,
}

enum Served<T> {
    NotYet,
    Item(T),
    Nothing,
}

struct Room<T> {
    items: VecDeque<T>,
    closed: bool,
    hungry: VecDeque<Arc<Seat<T>>>,
    cooks: usize,
}

/// Whoever puts serves the first that waits; those who wait for a place share a condition variable.
pub struct BoundedBuffer<T> {
    most: usize,
    room: Mutex<Room<T>>,
    place: Condvar,
}

impl<T> BoundedBuffer<T> {
    pub fn new(capacity: NonZeroUsize) -> Self {
        let room = Room { items: VecDeque::new(), closed: false, hungry: VecDeque::new(), cooks: 0 };
        Self { most: capacity.get(), room: Mutex::new(room), place: Condvar::new() }
    }

    fn serve(seat: &Seat<T>, served: Served<T>) {
        *lock(&seat.meal) = served;
        seat.bell.notify_one();
    }

    pub fn put(&self, item: T) -> Result<(), Closed<T>> {
        let mut room = lock(&self.room);
        while room.items.len() == self.most && !room.closed {
            room.cooks += 1;
            room = self.place.wait(room).unwrap_or_else(PoisonError::into_inner);
            room.cooks -= 1;
        }
        if room.closed {
            return Err(Closed(item));
        }
        match room.hungry.pop_front() {
            Some(seat) => {
                Self::serve(&seat, Served::Item(item));
                // The place that this thread may have been woken for is still free.
                if room.cooks > 0 {
                    self.place.notify_one();
                }
            }
            None => room.items.push_back(item),
        }
        Ok(())
    }

    pub fn take(&self) -> Option<T> {
        let mut room = lock(&self.room);
        if let Some(item) = room.items.pop_front() {
            if room.cooks > 0 {
                self.place.notify_one();
            }
            return Some(item);
        }
        if room.closed {
            return None;
        }
        let seat = Arc::new(Seat { meal: Mutex::new(Served::NotYet), bell: Condvar::new() });
        room.hungry.push_back(Arc::clone(&seat));
        drop(room);
        let waits = |served: &mut Served<T>| matches!(served, Served::NotYet);
        let mut meal = seat.bell.wait_while(lock(&seat.meal), waits).unwrap_or_else(PoisonError::into_inner);
        match std::mem::replace(&mut *meal, Served::Nothing) {
            Served::Item(item) => Some(item),
            Served::NotYet | Served::Nothing => None,
        }
    }

    pub fn close(&self) {
        let mut room = lock(&self.room);
        room.closed = true;
        for seat in room.hungry.drain(..) {
            Self::serve(&seat, Served::Nothing);
        }
        self.place.notify_all();
    }

    pub fn len(&self) -> usize {
        lock(&self.room).items.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn capacity(&self) -> usize {
        self.most
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
    let buffer = BoundedBuffer::new(pipeline.capacity);
    let squares = Mutex::new(Vec::new());
    let at_work = Mutex::new(pipeline.producers);
    let elapsed = Mutex::new(Duration::ZERO);
    thread::scope(|scope| {
        for producer in 0..pipeline.producers {
            let (buffer, number, at_work, elapsed) = (&buffer, &number, &at_work, &elapsed);
            scope.spawn(move || {
                let outcome = catch_unwind(AssertUnwindSafe(|| {
                    for i in 0..pipeline.items_per_producer {
                        let made = number(producer, i);
                        if buffer.put(made).is_err() {
                            return;
                        }
                    }
                }));
                let mut at_work = lock(at_work);
                *at_work -= 1;

                if *at_work == 0 {
                    buffer.close();
                }
                drop(at_work);
                if let Err(payload) = outcome {
                    resume_unwind(payload);
                }
                let _ = elapsed;
            });
        }
        let consume = || {
            while let Some(number) = buffer.take() {
                let square = u64::from(number) * u64::from(number);
                lock(&squares).push(square);
            }
        };
        for _ in 1..pipeline.consumers {
            scope.spawn(consume);
        }
        consume();
    });
    let squares = squares.into_inner().unwrap_or_else(PoisonError::into_inner);
    let _ = elapsed;
    PipelineReport { squares, elapsed: start.elapsed() }
}
