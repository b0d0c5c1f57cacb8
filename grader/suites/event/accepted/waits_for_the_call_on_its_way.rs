//! Fixture: a thread has one mark for all that it waits for; one that is late waits for a call that is on its way.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, mpsc};
use std::thread::{self, JoinHandle, Thread};
use std::time::{Duration, Instant};

/// Each thread has one place to sleep, which it uses for whatever it waits for.
#[derive(Debug)]
struct Bed {
    thread: Thread,
    called: AtomicBool,
}

thread_local! {
    static BED: Arc<Bed> = Arc::new(Bed { thread: thread::current(), called: AtomicBool::new(false) });
}

#[derive(Debug, Default)]
pub struct Event {
    hall: Mutex<Hall>,
}

#[derive(Debug, Default)]
struct Hall {
    set: bool,
    asleep: Vec<Arc<Bed>>,
}

impl Event {
    pub fn new() -> Self {
        Self::default()
    }

    fn hall(&self) -> MutexGuard<'_, Hall> {
        self.hall.lock().unwrap()
    }

    pub fn set(&self) {
        let asleep = {
            let mut hall = self.hall();
            hall.set = true;
            std::mem::take(&mut hall.asleep)
        };
        // The hall is free while they are called.
        for bed in asleep {
            bed.called.store(true, Ordering::Release);
            bed.thread.unpark();
        }
    }

    pub fn clear(&self) {
        self.hall().set = false;
    }

    pub fn is_set(&self) -> bool {
        self.hall().set
    }

    pub fn wait(&self) {
        self.sleep(None);
    }

    pub fn wait_timeout(&self, timeout: Duration) -> bool {
        self.sleep(Some(timeout))
    }

    fn sleep(&self, timeout: Option<Duration>) -> bool {
        let start = Instant::now();
        let bed = BED.with(Arc::clone);
        {
            let mut hall = self.hall();
            if hall.set {
                return true;
            }
            bed.called.store(false, Ordering::Relaxed);
            hall.asleep.push(Arc::clone(&bed));
        }
        while !bed.called.load(Ordering::Acquire) {
            match timeout.map(|timeout| timeout.saturating_sub(start.elapsed())) {
                None => thread::park(),
                Some(Duration::ZERO) => {
                    let mut hall = self.hall();
                    let before = hall.asleep.len();
                    hall.asleep.retain(|other| !Arc::ptr_eq(other, &bed));
                    if hall.asleep.len() < before {
                        return false;
                    }
                    // It has been taken off the list: it is set, and the call is on its way.
                    drop(hall);
                    while !bed.called.load(Ordering::Acquire) {
                        thread::park();
                    }
                }
                Some(left) => thread::park_timeout(left),
            }
        }
        true
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
