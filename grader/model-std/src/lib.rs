//! `std`, under a model checker.
//!
//! A crate that is compiled with `--extern std=libmodel_std.rlib`, or whose manifest says
//! `std = { package = "model-std" }`, resolves every `std::…` path here. All of std is re-exported;
//! what synchronises is replaced: [`sync`], [`thread`], [`time`], [`mod@panic`] as far as threads notice,
//! and the random order of [`collections`]. Its ordinary `#[test]` functions then run once for every interleaving of their threads,
//! and under the C11 memory model.
//!
//! - `explore`: the explorer. Each operation of a primitive is a step; the explorer chooses who
//!   takes the next one, runs the test to its end, and tries the next choice.
//! - [`sync`], [`thread`], [`time`]: the primitives, in terms of the explorer's objects and waits
//! - [`model`]: the explorer's interface for test harnesses
//! - [`prelude`]: makes `#[test]` run through the explorer
//!
//! What a search covers is stated exactly ([`model::Coverage`]). What it cannot see:
//! - reference counts ([`sync::Arc`] is std's own): dropping and counting are no steps
//! - reads of stores that are executed later (load buffering), see `explore::memory`
//! - time that passes while threads run: the clock moves by timed waits alone

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
