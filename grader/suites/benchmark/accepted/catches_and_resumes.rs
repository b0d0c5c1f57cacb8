//! Fixture: panics are caught and resumed by hand, without destructors; the lock is an `RwLock`.

use std::cell::RefCell;
use std::num::NonZeroUsize;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Mutex, PoisonError, RwLock, RwLockWriteGuard, mpsc};
use std::thread;
use std::time::{Duration, Instant};

/// Does `job` for each input, one after the other; the results are in the order of the inputs.
pub fn run_sequential<I, O>(inputs: &[I], job: impl Fn(&I) -> O) -> Vec<O> {
    inputs.iter().map(job).collect()
}

pub fn run_threaded<I: Sync, O: Send>(
    inputs: &[I],
    threads: NonZeroUsize,
    job: impl Fn(&I) -> O + Sync,
) -> Vec<O> {
    let (tx, rx) = mpsc::channel();
    for i in 0..inputs.len() {
        tx.send(i).unwrap();
    }
    drop(tx);
    let rx = Mutex::new(rx);
    let (out, results) = mpsc::channel();
    thread::scope(|s| {
        for k in 0..threads.get().min(inputs.len()) {
            let out = out.clone();
            let (rx, job) = (&rx, &job);
            thread::Builder::new()
                .name(format!("w{k}"))
                .spawn_scoped(s, move || {
                    loop {
                        let i = match rx.lock().unwrap().recv() {
                            Ok(i) => i,
                            Err(_) => break,
                        };
                        let r = panic::catch_unwind(AssertUnwindSafe(|| job(&inputs[i])));
                        out.send((i, r)).unwrap();
                    }
                })
                .unwrap();
        }
    });
    drop(out);
    let mut slots: Vec<Option<thread::Result<O>>> = (0..inputs.len()).map(|_| None).collect();
    for (i, r) in results {
        slots[i] = Some(r);
    }
    slots.into_iter().map(|r| r.unwrap().unwrap_or_else(|p| panic::resume_unwind(p))).collect()
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

#[derive(Default)]
pub struct Gil {
    lock: RwLock<()>,
}
impl Gil {
    pub fn new() -> Self {
        Self::default()
    }
    fn take(&self) -> RwLockWriteGuard<'_, ()> {
        self.lock.write().unwrap_or_else(PoisonError::into_inner)
    }
    pub fn attach<R>(&self, run: impl FnOnce(&Attached<'_>) -> R) -> R {
        let a = Attached { gil: self, guard: RefCell::new(Some(self.take())) };
        let r = panic::catch_unwind(AssertUnwindSafe(|| run(&a)));
        drop(a);
        r.unwrap_or_else(|p| panic::resume_unwind(p))
    }
}
pub struct Attached<'gil> {
    gil: &'gil Gil,
    guard: RefCell<Option<RwLockWriteGuard<'gil, ()>>>,
}
impl Attached<'_> {
    pub fn detach<R>(&self, run: impl FnOnce() -> R) -> R {
        *self.guard.borrow_mut() = None;
        let r = panic::catch_unwind(AssertUnwindSafe(run));
        *self.guard.borrow_mut() = Some(self.gil.take());
        match r {
            Ok(r) => r,
            Err(p) => panic::resume_unwind(p),
        }
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
