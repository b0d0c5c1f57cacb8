//! The checks of `barrier`.

#[cfg(engine = "model")]
#[path = "checks/agreeing.rs"]
mod agreeing;
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
#[path = "checks/breaking.rs"]
mod breaking;
#[cfg(engine = "model")]
#[path = "checks/complete.rs"]
mod complete;
#[cfg(engine = "stress")]
#[path = "checks/crowd.rs"]
mod crowd;
#[path = "checks/instruments.rs"]
mod instruments;
#[cfg(engine = "model")]
#[path = "checks/meeting.rs"]
mod meeting;
#[cfg(engine = "model")]
#[path = "checks/resetting.rs"]
mod resetting;
#[cfg(engine = "model")]
#[path = "checks/rounds.rs"]
mod rounds;
#[cfg(engine = "model")]
#[path = "checks/timing.rs"]
mod timing;
#[cfg(engine = "model")]
#[path = "checks/visibility.rs"]
mod visibility;
