//! Fixture: the lock knows its owner by thread, and lets it in again; inputs go through a channel.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Condvar;
use std::sync::Mutex;
use std::sync::mpsc;
use std::thread;
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
    let (feed, inbox) = mpsc::channel::<(usize, &I)>();
    inputs.iter().enumerate().for_each(|next| feed.send(next).unwrap());
    drop(feed);
    let inbox = Mutex::new(inbox);
    let mut outputs: BTreeMap<usize, O> = BTreeMap::new();
    thread::scope(|scope| {
        let work = || {
            let mut done = BTreeMap::new();
            loop {
                let next = inbox.lock().unwrap().recv();
                let Ok((index, input)) = next else { return done };
                done.insert(index, job(input));
            }
        };
        let workers: Vec<_> = (0..threads.get()).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            outputs.append(&mut worker.join().unwrap());
        }
    });
    outputs.into_values().collect()
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
    owner: Option<ThreadId>,
    depth: usize,
}

#[derive(Default)]
pub struct Gil {
    state: Mutex<State>,
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
        let me = thread::current().id();
        let mut state = self.state.lock().unwrap();
        while state.owner.is_some_and(|owner| owner != me) {
            state = self.freed.wait(state).unwrap();
        }
        state.owner = Some(me);
        state.depth += 1;
    }

    fn give(&self) {
        let mut state = self.state.lock().unwrap();
        state.depth -= 1;
        if state.depth == 0 {
            state.owner = None;
            self.freed.notify_one();
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
