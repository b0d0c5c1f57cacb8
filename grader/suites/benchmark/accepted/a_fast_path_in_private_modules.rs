//! Fixture: an atomic with a fast path; everything in private modules, with methods of its own.
//!
//! `taken` is cleared with `Release` and set with `Acquire`, so what is done under the lock happens before what the next
//! holder does. The mutex beside it protects no data: it only excludes a notification between a check and its wait.

use std::num::NonZeroUsize;
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

pub use gil::{Attached, Gil};

mod gil {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::{Condvar, Mutex};

    #[derive(Default)]
    pub struct Gil {
        taken: AtomicBool,
        queue: Mutex<()>,
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
            if self.try_take() {
                return;
            }
            let mut queue = self.queue.lock().unwrap();
            while !self.try_take() {
                queue = self.freed.wait(queue).unwrap();
            }
        }

        fn give(&self) {
            self.taken.store(false, Ordering::Release);
            // A thread that has seen it taken waits by the time that this lock is acquired, or sees it free.
            drop(self.queue.lock().unwrap());
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

    impl Gil {
        fn try_take(&self) -> bool {
            self.taken.compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed).is_ok()
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
