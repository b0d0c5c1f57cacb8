//! The checks of `inventory`.
//!
//! `sequential` is what an inventory must look like; `together` compares histories of concurrent calls with it.
//! `meanwhile` is about what goes on while a `change` runs.

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
#[path = "checks/instruments.rs"]
mod instruments;
#[path = "checks/meanwhile.rs"]
mod meanwhile;
#[path = "checks/panicking.rs"]
mod panicking;
#[path = "checks/sequential.rs"]
mod sequential;
#[cfg(engine = "model")]
#[path = "checks/together.rs"]
mod together;
#[cfg(engine = "model")]
#[path = "checks/totals.rs"]
mod totals;
