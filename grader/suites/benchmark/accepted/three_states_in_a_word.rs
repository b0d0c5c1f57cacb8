//! Fixture: numbers of inputs in a list; a word of three states, and a condition variable for those who sleep.

use std::cell::Cell;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Condvar, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

pub fn run_sequential<I, O>(inputs: &[I], job: impl Fn(&I) -> O) -> Vec<O> {
    let mut outputs = Vec::with_capacity(inputs.len());
    for input in inputs {
        outputs.push(job(input));
    }
    outputs
}

pub fn run_threaded<I: Sync, O: Send>(
    inputs: &[I],
    threads: NonZeroUsize,
    job: impl Fn(&I) -> O + Sync,
) -> Vec<O> {
    let (numbers, results) = mpsc::channel();
    // The numbers of the inputs, last one first: what is left is what the list has.
    let left: Mutex<Vec<usize>> = Mutex::new((0..inputs.len()).rev().collect());
    thread::scope(|scope| {
        for _ in 0..threads.get().min(inputs.len()) {
            let (numbers, left, job) = (numbers.clone(), &left, &job);
            scope.spawn(move || {
                loop {
                    let number = left.lock().unwrap_or_else(PoisonError::into_inner).pop();
                    let Some(number) = number else { return };
                    let output = job(&inputs[number]);
                    let _ = numbers.send((number, output));
                }
            });
        }
    });
    drop(numbers);
    let mut outputs: Vec<_> = results.into_iter().collect();
    outputs.sort_by_key(|(number, _)| *number);
    outputs.into_iter().map(|(_, output)| output).collect()
}

/// 0: free, 1: taken, 2: taken, and somebody may be asleep.
#[derive(Default)]
pub struct Gil {
    word: AtomicU32,
    sleep: Mutex<()>,
    awake: Condvar,
}

impl Gil {
    pub fn new() -> Self {
        Self { word: AtomicU32::new(0), sleep: Mutex::new(()), awake: Condvar::new() }
    }

    fn enter(&self) {
        if self.word.compare_exchange(0, 1, Ordering::SeqCst, Ordering::Relaxed).is_ok() {
            return;
        }
        let mut bed = self.sleep.lock().unwrap_or_else(PoisonError::into_inner);
        // From here on it is taken as "somebody may be asleep": one that leaves has to look.
        while self.word.swap(2, Ordering::SeqCst) != 0 {
            bed = self.awake.wait(bed).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn leave(&self) {
        if self.word.swap(0, Ordering::SeqCst) == 2 {
            drop(self.sleep.lock().unwrap_or_else(PoisonError::into_inner));
            self.awake.notify_one();
        }
    }

    pub fn attach<R>(&self, run: impl FnOnce(&Attached<'_>) -> R) -> R {
        self.enter();
        let attached = Attached { gil: self, on: Cell::new(()) };
        run(&attached)
    }
}

pub struct Attached<'gil> {
    gil: &'gil Gil,
    /// Not for other threads.
    on: Cell<()>,
}

impl Attached<'_> {
    pub fn detach<R>(&self, run: impl FnOnce() -> R) -> R {
        struct Back<'gil>(&'gil Gil);
        impl Drop for Back<'_> {
            fn drop(&mut self) {
                self.0.enter();
            }
        }
        self.on.set(());
        self.gil.leave();
        let back = Back(self.gil);
        let result = run();
        drop(back);
        result
    }
}

impl Drop for Attached<'_> {
    fn drop(&mut self) {
        self.gil.leave();
    }
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
    let begin = Instant::now();
    drop(run_sequential(inputs, &job));
    let sequential = begin.elapsed();
    let begin = Instant::now();
    drop(run_threaded(inputs, threads, &job));
    Comparison { sequential, threaded: begin.elapsed() }
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
    workload == Workload::Io || runtime == Runtime::Native
}
