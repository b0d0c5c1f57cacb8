//! The checks of `read-write-lock`.
//!
//! `instruments` is what they share. Where a check must know that a writer waits, it calls `a_writer_waits`:
//! the only way to observe that from outside.

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
#[path = "checks/instruments.rs"]
mod instruments;
#[cfg(engine = "model")]
#[path = "checks/precedence.rs"]
mod precedence;
#[cfg(engine = "model")]
#[path = "checks/sharing.rs"]
mod sharing;
#[cfg(engine = "model")]
#[path = "checks/trying.rs"]
mod trying;
#[cfg(engine = "model")]
#[path = "checks/visibility.rs"]
mod visibility;
#[cfg(engine = "model")]
#[path = "checks/waking.rs"]
mod waking;
