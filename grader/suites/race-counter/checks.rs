//! The checks of `race-counter`. Each module is one part of the task.

#[path = "checks/adding.rs"]
mod adding;
#[path = "checks/atomic.rs"]
mod atomic;
#[path = "checks/hammering.rs"]
mod hammering;
#[path = "checks/instruments.rs"]
mod instruments;
#[path = "checks/locked.rs"]
mod locked;
#[path = "checks/one_thread.rs"]
mod one_thread;
#[path = "checks/racing.rs"]
mod racing;
