//! `compare` and `Comparison`.

#[cfg(engine = "stress")]
use std::panic::{self, AssertUnwindSafe};
use std::sync::Mutex;
#[cfg(engine = "model")]
use std::thread;
use std::time::Duration;

use benchmark::Comparison;
#[cfg(engine = "model")]
use harness::model::lateness;

#[cfg(engine = "model")]
use crate::instruments::Room;
use crate::instruments::measure;

fn ms(milliseconds: usize) -> Duration {
    Duration::from_millis(milliseconds as u64)
}

#[cfg(engine = "model")]
fn us(microseconds: usize) -> Duration {
    Duration::from_micros(microseconds as u64)
}

/// Each job sleeps for a while. In the model nothing else takes time, so both durations are exact, but for threads
/// that are late.
#[cfg(engine = "model")]
fn sleeping(jobs: &[usize], count: usize) -> Comparison {
    measure(jobs, count, &|microseconds| thread::sleep(us(*microseconds)))
}

#[cfg(engine = "model")]
#[test]
fn each_time_is_that_of_its_own_way() {
    let Comparison { sequential, threaded } = sleeping(&[10_250, 40_500], 2);
    let late = lateness();
    assert!(
        (us(50_750)..=us(50_750) + late).contains(&sequential),
        "the time of jobs of 10.25 ms and 40.5 ms, one after the other: {sequential:?}"
    );
    assert!(
        (us(40_500)..=us(50_750) + late).contains(&threaded),
        "the time of jobs of 10.25 ms and 40.5 ms on two threads: {threaded:?}"
    );
}

#[cfg(engine = "model")]
#[test]
fn jobs_on_threads_overlap_in_time() {
    harness::model::expect_some(|| sleeping(&[10_250, 40_500], 2).threaded == us(40_500));
}

/// A job that sleeps lets others begin: given enough threads, two of them overlap, and three take the time of
/// one. Given one thread, none does.
#[cfg(engine = "model")]
#[test]
fn compare_uses_the_threads_that_it_is_given() {
    harness::model::expect_some(|| {
        // Either of the two: what happens in one has nothing to do with the other.
        if harness::model::choose(2) == 0 {
            return sleeping(&[10_000; 3], 3).threaded == ms(10);
        }
        let room = Room::default();
        measure(&[0; 2], 1, &|_| {
            room.enter();
            thread::sleep(ms(10));
            room.leave();
        });
        assert_eq!(room.most(), 1, "jobs at once on one thread");
        false
    });
}

/// What a job records about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event {
    Begins(usize),
    Ends(usize),
}

#[test]
fn each_input_is_worked_on_once_in_each_way() {
    #[cfg(engine = "model")]
    const SIZES: [(usize, usize); 1] = [(2, 2)];
    #[cfg(engine = "stress")]
    const SIZES: [(usize, usize); 6] = [(1, 1), (1, 5), (2, 2), (4, 20), (8, 3), (3, 100)];
    for (count, inputs) in SIZES {
        let inputs: Vec<usize> = (0..inputs).collect();
        let events = Mutex::new(Vec::new());
        measure(&inputs, count, &|input| {
            events.lock().unwrap().push(Event::Begins(*input));
            #[cfg(engine = "stress")]
            std::thread::yield_now();
            events.lock().unwrap().push(Event::Ends(*input));
        });
        let events = events.into_inner().unwrap();
        assert_eq!(events.len(), inputs.len() * 4, "each input's job begins and ends twice: {events:?}");
        let (first, second) = events.split_at(inputs.len() * 2);
        for way in [first, second] {
            let mut all = way.to_vec();
            all.sort_unstable_by_key(|event| match event {
                Event::Begins(input) => (*input, 0),
                Event::Ends(input) => (*input, 1),
            });
            let expected: Vec<_> =
                inputs.iter().flat_map(|&input| [Event::Begins(input), Event::Ends(input)]).collect();
            assert_eq!(
                all, expected,
                "the events of one of the two ways, sorted: every input begins and ends once"
            );
        }
        let sequential = |way: &[Event]| {
            way.chunks(2).all(|pair| matches!(pair, [Event::Begins(one), Event::Ends(other)] if one == other))
        };
        assert!(
            sequential(first) || sequential(second),
            "jobs overlapped in both ways, and one of them is sequential: {events:?}"
        );
    }
}

#[cfg(engine = "stress")]
#[test]
fn nothing_to_do_takes_hardly_any_time_and_no_call() {
    let calls = Mutex::new(0);
    let comparison = measure(&[], 3, &|_| *calls.lock().unwrap() += 1);
    assert_eq!(calls.into_inner().unwrap(), 0, "calls of the job");
    let copy = comparison;
    assert_eq!((copy.sequential, copy.threaded), (comparison.sequential, comparison.threaded));
}

/// A sleep takes at least its time, on real threads too.
#[cfg(engine = "stress")]
#[test]
fn no_time_is_shorter_than_its_jobs() {
    let Comparison { sequential, threaded } =
        measure(&[20, 30, 10, 20], 4, &|milliseconds| std::thread::sleep(ms(*milliseconds)));
    assert!(sequential >= ms(80), "jobs of 80 ms in total, one after the other, took {sequential:?}");
    assert!(threaded >= ms(30), "the longest of the jobs takes 30 ms, all together took {threaded:?}");
}

#[cfg(engine = "stress")]
#[test]
fn the_speed_up_is_sequential_by_threaded() {
    let cases = [
        (ms(4_000), ms(1_000), 4.0),
        (ms(1_000), ms(4_000), 0.25),
        (ms(700), ms(700), 1.0),
        (ms(1_500), ms(1_000), 1.5),
        (ms(7), ms(2), 3.5),
        (Duration::from_micros(900), Duration::from_micros(600), 1.5),
        (Duration::from_nanos(900), Duration::from_nanos(600), 1.5),
        (Duration::new(1, 250_000_000), Duration::new(0, 500_000_000), 2.5),
        (Duration::from_secs(7_200), Duration::from_secs(3_600), 2.0),
        (Duration::from_secs(10), Duration::from_micros(100), 1e5),
    ];
    for (sequential, threaded, expected) in cases {
        let speedup = Comparison { sequential, threaded }.speedup();
        assert!(
            (speedup / expected - 1.0).abs() < 1e-6,
            "{sequential:?} sequentially, {threaded:?} on threads: the speed-up is {expected}, not {speedup}"
        );
    }
}

#[cfg(engine = "stress")]
#[test]
fn a_panic_in_a_compared_job_reaches_the_caller() {
    for fatal in 0..4 {
        // In the first and in the second call for an input: one of the two is on threads.
        for turn in 0..2 {
            let turns = crate::instruments::Turns::of(4);
            let result = panic::catch_unwind(AssertUnwindSafe(|| {
                measure(&[0, 1, 2, 3], 2, &|input| {
                    let panics = turns.take(*input) == turn && *input == fatal;
                    assert!(!panics, "the check makes this job panic");
                })
            }));
            assert!(
                result.is_err(),
                "job {fatal} panicked in call {turn}, and `compare` returned {result:?}"
            );
        }
    }
}
