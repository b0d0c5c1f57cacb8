//! The checks of `connection-pool`.
//!
//! A semaphore and a pool make the same promises to those who wait. `promises` tries them on either, behind
//! the trait `Lender`; `semaphore_waiting` and `pool_waiting` are the checks by name.

#[cfg(engine = "stress")]
#[path = "checks/asleep.rs"]
mod asleep;
#[cfg(engine = "model")]
#[path = "checks/at_size.rs"]
mod at_size;
#[path = "checks/connecting.rs"]
mod connecting;
#[cfg(engine = "stress")]
#[path = "checks/crowd.rs"]
mod crowd;
#[path = "checks/instruments.rs"]
mod instruments;
#[path = "checks/pool_alone.rs"]
mod pool_alone;
#[path = "checks/pool_waiting.rs"]
mod pool_waiting;
#[path = "checks/promises.rs"]
mod promises;
#[cfg(engine = "stress")]
#[path = "checks/semaphore_alone.rs"]
mod semaphore_alone;
#[path = "checks/semaphore_waiting.rs"]
mod semaphore_waiting;
#[cfg(engine = "model")]
#[path = "checks/timing.rs"]
mod timing;
