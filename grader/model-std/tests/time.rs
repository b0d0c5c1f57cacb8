//! The virtual clock: time passes for a thread that waits for it, in whatever way.

mod outcomes;

use std::sync::Arc;
use std::time::Duration;

use model_std::model::Cause;
use model_std::sync::atomic::AtomicBool;
use model_std::sync::atomic::Ordering::{Acquire, Release};
use model_std::thread;
use model_std::time::Instant;
use outcomes::{failure, outcomes, passes, set};

const MOMENT: Duration = Duration::from_millis(2);

#[test]
fn a_loop_over_the_clock_alone_ends() {
    for time in [Duration::from_nanos(1), MOMENT, Duration::from_secs(3_600 * 24 * 365)] {
        passes(move || {
            let start = Instant::now();
            while start.elapsed() < time {}
            let end = Instant::now();
            assert!(end - start >= time, "it does not go back");
        });
    }
}

#[test]
fn a_loop_over_the_clock_with_other_steps_ends() {
    passes(|| {
        let start = Instant::now();
        while start.elapsed() < MOMENT {
            thread::yield_now();
        }
    });
    passes(|| {
        let (start, flag) = (Instant::now(), AtomicBool::new(false));
        while start.elapsed() < MOMENT && !flag.load(Acquire) {}
    });
}

#[test]
fn a_look_for_a_flag_until_a_deadline_ends_in_both_ways() {
    let ends = outcomes::outcomes_within(1, || {
        let flag = Arc::new(AtomicBool::new(false));
        let theirs = Arc::clone(&flag);
        let setter = thread::spawn(move || theirs.store(true, Release));
        let deadline = Instant::now() + MOMENT;
        let mut came = false;
        while !came && Instant::now() < deadline {
            came = flag.load(Acquire);
        }
        setter.join().unwrap();
        came
    });
    assert_eq!(ends, set([false, true]));
}

#[test]
fn a_loop_over_the_clock_that_never_ends_is_found() {
    let failure = failure(|| {
        let start = Instant::now();
        while Instant::now() >= start {}
    });
    assert!(matches!(failure.cause, Cause::TooManySteps { .. }), "{failure}");
}

#[test]
fn a_few_looks_at_the_clock_take_no_time() {
    let elapsed = outcomes(|| {
        let start = Instant::now();
        (0..50).map(|_| start.elapsed()).max()
    });
    assert_eq!(elapsed, set([Some(Duration::ZERO)]));
}
