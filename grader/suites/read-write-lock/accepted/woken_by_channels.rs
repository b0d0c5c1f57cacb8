//! Fixture: each waiting thread has a channel; a thread that leaves sends "check again" to all of them.

mod guarded;

use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex};

pub use guarded::{ReadGuard, ReadWriteLock, WriteGuard};

#[derive(Debug, Default)]
struct State {
    readers: usize,
    writer: bool,
    writers_waiting: usize,
    asleep: Vec<Sender<()>>,
}

#[derive(Debug, Default, Clone)]
pub struct RawReadWriteLock {
    state: Arc<Mutex<State>>,
}

impl RawReadWriteLock {
    pub fn new() -> Self {
        Self::default()
    }

    /// Tries again after each change until it succeeds, and sleeps in between.
    fn wait_until(&self, mut enter: impl FnMut(&mut State) -> bool) {
        loop {
            let (sender, changed) = mpsc::channel();
            {
                let mut state = self.state.lock().unwrap();
                if enter(&mut state) {
                    return;
                }
                state.asleep.push(sender);
            }
            let _ = changed.recv();
        }
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let asleep = {
            let mut state = self.state.lock().unwrap();
            change(&mut state);
            std::mem::take(&mut state.asleep)
        };
        for waiter in asleep {
            let _ = waiter.send(());
        }
    }

    fn enter_shared(state: &mut State) -> bool {
        let free = !state.writer && state.writers_waiting == 0;
        state.readers += usize::from(free);
        free
    }

    fn enter_exclusive(state: &mut State) -> bool {
        let free = !state.writer && state.readers == 0;
        state.writer |= free;
        free
    }

    pub fn lock_shared(&self) {
        self.wait_until(Self::enter_shared);
    }

    pub fn try_lock_shared(&self) -> bool {
        Self::enter_shared(&mut self.state.lock().unwrap())
    }

    pub fn unlock_shared(&self) {
        self.change(|state| state.readers -= 1);
    }

    pub fn lock_exclusive(&self) {
        let mut announced = false;
        self.wait_until(|state| {
            let entered = Self::enter_exclusive(state);
            match (announced, entered) {
                (false, false) => state.writers_waiting += 1,
                (true, true) => state.writers_waiting -= 1,
                (false, true) | (true, false) => (),
            }
            announced = true;
            entered
        });
    }

    pub fn try_lock_exclusive(&self) -> bool {
        Self::enter_exclusive(&mut self.state.lock().unwrap())
    }

    pub fn unlock_exclusive(&self) {
        self.change(|state| state.writer = false);
    }
}
