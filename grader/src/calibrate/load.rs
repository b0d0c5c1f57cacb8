//! Other work for the machine, to prove that no verdict depends on how busy it is.

use std::hint;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

/// Threads that do nothing but compute, until this is dropped. Each of them competes with the checks for a core as
/// another process would; but none can be left behind.
#[derive(Debug)]
pub struct Load {
    over: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Load {
    /// So many threads.
    pub fn start(threads: usize) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let compute = |over: Arc<AtomicBool>| {
            move || {
                while !over.load(Ordering::Relaxed) {
                    (0..10_000).for_each(|_| hint::spin_loop());
                }
            }
        };
        let threads = (0..threads).map(|_| thread::spawn(compute(Arc::clone(&over)))).collect();
        Self { over, threads }
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            // They do not panic, and nothing depends on it.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_threads_compute_until_the_load_is_dropped() {
        let load = Load::start(3);
        let over = Arc::clone(&load.over);
        assert_eq!(Arc::strong_count(&over), 5, "one for each thread, one for the load, one for this test");
        drop(load);
        assert_eq!(Arc::strong_count(&over), 1, "all threads have ended");
    }
}
