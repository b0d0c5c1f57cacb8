//! What the checks count with, and how they wait.

use std::num::NonZeroUsize;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex};
use std::thread::{self, Scope, ScopedJoinHandle};

use benchmark::{Attached, Comparison, Gil};
pub use harness::message;

// The functions here take closures behind pointers, and most jobs have numbers as inputs and results: what is
// generic is compiled once for all of them, not again for each closure. That halves the time of a verdict.

/// `run_threaded`.
pub fn run<I: Sync, O: Send>(inputs: &[I], count: usize, job: &(dyn Fn(&I) -> O + Sync)) -> Vec<O> {
    benchmark::run_threaded(inputs, threads(count), job)
}

/// `run_threaded`, for jobs without results.
pub fn run_all(inputs: &[usize], count: usize, job: &(dyn Fn(&usize) + Sync)) {
    let results = run(inputs, count, &|input| {
        job(input);
        *input
    });
    assert_eq!(results, inputs, "the results, on {count} threads");
}

/// `compare`.
pub fn measure(inputs: &[usize], count: usize, job: &(dyn Fn(&usize) + Sync)) -> Comparison {
    benchmark::compare(inputs, threads(count), job)
}

/// `Gil::attach`.
pub fn attach<R>(gil: &Gil, work: impl FnOnce(&Attached<'_>) -> R) -> R {
    attach_boxed(gil, Box::new(work))
}

fn attach_boxed<R>(gil: &Gil, work: Box<dyn FnOnce(&Attached<'_>) -> R + '_>) -> R {
    gil.attach(work)
}

/// `Attached::detach`.
pub fn detach<R>(attached: &Attached<'_>, work: impl FnOnce() -> R) -> R {
    detach_boxed(attached, Box::new(work))
}

fn detach_boxed<R>(attached: &Attached<'_>, work: Box<dyn FnOnce() -> R + '_>) -> R {
    attached.detach(work)
}

/// `thread::scope`.
pub fn scoped<'env, R>(work: impl for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> R) -> R {
    scoped_boxed(Box::new(work))
}

fn scoped_boxed<'env, R>(work: Box<dyn for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> R + '_>) -> R {
    thread::scope(work)
}

fn threads(count: usize) -> NonZeroUsize {
    NonZeroUsize::new(count).expect("at least one thread")
}

/// Starts a thread in a scope; `role` is its name in schedules.
pub fn start<'scope, T: Send + 'scope>(
    role: &str,
    scope: &'scope Scope<'scope, '_>,
    work: impl FnOnce() -> T + Send + 'scope,
) -> ScopedJoinHandle<'scope, T> {
    start_boxed(role, scope, Box::new(work))
}

fn start_boxed<'scope, T: Send + 'scope>(
    role: &str,
    scope: &'scope Scope<'scope, '_>,
    work: Box<dyn FnOnce() -> T + Send + 'scope>,
) -> ScopedJoinHandle<'scope, T> {
    harness::model::name_next_thread(role);
    scope.spawn(work)
}

/// Joins a thread of a scope. A panic in it is a panic here, with its message.
pub fn finish<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    match thread.join() {
        Ok(value) => value,
        Err(payload) => panic!("a thread panicked: {}", message(&*payload)),
    }
}

/// Catches the panic of `run`, which must panic.
pub fn survive<R>(run: impl FnOnce() -> R) {
    let run: Box<dyn FnOnce() + '_> = Box::new(|| drop(run()));
    let result = panic::catch_unwind(AssertUnwindSafe(run));
    assert!(result.is_err(), "the closure panicked, and the call returned");
}

pub fn panics() {
    panic!("the check makes this closure panic");
}

/// Runs it when it is dropped.
#[cfg(engine = "model")]
pub struct InTheEnd<F: Fn()>(pub F);

#[cfg(engine = "model")]
impl<F: Fn()> Drop for InTheEnd<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// Counts the threads inside. It establishes no happens-before: its operations are relaxed.
#[derive(Default)]
pub struct Room {
    inside: AtomicUsize,
    most: AtomicUsize,
}

impl Room {
    /// How many are inside, this one included.
    pub fn enter(&self) -> usize {
        let now = self.inside.fetch_add(1, Ordering::Relaxed) + 1;
        self.most.fetch_max(now, Ordering::Relaxed);
        now
    }

    pub fn leave(&self) {
        self.inside.fetch_sub(1, Ordering::Relaxed);
    }

    /// In and out again; how many were inside, this one included.
    pub fn visit(&self) -> usize {
        let now = self.inside.fetch_add(1, Ordering::Relaxed) + 1;
        self.inside.fetch_sub(1, Ordering::Relaxed);
        now
    }

    pub fn inside(&self) -> usize {
        self.inside.load(Ordering::Relaxed)
    }

    /// The most that were inside at one time, of those that used `enter`.
    pub fn most(&self) -> usize {
        self.most.load(Ordering::Relaxed)
    }
}

/// How often each input was worked on.
pub struct Turns(Vec<AtomicUsize>);

impl Turns {
    pub fn of(inputs: usize) -> Self {
        Turns((0..inputs).map(|_| AtomicUsize::new(0)).collect())
    }

    /// How often it was worked on before.
    pub fn take(&self, input: usize) -> usize {
        self.0[input].fetch_add(1, Ordering::Relaxed)
    }

    pub fn each(&self) -> Vec<usize> {
        self.0.iter().map(|turns| turns.load(Ordering::Relaxed)).collect()
    }
}

/// A number that threads sleep on until it is high enough.
#[derive(Default)]
pub struct Gauge {
    level: Mutex<usize>,
    risen: Condvar,
}

impl Gauge {
    pub fn rise(&self) {
        *self.level.lock().unwrap() += 1;
        self.risen.notify_all();
    }

    pub fn wait_for(&self, level: usize) {
        let now = self.level.lock().unwrap();
        drop(self.risen.wait_while(now, |now| *now < level).unwrap());
    }

    pub fn level(&self) -> usize {
        *self.level.lock().unwrap()
    }
}

/// Counts how many of it exist.
pub struct Counted<'a> {
    pub number: usize,
    alive: &'a AtomicUsize,
}

impl<'a> Counted<'a> {
    pub fn new(number: usize, alive: &'a AtomicUsize) -> Self {
        alive.fetch_add(1, Ordering::Relaxed);
        Counted { number, alive }
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.alive.fetch_sub(1, Ordering::Relaxed);
    }
}
