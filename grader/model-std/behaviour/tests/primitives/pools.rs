//! Connection pools with the faults that students make: each is found, and the right one passes.

use std::sync::Arc;
use std::time::Duration;

use model_std::model::{Cause, lateness};
use model_std::sync::{Condvar, Mutex};
use model_std::thread;
use model_std::time::Instant;
use outcomes::{failure, passes};

/// A fault, or none.
#[derive(Clone, Copy, PartialEq)]
enum Fault {
    None,
    /// The lock is given up between looking for a connection and taking it.
    CheckThenAct,
    /// A released connection is not notified.
    NoNotify,
    /// Every wakeup starts the timeout anew.
    TimeoutRestarts,
    /// One look after the wait, and no second one.
    IfForWhile,
}

struct Pool {
    fault: Fault,
    idle: Mutex<Vec<u32>>,
    released: Condvar,
}

impl Pool {
    fn new(fault: Fault, idle: Vec<u32>) -> Arc<Pool> {
        Arc::new(Pool { fault, idle: Mutex::new(idle), released: Condvar::new() })
    }

    fn acquire(&self, timeout: Option<Duration>) -> Option<u32> {
        let deadline = timeout.map(|timeout| Instant::now() + timeout);
        let mut idle = self.idle.lock().unwrap();
        loop {
            if self.fault == Fault::CheckThenAct && !idle.is_empty() {
                drop(idle);
                return Some(self.idle.lock().unwrap().pop().expect("there was one"));
            }
            if let Some(connection) = idle.pop() {
                return Some(connection);
            }
            idle = match (deadline, timeout) {
                (Some(_), Some(timeout)) if self.fault == Fault::TimeoutRestarts => {
                    let (idle, result) = self.released.wait_timeout(idle, timeout).unwrap();
                    if result.timed_out() {
                        return None;
                    }
                    idle
                }
                (Some(deadline), _) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return None;
                    }
                    self.released.wait_timeout(idle, left).unwrap().0
                }
                (None, _) => self.released.wait(idle).unwrap(),
            };
            if self.fault == Fault::IfForWhile {
                return Some(idle.pop().expect("woken, so there is one"));
            }
        }
    }

    fn release(&self, connection: u32) {
        self.idle.lock().unwrap().push(connection);
        if self.fault != Fault::NoNotify {
            self.released.notify_one();
        }
    }
}

/// One connection for two threads.
fn shared_connection(fault: Fault) -> impl Fn() + Send + Sync {
    move || {
        let pool = Pool::new(fault, vec![7]);
        let threads = [(); 2].map(|()| {
            let pool = Arc::clone(&pool);
            thread::spawn(move || {
                let connection = pool.acquire(None).unwrap();
                pool.release(connection);
            })
        });
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(pool.acquire(None), Some(7));
    }
}

/// One thread waits for a connection that never comes; another one only makes noise.
fn noisy_wait(fault: Fault) -> impl Fn() + Send + Sync {
    move || {
        let pool = Pool::new(fault, vec![]);
        let noise = {
            let pool = Arc::clone(&pool);
            thread::spawn(move || {
                thread::sleep(Duration::from_millis(6));
                pool.released.notify_all();
            })
        };
        let start = Instant::now();
        assert_eq!(pool.acquire(Some(Duration::from_millis(10))), None);
        let (elapsed, deadline) = (start.elapsed(), Duration::from_millis(10));
        assert_eq!(elapsed, elapsed.clamp(deadline, deadline + lateness()), "it fails at its deadline");
        noise.join().unwrap();
    }
}

#[test]
fn a_right_pool_passes() {
    passes(shared_connection(Fault::None));
    passes(noisy_wait(Fault::None));
}

#[test]
fn a_check_then_act_is_found() {
    let failure = failure(shared_connection(Fault::CheckThenAct));
    assert!(matches!(failure.cause, Cause::Panic { .. }), "{failure}");
    assert!(failure.message().contains("there was one"), "{}", failure.message());
}

#[test]
fn a_missing_notification_is_found() {
    let failure = failure(shared_connection(Fault::NoNotify));
    assert_eq!(failure.cause, Cause::Deadlock {});
    assert!(failure.message().contains("waits for a notification"), "{}", failure.message());
}

#[test]
fn a_restarted_timeout_is_found() {
    let failure = failure(noisy_wait(Fault::TimeoutRestarts));
    assert!(matches!(failure.cause, Cause::Panic { .. }), "{failure}");
    assert!(failure.message().contains("right: 10ms"), "{}", failure.message());
    assert!(failure.message().contains("left: 16ms"), "{}", failure.message());
}

#[test]
fn an_if_for_a_while_is_found() {
    let failure = failure(shared_connection(Fault::IfForWhile));
    assert!(matches!(failure.cause, Cause::Panic { .. }), "{failure}");
    assert!(failure.message().contains("woken, so there is one"), "{}", failure.message());
}
