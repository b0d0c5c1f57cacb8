//! Fixture: a gate that one writer at a time closes, and a room behind it; two mutexes, two condition variables each its own.

mod guarded;
mod gate {
    use std::sync::{Condvar, Mutex};

    /// Closed by one writer at a time. Readers pass through it when it is open.
    #[derive(Debug, Default)]
    pub struct Gate {
        writers: Mutex<usize>,
        opened: Condvar,
    }

    impl Gate {
        /// Announces a writer: no reader passes any more.
        pub fn announce(&self) {
            *self.writers.lock().unwrap() += 1;
        }

        pub fn withdraw(&self) {
            let mut writers = self.writers.lock().unwrap();
            *writers -= 1;
            if *writers == 0 {
                self.opened.notify_all();
            }
        }

        /// Runs `enter` while no writer can be announced, as soon as none is.
        pub fn pass(&self, enter: impl FnOnce()) {
            let writers = self.writers.lock().unwrap();
            let _open = self.opened.wait_while(writers, |writers| *writers > 0).unwrap();
            enter();
        }

        /// Runs `enter` if no writer is announced.
        pub fn pass_now(&self, enter: impl FnOnce() -> bool) -> bool {
            let writers = self.writers.lock().unwrap();
            *writers == 0 && enter()
        }

        /// Runs `enter`, and announces a writer in the same critical section if that succeeds.
        pub fn announce_if(&self, enter: impl FnOnce() -> bool) -> bool {
            let mut writers = self.writers.lock().unwrap();
            let entered = enter();
            *writers += usize::from(entered);
            entered
        }
    }
}

use std::sync::{Condvar, Mutex};

use gate::Gate;
pub use guarded::{ReadGuard, ReadWriteLock, WriteGuard};

#[derive(Debug, Default)]
struct Room {
    readers: usize,
    writer: bool,
}

/// A writer stays announced at the gate as long as it is inside: so readers check the gate alone.
#[derive(Debug, Default)]
pub struct RawReadWriteLock {
    gate: Gate,
    room: Mutex<Room>,
    left: Condvar,
}

impl RawReadWriteLock {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn lock_shared(&self) {
        self.gate.pass(|| self.room.lock().unwrap().readers += 1);
    }

    pub fn try_lock_shared(&self) -> bool {
        self.gate.pass_now(|| {
            self.room.lock().unwrap().readers += 1;
            true
        })
    }

    pub fn unlock_shared(&self) {
        let mut room = self.room.lock().unwrap();
        room.readers -= 1;
        drop(room);
        self.left.notify_all();
    }

    pub fn lock_exclusive(&self) {
        self.gate.announce();
        let room = self.room.lock().unwrap();
        let mut room = self.left.wait_while(room, |room| room.writer || room.readers > 0).unwrap();
        room.writer = true;
    }

    pub fn try_lock_exclusive(&self) -> bool {
        self.gate.announce_if(|| {
            let mut room = self.room.lock().unwrap();
            let free = !room.writer && room.readers == 0;
            room.writer |= free;
            free
        })
    }

    pub fn unlock_exclusive(&self) {
        let mut room = self.room.lock().unwrap();
        room.writer = false;
        drop(room);
        self.left.notify_all();
        self.gate.withdraw();
    }
}
