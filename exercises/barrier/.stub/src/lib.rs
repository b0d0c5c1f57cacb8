//! A barrier: all arrive, then all go on, again and again. And if one does not come, nobody waits in vain.
//!
//! `wait` is the meeting point, `abort` and a timeout break it, and `reset` makes it usable again. The README explains
//! the idea.

use std::error::Error;
use std::fmt;
use std::num::NonZeroUsize;
use std::time::Duration;

/// The barrier is broken, or was reset: not all parties have come. Given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the barrier is broken")
    }
}

impl Error for Broken {}

/// A place where threads wait for each other: when all parties have arrived, all go on.
pub struct Barrier {
    // How many have arrived, how does a party know that its own round is complete or broken, and where does it wait?
}

impl Barrier {
    /// A barrier for so many parties.
    pub fn new(parties: NonZeroUsize) -> Self {
        todo!("Barrier::new, for {parties} parties")
    }

    /// Blocks until all parties have arrived. Returns the place of arrival in this round: the first one has 0. What
    /// each party did before its `wait` is visible to all of them afterwards.
    ///
    /// # Errors
    /// If the barrier is broken, or breaks or is reset before all have arrived. Whoever's round is complete gets `Ok`,
    /// whatever happens afterwards.
    pub fn wait(&self) -> Result<usize, Broken> {
        todo!("Barrier::wait, which blocks until all parties have arrived")
    }

    /// Like `wait`, but a timeout that elapses before all have arrived breaks the barrier, for everybody.
    ///
    /// # Errors
    /// As for `wait`, and if the timeout has elapsed. A timeout of zero elapses at once, unless the caller is the last
    /// one to arrive.
    pub fn wait_timeout(&self, timeout: Duration) -> Result<usize, Broken> {
        todo!("Barrier::wait_timeout, which breaks the barrier after {timeout:?}")
    }

    /// Breaks the barrier: whoever waits gets `Broken`, and so does every `wait` until it is reset.
    pub fn abort(&self) {
        todo!("Barrier::abort, which breaks the barrier")
    }

    /// Makes the barrier empty and usable. Whoever waits gets `Broken`.
    pub fn reset(&self) {
        todo!("Barrier::reset, which makes the barrier empty and usable")
    }

    /// Whether the barrier is broken.
    pub fn is_broken(&self) -> bool {
        todo!("Barrier::is_broken")
    }

    /// How many parties are inside the open round: zero once it is complete, and zero while the barrier is broken.
    pub fn waiting(&self) -> usize {
        todo!("Barrier::waiting")
    }

    /// How many parties make a round complete.
    pub fn parties(&self) -> usize {
        todo!("Barrier::parties")
    }
}
