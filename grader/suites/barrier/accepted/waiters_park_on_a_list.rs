//! Fixture: waiters park; whoever ends a round marks and unparks them one after the other.

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the barrier is broken")
    }
}

impl std::error::Error for Broken {}

const WAITS: u8 = 0;
const COMPLETE: u8 = 1;
const BROKEN: u8 = 2;

struct Seat {
    mark: AtomicU8,
    thread: Thread,
}

#[derive(Default)]
struct Room {
    broken: bool,
    seats: Vec<Arc<Seat>>,
}

impl Room {
    fn clear(&mut self, mark: u8) {
        for seat in self.seats.drain(..) {
            seat.mark.store(mark, Ordering::Release);
            seat.thread.unpark();
        }
    }
}

pub struct Barrier {
    parties: usize,
    room: Mutex<Room>,
}

impl Barrier {
    pub fn new(parties: NonZeroUsize) -> Self {
        Self { parties: parties.get(), room: Mutex::default() }
    }

    fn sit(&self, deadline: Option<Instant>) -> Result<usize, Broken> {
        let mut room = self.room.lock().unwrap();
        if room.broken {
            return Err(Broken);
        }
        let place = room.seats.len();
        if place + 1 >= self.parties {
            room.clear(COMPLETE);
            return Ok(place);
        }
        let seat = Arc::new(Seat { mark: AtomicU8::new(WAITS), thread: thread::current() });
        room.seats.push(Arc::clone(&seat));
        drop(room);
        loop {
            match seat.mark.load(Ordering::Acquire) {
                WAITS => {}
                COMPLETE => return Ok(place),
                _ => return Err(Broken),
            }
            let Some(deadline) = deadline else {
                thread::park();
                continue;
            };
            let now = Instant::now();
            if now < deadline {
                thread::park_timeout(deadline - now);
                continue;
            }
            let mut room = self.room.lock().unwrap();
            // Marks are set under the lock.
            if seat.mark.load(Ordering::Relaxed) == WAITS {
                room.broken = true;
                room.clear(BROKEN);
            }
        }
    }

    pub fn wait(&self) -> Result<usize, Broken> {
        self.sit(None)
    }

    pub fn wait_timeout(&self, timeout: Duration) -> Result<usize, Broken> {
        self.sit(Instant::now().checked_add(timeout))
    }

    pub fn abort(&self) {
        let mut room = self.room.lock().unwrap();
        room.broken = true;
        room.clear(BROKEN);
    }

    pub fn reset(&self) {
        let mut room = self.room.lock().unwrap();
        room.broken = false;
        room.clear(BROKEN);
    }

    pub fn is_broken(&self) -> bool {
        self.room.lock().unwrap().broken
    }

    pub fn waiting(&self) -> usize {
        self.room.lock().unwrap().seats.len()
    }

    pub fn parties(&self) -> usize {
        self.parties
    }
}
