//! Fixture: waiters receive from a channel each; the monitor stops when the sender of its channel is dropped.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

#[derive(Debug)]
enum State {
    Set,
    Cleared(Vec<Sender<()>>),
}

impl Default for State {
    fn default() -> Self {
        State::Cleared(Vec::new())
    }
}

#[derive(Debug, Default)]
pub struct Event {
    state: Mutex<State>,
}

impl Event {
    pub fn new() -> Self {
        Self { state: Mutex::new(State::Cleared(vec![])) }
    }

    pub fn set(&self) {
        let mut state = self.state.lock().unwrap();
        if let State::Cleared(waiters) = std::mem::replace(&mut *state, State::Set) {
            for waiter in waiters {
                // One that has given up does not listen any more.
                let _ = waiter.send(());
            }
        }
    }

    pub fn clear(&self) {
        let mut state = self.state.lock().unwrap();
        if matches!(*state, State::Set) {
            *state = State::default();
        }
    }

    pub fn is_set(&self) -> bool {
        matches!(*self.state.lock().unwrap(), State::Set)
    }

    fn listen(&self) -> Option<Receiver<()>> {
        match &mut *self.state.lock().unwrap() {
            State::Set => None,
            State::Cleared(waiters) => {
                let (sender, receiver) = mpsc::channel();
                waiters.push(sender);
                Some(receiver)
            }
        }
    }

    pub fn wait(&self) {
        if let Some(receiver) = self.listen() {
            receiver.recv().expect("the sender is kept until it has sent");
        }
    }

    pub fn wait_timeout(&self, timeout: Duration) -> bool {
        let Some(receiver) = self.listen() else { return true };
        if receiver.recv_timeout(timeout).is_ok() {
            return true;
        }
        // Once more, where no `set` is under way.
        let _state = self.state.lock().unwrap();
        receiver.try_recv().is_ok()
    }
}

pub struct Monitor {
    /// Dropping it ends the thread.
    keep: Option<Sender<()>>,
    beats: Arc<AtomicU64>,
    thread: Option<JoinHandle<()>>,
}

impl Monitor {
    pub fn start(interval: Duration, mut beat: impl FnMut() + Send + 'static) -> Self {
        let (keep, ended) = mpsc::channel::<()>();
        let beats = Arc::new(AtomicU64::new(0));
        let count = beats.clone();
        let thread = thread::spawn(move || {
            while let Err(RecvTimeoutError::Timeout) = ended.recv_timeout(interval) {
                beat();
                count.fetch_add(1, Ordering::Release);
            }
        });
        Self { keep: Some(keep), beats, thread: Some(thread) }
    }

    pub fn beats(&self) -> u64 {
        self.beats.load(Ordering::Acquire)
    }

    pub fn stop(mut self) -> u64 {
        drop(self.keep.take());
        if let Some(thread) = self.thread.take() {
            // A panic of its own, with a message of its own.
            thread.join().expect("a beat panicked");
        }
        self.beats.load(Ordering::Acquire)
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        self.keep = None;
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}
