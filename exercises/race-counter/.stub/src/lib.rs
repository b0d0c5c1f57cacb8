//! The counter that loses count.
//!
//! Three counters with one interface. The first one has a race condition and loses updates; the other two
//! must never lose one. [`hammer`] puts them to the test. The README explains the idea.

/// A number that several threads increment and decrement. Given: leave it as it is.
pub trait Counter: Send + Sync {
    /// Adds `amount`, which may be negative.
    fn add(&self, amount: i64);

    /// The current value.
    fn value(&self) -> i64;

    /// Adds one.
    fn increment(&self) {
        self.add(1)
    }

    /// Subtracts one.
    fn decrement(&self) {
        self.add(-1)
    }
}

/// A counter with a race condition: `add` is a load followed by a separate store.
///
/// On a single thread it is correct. When two threads add at the same time, one of the updates can be lost.
#[derive(Debug, Default)]
pub struct RacyCounter {
    // Which type can be changed through `&self` from many threads, and loaded and stored on its own?
}

impl RacyCounter {
    /// A counter at zero.
    pub fn new() -> Self {
        todo!("RacyCounter::new, a counter at zero")
    }
}

impl Counter for RacyCounter {
    fn add(&self, _amount: i64) {
        todo!("RacyCounter::add, a load followed by a separate store")
    }

    fn value(&self) -> i64 {
        todo!("RacyCounter::value")
    }
}

/// A counter protected by a mutex: it never loses an update.
#[derive(Debug, Default)]
pub struct LockedCounter {
    // A `Mutex` goes here.
}

impl LockedCounter {
    /// A counter at zero.
    pub fn new() -> Self {
        todo!("LockedCounter::new, a counter at zero")
    }
}

impl Counter for LockedCounter {
    fn add(&self, _amount: i64) {
        todo!("LockedCounter::add, in a critical section")
    }

    fn value(&self) -> i64 {
        todo!("LockedCounter::value")
    }
}

/// A counter without a lock that never loses an update: `add` is one atomic read-modify-write.
#[derive(Debug, Default)]
pub struct AtomicCounter {
    // An atomic integer goes here.
}

impl AtomicCounter {
    /// A counter at zero.
    pub fn new() -> Self {
        todo!("AtomicCounter::new, a counter at zero")
    }
}

impl Counter for AtomicCounter {
    fn add(&self, _amount: i64) {
        todo!("AtomicCounter::add, one atomic operation")
    }

    fn value(&self) -> i64 {
        todo!("AtomicCounter::value")
    }
}

/// Spawns exactly `threads` threads that call `increment` on `counter` `increments` times each, concurrently,
/// joins them all, and returns the counter's value.
///
/// # Panics
///
/// If the counter panics in one of the threads.
pub fn hammer<C: Counter>(_counter: &C, _threads: usize, _increments: u64) -> i64 {
    todo!("hammer, which needs threads that may borrow the counter")
}
