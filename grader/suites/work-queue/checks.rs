//! The checks of `work-queue`.

#[cfg(engine = "stress")]
#[path = "checks/alone.rs"]
mod alone;
#[cfg(engine = "stress")]
#[path = "checks/asleep.rs"]
mod asleep;
#[cfg(engine = "model")]
#[path = "checks/at_size.rs"]
mod at_size;
#[cfg(engine = "model")]
#[path = "checks/closing.rs"]
mod closing;
#[cfg(engine = "stress")]
#[path = "checks/crowd.rs"]
mod crowd;
#[cfg(engine = "stress")]
#[path = "checks/finishing.rs"]
mod finishing;
#[path = "checks/histories.rs"]
mod histories;
#[path = "checks/instruments.rs"]
mod instruments;
#[cfg(engine = "model")]
#[path = "checks/joining.rs"]
mod joining;
#[cfg(engine = "stress")]
#[path = "checks/memory.rs"]
mod memory;
#[cfg(engine = "stress")]
#[path = "checks/ordering.rs"]
mod ordering;
#[cfg(engine = "model")]
#[path = "checks/pulses.rs"]
mod pulses;
#[path = "checks/queue.rs"]
mod queue;
#[cfg(engine = "stress")]
#[path = "checks/random.rs"]
mod random;
#[cfg(engine = "model")]
#[path = "checks/timing.rs"]
mod timing;
#[cfg(engine = "model")]
#[path = "checks/trying.rs"]
mod trying;
#[cfg(engine = "model")]
#[path = "checks/visibility.rs"]
mod visibility;
#[cfg(engine = "model")]
#[path = "checks/waiting.rs"]
mod waiting;
