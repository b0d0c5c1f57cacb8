//! Fixture: two condition variables: a release wakes a thread that waits to come back from `detach`, or else one that waits to attach.
//!
//! Threads that come back are counted while they wait, not while they are detached: a notification goes where a thread waits
//! or is about to take the lock, and that thread notifies again when it releases it.

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
struct State {
    taken: bool,
    coming_back: usize,
}

#[derive(Default)]
pub struct Gil {
    state: Mutex<State>,
    coming: Condvar,
    returning: Condvar,
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
        let mut state = self.state.lock().unwrap();
        while state.taken {
            state = self.coming.wait(state).unwrap();
        }
        state.taken = true;
    }

    fn give(&self) {
        let mut state = self.state.lock().unwrap();
        state.taken = false;
        if state.coming_back > 0 {
            self.returning.notify_one();
        } else {
            self.coming.notify_one();
        }
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
        let mut state = self.0.state.lock().unwrap();
        state.coming_back += 1;
        while state.taken {
            state = self.0.returning.wait(state).unwrap();
        }
        state.taken = true;
        state.coming_back -= 1;
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
