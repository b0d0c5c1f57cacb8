//! Mutant: a writer waits for readers with the gate's mutex in hand: who tries is stuck behind it.
//! Caught by: trying::trying_comes_back_while_others_wait_for_a_reader (model)
//! Diagnosis: guard_across_blocking

mod guarded;

use std::sync::{Condvar, Mutex};

pub use guarded::{ReadGuard, ReadWriteLock, WriteGuard};

#[derive(Debug, Default)]
struct Room {
    readers: usize,
    writer: bool,
}

#[derive(Debug, Default)]
pub struct RawReadWriteLock {
    /// Whoever comes in passes through here, one at a time: a writer that waits keeps the others out.
    turnstile: Mutex<()>,
    room: Mutex<Room>,
    left: Condvar,
}

impl RawReadWriteLock {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn lock_shared(&self) {
        let _turn = self.turnstile.lock().unwrap();
        let room = self.room.lock().unwrap();
        self.left.wait_while(room, |room| room.writer).unwrap().readers += 1;
    }

    pub fn try_lock_shared(&self) -> bool {
        let _turn = self.turnstile.lock().unwrap();
        let mut room = self.room.lock().unwrap();
        if !room.writer {
            room.readers += 1;
        }
        !room.writer
    }

    pub fn unlock_shared(&self) {
        self.room.lock().unwrap().readers -= 1;
        self.left.notify_all();
    }

    pub fn lock_exclusive(&self) {
        let _turn = self.turnstile.lock().unwrap();
        let room = self.room.lock().unwrap();
        self.left.wait_while(room, |room| room.writer || room.readers > 0).unwrap().writer = true;
    }

    pub fn try_lock_exclusive(&self) -> bool {
        let _turn = self.turnstile.lock().unwrap();
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
