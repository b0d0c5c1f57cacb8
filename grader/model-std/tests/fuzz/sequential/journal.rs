//! What a program notes while the explorer runs it.

use std::sync::{Arc, Mutex, PoisonError};

/// What each thread has noted in the execution that runs. Writing it down is no step.
#[derive(Clone, Default)]
pub struct Journal(Arc<Mutex<Vec<Vec<u32>>>>);

impl Journal {
    pub fn begin(&self, threads: usize) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = vec![Vec::new(); threads];
    }

    pub fn note(&self, thread: usize, word: u32) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)[thread].push(word);
    }

    pub fn notes(&self) -> Vec<Vec<u32>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
