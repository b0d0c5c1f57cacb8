//! Fixture: events share sixty-four rooms to sleep in, and `set` notifies all who sleep in the room.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

const ROOMS: usize = 64;
static EVENTS: AtomicUsize = AtomicUsize::new(0);
static MUTEXES: [Mutex<()>; ROOMS] = [const { Mutex::new(()) }; ROOMS];
static BELLS: [Condvar; ROOMS] = [const { Condvar::new() }; ROOMS];

/// All events whose numbers are the same modulo 64 share a room to sleep in.
#[derive(Debug)]
pub struct Event {
    room: usize,
    set: AtomicBool,
    sets: AtomicU64,
    asleep: AtomicUsize,
}

impl Default for Event {
    fn default() -> Self {
        let room = EVENTS.fetch_add(1, Ordering::Relaxed) % ROOMS;
        Self { room, set: AtomicBool::new(false), sets: AtomicU64::new(0), asleep: AtomicUsize::new(0) }
    }
}

impl Event {
    pub fn new() -> Self {
        Self::default()
    }

    fn room(&self) -> MutexGuard<'static, ()> {
        MUTEXES[self.room].lock().unwrap()
    }

    pub fn set(&self) {
        let _room = self.room();
        self.set.store(true, Ordering::SeqCst);
        self.sets.fetch_add(1, Ordering::SeqCst);
        BELLS[self.room].notify_all();
    }

    pub fn clear(&self) {
        let _room = self.room();
        self.set.store(false, Ordering::SeqCst);
    }

    pub fn is_set(&self) -> bool {
        self.set.load(Ordering::SeqCst)
    }

    pub fn wait(&self) {
        self.sleep(None);
    }

    pub fn wait_timeout(&self, timeout: Duration) -> bool {
        self.sleep(Some(timeout))
    }

    fn sleep(&self, timeout: Option<Duration>) -> bool {
        let start = Instant::now();
        let mut room = self.room();
        let came = self.sets.load(Ordering::SeqCst);
        loop {
            if self.set.load(Ordering::SeqCst) || self.sets.load(Ordering::SeqCst) != came {
                return true;
            }
            let bell = &BELLS[self.room];
            self.asleep.fetch_add(1, Ordering::SeqCst);
            room = match timeout.map(|timeout| timeout.saturating_sub(start.elapsed())) {
                None => bell.wait(room).unwrap(),
                Some(Duration::ZERO) => {
                    self.asleep.fetch_sub(1, Ordering::SeqCst);
                    return false;
                }
                Some(left) => bell.wait_timeout(room, left).unwrap().0,
            };
            self.asleep.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

/// Sleeps in a timed receive: the end of the channel is the end of the monitor.
pub struct Monitor {
    beats: Arc<AtomicU64>,
    end: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Monitor {
    pub fn start(interval: Duration, mut beat: impl FnMut() + Send + 'static) -> Self {
        let beats = Arc::new(AtomicU64::new(0));
        let (end, ended) = mpsc::channel::<()>();
        let theirs = Arc::clone(&beats);
        let thread = thread::spawn(move || {
            while let Err(mpsc::RecvTimeoutError::Timeout) = ended.recv_timeout(interval) {
                beat();
                theirs.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self { beats, end: Some(end), thread: Some(thread) }
    }

    pub fn beats(&self) -> u64 {
        self.beats.load(Ordering::SeqCst)
    }

    pub fn stop(mut self) -> u64 {
        if let Some(Err(payload)) = self.finish() {
            std::panic::resume_unwind(payload);
        }
        self.beats()
    }

    fn finish(&mut self) -> Option<thread::Result<()>> {
        self.end = None;
        self.thread.take().map(JoinHandle::join)
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        let _ = self.finish();
    }
}
