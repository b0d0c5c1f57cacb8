//! Fixture: inputs are taken from the last to the first, under one lock with the results; two kinds of waiters for the lock.

use std::num::NonZeroUsize;
use std::sync::Condvar;
use std::sync::Mutex;
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
    let state = Mutex::new((inputs.len(), inputs.iter().map(|_| None).collect::<Vec<Option<O>>>()));
    let work = || {
        let mut guard = state.lock().unwrap();
        while let Some(index) = guard.0.checked_sub(1) {
            guard.0 = index;
            drop(guard);
            let output = job(&inputs[index]);
            guard = state.lock().unwrap();
            guard.1[index] = Some(output);
        }
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads.get()).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            worker.join().expect("a job panicked");
        }
    });
    state.into_inner().unwrap().1.into_iter().flatten().collect()
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
    coming: usize,
    returning: usize,
}

#[derive(Default)]
pub struct Gil {
    state: Mutex<State>,
    come: Condvar,
    come_back: Condvar,
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
        state.coming += 1;
        while state.taken {
            state = self.come.wait(state).unwrap();
        }
        state.coming -= 1;
        state.taken = true;
    }

    fn give(&self) {
        let mut state = self.state.lock().unwrap();
        state.taken = false;
        if state.returning > 0 {
            self.come_back.notify_one();
        } else if state.coming > 0 {
            self.come.notify_one();
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
        state.returning += 1;
        while state.taken {
            state = self.0.come_back.wait(state).unwrap();
        }
        state.returning -= 1;
        state.taken = true;
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
