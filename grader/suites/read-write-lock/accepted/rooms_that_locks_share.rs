//! Fixture: locks share sixty-four rooms to sleep in, and all who sleep in the room are notified.

mod guarded;

pub use guarded::{ReadGuard, ReadWriteLock, WriteGuard};

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard};

const ROOMS: usize = 64;
static LOCKS: AtomicUsize = AtomicUsize::new(0);
static WRITERS: [Condvar; ROOMS] = [const { Condvar::new() }; ROOMS];
static READERS: [Condvar; ROOMS] = [const { Condvar::new() }; ROOMS];
static MUTEXES: [Mutex<()>; ROOMS] = [const { Mutex::new(()) }; ROOMS];

#[derive(Debug)]
pub struct RawReadWriteLock {
    room: usize,
    readers: AtomicUsize,
    writer: AtomicUsize,
    line: AtomicUsize,
}

impl Default for RawReadWriteLock {
    fn default() -> Self {
        let zero = || AtomicUsize::new(0);
        Self {
            room: LOCKS.fetch_add(1, Ordering::Relaxed) % ROOMS,
            readers: zero(),
            writer: zero(),
            line: zero(),
        }
    }
}

/// All numbers are read and written under the mutex of the room.
fn get(number: &AtomicUsize) -> usize {
    number.load(Ordering::Relaxed)
}

fn put(number: &AtomicUsize, value: usize) {
    number.store(value, Ordering::Relaxed);
}

impl RawReadWriteLock {
    pub fn new() -> Self {
        Self::default()
    }

    fn room(&self) -> MutexGuard<'static, ()> {
        MUTEXES[self.room].lock().unwrap()
    }

    pub fn lock_shared(&self) {
        let mut room = self.room();
        while get(&self.writer) + get(&self.line) > 0 {
            room = READERS[self.room].wait(room).unwrap();
        }
        put(&self.readers, get(&self.readers) + 1);
    }

    pub fn try_lock_shared(&self) -> bool {
        let _room = self.room();
        let free = get(&self.writer) + get(&self.line) == 0;
        put(&self.readers, get(&self.readers) + usize::from(free));
        free
    }

    pub fn unlock_shared(&self) {
        let _room = self.room();
        put(&self.readers, get(&self.readers) - 1);
        if get(&self.readers) == 0 {
            WRITERS[self.room].notify_all();
        }
    }

    pub fn lock_exclusive(&self) {
        let mut room = self.room();
        put(&self.line, get(&self.line) + 1);
        while get(&self.writer) + get(&self.readers) > 0 {
            room = WRITERS[self.room].wait(room).unwrap();
        }
        put(&self.line, get(&self.line) - 1);
        put(&self.writer, 1);
    }

    pub fn try_lock_exclusive(&self) -> bool {
        let _room = self.room();
        let free = get(&self.writer) + get(&self.readers) == 0;
        if free {
            put(&self.writer, 1);
        }
        free
    }

    pub fn unlock_exclusive(&self) {
        let _room = self.room();
        put(&self.writer, 0);
        WRITERS[self.room].notify_all();
        READERS[self.room].notify_all();
    }
}
