//! Fixture: writers take turns at a mutex of their own, which the next one holds while it waits; neither readers nor threads that only try ever touch it.
//!
//! A writer counts as waiting before it comes to that mutex, so readers stay out for all of them. The room's mutex is
//! taken after the turnstile and never the other way round, so the two cannot deadlock.

mod guarded;

use std::sync::{Condvar, Mutex};

pub use guarded::{ReadGuard, ReadWriteLock, WriteGuard};

#[derive(Debug, Default)]
struct Room {
    readers: usize,
    writer: bool,
    writers_waiting: usize,
}

#[derive(Debug, Default)]
pub struct RawReadWriteLock {
    /// Held by the writer that is the next to come in, while it waits.
    turnstile: Mutex<()>,
    room: Mutex<Room>,
    left: Condvar,
}

impl RawReadWriteLock {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn lock_shared(&self) {
        let room = self.room.lock().unwrap();
        self.left.wait_while(room, |room| room.writer || room.writers_waiting > 0).unwrap().readers += 1;
    }

    pub fn try_lock_shared(&self) -> bool {
        let mut room = self.room.lock().unwrap();
        let free = !room.writer && room.writers_waiting == 0;
        if free {
            room.readers += 1;
        }
        free
    }

    pub fn unlock_shared(&self) {
        self.room.lock().unwrap().readers -= 1;
        self.left.notify_all();
    }

    pub fn lock_exclusive(&self) {
        self.room.lock().unwrap().writers_waiting += 1;
        let _turn = self.turnstile.lock().unwrap();
        let room = self.room.lock().unwrap();
        let mut room = self.left.wait_while(room, |room| room.writer || room.readers > 0).unwrap();
        room.writers_waiting -= 1;
        room.writer = true;
    }

    pub fn try_lock_exclusive(&self) -> bool {
        let mut room = self.room.lock().unwrap();
        let free = !room.writer && room.readers == 0;
        room.writer |= free;
        free
    }

    pub fn unlock_exclusive(&self) {
        self.room.lock().unwrap().writer = false;
        self.left.notify_all();
    }
}
