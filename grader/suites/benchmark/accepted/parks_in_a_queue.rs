//! Fixture: the lock has a queue of threads that are parked, and is handed to the first of them.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::thread;
use std::thread::Thread;
use std::thread::ThreadId;
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
    let timed = |run: &dyn Fn() -> Vec<O>| {
        let start = Instant::now();
        let outputs = run();
        let elapsed = start.elapsed();
        (outputs, elapsed)
    };
    let (_outputs, sequential) = timed(&|| run_sequential(inputs, &job));
    let (_outputs, threaded) = timed(&|| run_threaded(inputs, threads, &job));
    Comparison { threaded, sequential }
}

#[derive(Default)]
struct State {
    owner: Option<ThreadId>,
    queue: VecDeque<Thread>,
}

#[derive(Default)]
pub struct Gil {
    state: Mutex<State>,
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
        let me = thread::current();
        let mut state = self.state.lock().unwrap();
        if state.owner.is_none() {
            state.owner = Some(me.id());
            return;
        }
        state.queue.push_back(me.clone());
        // `park` may return spuriously, or because of an `unpark` that was meant for something else.
        while state.owner != Some(me.id()) {
            drop(state);
            thread::park();
            state = self.state.lock().unwrap();
        }
    }

    fn give(&self) {
        let mut state = self.state.lock().unwrap();
        let next = state.queue.pop_front();
        state.owner = next.as_ref().map(Thread::id);
        drop(state);
        if let Some(next) = next {
            next.unpark();
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
