//! `std::hash`, with a `RandomState` that is the same in every execution.

pub use real::hash::*;

/// See [`std`](real::hash::RandomState). Its keys are fixed: with random ones, a program that goes
/// through a map would take other steps in every execution.
#[derive(Clone, Debug)]
pub struct RandomState(());

impl RandomState {
    /// See [`std`](real::hash::RandomState::new).
    #[must_use]
    pub fn new() -> Self {
        RandomState(())
    }
}

impl Default for RandomState {
    fn default() -> Self {
        RandomState::new()
    }
}

impl BuildHasher for RandomState {
    type Hasher = DefaultHasher;

    fn build_hasher(&self) -> DefaultHasher {
        DefaultHasher::new()
    }
}
