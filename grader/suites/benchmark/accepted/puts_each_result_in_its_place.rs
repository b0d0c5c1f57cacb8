//! Fixture: each thread brings its results with their places; the caller puts them there as it joins, and resumes the panic of a thread.
//!
//! `Attached` is not `Sync`, so no other thread can detach the one that is attached. Results are dropped after the time has
//! been taken.

use std::cell::Cell;
use std::marker::PhantomData;
use std::num::NonZeroUsize;
use std::panic;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

pub fn run_sequential<I, O>(inputs: &[I], job: impl Fn(&I) -> O) -> Vec<O> {
    inputs.iter().map(job).collect()
}

pub fn run_threaded<I: Sync, O: Send>(
    inputs: &[I],
    threads: NonZeroUsize,
    job: impl Fn(&I) -> O + Sync,
) -> Vec<O> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(input) = inputs.get(place) else { return done };
            done.push((place, job(input)));
        }
    };
    thread::scope(|scope| {
        let workers = threads.get().min(inputs.len());
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        let mut outputs: Vec<Option<O>> = inputs.iter().map(|_| None).collect();
        for worker in workers {
            match worker.join() {
                Ok(done) => done.into_iter().for_each(|(place, output)| outputs[place] = Some(output)),
                Err(payload) => panic::resume_unwind(payload),
            }
        }
        outputs.into_iter().flatten().collect()
    })
}

#[derive(Debug, Clone, Copy)]
pub struct Comparison {
    pub sequential: Duration,
    pub threaded: Duration,
}

impl Comparison {
    pub fn speedup(&self) -> f64 {
        self.sequential.as_secs_f64() / self.threaded.as_secs_f64()
    }
}

pub fn compare<I: Sync, O: Send>(
    inputs: &[I],
    threads: NonZeroUsize,
    job: impl Fn(&I) -> O + Sync,
) -> Comparison {
    let sequential = time(|| run_sequential(inputs, &job));
    let threaded = time(|| run_threaded(inputs, threads, &job));
    Comparison { sequential, threaded }
}

fn time<R>(run: impl FnOnce() -> R) -> Duration {
    let start = Instant::now();
    let result = run();
    let elapsed = start.elapsed();
    drop(result);
    elapsed
}

#[derive(Default)]
pub struct Gil {
    taken: Mutex<bool>,
    freed: Condvar,
}

impl Gil {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn attach<R>(&self, run: impl FnOnce(&Attached<'_>) -> R) -> R {
        self.take();
        let attached = Attached { gil: self, of_this_thread: PhantomData };
        run(&attached)
    }

    fn take(&self) {
        let mut taken = self.lock();
        while *taken {
            taken = self.freed.wait(taken).unwrap_or_else(PoisonError::into_inner);
        }
        *taken = true;
    }

    fn let_go(&self) {
        *self.lock() = false;
        self.freed.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, bool> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub struct Attached<'gil> {
    gil: &'gil Gil,
    of_this_thread: PhantomData<Cell<()>>,
}

impl Attached<'_> {
    pub fn detach<R>(&self, run: impl FnOnce() -> R) -> R {
        self.gil.let_go();
        let _again = TakesAgain(self.gil);
        run()
    }
}

impl Drop for Attached<'_> {
    fn drop(&mut self) {
        self.gil.let_go();
    }
}

struct TakesAgain<'gil>(&'gil Gil);

impl Drop for TakesAgain<'_> {
    fn drop(&mut self) {
        self.0.take();
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Workload {
    Io,
    Cpu,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Runtime {
    Native,
    Gil,
}

pub fn threads_help(workload: Workload, runtime: Runtime) -> bool {
    match (workload, runtime) {
        (Workload::Io, Runtime::Native | Runtime::Gil) => true,
        (Workload::Cpu, Runtime::Native) => true,
        (Workload::Cpu, Runtime::Gil) => false,
    }
}
