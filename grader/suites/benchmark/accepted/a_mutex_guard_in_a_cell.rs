//! Fixture: the lock is a `Mutex<()>`, and an attached thread has its guard in a cell; `detach` takes it out and puts a new one in.
//!
//! A guard that is dropped while its thread panics poisons the mutex. That does not matter here: it protects no data, so
//! poisoned guards are used like others.

use std::cell::RefCell;
use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;
use std::time::Instant;

pub fn run_sequential<I, O>(inputs: &[I], job: impl Fn(&I) -> O) -> Vec<O> {
    inputs.iter().map(job).collect()
}

pub fn run_threaded<I: Sync, O: Send>(
    inputs: &[I],
    threads: NonZeroUsize,
    job: impl Fn(&I) -> O + Sync,
) -> Vec<O> {
    let next = AtomicUsize::new(0);
    let mut outputs: Vec<(usize, O)> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads.get().min(inputs.len()))
            .map(|_| {
                scope.spawn(|| {
                    let mut mine = Vec::new();
                    loop {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        match inputs.get(index) {
                            Some(input) => mine.push((index, job(input))),
                            None => return mine,
                        }
                    }
                })
            })
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    outputs.sort_by_key(|output| output.0);
    outputs.into_iter().map(|output| output.1).collect()
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
    let start = Instant::now();
    run_sequential(inputs, &job);
    let sequential = start.elapsed();
    let start = Instant::now();
    run_threaded(inputs, threads, &job);
    Comparison { sequential, threaded: start.elapsed() }
}

#[derive(Default)]
pub struct Gil(Mutex<()>);

impl Gil {
    pub fn new() -> Self {
        Gil::default()
    }

    pub fn attach<R>(&self, run: impl FnOnce(&Attached<'_>) -> R) -> R {
        let guard = RefCell::new(Some(self.0.lock().unwrap_or_else(PoisonError::into_inner)));
        run(&Attached { gil: self, guard })
    }
}

pub struct Attached<'gil> {
    gil: &'gil Gil,
    guard: RefCell<Option<MutexGuard<'gil, ()>>>,
}

impl<'gil> Attached<'gil> {
    pub fn detach<R>(&self, run: impl FnOnce() -> R) -> R {
        self.guard.take();
        let _again = Again(self);
        run()
    }
}

struct Again<'a, 'gil>(&'a Attached<'gil>);

impl Drop for Again<'_, '_> {
    fn drop(&mut self) {
        let guard = self.0.gil.0.lock().unwrap_or_else(PoisonError::into_inner);
        *self.0.guard.borrow_mut() = Some(guard);
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
    !(workload == Workload::Cpu && runtime == Runtime::Gil)
}
