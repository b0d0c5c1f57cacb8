//! What the checks hold, and how they hold it.

use std::mem;
use std::num::NonZeroUsize;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use connection_pool::{ConnectionPool, Semaphore};
pub use harness::message;

harness::threads!();

/// Longer than any program runs.
pub const AGES: Duration = Duration::from_secs(150 * 365 * 24 * 60 * 60);

pub fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

pub fn size(max_size: usize) -> NonZeroUsize {
    NonZeroUsize::new(max_size).expect("a pool has at least one place")
}

/// A pool whose connections are the numbers 0, 1, 2, … in the order of opening.
pub fn numbered(max_size: usize) -> (ConnectionPool<usize>, Arc<AtomicUsize>) {
    let opened = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&opened);
    (ConnectionPool::new(size(max_size), move || count.fetch_add(1, Ordering::Relaxed)), opened)
}

/// Blocks a `connect` until the check opens it.
#[derive(Default)]
pub struct Gate {
    state: Mutex<GateState>,
    changed: Condvar,
}

#[derive(Default)]
struct GateState {
    reached: bool,
    open: bool,
}

impl Gate {
    pub fn pass(&self) {
        let mut state = self.state.lock().unwrap();
        state.reached = true;
        self.changed.notify_all();
        drop(self.changed.wait_while(state, |state| !state.open).unwrap());
    }

    pub fn wait_until_reached(&self) {
        let state = self.state.lock().unwrap();
        drop(self.changed.wait_while(state, |state| !state.reached).unwrap());
    }

    pub fn open(&self) {
        self.state.lock().unwrap().open = true;
        self.changed.notify_all();
    }
}

/// How a holder gives back.
#[derive(Clone, Copy)]
pub enum Way {
    /// A connection is dropped.
    Plainly,
    /// A connection is released.
    ByRelease,
    /// While the stack unwinds.
    Unwinding,
    /// On another thread.
    Elsewhere,
}

/// Runs this when it is dropped.
struct OnDrop<F: FnMut()>(F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// Runs `action` in a destructor, while a panic unwinds the stack of this thread.
pub fn while_unwinding<R>(mut action: impl FnMut() -> R) -> R {
    let mut result = None;
    let unwind = AssertUnwindSafe(|| {
        let _last = OnDrop(|| result = Some(action()));
        // A panic that prints nothing.
        panic::resume_unwind(Box::new(()))
    });
    let unwound: thread::Result<()> = panic::catch_unwind(unwind);
    assert!(unwound.is_err());
    result.expect("the destructor has run")
}

/// What is dropped on another thread, if it can go there: that it can is for a contract to say.
struct Moved<T>(T);

impl<T: Send> Moved<T> {
    fn away(self) {
        harness::model::name_next_thread("other owner");
        thread::scope(|scope| drop(scope.spawn(move || drop(self))));
    }
}

/// Where the method above is not for it, the name means this one.
#[allow(dead_code, reason = "nothing calls it where a connection is `Send`")]
trait Stays: Sized {
    fn away(self) {}
}

impl<T> Stays for Moved<T> {}

/// What a semaphore and a pool have in common: a number of things to lend to one holder each.
pub trait Lender: Send + Sync + Sized + 'static {
    /// All of `count` are free.
    fn lending(count: usize) -> Self;

    /// Acquires, runs `meanwhile` as a holder, and gives back.
    fn hold<R>(&self, meanwhile: impl FnOnce() -> R) -> R {
        Self::lend(self, Way::Plainly, meanwhile)
    }

    /// The same, and gives back in this way.
    fn lend<R>(&self, way: Way, meanwhile: impl FnOnce() -> R) -> R;

    /// The same with a timeout; `None` when it expired.
    fn hold_within<R>(&self, timeout: Duration, meanwhile: impl FnOnce() -> R) -> Option<R>;

    /// Acquires and never gives back.
    fn keep(&self);

    /// The same with a timeout; whether it did not expire.
    fn keep_within(&self, timeout: Duration) -> bool;

    /// How many are free.
    fn free(&self) -> usize;
}

impl Lender for Semaphore {
    fn lending(count: usize) -> Self {
        Semaphore::new(count)
    }

    fn lend<R>(&self, way: Way, meanwhile: impl FnOnce() -> R) -> R {
        self.acquire();
        let result = meanwhile();
        let released = match way {
            Way::Plainly | Way::ByRelease => self.release(),
            Way::Unwinding => while_unwinding(|| self.release()),
            Way::Elsewhere => {
                harness::model::name_next_thread("releaser");
                let released = thread::scope(|scope| scope.spawn(|| self.release()).join());
                released.unwrap_or_else(|payload| panic::resume_unwind(payload))
            }
        };
        assert_eq!(released, Ok(()), "the `release` of what was held");
        result
    }

    fn hold_within<R>(&self, timeout: Duration, meanwhile: impl FnOnce() -> R) -> Option<R> {
        self.acquire_timeout(timeout).ok()?;
        let result = meanwhile();
        assert_eq!(self.release(), Ok(()), "a holder's `release`");
        Some(result)
    }

    fn keep(&self) {
        self.acquire();
    }

    fn keep_within(&self, timeout: Duration) -> bool {
        self.acquire_timeout(timeout).is_ok()
    }

    fn free(&self) -> usize {
        self.available()
    }
}

impl Lender for ConnectionPool<()> {
    fn lending(count: usize) -> Self {
        ConnectionPool::new(size(count), || ())
    }

    fn lend<R>(&self, way: Way, meanwhile: impl FnOnce() -> R) -> R {
        let connection = self.acquire();
        let result = meanwhile();
        match way {
            Way::Plainly => drop(connection),
            Way::ByRelease => connection.release(),
            Way::Unwinding => {
                let mut last = Some(connection);
                while_unwinding(|| drop(last.take()));
            }
            Way::Elsewhere => Moved(connection).away(),
        }
        result
    }

    fn hold_within<R>(&self, timeout: Duration, meanwhile: impl FnOnce() -> R) -> Option<R> {
        let _connection = self.acquire_timeout(timeout).ok()?;
        Some(meanwhile())
    }

    fn keep(&self) {
        mem::forget(self.acquire());
    }

    fn keep_within(&self, timeout: Duration) -> bool {
        self.acquire_timeout(timeout).map(mem::forget).is_ok()
    }

    fn free(&self) -> usize {
        self.available()
    }
}
