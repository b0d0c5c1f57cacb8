//! What comes back from `run_sequential` and `run_threaded`, and how often the job was called for it.

#[cfg(engine = "stress")]
use std::panic::{self, AssertUnwindSafe};
#[cfg(engine = "stress")]
use std::sync::Barrier;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
#[cfg(engine = "stress")]
use std::thread;

#[cfg(engine = "stress")]
use harness::stress::{Rng, seed};

use crate::instruments::{Counted, Turns, finish, run, scoped, start};
#[cfg(engine = "stress")]
use crate::instruments::{Gauge, panics, run_all, survive};

/// Numbers of threads and of inputs.
#[cfg(engine = "model")]
const SIZES: [(usize, usize); 1] = [(2, 3)];
#[cfg(engine = "stress")]
const SIZES: [(usize, usize); 17] = [
    (1, 1),
    (1, 7),
    (2, 1),
    (2, 2),
    (2, 5),
    (3, 3),
    (3, 7),
    (3, 8),
    (4, 20),
    (5, 6),
    (7, 20),
    (8, 3),
    (16, 17),
    (20, 20),
    (24, 2),
    (6, 299),
    (2, 300),
];

#[test]
fn results_come_in_the_order_of_the_inputs() {
    for (count, inputs) in SIZES {
        let inputs: Vec<usize> = (0..inputs).map(|number| number * 3 + 1).collect();
        let results = run(&inputs, count, &|input| input + 7);
        let expected: Vec<_> = inputs.iter().map(|input| input + 7).collect();
        assert_eq!(results, expected, "{count} threads, {} inputs", inputs.len());
    }
}

#[test]
fn each_input_is_worked_on_exactly_once() {
    // Two threads may share what three do not.
    #[cfg(engine = "model")]
    let sizes = [[(2, 3), (3, 3)][harness::model::choose(2)]];
    #[cfg(engine = "stress")]
    let sizes = SIZES;
    for (count, inputs) in sizes {
        let turns = Turns::of(inputs);
        let inputs: Vec<usize> = (0..inputs).collect();
        let results = run(&inputs, count, &|input| {
            let before = turns.take(*input);
            // At once: an implementation that repeats an input might never return.
            assert_eq!(before, 0, "calls of the job for input {input} before this one, {count} threads");
            before
        });
        assert_eq!(turns.each(), vec![1; inputs.len()], "calls of the job for each input, {count} threads");
        assert_eq!(results, vec![0; inputs.len()], "results, {count} threads");
    }
}

/// The job gets the input itself, not a copy, and equal inputs are not one input.
#[test]
fn the_job_is_given_the_inputs_themselves() {
    let inputs = [7_usize, 7, 7];
    let seen = Mutex::new(Vec::new());
    let places = run(&inputs, 2, &|input| {
        seen.lock().unwrap().push(*input);
        std::ptr::from_ref(input).addr()
    });
    let expected: Vec<usize> = inputs.iter().map(|input| std::ptr::from_ref(input).addr()).collect();
    assert_eq!(places, expected, "where the inputs were that the job was given");
    assert_eq!(seen.into_inner().unwrap(), inputs);
}

#[test]
fn without_inputs_the_job_is_not_called() {
    let calls = AtomicUsize::new(0);
    let inputs: [usize; 0] = [];
    for count in [1, 2] {
        let results = run(&inputs, count, &|input| {
            calls.fetch_add(1, Ordering::Relaxed);
            *input
        });
        assert!(results.is_empty(), "no inputs, {} results", results.len());
    }
    let results = benchmark::run_sequential(&inputs, |input| {
        calls.fetch_add(1, Ordering::Relaxed);
        *input
    });
    assert!(results.is_empty(), "no inputs, {} results", results.len());
    assert_eq!(calls.load(Ordering::Relaxed), 0, "calls of the job");
}

#[test]
fn every_result_is_handed_over_and_none_is_kept() {
    let alive = AtomicUsize::new(0);
    let inputs = [0, 1, 2];
    for count in [1, 2] {
        let results = run(&inputs, count, &|input| Counted::new(*input, &alive));
        assert_eq!(alive.load(Ordering::Relaxed), 3, "results that exist while the caller holds all of them");
        let numbers: Vec<usize> = results.iter().map(|result| result.number).collect();
        assert_eq!(numbers, inputs, "the results");
        drop(results);
        assert_eq!(alive.load(Ordering::Relaxed), 0, "results that exist after the caller dropped them");
    }
}

/// Each job waits for the one behind it: they end in reverse order.
#[cfg(engine = "stress")]
#[test]
fn jobs_that_end_in_reverse_order_leave_their_results_in_place() {
    for count in [2, 3, 5, 16] {
        let inputs: Vec<usize> = (0..count).collect();
        let ended = Gauge::default();
        let results = run(&inputs, count, &|input| {
            ended.wait_for(count - 1 - input);
            ended.rise();
            *input
        });
        assert_eq!(results, inputs, "{count} threads, {count} inputs");
    }
}

/// Jobs of very different durations, many times.
#[cfg(engine = "stress")]
#[test]
fn the_order_holds_however_long_the_jobs_take() {
    let mut rng = Rng::new(seed());
    let mut below = |limit| usize::try_from(rng.below(limit)).expect("a small number");
    for _ in 0..300 {
        let count = below(6) + 1;
        let inputs: Vec<usize> = (0..below(40)).map(|_| below(400)).collect();
        let results = run(&inputs, count, &|input| {
            for turn in 0..*input {
                std::hint::black_box(turn);
                if turn % 100 == 99 {
                    thread::yield_now();
                }
            }
            *input
        });
        assert_eq!(results, inputs, "{count} threads, {} inputs", inputs.len());
    }
}

#[cfg(engine = "stress")]
#[test]
fn run_sequential_does_one_job_after_the_other() {
    let calls = Mutex::new(Vec::new());
    let me = thread::current().id();
    let inputs: Vec<usize> = (0..20).map(|number| number * 5).collect();
    let results = benchmark::run_sequential(&inputs, |input| {
        // Held while the job runs: a second job at the same time would find it taken.
        let mut calls = calls.try_lock().expect("only one job runs at a time");
        assert_eq!(thread::current().id(), me, "the thread of the job");
        calls.push(*input);
        input + 1
    });
    assert_eq!(results, inputs.iter().map(|input| input + 1).collect::<Vec<_>>(), "the results");
    let mut calls = calls.into_inner().unwrap();
    calls.sort_unstable();
    assert_eq!(calls, inputs, "the inputs that the job was called with");
}

/// Another call runs at the same time, on inputs of its own.
#[test]
fn two_calls_do_not_disturb_each_other() {
    #[cfg(engine = "model")]
    const ROUNDS: usize = 1;
    #[cfg(engine = "stress")]
    const ROUNDS: usize = 200;
    for _ in 0..ROUNDS {
        scoped(|scope| {
            let other = start("caller", scope, || run(&[1_usize, 2], 1, &|input| input * 10));
            let mine = run(&[3_usize], 1, &|input| input * 10);
            assert_eq!(mine, [30], "the results of one call, while there was another");
            assert_eq!(finish(other), [10, 20], "the results of the other call");
        });
    }
}

/// A job that calls `run_threaded` itself: the inner call has as many jobs running as any other.
#[cfg(engine = "stress")]
#[test]
fn a_job_may_call_run_threaded() {
    let sums = run(&[0, 1, 2, 3, 4, 5], 3, &|row| {
        let row: Vec<usize> = (0..*row).collect();
        run(&row, 2, &|number| number + 1).into_iter().sum::<usize>()
    });
    assert_eq!(sums, [0, 1, 3, 6, 10, 15], "the sums of the rows");
    for (outer, inner) in [(1, 2), (2, 3)] {
        run_all(&vec![0; outer], outer, &|_| {
            let everybody = Barrier::new(inner);
            run_all(&vec![0; 2 * inner], inner, &|_| drop(everybody.wait()));
        });
    }
    for count in [1, 2] {
        a_destructor_may_call_it(count);
    }
}

/// A thread that unwinds already is not one whose job has panicked.
#[cfg(engine = "stress")]
fn a_destructor_may_call_it(count: usize) {
    struct CleansUp<'a>(&'a Turns, usize);
    impl Drop for CleansUp<'_> {
        fn drop(&mut self) {
            let work = || run(&[0, 1, 2], self.1, &|input| self.0.take(*input));
            // A panic that leaves a destructor while another one unwinds ends the process.
            drop(panic::catch_unwind(AssertUnwindSafe(work)));
        }
    }
    let turns = Turns::of(3);
    survive(|| {
        let _cleans_up = CleansUp(&turns, count);
        panics();
    });
    assert_eq!(
        turns.each(),
        [1; 3],
        "calls of the job for each input, in a thread that unwinds, {count} threads"
    );
}
