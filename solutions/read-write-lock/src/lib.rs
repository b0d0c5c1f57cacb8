//! A read-write lock: the reference solution.
//!
//! Four facts behind one `Mutex`, and a `Condvar` for each kind of waiter. The mutex is held for a few
//! instructions at a time, never while somebody reads or writes: what the state says is who is inside.
//!
//! Whoever leaves knows whom to wake, because readers and writers sleep in different places. With one
//! condition variable for both, a single notification could go to a reader that must go on waiting for the
//! writer beside it, and be lost.

mod guarded;

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

pub use guarded::{ReadGuard, ReadWriteLock, WriteGuard};

/// Who may come in, and who waits. It protects nothing by itself: see `ReadWriteLock`.
#[derive(Debug, Default)]
pub struct RawReadWriteLock {
    state: Mutex<State>,
    /// Readers sleep here. Signalled, all of them at once, when no writer is inside or waits any more.
    readers: Condvar,
    /// Writers sleep here. Signalled, one of them, when nobody is inside any more.
    writers: Condvar,
}

#[derive(Debug, Default)]
struct State {
    readers_inside: usize,
    writer_inside: bool,
    /// Writers between their arrival and their entry. A number, not a flag: the first of two that gets in
    /// must not make the second one forgotten.
    writers_waiting: usize,
}

impl State {
    /// A writer that waits counts like one that is inside: so readers that come and go without a gap cannot
    /// keep it out for ever.
    fn admits_a_reader(&self) -> bool {
        !self.writer_inside && self.writers_waiting == 0
    }

    fn admits_a_writer(&self) -> bool {
        !self.writer_inside && self.readers_inside == 0
    }
}

impl RawReadWriteLock {
    /// A lock with nobody inside and nobody waiting.
    pub fn new() -> Self {
        Self::default()
    }

    /// Comes in as a reader; sleeps while a writer is inside or waits.
    pub fn lock_shared(&self) {
        let mut state = self.state();
        // A loop: the wake-up may be spurious, and a new writer may have been faster.
        while !state.admits_a_reader() {
            state = self.readers.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.readers_inside += 1;
    }

    /// Comes in as a reader if no writer is inside or waits. The look and the entry are one step under the
    /// mutex, and a refusal changes nothing.
    pub fn try_lock_shared(&self) -> bool {
        let mut state = self.state();
        let admitted = state.admits_a_reader();
        if admitted {
            state.readers_inside += 1;
        }
        admitted
    }

    /// A reader leaves. The last one lets a writer in.
    pub fn unlock_shared(&self) {
        let mut state = self.state();
        state.readers_inside -= 1;
        if state.readers_inside == 0 {
            // One is enough: only one can come in, and it wakes the next when it leaves. Readers need no
            // wake-up here: they wait only for writers.
            self.writers.notify_one();
        }
    }

    /// Comes in as the writer; sleeps while anybody is inside. No new reader comes in meanwhile.
    pub fn lock_exclusive(&self) {
        let mut state = self.state();
        state.writers_waiting += 1;
        while !state.admits_a_writer() {
            state = self.writers.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        // From waiting to inside in one step: no reader sees a moment in between.
        state.writers_waiting -= 1;
        state.writer_inside = true;
    }

    /// Comes in as the writer if nobody is inside. It never counts as waiting, so a refusal changes nothing.
    pub fn try_lock_exclusive(&self) -> bool {
        let mut state = self.state();
        let admitted = state.admits_a_writer();
        if admitted {
            state.writer_inside = true;
        }
        admitted
    }

    /// The writer leaves, and whoever waits is woken: the next writer, or else all readers.
    pub fn unlock_exclusive(&self) {
        let mut state = self.state();
        state.writer_inside = false;
        if state.writers_waiting > 0 {
            // Were another writer faster than the one that is woken here, it would wake it again when it
            // leaves. Readers sleep on: they come after every writer that waits.
            self.writers.notify_one();
        } else {
            // All of them may come in together.
            self.readers.notify_all();
        }
    }

    /// The state, also of a poisoned mutex: no code of others runs under it, so the state is whole.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
