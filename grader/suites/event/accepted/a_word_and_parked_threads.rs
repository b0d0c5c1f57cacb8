//! Fixture: an atomic word says what has happened, and beside it is a list of those who park. The monitor has one mutex
//! for all that its two threads share.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle, Thread};
use std::time::{Duration, Instant};

/// Odd while it is set; each `set` and each `clear` that changes something adds one.
#[derive(Debug, Default)]
pub struct Event {
    changes: AtomicUsize,
    parked: Mutex<VecDeque<(usize, Thread)>>,
    next: AtomicUsize,
}

fn is_odd(changes: usize) -> bool {
    changes % 2 == 1
}

impl Event {
    pub fn new() -> Self {
        Event { changes: AtomicUsize::new(0), parked: Mutex::new(VecDeque::new()), next: AtomicUsize::new(0) }
    }

    pub fn set(&self) {
        let next = |changes: usize| (!is_odd(changes)).then_some(changes + 1);
        if self.changes.fetch_update(SeqCst, SeqCst, next).is_ok() {
            // Whoever comes to this list from now on finds another number than before, and does not park. They take
            // themselves off: one that came after a `clear` in the meantime parks again, and has to stay.
            for (_, thread) in self.list().iter() {
                thread.unpark();
            }
        }
    }

    pub fn clear(&self) {
        let next = |changes: usize| is_odd(changes).then_some(changes + 1);
        let _ = self.changes.fetch_update(SeqCst, SeqCst, next);
    }

    pub fn is_set(&self) -> bool {
        is_odd(self.changes.load(SeqCst))
    }

    fn list(&self) -> MutexGuard<'_, VecDeque<(usize, Thread)>> {
        self.parked.lock().unwrap()
    }

    fn park_until(&self, deadline: Option<Instant>) -> bool {
        let came = self.changes.load(SeqCst);
        if is_odd(came) {
            return true;
        }
        let own = self.next.fetch_add(1, SeqCst);
        self.list().push_back((own, thread::current()));
        let released = loop {
            if self.changes.load(SeqCst) != came {
                break true;
            }
            match deadline {
                None => thread::park(),
                Some(deadline) => match deadline.checked_duration_since(Instant::now()) {
                    Some(left) if left > Duration::ZERO => thread::park_timeout(left),
                    // Once more, after the clock.
                    Some(_) | None => break self.changes.load(SeqCst) != came,
                },
            }
        };
        self.list().retain(|(number, _)| *number != own);
        released
    }

    pub fn wait(&self) {
        self.park_until(None);
    }

    pub fn wait_timeout(&self, timeout: Duration) -> bool {
        self.park_until(Instant::now().checked_add(timeout))
    }
}

#[derive(Debug, Default)]
struct Shared {
    ends: bool,
    beats: u64,
}

type Desk = (Mutex<Shared>, Condvar);

/// No panic happens while it is locked.
fn lock(desk: &Desk) -> MutexGuard<'_, Shared> {
    desk.0.lock().unwrap_or_else(PoisonError::into_inner)
}

pub struct Monitor {
    desk: Arc<Desk>,
    thread: Option<JoinHandle<()>>,
}

impl Monitor {
    pub fn start(interval: Duration, beat: impl FnMut() + Send + 'static) -> Self {
        let desk = Arc::new(Desk::default());
        let thread = Some(thread::spawn({
            let desk = Arc::clone(&desk);
            move || run(&desk, interval, beat)
        }));
        Self { desk, thread }
    }

    pub fn beats(&self) -> u64 {
        lock(&self.desk).beats
    }

    pub fn stop(mut self) -> u64 {
        match self.end() {
            Ok(()) => self.beats(),
            Err(payload) => std::panic::resume_unwind(payload),
        }
    }

    fn end(&mut self) -> thread::Result<()> {
        lock(&self.desk).ends = true;
        self.desk.1.notify_all();
        match self.thread.take() {
            Some(thread) => thread.join(),
            None => Ok(()),
        }
    }
}

fn run(desk: &Desk, interval: Duration, mut beat: impl FnMut()) {
    let mut shared = lock(desk);
    loop {
        let woken = desk.1.wait_timeout_while(shared, interval, |shared| !shared.ends);
        shared = woken.unwrap_or_else(PoisonError::into_inner).0;
        if shared.ends {
            return;
        }
        drop(shared);
        beat();
        shared = lock(desk);
        shared.beats += 1;
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        self.end().unwrap_or_default();
    }
}
