//! Fixture: the caller works too, beside one thread less; a slot for each result, which is a lock of its own.
//!
//! The scope joins its threads before it ends, even when the caller's own job has panicked.

use std::num::NonZeroUsize;
use std::sync::Condvar;
use std::sync::Mutex;
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
    let slots: Vec<Mutex<Option<O>>> = inputs.iter().map(|_| Mutex::new(None)).collect();
    let work = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(input) = inputs.get(index) else { break };
            let output = job(input);
            *slots[index].lock().unwrap() = Some(output);
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads.get().min(inputs.len()) {
            scope.spawn(work);
        }
        work();
    });
    slots.into_iter().map(|slot| slot.into_inner().unwrap().unwrap()).collect()
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
        let attached = Attached { gil: self };
        run(&attached)
    }

    fn take(&self) {
        let mut taken = self.taken.lock().unwrap();
        while *taken {
            taken = self.freed.wait(taken).unwrap();
        }
        *taken = true;
    }

    fn give(&self) {
        *self.taken.lock().unwrap() = false;
        self.freed.notify_one();
    }
}

pub struct Attached<'gil> {
    gil: &'gil Gil,
}

impl Attached<'_> {
    pub fn detach<R>(&self, run: impl FnOnce() -> R) -> R {
        self.gil.give();
        let _again = Again(self.gil);
        run()
    }
}

impl Drop for Attached<'_> {
    fn drop(&mut self) {
        self.gil.give();
    }
}

struct Again<'gil>(&'gil Gil);

impl Drop for Again<'_> {
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
    !(workload == Workload::Cpu && runtime == Runtime::Gil)
}
