//! What threads are good for: sequential and threaded execution of the same work.
//!
//! The work is I/O-bound or CPU-bound, with and without a small interpreter lock. The README explains the
//! idea.

use std::marker::PhantomData;
use std::num::NonZeroUsize;
use std::time::Duration;

/// Calls `job` for each input, one after the other, and returns the results in the order of the inputs.
pub fn run_sequential<I, O>(_inputs: &[I], _job: impl Fn(&I) -> O) -> Vec<O> {
    todo!("run_sequential, on the caller's thread")
}

/// Calls `job` exactly once for each input, on `threads` threads at the same time as long as there are enough
/// inputs, and never on more. A thread that has finished a job takes the next input. Returns the results in
/// the order of the inputs, after all threads have finished.
///
/// # Panics
///
/// If `job` panics, with any payload, after all threads have finished.
pub fn run_threaded<I: Sync, O: Send>(
    _inputs: &[I],
    _threads: NonZeroUsize,
    _job: impl Fn(&I) -> O + Sync,
) -> Vec<O> {
    todo!("run_threaded, which needs threads that may borrow the inputs and the job")
}

/// How long the same work took sequentially and on threads.
#[derive(Debug, Clone, Copy)]
pub struct Comparison {
    /// The duration on one thread.
    pub sequential: Duration,
    /// The duration on several threads.
    pub threaded: Duration,
}

impl Comparison {
    /// How many times faster the threads were: 2.0 is twice as fast, below 1.0 is slower.
    pub fn speedup(&self) -> f64 {
        todo!("Comparison::speedup")
    }
}

/// Runs the work once sequentially and once on threads, and measures both.
pub fn compare<I: Sync, O: Send>(
    _inputs: &[I],
    _threads: NonZeroUsize,
    _job: impl Fn(&I) -> O + Sync,
) -> Comparison {
    todo!("compare, with `Instant`")
}

/// A lock that a thread holds while it runs and releases while it waits: CPython's global interpreter lock in
/// miniature.
#[derive(Default)]
pub struct Gil {
    // Is a thread attached, and where do other threads block in the meantime?
}

impl Gil {
    /// A lock to which no thread is attached.
    pub fn new() -> Self {
        todo!("Gil::new")
    }

    /// Blocks until no thread is attached, then calls `run` attached. Detaches afterwards, even in a panic.
    pub fn attach<R>(&self, _run: impl FnOnce(&Attached<'_>) -> R) -> R {
        todo!("Gil::attach, which admits one thread at a time")
    }
}

/// The calling thread is attached to the [`Gil`].
pub struct Attached<'gil> {
    // What does `detach` need?
    todo: PhantomData<&'gil Gil>,
}

impl Attached<'_> {
    /// Releases the lock while `run` runs, and reacquires it before returning, even if `run` panics.
    /// Other threads may attach in the meantime.
    pub fn detach<R>(&self, _run: impl FnOnce() -> R) -> R {
        todo!("Attached::detach, which lets other threads attach in the meantime")
    }
}

/// What a program spends its time on. Given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Workload {
    /// I/O-bound: it waits for the network, a disk or a database.
    Io,
    /// CPU-bound: it computes.
    Cpu,
}

/// How its threads are executed. Given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Runtime {
    /// Threads run in parallel, as in Rust.
    Native,
    /// One thread runs at a time, as in CPython.
    Gil,
}

/// Whether threads make such a program faster: your conclusion.
pub fn threads_help(_workload: Workload, _runtime: Runtime) -> bool {
    todo!("threads_help, once you have seen the measurements")
}
