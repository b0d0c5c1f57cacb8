//! Threads against one after the other.
//!
//! The same work in two ways, for jobs that wait and for jobs that compute, and a small interpreter lock to
//! see what it changes. The README explains the idea.

use std::marker::PhantomData;
use std::num::NonZeroUsize;
use std::time::Duration;

/// Does `job` for each input, one after the other; the results are in the order of the inputs.
pub fn run_sequential<I, O>(_inputs: &[I], _job: impl Fn(&I) -> O) -> Vec<O> {
    todo!("run_sequential, on the caller's thread")
}

/// Does `job` exactly once for each input, on at most `threads` threads at a time, and really on that many
/// while there is work for them. A thread that is done takes the next input. The results are in the order of
/// the inputs. All threads have ended when it returns.
///
/// # Panics
///
/// When `job` panics, whatever with, after all threads have ended.
pub fn run_threaded<I: Sync, O: Send>(
    _inputs: &[I],
    _threads: NonZeroUsize,
    _job: impl Fn(&I) -> O + Sync,
) -> Vec<O> {
    todo!("run_threaded, which needs threads that may borrow the inputs and the job")
}

/// How long the same work took in both ways.
#[derive(Debug, Clone, Copy)]
pub struct Comparison {
    /// One after the other.
    pub sequential: Duration,
    /// On threads.
    pub threaded: Duration,
}

impl Comparison {
    /// How many times faster the threads were: 2.0 is twice as fast, below 1.0 is slower.
    pub fn speedup(&self) -> f64 {
        todo!("Comparison::speedup")
    }
}

/// Does `job` once for each input sequentially, once for each on threads, and measures both.
pub fn compare<I: Sync, O: Send>(
    _inputs: &[I],
    _threads: NonZeroUsize,
    _job: impl Fn(&I) -> O + Sync,
) -> Comparison {
    todo!("compare, with `Instant`")
}

/// A lock that a thread holds while it runs, and gives back while it waits: what CPython's interpreter lock
/// does, in small.
#[derive(Default)]
pub struct Gil {
    // Is somebody attached, and where do the others sleep meanwhile?
}

impl Gil {
    /// Nobody is attached.
    pub fn new() -> Self {
        todo!("Gil::new")
    }

    /// Runs `run` while no other thread is attached; blocks until then. Lets go afterwards, panics included.
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
    /// Lets other threads attach while `run` runs, and takes the lock again before it returns, panics
    /// included.
    pub fn detach<R>(&self, _run: impl FnOnce() -> R) -> R {
        todo!("Attached::detach, which lets others in meanwhile")
    }
}

/// What a program spends its time with. Given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Workload {
    /// It waits for others: for the network, a disk, a database.
    Io,
    /// It computes.
    Cpu,
}

/// What its threads run on. Given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Runtime {
    /// Threads run at the same time, as in Rust.
    Native,
    /// One thread runs at a time, as in CPython.
    Gil,
}

/// Whether threads make such a program faster: your conclusion.
pub fn threads_help(_workload: Workload, _runtime: Runtime) -> bool {
    todo!("threads_help, when you have seen the measurements")
}
