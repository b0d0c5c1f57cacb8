//! How many executions a second the explorer runs, and what recording costs: both in one run.
//!
//! `cargo bench -p model-std`

use std::sync::Arc;
use std::time::{Duration, Instant};

use model_std::model::{Outcome, Search};
use model_std::sync::{Condvar, Mutex};
use model_std::{thread, time};

/// A connection pool as a learner writes it.
struct Pool {
    idle: Mutex<Vec<u32>>,
    released: Condvar,
}

impl Pool {
    fn acquire(&self, timeout: Duration) -> Option<u32> {
        let deadline = time::Instant::now() + timeout;
        let mut idle = self.idle.lock().unwrap();
        loop {
            if let Some(connection) = idle.pop() {
                return Some(connection);
            }
            let left = deadline.saturating_duration_since(time::Instant::now());
            if left.is_zero() {
                return None;
            }
            idle = self.released.wait_timeout(idle, left).unwrap().0;
        }
    }

    fn release(&self, connection: u32) {
        self.idle.lock().unwrap().push(connection);
        self.released.notify_one();
    }
}

/// Two threads, one connection: each acquires it, with a timeout, and releases it.
fn two_threads() {
    let pool = Arc::new(Pool { idle: Mutex::new(vec![7]), released: Condvar::new() });
    let threads = [(); 2].map(|()| {
        let pool = Arc::clone(&pool);
        thread::spawn(move || {
            if let Some(connection) = pool.acquire(Duration::from_millis(10)) {
                pool.release(connection);
            }
        })
    });
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(pool.acquire(Duration::ZERO), Some(7));
}

/// Executions per second, over about a second.
fn measure(record: bool) -> f64 {
    let start = Instant::now();
    let mut executions = 0;
    while start.elapsed() < Duration::from_secs(1) {
        let outcome =
            Search { preemptions: None, executions: 1_000_000, record, ..Search::default() }.run(two_threads);
        let Outcome::Passed(coverage) = outcome else { panic!("the pool is right: {outcome:?}") };
        assert!(coverage.complete);
        executions += coverage.executions;
    }
    executions as f64 / start.elapsed().as_secs_f64()
}

fn main() {
    // `cargo test --benches` runs this too: one quick round is enough there.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    measure(true);
    let (mut with, mut without) = (0.0_f64, 0.0_f64);
    for _ in 0..5 {
        with = with.max(measure(true));
        without = without.max(measure(false));
    }
    println!("pool, two threads, every interleaving: {with:.0} executions/s");
    println!(
        "recording costs {:.1} % of the search ({without:.0} executions/s without)",
        100.0 * (1.0 - with / without)
    );
}
