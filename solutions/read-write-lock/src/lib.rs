//! A read-write lock: the reference solution.
//!
//! The state is protected by one `Mutex`, with a `Condvar` for each kind of waiter. The mutex is held for a
//! few instructions at a time, never while a thread reads or writes: the state records who holds the lock.
//!
//! Readers and writers wait on different condition variables, so a release can wake the right kind. With a
//! single condition variable, a `notify_one` could go to a reader that has to keep waiting for a writer: a
//! lost wakeup.

mod guarded;

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

pub use guarded::{ReadGuard, ReadWriteLock, WriteGuard};

/// The protocol of the lock: who may enter, and who waits. It protects no data itself: see `ReadWriteLock`.
#[derive(Debug, Default)]
pub struct RawReadWriteLock {
    state: Mutex<State>,
    /// Readers wait here. All are notified when no writer holds the lock or waits for it.
    readers: Condvar,
    /// Writers wait here. One is notified when no thread holds the lock.
    writers: Condvar,
}

#[derive(Debug, Default)]
struct State {
    readers_inside: usize,
    writer_inside: bool,
    /// Writers that wait for the lock. A number, not a flag: when the first of two enters, the second is
    /// still waiting.
    writers_waiting: usize,
}

impl State {
    /// A waiting writer keeps new readers out, as one that holds the lock does: overlapping readers would
    /// starve it otherwise.
    fn admits_a_reader(&self) -> bool {
        !self.writer_inside && self.writers_waiting == 0
    }

    fn admits_a_writer(&self) -> bool {
        !self.writer_inside && self.readers_inside == 0
    }
}

impl RawReadWriteLock {
    /// An unlocked lock.
    pub fn new() -> Self {
        Self::default()
    }

    /// Acquires the lock as a reader, and blocks while a writer holds it or waits for it.
    pub fn lock_shared(&self) {
        let mut state = self.state();
        // A loop: the wakeup may be spurious, or a new writer may have arrived first.
        while !state.admits_a_reader() {
            state = self.readers.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.readers_inside += 1;
    }

    /// Acquires the lock as a reader if no writer holds it or waits for it. The check and the entry are one
    /// critical section, and a refusal changes nothing.
    pub fn try_lock_shared(&self) -> bool {
        let mut state = self.state();
        let admitted = state.admits_a_reader();
        if admitted {
            state.readers_inside += 1;
        }
        admitted
    }

    /// Releases the lock as a reader. The last reader lets a writer in.
    pub fn unlock_shared(&self) {
        let mut state = self.state();
        state.readers_inside -= 1;
        if state.readers_inside == 0 {
            // One is enough: only one can enter, and it wakes the next when it leaves. Readers need no
            // notification here: they wait only for writers.
            self.writers.notify_one();
        }
    }

    /// Acquires the lock as the writer, and blocks while any thread holds it. No new reader enters meanwhile.
    pub fn lock_exclusive(&self) {
        let mut state = self.state();
        state.writers_waiting += 1;
        while !state.admits_a_writer() {
            state = self.writers.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        // From waiting to holding in one critical section: no reader can enter in between.
        state.writers_waiting -= 1;
        state.writer_inside = true;
    }

    /// Acquires the lock as the writer if no thread holds it. It never counts as waiting, so a refusal has no
    /// effect.
    pub fn try_lock_exclusive(&self) -> bool {
        let mut state = self.state();
        let admitted = state.admits_a_writer();
        if admitted {
            state.writer_inside = true;
        }
        admitted
    }

    /// Releases the lock as the writer, and wakes the next writer, or else all readers.
    pub fn unlock_exclusive(&self) {
        let mut state = self.state();
        state.writer_inside = false;
        if state.writers_waiting > 0 {
            // If another writer enters before the one that is woken here, it notifies again when it leaves.
            // Readers keep waiting: they come after every waiting writer.
            self.writers.notify_one();
        } else {
            // All of them may enter together.
            self.readers.notify_all();
        }
    }

    /// The state, even of a poisoned mutex: no foreign code runs in the critical sections.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
