//! What the checks hold, and how they hold it.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

pub use harness::message;
use reentrant_lock::RawReentrantLock;

harness::threads!();

/// The message of the panic of `call`, or what it returned.
pub fn attempt<T>(call: impl FnOnce() -> T) -> Result<T, String> {
    panic::catch_unwind(AssertUnwindSafe(call)).map_err(|payload| message(&*payload).to_owned())
}

/// Unlocks once, as the owner.
pub fn unlock(lock: &RawReentrantLock) {
    let answer = RawReentrantLock::unlock(lock);
    assert!(answer.is_ok(), "`unlock` of the owner was refused");
}

/// Locks `depth` times, runs `inside`, and unlocks as often.
pub fn hold<R>(lock: &RawReentrantLock, depth: usize, inside: impl FnOnce() -> R) -> R {
    (0..depth).for_each(|_| RawReentrantLock::lock(lock));
    let result = inside();
    (0..depth).for_each(|_| unlock(lock));
    result
}

/// Like `hold` once, unless it is refused.
pub fn try_hold<R>(lock: &RawReentrantLock, inside: impl FnOnce() -> R) -> Option<R> {
    RawReentrantLock::try_lock(lock).then(|| {
        let result = inside();
        unlock(lock);
        result
    })
}

/// Checks that no thread holds the lock: this thread gets it, and gives it back.
pub fn is_free(lock: &RawReentrantLock) {
    assert_eq!(RawReentrantLock::depth(lock), 0, "the depth for a thread that does not hold the lock");
    assert!(RawReentrantLock::unlock(lock).is_err(), "`unlock` of a free lock succeeded");
    assert!(try_hold(lock, || ()).is_some(), "`try_lock` of a free lock was refused");
    hold(lock, 2, || ());
    assert_eq!(RawReentrantLock::depth(lock), 0, "the depth after as many unlocks as locks");
}

/// A lock, and a count of the threads inside. The count is sequentially consistent: it shows violations of mutual
/// exclusion, whatever the lock's orderings are.
#[derive(Default)]
pub struct Room {
    pub lock: RawReentrantLock,
    inside: AtomicUsize,
}

impl Room {
    pub fn new() -> Arc<Self> {
        Arc::new(Self { lock: RawReentrantLock::new(), inside: AtomicUsize::new(0) })
    }

    /// Whether this thread, which holds the lock from the first moment to the last one of `run`, meets another one
    /// that does.
    #[must_use]
    pub fn meets_another(&self, run: impl FnOnce()) -> bool {
        let others = self.inside.fetch_add(1, Ordering::SeqCst);
        run();
        self.inside.fetch_sub(1, Ordering::SeqCst);
        others > 0
    }

    /// Locks so often, and unlocks as often.
    pub fn visit(&self, depth: usize) {
        RawReentrantLock::lock(&self.lock);
        let met = self.meets_another(|| hold(&self.lock, depth - 1, || ()));
        unlock(&self.lock);
        is_proper(met);
    }

    /// Like `visit` once, unless it is refused.
    pub fn try_visit(&self) {
        is_proper(try_hold(&self.lock, || self.meets_another(|| ())).unwrap_or(false));
    }

    /// Like `try_visit`, and comes again inside.
    pub fn try_visit_twice(&self) {
        let inner = Cell::new(None);
        let again = || inner.set(try_hold(&self.lock, || ()));
        let met = try_hold(&self.lock, || self.meets_another(again));
        is_proper(met.unwrap_or(false));
        assert_eq!(met.is_some(), inner.get().is_some(), "`try_lock`, and again as the owner");
    }
}

/// It is judged after leaving: a panic inside would leave the lock held.
pub fn is_proper(met_another: bool) {
    assert!(!met_another, "two threads held the lock at the same time");
}
