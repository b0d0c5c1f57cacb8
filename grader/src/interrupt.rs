//! A request to stop, such as Ctrl-C: what has been found out by then is kept, what runs is ended.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The request, shared by everything that works on one command.
#[derive(Debug, Clone, Default)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Asks for the end. It cannot be taken back.
    pub fn request(&self) {
        // Nothing is read that was written before the request: only the flag itself counts.
        self.0.store(true, Ordering::Relaxed);
    }

    pub fn is_requested(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// The flag itself, which a signal handler may set.
    pub fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.0)
    }
}
