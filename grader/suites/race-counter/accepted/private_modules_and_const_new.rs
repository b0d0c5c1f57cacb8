//! Fixture: every counter in a private module, `const fn new`, one generic cell; the threads wait for a start signal and report by channel.

mod api {
    pub trait Counter: Send + Sync {
        fn add(&self, amount: i64);
        fn value(&self) -> i64;
        fn increment(&self) {
            self.add(1)
        }
        fn decrement(&self) {
            self.add(-1)
        }
    }
}

mod racy {
    use std::sync::atomic::{AtomicI64, Ordering};

    #[derive(Debug, Default)]
    pub struct RacyCounter(AtomicI64);

    impl RacyCounter {
        pub const fn new() -> Self {
            Self(AtomicI64::new(0))
        }
    }

    impl super::Counter for RacyCounter {
        fn add(&self, amount: i64) {
            let sum = self.value() + amount;
            // A swap whose result is not used is a store.
            let _overwritten = self.0.swap(sum, Ordering::AcqRel);
        }
        fn value(&self) -> i64 {
            self.0.load(Ordering::Acquire)
        }
    }
}

mod locked {
    use std::sync::{Condvar, Mutex};

    /// A lock made of a flag and a condition variable.
    #[derive(Debug, Default)]
    pub struct LockedCounter {
        state: Mutex<State>,
        free: Condvar,
    }

    #[derive(Debug, Default)]
    struct State {
        taken: bool,
        value: i64,
    }

    impl LockedCounter {
        pub const fn new() -> Self {
            Self { state: Mutex::new(State { taken: false, value: 0 }), free: Condvar::new() }
        }

        fn take(&self) -> i64 {
            let mut state = self.free.wait_while(self.state.lock().unwrap(), |state| state.taken).unwrap();
            state.taken = true;
            state.value
        }

        fn give_back(&self, value: i64) {
            *self.state.lock().unwrap() = State { taken: false, value };
            self.free.notify_one();
        }
    }

    impl super::Counter for LockedCounter {
        fn add(&self, amount: i64) {
            let value = self.take();
            self.give_back(value + amount);
        }
        fn value(&self) -> i64 {
            let value = self.take();
            self.give_back(value);
            value
        }
    }
}

mod atomic {
    use core::sync::atomic::{AtomicI64, Ordering::Relaxed};

    #[derive(Debug, Default)]
    pub struct AtomicCounter(AtomicI64);

    impl AtomicCounter {
        pub const fn new() -> Self {
            Self(AtomicI64::new(0))
        }
    }

    impl super::Counter for AtomicCounter {
        fn add(&self, amount: i64) {
            self.0.fetch_sub(-amount, Relaxed);
        }
        fn value(&self) -> i64 {
            self.0.fetch_add(0, Relaxed)
        }
    }
}

pub use api::Counter;
pub use atomic::AtomicCounter;
pub use locked::LockedCounter;
pub use racy::RacyCounter;

pub fn hammer<C: Counter>(counter: &C, threads: usize, increments: u64) -> i64 {
    use std::sync::mpsc;
    let (started, all_started) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let started = started.clone();
            scope.spawn(move || {
                started.send(()).expect("the caller listens");
                (0..increments).for_each(|_| counter.increment());
            });
        }
        all_started.iter().take(threads).for_each(drop);
    });
    counter.value()
}
