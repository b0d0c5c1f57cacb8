//! The contract, one function per item. The grader names the item in whose function rustc finds an error.

use std::fmt::Debug;
use std::num::NonZeroUsize;
use std::time::Duration;

use benchmark::{Attached, Comparison, Gil, Runtime, Workload};

/// `run_sequential<I, O>(inputs: &[I], job: impl Fn(&I) -> O) -> Vec<O>`
fn sequential<I, O>(inputs: &[I], job: impl Fn(&I) -> O) {
    let _: Vec<O> = benchmark::run_sequential(inputs, job);
}

/// `run_threaded<I: Sync, O: Send>(inputs: &[I], threads: NonZeroUsize, job: impl Fn(&I) -> O + Sync) -> Vec<O>`
fn threaded<I: Sync, O: Send>(inputs: &[I], threads: NonZeroUsize, job: impl Fn(&I) -> O + Sync) {
    let _: Vec<O> = benchmark::run_threaded(inputs, threads, job);
}

/// `pub struct Comparison { pub sequential: Duration, pub threaded: Duration }`
fn comparison_fields(sequential: Duration, threaded: Duration) {
    let comparison = Comparison { sequential, threaded };
    let _: [Duration; 2] = [comparison.sequential, comparison.threaded];
}

/// `#[derive(Debug, Clone, Copy)] pub struct Comparison`
fn comparison_derives() {
    fn derives<T: Debug + Clone + Copy + Send + Sync + 'static>() {}
    derives::<Comparison>();
}

/// `Comparison::speedup(&self) -> f64`
fn speedup(comparison: &Comparison) {
    let _: f64 = Comparison::speedup(comparison);
}

/// `compare<I: Sync, O: Send>(inputs: &[I], threads: NonZeroUsize, job: impl Fn(&I) -> O + Sync) -> Comparison`
fn compares<I: Sync, O: Send>(inputs: &[I], threads: NonZeroUsize, job: impl Fn(&I) -> O + Sync) {
    let _: Comparison = benchmark::compare(inputs, threads, job);
}

/// `#[derive(Default)] pub struct Gil`
fn gil_has_a_default() {
    let _: Gil = <Gil as Default>::default();
}

/// `Gil: Send + Sync`
fn gil_is_shared() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<Gil>();
}

/// `Gil::new() -> Gil`
fn gil_new() {
    let _: Gil = Gil::new();
}

/// `Gil::attach<R>(&self, run: impl FnOnce(&Attached<'_>) -> R) -> R`
fn attach<R>(gil: &Gil, run: impl FnOnce(&Attached<'_>) -> R) {
    let _: R = Gil::attach(gil, run);
}

/// `Attached::detach<R>(&self, run: impl FnOnce() -> R) -> R`
fn detach<R>(attached: &Attached<'_>, run: impl FnOnce() -> R) {
    let _: R = Attached::detach(attached, run);
}

/// `#[derive(Debug, Clone, Copy, PartialEq, Eq)] pub enum Workload { Io, Cpu }`
fn workload() {
    fn derives<T: Debug + Clone + Copy + PartialEq + Eq>(_: T) {}
    derives(Workload::Io);
    match Workload::Cpu {
        Workload::Io | Workload::Cpu => {}
    }
}

/// `#[derive(Debug, Clone, Copy, PartialEq, Eq)] pub enum Runtime { Native, Gil }`
fn runtime() {
    fn derives<T: Debug + Clone + Copy + PartialEq + Eq>(_: T) {}
    derives(Runtime::Native);
    match Runtime::Gil {
        Runtime::Native | Runtime::Gil => {}
    }
}

/// `threads_help(workload: Workload, runtime: Runtime) -> bool`
fn conclusion(workload: Workload, runtime: Runtime) {
    let _: bool = benchmark::threads_help(workload, runtime);
}
