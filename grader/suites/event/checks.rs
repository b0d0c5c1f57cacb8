//! The checks of `event`.

#[cfg(engine = "stress")]
#[path = "checks/alone.rs"]
mod alone;
#[cfg(engine = "model")]
#[path = "checks/asking.rs"]
mod asking;
#[cfg(engine = "stress")]
#[path = "checks/asleep.rs"]
mod asleep;
#[cfg(engine = "model")]
#[path = "checks/at_size.rs"]
mod at_size;
#[cfg(engine = "model")]
#[path = "checks/beating.rs"]
mod beating;
#[cfg(engine = "stress")]
#[path = "checks/crowd.rs"]
mod crowd;
#[cfg(engine = "model")]
#[path = "checks/ending.rs"]
mod ending;
#[path = "checks/instruments.rs"]
mod instruments;
#[cfg(engine = "model")]
#[path = "checks/monitors.rs"]
mod monitors;
#[cfg(engine = "model")]
#[path = "checks/pulses.rs"]
mod pulses;
#[cfg(engine = "model")]
#[path = "checks/timing.rs"]
mod timing;
#[cfg(engine = "model")]
#[path = "checks/visibility.rs"]
mod visibility;
#[cfg(engine = "model")]
#[path = "checks/waking.rs"]
mod waking;
