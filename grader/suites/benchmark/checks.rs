//! The checks of `benchmark`.
//!
//! `results`, `at_once` and `panics` are about `run_threaded`, `comparing` about `compare`, `gil` and
//! `gil_and_panics` about the lock, `together` about both, and `asleep` about waiting.

#[cfg(engine = "stress")]
#[path = "checks/asleep.rs"]
mod asleep;
#[path = "checks/at_once.rs"]
mod at_once;
#[path = "checks/comparing.rs"]
mod comparing;
#[cfg(engine = "stress")]
#[path = "checks/conclusion.rs"]
mod conclusion;
#[path = "checks/gil.rs"]
mod gil;
#[path = "checks/gil_and_panics.rs"]
mod gil_and_panics;
#[path = "checks/instruments.rs"]
mod instruments;
#[path = "checks/panics.rs"]
mod panics;
#[path = "checks/results.rs"]
mod results;
#[path = "checks/together.rs"]
mod together;
