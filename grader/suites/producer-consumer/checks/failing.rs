//! A `number` that panics: the panic reaches the caller when all threads have ended, and no thread hangs.

use std::panic::{self, AssertUnwindSafe};
use std::sync::Mutex;
#[cfg(engine = "stress")]
use std::thread;

use producer_consumer::Pipeline;

#[cfg(engine = "stress")]
use crate::instruments::{assert_squares, await_threads, threads};
use crate::instruments::{distinct, pipeline, run_pipeline};

/// Which call of `number` panics, of which producer.
#[derive(Clone, Copy, Debug)]
enum Fatal {
    Call(usize, u64),
    EveryLast,
}

impl Fatal {
    fn hits(self, producer: usize, i: u64, items: u64) -> bool {
        match self {
            Self::Call(fatal, call) => producer == fatal && i == call,
            Self::EveryLast => i + 1 == items,
        }
    }
}

/// How many calls of `number` are running.
#[derive(Default)]
struct Running(Mutex<u64>);

impl Running {
    fn during<R>(&self, call: impl FnOnce() -> R) -> R {
        *self.0.lock().unwrap() += 1;
        let result = panic::catch_unwind(AssertUnwindSafe(call));
        *self.0.lock().unwrap() -= 1;
        result.unwrap_or_else(|payload| panic::resume_unwind(payload))
    }
}

/// The panic must come out of `run_pipeline`, not before the last call of `number` has ended.
fn fails(pipeline: &Pipeline, fatal: Fatal) {
    let running = Running::default();
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| {
        run_pipeline(pipeline, &|producer, i| {
            running.during(|| {
                #[cfg(engine = "stress")]
                thread::yield_now();
                assert!(
                    !fatal.hits(producer, i, pipeline.items_per_producer),
                    "the check makes this call panic"
                );
                distinct(producer, i)
            })
        })
    }));
    assert!(outcome.is_err(), "{fatal:?} of `number` panicked, and `run_pipeline` of {pipeline:?} returned");
    assert_eq!(
        *running.0.lock().unwrap(),
        0,
        "calls of `number` that still ran when the panic reached the caller"
    );
}

#[cfg(engine = "model")]
#[test]
fn at_the_first_number() {
    fails(&pipeline(1, 1, 1, 1), Fatal::Call(0, 0));
}

#[cfg(engine = "model")]
#[test]
fn at_the_last_number() {
    fails(&pipeline(1, 1, 1, 2), Fatal::EveryLast);
}

#[cfg(engine = "model")]
#[test]
fn with_two_consumers() {
    fails(&pipeline(1, 2, 1, 1), Fatal::Call(0, 0));
}

#[cfg(engine = "model")]
#[test]
fn of_one_of_two_producers() {
    fails(&pipeline(2, 1, 1, 1), Fatal::Call(0, 0));
}

#[cfg(engine = "stress")]
#[test]
fn at_any_time() {
    for (producers, consumers, capacity, items) in
        [(1, 1, 1, 1), (1, 1, 1, 9), (3, 2, 10, 100), (3, 2, 1, 30), (2, 6, 2, 5), (6, 2, 2, 5)]
    {
        let pipeline = pipeline(producers, consumers, capacity, items);
        for producer in [0, producers - 1] {
            for call in [0, items / 2, items - 1] {
                fails(&pipeline, Fatal::Call(producer, call));
            }
        }
        fails(&pipeline, Fatal::EveryLast);
        // A run that failed does not affect the next one.
        assert_squares(&run_pipeline(&pipeline, &distinct), &pipeline, distinct);
    }
}

#[cfg(engine = "stress")]
#[test]
fn with_a_value_that_is_no_text() {
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| {
        run_pipeline(&pipeline(2, 2, 1, 5), &|producer, i| {
            if (producer, i) == (1, 3) {
                panic::panic_any(17_u8);
            }
            1
        })
    }));
    assert!(outcome.is_err(), "`number` panicked, and `run_pipeline` returned {:?}", outcome.ok());
}

/// Threads that stay blocked do not keep the panic from the caller, but they are left behind.
#[cfg(engine = "stress")]
#[test]
fn leaves_no_thread_behind() {
    let Some(before) = threads() else { return };
    for _ in 0..10 {
        fails(&pipeline(2, 4, 1, 5), Fatal::Call(0, 2));
    }
    let after = await_threads(|now| now <= before);
    assert!(after <= Some(before), "{after:?} threads after ten runs that failed, {before} before them");
}
