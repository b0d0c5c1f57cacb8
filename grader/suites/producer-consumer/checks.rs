//! The checks of `producer-consumer`.
//!
//! `alone` uses the buffer on one thread, `waiting` and `closing` let threads wait for each other, and
//! `histories` compares whole histories with a sequential queue. `pipeline` and `failing` are about
//! `run_pipeline`; `crowd`, `asleep` and `memory` need real threads.

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
#[path = "checks/failing.rs"]
mod failing;
#[path = "checks/histories.rs"]
mod histories;
#[path = "checks/instruments.rs"]
mod instruments;
#[cfg(engine = "stress")]
#[path = "checks/memory.rs"]
mod memory;
#[path = "checks/pipeline.rs"]
mod pipeline;
#[path = "checks/queue.rs"]
mod queue;
#[cfg(engine = "model")]
#[path = "checks/waiting.rs"]
mod waiting;
