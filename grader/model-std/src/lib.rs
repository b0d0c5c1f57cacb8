//! `std`, under a model checker.
//!
//! A crate that is compiled with `--extern std=libmodel_std.rlib`, or whose manifest says
//! `std = { package = "model-std" }`, resolves every `std::…` path here. All of std is re-exported;
//! what synchronises is replaced: [`sync`], [`thread`], [`time`], [`mod@panic`] as far as threads notice,
//! and the random order of [`collections`]. Its ordinary `#[test]` functions then run once for every interleaving
//! of their threads, and under the C11 memory model.
//!
//! - `explore`: the explorer. Each operation of a primitive is a step; the explorer chooses who
//!   takes the next one, runs the test to its end, and tries the next choice. It knows nothing of std's shape.
//! - [`sync`], [`thread`], [`time`]: the primitives, in terms of the explorer's objects, waits and verbs
//! - [`model`]: the explorer's interface for test harnesses, and the words for failures. The steps of an execution
//!   are those of the crate `model-trace`
//! - [`prelude`]: makes `#[test]` run through the explorer
//!
//! What a search covers is stated exactly ([`model::Coverage`]). What it cannot see:
//! - reference counts ([`sync::Arc`] is std's own): dropping and counting are no steps
//! - reads of stores that are executed later (load buffering), and orders of `SeqCst` operations other than that of their
//!   steps, see `explore::memory`
//! - every slow thread: time passes while threads run, but only once in an execution, for a day, where a thread looks at
//!   its clock
//! - a clock that is set: the time of day, [`time::SystemTime`], moves as [`time::Instant`] does. Times of files are real
//! - how long a spin lasts, in every case: a thread goes on before others that could run a few times, or until its spin
//!   is over (`explore::fairness`)
//! - data races: plain memory is not watched. Safe code has none; `unsafe` code that races on an `UnsafeCell`, a
//!   `static mut` or a raw pointer is run as if it did not
//! - statics without anything of the model: a `static mut`, an `UnsafeCell` or an atomic of `core` keeps its value from
//!   one execution to the next
//!
//! Under its own name it is used like this; as `std`, a test needs nothing of it (see `README.md`):
//!
//! ```
//! use model_std::sync::mpsc::channel;
//! use model_std::{model, thread};
//!
//! model::check(|| {
//!     let (sender, receiver) = channel();
//!     let other = sender.clone();
//!     let threads = [thread::spawn(move || other.send(1)), thread::spawn(move || sender.send(2))];
//!     // Every order is tried: only what they have in common can be asserted.
//!     assert_eq!(receiver.iter().sum::<u32>(), 3);
//!     threads.map(|thread| thread.join().unwrap().unwrap());
//! });
//! ```

extern crate std as real;

// What is not replaced below is std's own.
pub use real::*;

mod explore;

pub mod collections;
pub mod hash;
pub mod hint;
pub mod model;
pub mod panic;
pub mod prelude;
pub mod sync;
pub mod thread;
pub mod time;

/// Proves at compile time that the model has taken the place of `std`.
///
/// It expands to nothing, and no plain `std` has it. Without the dependency on `model-std`, tests that are compiled
/// with `--cfg model` would run once, on real threads, and say nothing; with this in a file of theirs, they do not
/// compile:
///
/// ```text
/// #[cfg(model)]
/// std::assert_modelled!();
/// ```
#[macro_export]
macro_rules! assert_modelled {
    () => {};
}

// Its examples compile.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
