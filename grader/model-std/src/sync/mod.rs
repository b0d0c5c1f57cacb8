//! `std::sync`, under the explorer.

pub mod atomic;
mod barrier;
mod condvar;
mod contents;
mod lazy_lock;
pub mod mpsc;
mod mutex;
pub(crate) mod object;
mod once;
mod once_lock;
mod rwlock;

pub use barrier::{Barrier, BarrierWaitResult};
pub use condvar::{Condvar, WaitTimeoutResult};
pub use lazy_lock::LazyLock;
pub use mutex::{Mutex, MutexGuard};
#[allow(deprecated, reason = "std still has it")]
pub use once::ONCE_INIT;
pub use once::{Once, OnceState};
pub use once_lock::OnceLock;
pub use rwlock::{RwLock, RwLockReadGuard, RwLockWriteGuard};

// Reference counts are std's own: their operations are no steps of the schedule, but memory is
// reclaimed exactly as std does it, and `Arc<dyn Trait>` stays possible.
pub use real::sync::{Arc, LockResult, PoisonError, TryLockError, TryLockResult, Weak};
