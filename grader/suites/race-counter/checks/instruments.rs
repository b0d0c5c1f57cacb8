//! Threads that add, and counters that record how they are used.

#[cfg(engine = "stress")]
use std::sync::Barrier;
use std::sync::{Arc, Mutex};
use std::thread::{self, ThreadId};

pub use harness::message;

harness::threads!();

/// The counter after one thread each has added its amount, all at once.
pub fn after_adding<C: race_counter::Counter + 'static>(counter: C, amounts: &[i64]) -> i64 {
    let counter = Arc::new(counter);
    let threads: Vec<_> = amounts
        .iter()
        .map(|&amount| {
            let counter = Arc::clone(&counter);
            start("adder", move || C::add(&counter, amount))
        })
        .collect();
    threads.into_iter().for_each(finish);
    C::value(&counter)
}

/// The counter after `threads` threads did `step` on it `times` times each.
///
/// On real threads a barrier starts them together; the model needs none to try every overlap.
pub fn after_stepping<C: race_counter::Counter + 'static>(
    counter: C,
    threads: usize,
    times: u64,
    step: fn(&C, usize),
) -> i64 {
    let counter = Arc::new(counter);
    #[cfg(engine = "stress")]
    let together = Arc::new(Barrier::new(threads));
    let threads: Vec<_> = (0..threads)
        .map(|number| {
            let counter = Arc::clone(&counter);
            #[cfg(engine = "stress")]
            let together = Arc::clone(&together);
            start("adder", move || {
                #[cfg(engine = "stress")]
                together.wait();
                for _ in 0..times {
                    step(&counter, number);
                }
            })
        })
        .collect();
    threads.into_iter().for_each(finish);
    C::value(&counter)
}

/// Counts right, and remembers which thread incremented how often and whether `add` was called.
#[derive(Default)]
pub struct Ledger {
    entries: Mutex<Vec<(ThreadId, u64)>>,
    other_adds: Mutex<u64>,
}

impl Ledger {
    /// How often each thread incremented, in no order.
    pub fn increments_of_threads(&self) -> Vec<u64> {
        self.entries.lock().unwrap().iter().map(|entry| entry.1).collect()
    }

    /// How often this thread incremented.
    pub fn increments_of(&self, thread: ThreadId) -> u64 {
        self.entries.lock().unwrap().iter().filter(|entry| entry.0 == thread).map(|entry| entry.1).sum()
    }

    /// Increments by all threads.
    pub fn increments(&self) -> u64 {
        self.entries.lock().unwrap().iter().map(|entry| entry.1).sum()
    }

    /// Calls of anything that changes the counter but is not `increment`.
    pub fn other_adds(&self) -> u64 {
        *self.other_adds.lock().unwrap()
    }
}

impl race_counter::Counter for Ledger {
    fn add(&self, _amount: i64) {
        *self.other_adds.lock().unwrap() += 1;
    }

    fn increment(&self) {
        let thread = thread::current().id();
        let mut entries = self.entries.lock().unwrap();
        match entries.iter_mut().find(|entry| entry.0 == thread) {
            Some(entry) => entry.1 += 1,
            None => entries.push((thread, 1)),
        }
    }

    fn decrement(&self) {
        race_counter::Counter::add(self, -1);
    }

    fn value(&self) -> i64 {
        self.increments() as i64
    }
}
