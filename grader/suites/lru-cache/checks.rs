//! The checks of `lru-cache`.
//!
//! `sequential` is the specification: a vector, written so plainly that it is obviously right. On one thread
//! it is the oracle for long random sequences; for several threads, every history must be linearizable.

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
#[path = "checks/cost.rs"]
mod cost;
#[cfg(engine = "stress")]
#[path = "checks/crowd.rs"]
mod crowd;
#[path = "checks/drops.rs"]
mod drops;
#[path = "checks/instruments.rs"]
mod instruments;
#[cfg(engine = "model")]
#[path = "checks/making.rs"]
mod making;
#[path = "checks/panicking.rs"]
mod panicking;
#[path = "checks/sequential.rs"]
mod sequential;
#[cfg(engine = "model")]
#[path = "checks/together.rs"]
mod together;
