//! The checks of `reentrant-lock`.
//!
//! `instruments` is what they share. The lock is asked for everything; the guards are given, and `guards` only sees
//! that they and the raw lock fit together.

#[cfg(engine = "stress")]
#[path = "checks/alone.rs"]
mod alone;
#[cfg(engine = "stress")]
#[path = "checks/asleep.rs"]
mod asleep;
#[cfg(engine = "model")]
#[path = "checks/at_size.rs"]
mod at_size;
#[cfg(engine = "stress")]
#[path = "checks/crowd.rs"]
mod crowd;
#[cfg(engine = "model")]
#[path = "checks/exclusion.rs"]
mod exclusion;
#[path = "checks/guards.rs"]
mod guards;
#[cfg(engine = "model")]
#[path = "checks/histories.rs"]
mod histories;
#[path = "checks/instruments.rs"]
mod instruments;
#[path = "checks/panicking.rs"]
mod panicking;
#[cfg(engine = "stress")]
#[path = "checks/repository_alone.rs"]
mod repository_alone;
#[cfg(engine = "model")]
#[path = "checks/transactions.rs"]
mod transactions;
#[cfg(engine = "model")]
#[path = "checks/visibility.rs"]
mod visibility;
#[cfg(engine = "model")]
#[path = "checks/waking.rs"]
mod waking;
