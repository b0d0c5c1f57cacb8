//! `std::sync`, on top of loom.

mod absent;
pub mod atomic;
mod condvar;
pub mod mpsc;
mod mutex;
mod poison;
mod rwlock;

pub use absent::{Barrier, BarrierWaitResult, LazyLock, Once, OnceLock, OnceState};
pub use condvar::{Condvar, WaitTimeoutResult};
pub use mutex::{Mutex, MutexGuard};
pub use rwlock::{RwLock, RwLockReadGuard, RwLockWriteGuard};

// loom's `Arc` is no `Arc<dyn Trait>`, and model-std's is std's own as well: counting is no step in either.
pub use real::sync::{Arc, LockResult, PoisonError, TryLockError, TryLockResult, Weak};
