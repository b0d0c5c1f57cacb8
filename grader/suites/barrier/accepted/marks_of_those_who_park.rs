//! Fixture: each party has a mark that says how its round ended, and parks.

use std::error::Error;
use std::fmt;
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the barrier is broken")
    }
}

impl Error for Broken {}

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{self, Thread};

/// The word: the phase, then a bit for "broken", then the number of arrivals. The phase moves on when a round ends.
pub struct Barrier {
    parties: u64,
    word: AtomicU64,
    parked: Mutex<Vec<(Thread, std::sync::Arc<AtomicU64>)>>,
}

const BROKEN: u64 = 1 << 31;
const COUNT: u64 = BROKEN - 1;

const OPEN: u64 = 0;
const COMPLETE: u64 = 1;
const SPOILT: u64 = 2;

impl Barrier {
    pub fn new(parties: NonZeroUsize) -> Self {
        Self { parties: parties.get() as u64, word: AtomicU64::new(0), parked: Mutex::new(Vec::new()) }
    }

    fn all_go(&self, parked: &mut Vec<(Thread, std::sync::Arc<AtomicU64>)>, how: u64) {
        for (thread, end) in parked.drain(..) {
            end.store(how, Ordering::Release);
            thread.unpark();
        }
    }

    pub fn wait(&self) -> Result<usize, Broken> {
        self.meet(None)
    }

    pub fn wait_timeout(&self, timeout: Duration) -> Result<usize, Broken> {
        self.meet(Instant::now().checked_add(timeout))
    }

    fn meet(&self, deadline: Option<Instant>) -> Result<usize, Broken> {
        let end = std::sync::Arc::new(AtomicU64::new(OPEN));
        let place = {
            let mut parked = self.parked.lock().unwrap();
            let word = self.word.load(Ordering::Relaxed);
            if word & BROKEN != 0 {
                return Err(Broken);
            }
            let place = word & COUNT;
            if place + 1 == self.parties {
                self.word.store(0, Ordering::Relaxed);
                self.all_go(&mut parked, COMPLETE);
                return Ok(place as usize);
            }
            self.word.store(word + 1, Ordering::Relaxed);
            parked.push((thread::current(), std::sync::Arc::clone(&end)));
            place as usize
        };
        loop {
            match end.load(Ordering::Acquire) {
                COMPLETE => return Ok(place),
                SPOILT => return Err(Broken),
                _ => {}
            }
            match deadline.map(|deadline| deadline.saturating_duration_since(Instant::now())) {
                None => thread::park(),
                Some(Duration::ZERO) => {
                    let mut parked = self.parked.lock().unwrap();
                    if end.load(Ordering::Acquire) == OPEN {
                        self.word.store(BROKEN, Ordering::Relaxed);
                        self.all_go(&mut parked, SPOILT);
                    }
                }
                Some(left) => thread::park_timeout(left),
            }
        }
    }

    pub fn abort(&self) {
        let mut parked = self.parked.lock().unwrap();
        self.word.store(BROKEN, Ordering::Relaxed);
        self.all_go(&mut parked, SPOILT);
    }

    pub fn reset(&self) {
        let mut parked = self.parked.lock().unwrap();
        self.word.store(0, Ordering::Relaxed);
        self.all_go(&mut parked, SPOILT);
    }

    pub fn is_broken(&self) -> bool {
        self.word.load(Ordering::Relaxed) & BROKEN != 0
    }

    pub fn waiting(&self) -> usize {
        (self.word.load(Ordering::Relaxed) & COUNT) as usize
    }

    pub fn parties(&self) -> usize {
        self.parties as usize
    }
}
