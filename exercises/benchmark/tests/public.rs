//! The public tests: plain threads under `cargo test`, every interleaving under
//! `RUSTFLAGS="--cfg model" cargo test -p benchmark`.

use std::num::NonZeroUsize;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use benchmark::{Comparison, Gil, Runtime, Workload, compare, run_sequential, run_threaded, threads_help};

// Without the dependency that puts the model in the place of std, this does not compile: the tests would run on
// real threads, and say nothing about interleavings.
#[cfg(model)]
std::assert_modelled!();
#[cfg(model)]
core::assert_modelled!();

fn threads(count: usize) -> NonZeroUsize {
    NonZeroUsize::new(count).expect("at least one thread")
}

#[test]
fn both_ways_give_the_results_in_the_order_of_the_inputs() {
    let inputs = [3, 1, 2];
    assert_eq!(run_sequential(&inputs, |input| input * 10), [30, 10, 20]);
    assert_eq!(run_threaded(&inputs, threads(2), |input| input * 10), [30, 10, 20]);
    let none: [i32; 0] = [];
    assert_eq!(run_threaded(&none, threads(2), |input| input * 10), none);
}

#[test]
fn every_input_is_worked_on_once() {
    let calls = [(); 3].map(|()| AtomicUsize::new(0));
    run_threaded(&[0, 1, 2], threads(2), |input: &usize| calls[*input].fetch_add(1, Ordering::Relaxed));
    assert_eq!(calls.map(AtomicUsize::into_inner), [1, 1, 1]);
}

#[test]
fn never_more_jobs_run_at_once_than_there_are_threads() {
    let running = AtomicUsize::new(0);
    let seen = run_threaded(&[(); 3], threads(2), |()| {
        let now = running.fetch_add(1, Ordering::Relaxed) + 1;
        running.fetch_sub(1, Ordering::Relaxed);
        now
    });
    assert!(seen.iter().all(|&now| now <= 2), "jobs that ran at once: {seen:?}");
}

#[test]
fn as_many_jobs_run_at_once_as_there_are_threads() {
    let both = Barrier::new(2);
    run_threaded(&[(); 2], threads(2), |()| {
        both.wait();
    });
}

#[test]
fn a_panic_in_a_job_reaches_the_caller() {
    let result = panic::catch_unwind(|| {
        run_threaded(&[0, 1], threads(2), |input| assert_ne!(*input, 1, "this test makes this job panic"))
    });
    assert!(result.is_err());
}

#[test]
fn compare_measures_both_ways() {
    let times =
        compare(&[2, 3], threads(2), |milliseconds| thread::sleep(Duration::from_millis(*milliseconds)));
    assert!(times.sequential >= Duration::from_millis(5), "{times:?}");
    assert!(times.threaded >= Duration::from_millis(3), "{times:?}");
}

#[test]
fn the_speed_up_is_above_one_when_threads_are_faster() {
    let times = Comparison { sequential: Duration::from_millis(600), threaded: Duration::from_millis(150) };
    assert!((times.speedup() - 4.0).abs() < 1e-9);
}

#[test]
fn one_thread_is_attached_at_a_time() {
    let (gil, attached) = (Gil::new(), AtomicUsize::new(0));
    let visit = || {
        gil.attach(|_| {
            let others = attached.fetch_add(1, Ordering::Relaxed);
            attached.fetch_sub(1, Ordering::Relaxed);
            assert_eq!(others, 0, "another thread is attached");
        })
    };
    thread::scope(|scope| {
        scope.spawn(visit);
        visit();
    });
}

#[test]
fn while_a_thread_is_detached_another_one_can_attach() {
    let gil = Gil::new();
    let brought = thread::scope(|scope| {
        gil.attach(|attached| {
            let other = scope.spawn(|| gil.attach(|_| 17));
            attached.detach(|| other.join().expect("the other thread does not panic"))
        })
    });
    assert_eq!(brought, 17);
}

#[test]
fn after_a_panic_the_lock_is_free() {
    let gil = Gil::new();
    let panicking = || gil.attach(|attached| attached.detach(|| panic!("this test makes it panic")));
    let result = panic::catch_unwind(AssertUnwindSafe(panicking));
    assert!(result.is_err());
    assert_eq!(gil.attach(|_| 3), 3);
}

#[test]
fn threads_help_one_kind_of_work_always() {
    assert!(threads_help(Workload::Io, Runtime::Native));
    assert!(threads_help(Workload::Cpu, Runtime::Native));
}
