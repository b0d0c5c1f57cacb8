//! Fixture: the lock is fair, by tickets; after a panic no further input is begun, and the first payload is passed on.

use std::any::Any;
use std::num::NonZeroUsize;
use std::panic;
use std::panic::AssertUnwindSafe;
use std::sync::Condvar;
use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::sync::mpsc;
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
    let panicked: Mutex<Option<Box<dyn Any + Send>>> = Mutex::new(None);
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..threads.get() {
            let sender = sender.clone();
            let (next, panicked, job) = (&next, &panicked, &job);
            scope.spawn(move || {
                loop {
                    let index = next.fetch_add(1, Ordering::AcqRel);
                    let Some(input) = inputs.get(index) else { break };
                    match panic::catch_unwind(AssertUnwindSafe(|| job(input))) {
                        Ok(output) => sender.send((index, output)).unwrap(),
                        Err(payload) => {
                            next.store(inputs.len(), Ordering::Release);
                            panicked.lock().unwrap().get_or_insert(payload);
                        }
                    }
                }
            });
        }
    });
    drop(sender);
    if let Some(payload) = panicked.into_inner().unwrap() {
        panic::resume_unwind(payload);
    }
    let mut outputs: Vec<(usize, O)> = receiver.into_iter().collect();
    outputs.sort_unstable_by_key(|output| output.0);
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
pub struct Gil {
    /// The next ticket to hand out, and the one that is served.
    tickets: Mutex<(usize, usize)>,
    served: Condvar,
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
        let mut tickets = self.tickets.lock().unwrap();
        let mine = tickets.0;
        tickets.0 += 1;
        while tickets.1 != mine {
            tickets = self.served.wait(tickets).unwrap();
        }
    }

    fn give(&self) {
        self.tickets.lock().unwrap().1 += 1;
        self.served.notify_all();
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
