//! Jobs that panic.

use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicUsize, Ordering};

#[cfg(engine = "stress")]
use crate::instruments::Gauge;
use crate::instruments::{Counted, Room, run};

/// Numbers of threads and of inputs.
#[cfg(engine = "model")]
const SIZES: [(usize, usize); 1] = [(2, 2)];
#[cfg(engine = "stress")]
const SIZES: [(usize, usize); 8] = [(1, 1), (1, 4), (2, 2), (2, 5), (3, 3), (4, 20), (8, 20), (20, 5)];

/// The job of one input panics.
fn one_panic(count: usize, inputs: usize, fatal: usize) {
    let inputs: Vec<usize> = (0..inputs).collect();
    let room = Room::default();
    let result = panic::catch_unwind(AssertUnwindSafe(|| {
        run(&inputs, count, &|input| {
            room.visit();
            assert_ne!(*input, fatal, "the check makes this job panic");
            *input
        })
    }));
    assert!(result.is_err(), "the job of input {fatal} panicked, and `run_threaded` returned {result:?}");
    assert_eq!(room.inside(), 0, "jobs that still ran when the panic reached the caller");
}

#[test]
fn a_panic_in_a_job_reaches_the_caller() {
    #[cfg(engine = "model")]
    one_panic(2, 2, 0);
    #[cfg(engine = "stress")]
    for (count, inputs) in SIZES {
        (0..inputs).for_each(|fatal| one_panic(count, inputs, fatal));
    }
}

/// There is one thread, and there are inputs left.
#[cfg(engine = "model")]
#[test]
fn a_panic_on_the_only_thread_reaches_the_caller() {
    one_panic(1, 3, 0);
}

/// More threads than inputs: some of them have nothing to do.
#[cfg(engine = "model")]
#[test]
fn a_panic_beside_idle_threads_reaches_the_caller() {
    one_panic(3, 1, 0);
}

/// The job that does not panic ends after the panic, if it can.
#[test]
fn the_panic_reaches_the_caller_after_all_threads_have_ended() {
    let room = Room::default();
    let result = panic::catch_unwind(AssertUnwindSafe(|| {
        run(&[0_usize, 1], 2, &|input| {
            room.enter();
            assert_ne!(*input, 0, "the check makes this job panic");
            room.leave();
            *input
        })
    }));
    assert!(result.is_err(), "a job panicked, and `run_threaded` returned");
    assert_eq!(room.inside(), 1, "jobs that entered and did not leave: the one that panicked");
}

#[test]
fn it_does_not_matter_what_a_job_panics_with() {
    let kinds: [fn(); 5] = [
        || panic!("a literal from the check"),
        || panic!("a formatted text with the number {} from the check", 2),
        || panic::panic_any(17_u64),
        || panic::panic_any(()),
        || panic::resume_unwind(Box::new(vec![1_u8, 2])),
    ];
    for panics in kinds {
        let result = panic::catch_unwind(|| {
            run(&[0_usize], 2, &|input| {
                panics();
                *input
            })
        });
        assert!(result.is_err(), "a job panicked, and `run_threaded` returned {result:?}");
    }
}

#[test]
fn several_jobs_may_panic() {
    for (count, inputs) in SIZES {
        let inputs: Vec<usize> = (0..inputs).collect();
        let result = panic::catch_unwind(AssertUnwindSafe(|| {
            run(&inputs, count, &|input| -> usize {
                panic!("the check makes every job panic, and this is job {input}")
            })
        }));
        assert!(result.is_err(), "every job panicked, and `run_threaded` returned {result:?}");
    }
}

#[test]
fn results_of_other_jobs_are_dropped_when_one_panics() {
    for (count, inputs) in SIZES {
        let alive = AtomicUsize::new(0);
        let inputs: Vec<usize> = (0..inputs).collect();
        let result = panic::catch_unwind(AssertUnwindSafe(|| {
            run(&inputs, count, &|input| {
                let result = Counted::new(*input, &alive);
                assert_ne!(input + 1, inputs.len(), "the check makes this job panic");
                result
            })
        }));
        assert!(result.is_err(), "a job panicked, and `run_threaded` returned");
        drop(result);
        assert_eq!(alive.load(Ordering::Relaxed), 0, "results that still exist");
    }
}

/// A panic ends a thread, but not the jobs that others have begun.
#[cfg(engine = "stress")]
#[test]
fn a_panic_does_not_cut_off_the_jobs_that_run() {
    for count in [2, 4, 8] {
        let (panicking, ended) = (Gauge::default(), AtomicUsize::new(0));
        let inputs: Vec<usize> = (0..count).collect();
        let result = panic::catch_unwind(AssertUnwindSafe(|| {
            run(&inputs, count, &|input| {
                panicking.rise();
                panicking.wait_for(count);
                assert_ne!(*input, 0, "the check makes this job panic");
                for _ in 0..50 {
                    std::thread::yield_now();
                }
                ended.fetch_add(1, Ordering::Relaxed)
            })
        }));
        assert!(result.is_err(), "a job panicked, and `run_threaded` returned");
        assert_eq!(ended.load(Ordering::Relaxed), count - 1, "jobs that ran to completion");
    }
}

#[cfg(engine = "stress")]
#[test]
fn a_panic_in_a_sequential_job_reaches_the_caller() {
    let result = panic::catch_unwind(|| {
        benchmark::run_sequential(&[1, 2, 3], |input| {
            assert_ne!(*input, 2, "the check makes this job panic");
            *input
        })
    });
    assert!(result.is_err(), "a job panicked, and `run_sequential` returned {result:?}");
}
