//! Fixture: the lock is an atomic flag and a queue of threads that park; a thread that gets the lock takes itself out of the queue.
//!
//! A thread joins the queue, checks once more, and only then parks: either the lock was released before that check, or the
//! thread that releases it finds this one in the queue. It leaves the queue once it has the lock, whatever has woken it, so
//! every thread that is unparked still wants the lock.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::thread;
use std::thread::Thread;
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
pub struct Gil {
    taken: AtomicBool,
    queue: Mutex<VecDeque<Thread>>,
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
        while self.taken.swap(true, Ordering::SeqCst) {
            self.queue.lock().unwrap().push_back(thread::current());
            if !self.taken.swap(true, Ordering::SeqCst) {
                break;
            }
            thread::park();
        }
        let me = thread::current().id();
        self.queue.lock().unwrap().retain(|thread| thread.id() != me);
    }

    fn give(&self) {
        self.taken.store(false, Ordering::SeqCst);
        let next = self.queue.lock().unwrap().pop_front();
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
