//! Fixture: `clear` waits until those whom `set` released have gone. A message stops the monitor, whose thread returns
//! the number of its beats.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

#[derive(Debug, Default)]
struct Hall {
    open: bool,
    inside: usize,
}

#[derive(Debug, Default)]
pub struct Event {
    hall: Mutex<Hall>,
    opened: Condvar,
    empty: Condvar,
}

impl Event {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn set(&self) {
        self.hall.lock().unwrap().open = true;
        self.opened.notify_all();
    }

    pub fn clear(&self) {
        let hall = self.hall.lock().unwrap();
        // While it is open, whoever is inside is about to leave.
        let mut hall = self.empty.wait_while(hall, |hall| hall.open && hall.inside > 0).unwrap();
        hall.open = false;
    }

    pub fn is_set(&self) -> bool {
        self.hall.lock().unwrap().open
    }

    fn leave(&self, hall: &mut Hall) {
        hall.inside -= 1;
        if hall.inside == 0 {
            self.empty.notify_all();
        }
    }

    pub fn wait(&self) {
        let mut hall = self.hall.lock().unwrap();
        hall.inside += 1;
        while !hall.open {
            hall = self.opened.wait(hall).unwrap();
        }
        self.leave(&mut hall);
    }

    pub fn wait_timeout(&self, timeout: Duration) -> bool {
        let mut hall = self.hall.lock().unwrap();
        hall.inside += 1;
        let (mut hall, _) = self.opened.wait_timeout_while(hall, timeout, |hall| !hall.open).unwrap();
        self.leave(&mut hall);
        hall.open
    }
}

pub struct Monitor {
    stop: SyncSender<()>,
    thread: Option<JoinHandle<u64>>,
    beats: Arc<AtomicU64>,
}

impl Monitor {
    pub fn start(interval: Duration, mut beat: impl FnMut() + Send + 'static) -> Self {
        // Room for the one message that there is: nobody who stops waits here.
        let (stop, stopped) = sync_channel(1);
        let beats = Arc::new(AtomicU64::new(0));
        let published = Arc::clone(&beats);
        let thread = thread::spawn(move || {
            let mut number = 0;
            let mut began = Instant::now();
            loop {
                match stopped.recv_timeout(interval.saturating_sub(began.elapsed())) {
                    Ok(()) | Err(RecvTimeoutError::Disconnected) => return number,
                    Err(RecvTimeoutError::Timeout) => {
                        // From beat to beat; after a long one, a whole interval again.
                        began = Instant::now();
                        beat();
                        if began.elapsed() >= interval {
                            began = Instant::now();
                        }
                        number += 1;
                        published.store(number, Ordering::Release);
                    }
                }
            }
        });
        Self { stop, thread: Some(thread), beats }
    }

    pub fn beats(&self) -> u64 {
        self.beats.load(Ordering::Acquire)
    }

    pub fn stop(mut self) -> u64 {
        let thread = self.thread.take().expect("it is taken once");
        // An error means that a beat has panicked: nobody listens.
        let _ = self.stop.send(());
        thread.join().unwrap()
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            let _ = self.stop.try_send(());
            let _ = thread.join();
        }
    }
}
