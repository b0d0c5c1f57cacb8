//! Threads against one after the other, and a small interpreter lock: the reference solution.

use std::cell::Cell;
use std::marker::PhantomData;
use std::num::NonZeroUsize;
use std::panic;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Does `job` for each input, one after the other; the results are in the order of the inputs.
pub fn run_sequential<I, O>(inputs: &[I], job: impl Fn(&I) -> O) -> Vec<O> {
    inputs.iter().map(job).collect()
}

/// Does `job` once for each input on up to `threads` threads; the results are in the order of the inputs.
///
/// # Panics
///
/// When `job` panics, with what it panicked with, after all threads have ended.
pub fn run_threaded<I: Sync, O: Send>(
    inputs: &[I],
    threads: NonZeroUsize,
    job: impl Fn(&I) -> O + Sync,
) -> Vec<O> {
    // The place of the next input that nobody has taken. A `fetch_add` gives every place to one thread
    // only, with any ordering: the inputs were there before the threads, and the join brings the outputs.
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(input) = inputs.get(place) else { return done };
            done.push((place, job(input)));
        }
    };
    // A scope waits for all its threads before it ends, in a panic too: that is what lets them borrow.
    thread::scope(|scope| {
        // More threads than inputs would find nothing to do.
        let workers = threads.get().min(inputs.len());
        // All are started before the first is joined, or they would run one after the other.
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        // Each thread brings what it has done, in whatever order that was: every result has a place.
        let mut outputs: Vec<Option<O>> = inputs.iter().map(|_| None).collect();
        for worker in workers {
            match worker.join() {
                Ok(done) => done.into_iter().for_each(|(place, output)| outputs[place] = Some(output)),
                Err(payload) => panic::resume_unwind(payload),
            }
        }
        // No place is empty: each was taken by one thread, and none of them panicked.
        outputs.into_iter().flatten().collect()
    })
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
        self.sequential.as_secs_f64() / self.threaded.as_secs_f64()
    }
}

/// Does the work once sequentially and once on threads, and measures both.
pub fn compare<I: Sync, O: Send>(
    inputs: &[I],
    threads: NonZeroUsize,
    job: impl Fn(&I) -> O + Sync,
) -> Comparison {
    // One after the other: at the same time, each would slow the other down.
    let sequential = time(|| run_sequential(inputs, &job));
    let threaded = time(|| run_threaded(inputs, threads, &job));
    Comparison { sequential, threaded }
}

fn time<R>(run: impl FnOnce() -> R) -> Duration {
    let start = Instant::now();
    let result = run();
    let elapsed = start.elapsed();
    // To drop the results is not part of the work.
    drop(result);
    elapsed
}

/// A lock that a thread holds while it runs, and gives back while it waits: what CPython's interpreter lock
/// does, in small.
///
/// A flag behind a `Mutex`, not the `Mutex` itself: a guard would have to travel through the closures, and a
/// panic in one of them would poison it.
#[derive(Default)]
pub struct Gil {
    taken: Mutex<bool>,
    /// Signalled each time `taken` becomes false. Who waits here wants the same, whether it attaches for the
    /// first time or comes back from `detach`: so one signal, for one of them, is enough. Whoever takes the
    /// lock first, the woken thread or one that has just arrived, signals again when it lets go.
    freed: Condvar,
}

impl Gil {
    /// Nobody is attached.
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs `run` while no other thread is attached; blocks until then.
    pub fn attach<R>(&self, run: impl FnOnce(&Attached<'_>) -> R) -> R {
        self.take();
        // Lets go when it is dropped: after `run`, in a panic too.
        let attached = Attached { gil: self, of_this_thread: PhantomData };
        run(&attached)
    }

    fn take(&self) {
        let mut taken = self.lock();
        // A loop: a wake-up may be spurious, and somebody else may have been faster.
        while *taken {
            taken = self.freed.wait(taken).unwrap_or_else(PoisonError::into_inner);
        }
        *taken = true;
    }

    fn let_go(&self) {
        // The change is made under the lock, so no thread can look before it and fall asleep after the signal.
        *self.lock() = false;
        self.freed.notify_one();
    }

    /// Nobody's code runs under this lock, so it is never poisoned; and `let_go` must not panic in a panic.
    fn lock(&self) -> MutexGuard<'_, bool> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The calling thread is attached to the [`Gil`].
pub struct Attached<'gil> {
    gil: &'gil Gil,
    /// Not `Sync`: another thread that borrows this one's `Attached` could detach it.
    of_this_thread: PhantomData<Cell<()>>,
}

impl Attached<'_> {
    /// Lets other threads attach while `run` runs, and takes the lock again before it returns.
    pub fn detach<R>(&self, run: impl FnOnce() -> R) -> R {
        self.gil.let_go();
        // Dropped after `run`, in a panic too: whoever catches it inside `attach` is alone again.
        let _again = TakesAgain(self.gil);
        run()
    }
}

impl Drop for Attached<'_> {
    fn drop(&mut self) {
        self.gil.let_go();
    }
}

/// Takes the lock when it is dropped.
struct TakesAgain<'gil>(&'gil Gil);

impl Drop for TakesAgain<'_> {
    fn drop(&mut self) {
        self.0.take();
    }
}

/// What a program spends its time with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Workload {
    /// It waits for others: for the network, a disk, a database.
    Io,
    /// It computes.
    Cpu,
}

/// What its threads run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Runtime {
    /// Threads run at the same time, as in Rust.
    Native,
    /// One thread runs at a time, as in CPython.
    Gil,
}

/// Whether threads make such a program faster.
pub fn threads_help(workload: Workload, runtime: Runtime) -> bool {
    match (workload, runtime) {
        // Who waits holds neither a processor nor the interpreter lock: waiting always overlaps.
        (Workload::Io, Runtime::Native | Runtime::Gil) => true,
        // As far as there are processors.
        (Workload::Cpu, Runtime::Native) => true,
        // One thread computes at a time, however many there are.
        (Workload::Cpu, Runtime::Gil) => false,
    }
}
