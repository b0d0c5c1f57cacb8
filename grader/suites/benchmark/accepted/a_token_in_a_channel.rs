//! Fixture: the lock is a token that is sent and received; threads wait for it one behind the other.

use std::num::NonZeroUsize;
use std::panic;
use std::panic::AssertUnwindSafe;
use std::sync::Mutex;
use std::sync::PoisonError;
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
    let queue = Mutex::new(inputs.iter().enumerate());
    let slots: Vec<Mutex<Option<O>>> = inputs.iter().map(|_| Mutex::new(None)).collect();
    thread::scope(|scope| {
        for _ in 0..threads.get().min(inputs.len()) {
            scope.spawn(|| {
                loop {
                    let taken = queue.lock().unwrap().next();
                    let Some((index, input)) = taken else { break };
                    let output = job(input);
                    *slots[index].lock().unwrap() = Some(output);
                }
            });
        }
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

pub struct Gil {
    give: Sender<()>,
    take: Mutex<Receiver<()>>,
}

impl Default for Gil {
    fn default() -> Self {
        let (give, take) = mpsc::channel();
        give.send(()).expect("the receiver is here");
        Self { give, take: Mutex::new(take) }
    }
}

impl Gil {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn attach<R>(&self, run: impl FnOnce(&Attached<'_>) -> R) -> R {
        self.take();
        let result = panic::catch_unwind(AssertUnwindSafe(|| run(&Attached(self))));
        self.give();
        result.unwrap_or_else(|payload| panic::resume_unwind(payload))
    }

    fn take(&self) {
        let token = self.take.lock().unwrap_or_else(PoisonError::into_inner);
        token.recv().expect("the sender is here");
    }

    fn give(&self) {
        self.give.send(()).expect("the receiver is here");
    }
}

pub struct Attached<'gil>(&'gil Gil);

impl Attached<'_> {
    pub fn detach<R>(&self, run: impl FnOnce() -> R) -> R {
        self.0.give();
        let result = panic::catch_unwind(AssertUnwindSafe(run));
        self.0.take();
        result.unwrap_or_else(|payload| panic::resume_unwind(payload))
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
