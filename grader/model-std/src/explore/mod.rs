//! The explorer: runs a test in every interleaving, or in some that are drawn, one execution after the other.
//!
//! It knows threads, objects and steps, and nothing of the shape of `std`: primitives in `sync`, `thread` and
//! `time` call it, and it calls none of them.
//!
//! - [`search`]: a search, as it is asked for; [`deepening`]: its executions, with a bound on preemptions that deepens;
//!   [`strategy`]: in which order they are tried; [`sampling`]: executions that are drawn
//! - [`replay`], [`shrink`], [`example`]: one schedule run again, or a smaller one; one that does not fail
//! - [`state`]: what lives as long as a search and a pass of it; [`execution`]: what lives as long as an execution
//! - [`runtime`]: one execution; every model thread is a coroutine of one OS thread. [`acting`]: what those threads
//!   call. [`stack`]: their stacks; [`fatal`]: what ends a process
//! - [`scheduler`]: the choice of the thread that goes on; [`fairness`]: how long one may go on before others;
//!   [`choice`]: the choice of the outcome of a step
//! - [`thread`]: what threads wait for; [`granted`]: who has it; [`object`]: what they wait at; [`clock`]: how time
//!   passes for them; [`locals`]: what they keep for themselves; [`release`]: when a scope gets back what it has lent them
//! - [`history`], [`result`](mod@result): what a step does to the histories of threads and objects; [`memory`],
//!   [`view`], [`atomics`]: which values a load may read; [`causality`]: whether it could read others, which no execution shows
//! - [`path`], [`visited`], [`digest`]: which choices were made, and which states are known; [`merge`]: which can be taken for
//!   one, to show that tests notice
//! - [`event`], [`failure`], [`outcome`], [`panics`], [`hook`]: what is recorded, and what is then known of a failure;
//!   [`crash`]: what is wrong with the explorer itself

pub(crate) mod acting;
mod atomics;
mod causality;
mod choice;
mod clock;
pub(crate) mod crash;
mod deepening;
mod digest;
mod event;
mod example;
mod execution;
mod failure;
mod fairness;
mod fatal;
mod granted;
mod history;
pub(crate) mod hook;
pub(crate) mod id;
pub(crate) mod locals;
mod memory;
mod merge;
pub(crate) mod object;
mod outcome;
pub(crate) mod panics;
mod path;
mod release;
mod replay;
mod result;
mod runtime;
mod sampling;
mod scheduler;
mod search;
mod shrink;
pub(crate) mod stack;
pub(crate) mod state;
mod strategy;
pub(crate) mod thread;
mod view;
mod visited;

pub(crate) use atomics::Exchange;
pub(crate) use digest::Digest;
pub use example::Example;
pub use history::Earlier;
pub(crate) use history::Passed;
pub use merge::Merge;
pub use outcome::{Failure, InternalError, Outcome, Unsupported};
pub use path::Schedule;
pub use replay::{Divergence, Replay};
pub use search::Search;
pub use state::MAX_THREADS;
