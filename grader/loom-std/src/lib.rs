//! `std`, on top of the [`loom`] crate: the second opinion beside `model-std`.
//!
//! A crate that is compiled with `--extern std=libloom_std.rlib` resolves every `std::…` path here, so that
//! the very same sources run in loom. All of std is re-exported. What synchronises is std's interface in front
//! of loom's types, and nothing more: every judgement is loom's own.
//!
//! - [`sync`], [`thread`]: the interface. Where loom has the type, its method is called; where it has none, the
//!   call ends the run with [`Opinion::NotExpressible`](model_trace::Opinion::NotExpressible), naming the line
//! - [`time`], [`mod@panic`], [`prelude`]: what else of std would go around loom
//! - [`model`]: runs a test, for harnesses
//! - `run`: what is noted of the running execution, to tell loom's own panics from the program's
//!
//! What loom cannot express, and what is said instead of guessing:
//! - time: `sleep`, `Instant::now`, every wait with a timeout (loom's `wait_timeout` never times out)
//! - `thread::scope`, `Barrier`, `Once`, `OnceLock`, `LazyLock`: loom has none of them
//! - channels: loom's do not notice that the other side is gone
//! - a poisoned lock: loom's own code unwraps the lock inside
//! - a lock or an atomic in a `static` or a `const`: loom's constructors are not `const`, so rustc refuses it
//! - more than [`loom::MAX_THREADS`] threads, with the test's own

extern crate std as real;

// What is not replaced below is std's own.
#[doc(no_inline)]
pub use real::*;

// In every execution a program has to go through a map in the same order, and model-std's maps see to that.
pub use model_std::{collections, hash};

mod run;

pub mod hint;
pub mod model;
pub mod panic;
pub mod prelude;
pub mod sync;
pub mod thread;
pub mod time;
