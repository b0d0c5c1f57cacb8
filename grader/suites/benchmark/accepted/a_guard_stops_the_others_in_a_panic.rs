//! Fixture: after a panic of a job no other begins: a guard says so, and is forgotten when the job has returned.

use std::cell::Cell;
use std::marker::PhantomData;
use std::num::NonZeroUsize;
use std::panic;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Calls `job` for each input, one after the other, and returns the results in the order of the inputs.
pub fn run_sequential<I, O>(inputs: &[I], job: impl Fn(&I) -> O) -> Vec<O> {
    inputs.iter().map(job).collect()
}

/// Calls `job` once for each input on up to `threads` threads; returns the results in the order of the
/// inputs.
///
/// # Panics
///
/// If `job` panics, with the same payload, after all threads have finished.
pub fn run_threaded<I: Sync, O: Send>(
    inputs: &[I],
    threads: NonZeroUsize,
    job: impl Fn(&I) -> O + Sync,
) -> Vec<O> {
    let next = AtomicUsize::new(0);
    let stopped = AtomicBool::new(false);
    let work = || {
        let mut done = Vec::new();
        while !stopped.load(Ordering::Relaxed) {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(input) = inputs.get(place) else { break };
            // After a panic nobody needs to begin another job.
            let stop = Stop(&stopped);
            done.push((place, job(input)));
            std::mem::forget(stop);
        }
        done
    };
    thread::scope(|scope| {
        // The caller is one of the workers.
        let others: Vec<_> = (1..threads.get().min(inputs.len())).map(|_| scope.spawn(work)).collect();
        let mut outputs: Vec<Option<O>> = inputs.iter().map(|_| None).collect();
        for (place, output) in work() {
            outputs[place] = Some(output);
        }
        for worker in others {
            match worker.join() {
                Ok(done) => done.into_iter().for_each(|(place, output)| outputs[place] = Some(output)),
                Err(payload) => panic::resume_unwind(payload),
            }
        }
        outputs.into_iter().flatten().collect()
    })
}

struct Stop<'a>(&'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
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
        self.sequential.as_secs_f64() / self.threaded.as_secs_f64()
    }
}

/// Runs the work once sequentially and once on threads, and measures both.
pub fn compare<I: Sync, O: Send>(
    inputs: &[I],
    threads: NonZeroUsize,
    job: impl Fn(&I) -> O + Sync,
) -> Comparison {
    // One after the other: running both at the same time would slow both down.
    let sequential = time(|| run_sequential(inputs, &job));
    let threaded = time(|| run_threaded(inputs, threads, &job));
    Comparison { sequential, threaded }
}

fn time<R>(run: impl FnOnce() -> R) -> Duration {
    let start = Instant::now();
    let result = run();
    let elapsed = start.elapsed();
    // Dropping the results is not part of the work.
    drop(result);
    elapsed
}

/// A lock that a thread holds while it runs and releases while it waits: CPython's global interpreter lock in
/// miniature.
///
/// A flag protected by a `Mutex`, not the `Mutex` itself: a guard would have to be passed through the
/// closures, and a panic in one of them would poison it.
#[derive(Default)]
pub struct Gil {
    taken: Mutex<bool>,
    /// Notified each time `taken` becomes false. All threads that wait here wait for the same condition,
    /// whether they attach or return from `detach`, so waking one of them is enough. Whichever thread takes
    /// the lock first, the woken one or one that has just arrived, notifies again when it releases the lock.
    freed: Condvar,
}

impl Gil {
    /// A lock to which no thread is attached.
    pub fn new() -> Self {
        Self::default()
    }

    /// Blocks until no thread is attached, then calls `run` attached.
    pub fn attach<R>(&self, run: impl FnOnce(&Attached<'_>) -> R) -> R {
        self.take();
        // Releases the lock when it is dropped: after `run`, even in a panic.
        let attached = Attached { gil: self, of_this_thread: PhantomData };
        run(&attached)
    }

    fn take(&self) {
        let mut taken = self.lock();
        // A loop: the wakeup may be spurious, or another thread may have taken the lock first.
        while *taken {
            taken = self.freed.wait(taken).unwrap_or_else(PoisonError::into_inner);
        }
        *taken = true;
    }

    fn let_go(&self) {
        // Changed in a critical section, so no thread can check before it and start to wait after the
        // notification.
        *self.lock() = false;
        self.freed.notify_one();
    }

    /// No foreign code runs in the critical sections, so the mutex is never poisoned; `let_go` must not
    /// panic.
    fn lock(&self) -> MutexGuard<'_, bool> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The calling thread is attached to the [`Gil`].
pub struct Attached<'gil> {
    gil: &'gil Gil,
    /// Not `Sync`: otherwise another thread could borrow this `Attached` and detach it.
    of_this_thread: PhantomData<Cell<()>>,
}

impl Attached<'_> {
    /// Releases the lock while `run` runs, and reacquires it before returning.
    pub fn detach<R>(&self, run: impl FnOnce() -> R) -> R {
        self.gil.let_go();
        // Dropped after `run`, even in a panic: a caller that catches it inside `attach` still holds the
        // lock.
        let _again = TakesAgain(self.gil);
        run()
    }
}

impl Drop for Attached<'_> {
    fn drop(&mut self) {
        self.gil.let_go();
    }
}

/// Acquires the lock when it is dropped.
struct TakesAgain<'gil>(&'gil Gil);

impl Drop for TakesAgain<'_> {
    fn drop(&mut self) {
        self.0.take();
    }
}

/// What a program spends its time on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Workload {
    /// I/O-bound: it waits for the network, a disk or a database.
    Io,
    /// CPU-bound: it computes.
    Cpu,
}

/// How its threads are executed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Runtime {
    /// Threads run in parallel, as in Rust.
    Native,
    /// One thread runs at a time, as in CPython.
    Gil,
}

/// Whether threads make such a program faster.
pub fn threads_help(workload: Workload, runtime: Runtime) -> bool {
    match (workload, runtime) {
        // A waiting thread holds neither a processor nor the interpreter lock: waits always overlap.
        (Workload::Io, Runtime::Native | Runtime::Gil) => true,
        // Up to the number of processors.
        (Workload::Cpu, Runtime::Native) => true,
        // One thread computes at a time, no matter how many there are.
        (Workload::Cpu, Runtime::Gil) => false,
    }
}
