//! Whether a panic has poisoned a lock. loom's own code unwraps the lock that is inside of its, so that the next
//! call would panic there.

use core::sync::atomic::{AtomicU8, Ordering};

use crate::run;

/// Whether a lock is poisoned, and why. The real atomic: it is no step, and the threads of a run are coroutines.
#[derive(Debug, Default)]
pub(super) struct Poison(AtomicU8);

const CLEAN: u8 = 0;
/// The guard was dropped while its thread unwound.
const BY_ITS_HOLDER: u8 = 1;
/// It was dropped while another thread unwound. The lock inside of loom's cannot tell: all threads of a run are
/// one thread of the system.
const BY_ANOTHER: u8 = 2;

/// What a guard remembers.
#[derive(Debug)]
pub(super) struct Taken {
    panicking: bool,
}

impl Poison {
    /// Ends the run if the lock is poisoned.
    #[track_caller]
    pub(super) fn check(&self) {
        match self.0.load(Ordering::Relaxed) {
            CLEAN => {}
            BY_ITS_HOLDER => run::not_expressible(run::POISONED_LOCK, run::POISONED),
            _ => run::not_expressible(
                "a lock that is released while another thread unwinds",
                "in loom a thread that unwinds poisons the locks of all threads",
            ),
        }
    }

    /// A guard is made.
    pub(super) fn take() -> Taken {
        Taken { panicking: real::thread::panicking() }
    }

    /// A guard is dropped.
    pub(super) fn give_back(&self, taken: &Taken) {
        if real::thread::panicking() && !taken.panicking {
            let own = crate::thread::panicking();
            self.0.store(if own { BY_ITS_HOLDER } else { BY_ANOTHER }, Ordering::Relaxed);
        }
    }
}
