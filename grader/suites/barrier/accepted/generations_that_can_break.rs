//! Fixture: a generation object for each round, which is swapped or marked, as in Java.

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the barrier is broken")
    }
}

impl std::error::Error for Broken {}

#[derive(Default)]
struct Generation {
    /// Read and written under the mutex.
    broken: AtomicBool,
}

struct Inner {
    missing: usize,
    generation: Arc<Generation>,
}

pub struct Barrier {
    parties: usize,
    inner: Mutex<Inner>,
    trip: Condvar,
}

impl Barrier {
    pub fn new(parties: NonZeroUsize) -> Self {
        let parties = parties.get();
        Self {
            parties,
            inner: Mutex::new(Inner { missing: parties, generation: Arc::default() }),
            trip: Condvar::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap()
    }

    fn break_generation(&self, inner: &mut Inner) {
        inner.generation.broken.store(true, Relaxed);
        inner.missing = self.parties;
        self.trip.notify_all();
    }

    fn next_generation(&self, inner: &mut Inner) {
        self.trip.notify_all();
        inner.missing = self.parties;
        inner.generation = Arc::new(Generation::default());
    }

    fn do_wait(&self, timeout: Option<Duration>) -> Result<usize, Broken> {
        let start = Instant::now();
        let mut inner = self.lock();
        let generation = inner.generation.clone();
        if generation.broken.load(Relaxed) {
            return Err(Broken);
        }
        let place = self.parties - inner.missing;
        inner.missing -= 1;
        if inner.missing == 0 {
            self.next_generation(&mut inner);
            return Ok(place);
        }
        loop {
            if generation.broken.load(Relaxed) {
                return Err(Broken);
            }
            if !Arc::ptr_eq(&generation, &inner.generation) {
                return Ok(place);
            }
            inner = match timeout {
                None => self.trip.wait(inner).unwrap(),
                Some(timeout) => {
                    let Some(left) = timeout.checked_sub(start.elapsed()).filter(|left| !left.is_zero())
                    else {
                        self.break_generation(&mut inner);
                        return Err(Broken);
                    };
                    self.trip.wait_timeout(inner, left).unwrap().0
                }
            };
        }
    }

    pub fn wait(&self) -> Result<usize, Broken> {
        self.do_wait(None)
    }

    pub fn wait_timeout(&self, timeout: Duration) -> Result<usize, Broken> {
        self.do_wait(Some(timeout))
    }

    pub fn abort(&self) {
        self.break_generation(&mut self.lock());
    }

    pub fn reset(&self) {
        let mut inner = self.lock();
        self.break_generation(&mut inner);
        self.next_generation(&mut inner);
    }

    pub fn is_broken(&self) -> bool {
        self.lock().generation.broken.load(Relaxed)
    }

    pub fn waiting(&self) -> usize {
        self.parties - self.lock().missing
    }

    pub fn parties(&self) -> usize {
        self.parties
    }
}
