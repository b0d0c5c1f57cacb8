//! Fixture: the lock is a token in a channel; `detach` receives it again after a panic too, so that `attach` always has it to send.
//!
//! Waiters queue at the receiver's mutex, and the first of them receives with it held. No sender needs that mutex, and all of
//! them wait for the same token, so no thread waits longer for it.

use std::num::NonZeroUsize;
use std::panic;
use std::panic::AssertUnwindSafe;
use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::sync::mpsc;
use std::sync::mpsc::Receiver;
use std::sync::mpsc::Sender;
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

pub struct Gil {
    give: Sender<()>,
    take: Mutex<Receiver<()>>,
}

impl Default for Gil {
    fn default() -> Self {
        let (give, take) = mpsc::channel();
        give.send(()).unwrap();
        Self { give, take: Mutex::new(take) }
    }
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
        self.take.lock().unwrap().recv().unwrap();
    }
}

pub struct Attached<'gil> {
    gil: &'gil Gil,
}

impl Attached<'_> {
    pub fn detach<R>(&self, run: impl FnOnce() -> R) -> R {
        self.gil.give.send(()).unwrap();
        let result = panic::catch_unwind(AssertUnwindSafe(run));
        self.gil.take();
        match result {
            Ok(result) => result,
            Err(payload) => panic::resume_unwind(payload),
        }
    }
}

impl Drop for Attached<'_> {
    fn drop(&mut self) {
        self.gil.give.send(()).unwrap();
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
