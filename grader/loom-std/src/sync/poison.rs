//! Whether a panic has poisoned a lock. loom's own code unwraps the lock that is inside of its, so that the next
//! call would panic there.

use core::sync::atomic::{AtomicBool, Ordering};

use crate::run;

/// Whether a lock is poisoned. The real atomic: it is no step, and the threads of a run are coroutines.
#[derive(Debug, Default)]
pub(super) struct Poison(AtomicBool);

/// What a guard remembers.
#[derive(Debug)]
pub(super) struct Taken {
    panicking: bool,
}

impl Poison {
    /// # Panics
    /// Ends the run if the lock is poisoned.
    #[track_caller]
    pub(super) fn check(&self, call: &str) {
        if self.0.load(Ordering::Relaxed) {
            run::not_expressible(call, run::POISONED);
        }
    }

    /// A guard is made.
    pub(super) fn take() -> Taken {
        Taken { panicking: real::thread::panicking() }
    }

    /// A guard is dropped. Whether this thread unwinds or another one does: the lock inside of loom's cannot
    /// tell, for all of them are one thread of the system.
    pub(super) fn give_back(&self, taken: &Taken) {
        if real::thread::panicking() && !taken.panicking {
            self.0.store(true, Ordering::Relaxed);
        }
    }
}
