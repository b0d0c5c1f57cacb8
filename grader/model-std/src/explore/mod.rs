//! The explorer: runs a test in every interleaving, one execution after the other.
//!
//! - [`search`]: the search over executions, with a bound on preemptions that deepens
//! - [`runtime`]: one execution; every model thread is a coroutine of one OS thread
//! - [`state`]: the state of the execution; [`schedule`]: the choice of the thread that goes on
//! - [`thread`]: what threads wait for; [`object`]: what they wait at
//! - [`memory`]: which values an atomic load may read
//! - [`path`], [`visited`], [`digest`]: which choices are left, and which lead to known states
//! - [`event`], [`failure`], [`outcome`]: what is recorded, and told
//! - [`replay`], [`example`]: one schedule run again, or a smaller one; one that does not fail

pub(crate) mod digest;
pub(crate) mod event;
pub(crate) mod example;
pub(crate) mod failure;
pub(crate) mod memory;
pub(crate) mod object;
pub(crate) mod outcome;
pub(crate) mod panics;
pub(crate) mod path;
pub(crate) mod replay;
pub(crate) mod runtime;
pub(crate) mod schedule;
pub(crate) mod search;
pub(crate) mod state;
pub(crate) mod thread;
pub(crate) mod visited;
