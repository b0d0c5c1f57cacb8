//! Fixture: the lock is a `Mutex`, and its guard is in `Attached`, which is not `Sync`; poison is tolerated.

use std::cell::RefCell;
use std::num::NonZeroUsize;
use std::panic;
use std::panic::AssertUnwindSafe;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;
use std::time::Instant;

pub fn run_sequential<I, O>(inputs: &[I], job: impl Fn(&I) -> O) -> Vec<O> {
    inputs.iter().map(job).collect()
}

fn take<'a, I>(inputs: &'a [I], next: &AtomicUsize) -> Option<(usize, &'a I)> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    inputs.get(index).map(|input| (index, input))
}

pub fn run_threaded<I: Sync, O: Send>(
    inputs: &[I],
    threads: NonZeroUsize,
    job: impl Fn(&I) -> O + Sync,
) -> Vec<O> {
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..threads.get().min(inputs.len()) {
            let sender = sender.clone();
            let (next, job) = (&next, &job);
            scope.spawn(move || {
                while let Some((index, input)) = take(inputs, next) {
                    sender.send((index, job(input))).ok();
                }
            });
        }
        drop(sender);
        let mut outputs: Vec<Option<O>> = inputs.iter().map(|_| None).collect();
        for (index, output) in receiver {
            outputs[index] = Some(output);
        }
        outputs
    })
    .into_iter()
    .map(|output| output.expect("no worker panicked"))
    .collect()
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

#[derive(Debug, Default)]
pub struct Gil {
    lock: Mutex<()>,
}

impl Gil {
    pub const fn new() -> Self {
        Self { lock: Mutex::new(()) }
    }

    /// Whether no thread is attached at this moment.
    pub fn is_free(&self) -> bool {
        self.lock.try_lock().is_ok()
    }

    pub fn attach<R>(&self, run: impl FnOnce(&Attached<'_>) -> R) -> R {
        let attached = Attached { gil: self, guard: RefCell::new(Some(self.guard())) };
        run(&attached)
    }

    fn guard(&self) -> MutexGuard<'_, ()> {
        self.lock.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub struct Attached<'gil> {
    gil: &'gil Gil,
    guard: RefCell<Option<MutexGuard<'gil, ()>>>,
}

impl Attached<'_> {
    pub fn detach<R>(&self, run: impl FnOnce() -> R) -> R {
        *self.guard.borrow_mut() = None;
        let result = panic::catch_unwind(AssertUnwindSafe(run));
        *self.guard.borrow_mut() = Some(self.gil.guard());
        match result {
            Ok(result) => result,
            Err(payload) => panic::resume_unwind(payload),
        }
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
