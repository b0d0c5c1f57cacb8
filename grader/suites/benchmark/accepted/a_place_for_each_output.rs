//! Fixture: a place for each output behind a mutex of its own; a flag, and a list of parked threads.

use std::cell::Cell;
use std::marker::PhantomData;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

pub fn run_sequential<I, O>(inputs: &[I], job: impl Fn(&I) -> O) -> Vec<O> {
    let mut outputs = Vec::with_capacity(inputs.len());
    for input in inputs {
        outputs.push(job(input));
    }
    outputs
}

pub fn run_threaded<I: Sync, O: Send>(
    inputs: &[I],
    threads: NonZeroUsize,
    job: impl Fn(&I) -> O + Sync,
) -> Vec<O> {
    let outputs: Vec<Mutex<Option<O>>> = inputs.iter().map(|_| Mutex::new(None)).collect();
    let next = AtomicUsize::new(0);
    let part = 1;
    thread::scope(|scope| {
        for _ in 0..threads.get().min(inputs.len()) {
            scope.spawn(|| {
                loop {
                    let first = next.fetch_add(part as _, Ordering::Relaxed) as usize;
                    let mine = inputs.iter().zip(&outputs).skip(first).take(part);
                    if mine.len() == 0 {
                        return;
                    }
                    for (input, place) in mine {
                        let output = job(input);
                        *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(output);
                    }
                }
            });
        }
    });
    outputs
        .into_iter()
        .filter_map(|place| place.into_inner().unwrap_or_else(PoisonError::into_inner))
        .collect()
}

const FREE: u8 = 0;
const TAKEN: u8 = 1;

/// A flag that is taken by an exchange; whoever finds it taken puts itself on a list and parks.
#[derive(Default)]
pub struct Gil {
    flag: AtomicU8,
    parked: Mutex<Vec<Thread>>,
}

impl Gil {
    pub fn new() -> Self {
        Self::default()
    }

    fn tries(&self, success: Ordering) -> bool {
        self.flag.compare_exchange(FREE, TAKEN, success, Ordering::SeqCst).is_ok()
    }

    fn takes(&self, success: Ordering) {
        if self.tries(success) {
            return;
        }
        let me = thread::current();
        loop {
            self.parked().push(me.clone());
            // Once more: the list is looked through after the flag has been cleared.
            let taken = self.tries(success);
            if !taken {
                thread::park();
            }
            self.parked().retain(|other| other.id() != me.id());
            if taken || self.tries(success) {
                return;
            }
        }
    }

    fn leaves(&self, order: Ordering) {
        self.flag.store(FREE, order);
        for thread in self.parked().iter() {
            thread.unpark();
        }
    }

    fn parked(&self) -> MutexGuard<'_, Vec<Thread>> {
        self.parked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn attach<R>(&self, run: impl FnOnce(&Attached<'_>) -> R) -> R {
        self.takes(Ordering::SeqCst);
        let attached = Attached { gil: self, here: PhantomData };
        run(&attached)
    }
}

pub struct Attached<'gil> {
    gil: &'gil Gil,
    here: PhantomData<Cell<u8>>,
}

impl Drop for Attached<'_> {
    fn drop(&mut self) {
        self.gil.leaves(Ordering::SeqCst);
    }
}

impl Attached<'_> {
    pub fn detach<R>(&self, run: impl FnOnce() -> R) -> R {
        self.gil.leaves(Ordering::SeqCst);
        let result = catch_unwind(AssertUnwindSafe(run));
        self.gil.takes(Ordering::SeqCst);
        result.unwrap_or_else(|payload| resume_unwind(payload))
    }
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
    let begin = Instant::now();
    drop(run_sequential(inputs, &job));
    let sequential = begin.elapsed();
    let begin = Instant::now();
    drop(run_threaded(inputs, threads, &job));
    Comparison { sequential, threaded: begin.elapsed() }
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
    workload == Workload::Io || runtime == Runtime::Native
}
