//! Fixture: tickets. Strictly first come, first served; a try is refused while any thread is in the line.

mod guarded;

use std::sync::{Condvar, Mutex};

pub use guarded::{ReadGuard, ReadWriteLock, WriteGuard};

#[derive(Default, Debug)]
struct Desk {
    next_ticket: u64,
    now_serving: u64,
    readers: u32,
    writer: bool,
}

#[derive(Default, Debug)]
pub struct RawReadWriteLock {
    desk: Mutex<Desk>,
    called: Condvar,
}

impl RawReadWriteLock {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn lock_shared(&self) {
        let mut desk = self.desk.lock().unwrap();
        let ticket = desk.next_ticket;
        desk.next_ticket += 1;
        while desk.now_serving != ticket || desk.writer {
            desk = self.called.wait(desk).unwrap();
        }
        desk.now_serving += 1;
        desk.readers += 1;
        // The next in the line may be a reader, too.
        self.called.notify_all();
    }

    pub fn try_lock_shared(&self) -> bool {
        let mut desk = self.desk.lock().unwrap();
        if desk.writer || desk.now_serving != desk.next_ticket {
            return false;
        }
        desk.readers += 1;
        true
    }

    pub fn unlock_shared(&self) {
        let mut desk = self.desk.lock().unwrap();
        desk.readers -= 1;
        if desk.readers == 0 {
            self.called.notify_all();
        }
    }

    pub fn lock_exclusive(&self) {
        let mut desk = self.desk.lock().unwrap();
        let ticket = desk.next_ticket;
        desk.next_ticket += 1;
        while desk.now_serving != ticket || desk.writer || desk.readers > 0 {
            desk = self.called.wait(desk).unwrap();
        }
        desk.now_serving += 1;
        desk.writer = true;
    }

    pub fn try_lock_exclusive(&self) -> bool {
        let mut desk = self.desk.lock().unwrap();
        if desk.writer || desk.readers > 0 || desk.now_serving != desk.next_ticket {
            return false;
        }
        desk.writer = true;
        true
    }

    pub fn unlock_exclusive(&self) {
        self.desk.lock().unwrap().writer = false;
        self.called.notify_all();
    }
}
