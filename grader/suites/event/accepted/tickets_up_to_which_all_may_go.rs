//! Fixture: each waiter draws a ticket, and a `set` calls all that were drawn. The monitor's thread has a name.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

#[derive(Debug, Default)]
struct Office {
    set: bool,
    drawn: u64,
    called: u64,
}

#[derive(Debug, Default)]
pub struct Event {
    office: Mutex<Office>,
    display: Condvar,
}

impl Event {
    pub fn new() -> Self {
        Self::default()
    }

    fn office(&self) -> MutexGuard<'_, Office> {
        self.office.lock().unwrap()
    }

    pub fn set(&self) {
        {
            let mut office = self.office();
            office.set = true;
            office.called = office.drawn;
        }
        self.display.notify_all();
    }

    pub fn clear(&self) {
        self.office().set = false;
    }

    pub fn is_set(&self) -> bool {
        self.office().set
    }

    fn enter(&self, deadline: Option<Instant>) -> bool {
        let mut office = self.office();
        if office.set {
            return true;
        }
        let ticket = office.drawn;
        office.drawn += 1;
        while ticket >= office.called {
            office = match deadline.map(|deadline| deadline.checked_duration_since(Instant::now())) {
                None => self.display.wait(office).unwrap(),
                Some(Some(left)) if !left.is_zero() => self.display.wait_timeout(office, left).unwrap().0,
                Some(_) => return false,
            };
        }
        true
    }

    pub fn wait(&self) {
        self.enter(None);
    }

    pub fn wait_timeout(&self, timeout: Duration) -> bool {
        self.enter(Some(Instant::now() + timeout))
    }
}

struct Inside {
    over: Event,
    beats: AtomicU64,
}

pub struct Monitor {
    inside: Arc<Inside>,
    thread: Option<JoinHandle<()>>,
}

fn run(inside: &Inside, interval: Duration, beat: &mut dyn FnMut()) {
    loop {
        if inside.over.wait_timeout(interval) {
            return;
        }
        beat();
        let beats = inside.beats.load(Ordering::SeqCst);
        // Only this thread writes it.
        inside.beats.store(beats + 1, Ordering::SeqCst);
    }
}

impl Monitor {
    pub fn start(interval: Duration, mut beat: impl FnMut() + Send + 'static) -> Self {
        let inside = Arc::new(Inside { over: Event::new(), beats: AtomicU64::new(0) });
        let theirs = Arc::clone(&inside);
        let builder = Builder::new().name("monitor".to_owned());
        let thread = builder.spawn(move || run(&theirs, interval, &mut beat)).unwrap();
        Self { inside, thread: Some(thread) }
    }

    pub fn beats(&self) -> u64 {
        self.inside.beats.load(Ordering::SeqCst)
    }

    pub fn stop(mut self) -> u64 {
        self.inside.over.set();
        if self.thread.take().unwrap().join().is_err() {
            panic!("the monitor's thread panicked");
        }
        self.beats()
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            self.inside.over.set();
            let _ = thread.join();
        }
    }
}
