//! `run_pipeline`: what it calls, what it reports, and which threads work when.

#[cfg(engine = "model")]
use std::cell::RefCell;
use std::collections::HashSet;
#[cfg(engine = "model")]
use std::sync::Arc;
use std::sync::Mutex;
#[cfg(engine = "stress")]
use std::sync::{Barrier, Condvar};
use std::thread;
use std::time::{Duration, Instant};

#[cfg(engine = "model")]
use harness::model::own_lateness;
use producer_consumer::{Pipeline, PipelineReport};

use crate::instruments::{assert_squares, distinct, pipeline, run_pipeline};
#[cfg(engine = "stress")]
use crate::instruments::{await_threads, threads};

/// Producers, consumers, capacity, items of each producer.
#[cfg(engine = "stress")]
const SIZES: [(usize, usize, usize, u64); 9] = [
    (1, 1, 1, 1),
    (1, 1, 1, 100),
    (3, 2, 10, 100),
    (3, 2, 1, 50),
    (2, 5, 3, 1),
    (5, 2, 1_000, 3),
    (1, 8, 2, 20),
    (8, 1, 2, 20),
    (2, 2, 4, 17),
];
/// One run for each check: the interleavings of two runs multiply.
#[cfg(engine = "model")]
const SIZES: [(usize, usize, usize, u64); 1] = [(1, 1, 1, 2)];

#[test]
fn it_squares_every_number_once() {
    for (producers, consumers, capacity, items) in SIZES {
        let pipeline = pipeline(producers, consumers, capacity, items);
        assert_squares(&run_pipeline(&pipeline, &distinct), &pipeline, distinct);
    }
}

#[cfg(engine = "model")]
#[test]
fn two_consumers_end_with_one_producer() {
    let pipeline = pipeline(1, 2, 1, 1);
    assert_squares(&run_pipeline(&pipeline, &distinct), &pipeline, distinct);
}

/// Two numbers, so that both consumers may have one in hand at a time.
#[cfg(engine = "model")]
#[test]
fn two_consumers_share_two_numbers() {
    let pipeline = pipeline(1, 2, 2, 2);
    assert_squares(&run_pipeline(&pipeline, &distinct), &pipeline, distinct);
}

#[cfg(engine = "model")]
#[test]
fn one_consumer_ends_with_two_producers() {
    let pipeline = pipeline(2, 1, 1, 1);
    assert_squares(&run_pipeline(&pipeline, &distinct), &pipeline, distinct);
}

/// Records, when its thread ends, whether time has passed for that thread while it waited.
#[cfg(engine = "model")]
struct AtTheEnd {
    start: Instant,
    late: Arc<Mutex<bool>>,
}

#[cfg(engine = "model")]
impl Drop for AtTheEnd {
    fn drop(&mut self) {
        *self.late.lock().unwrap() |= self.start.elapsed() > own_lateness();
    }
}

/// The first producer sleeps, which takes time. Time passes for the second one only if it is woken by a
/// thread for which it has passed: a consumer that has waited for the first one. So the second one was
/// blocked. It has a number to spare: one may go straight to a consumer that waits, and takes up no place.
#[cfg(engine = "model")]
#[test]
fn a_full_buffer_holds_a_producer_up() {
    thread_local! {
        static WITNESS: RefCell<Option<AtTheEnd>> = const { RefCell::new(None) };
    }
    harness::model::expect_some(|| {
        let caller = thread::current().id();
        let late = Arc::new(Mutex::new(false));
        run_pipeline(&pipeline(2, 1, 1, 3), &|producer, i| {
            match (producer, i) {
                (0, 0) => thread::sleep(Duration::from_secs(1)),
                // The caller is woken by all the threads that it joins.
                (1, 0) if thread::current().id() == caller => *late.lock().unwrap() = true,
                (1, 0) => {
                    let witness = AtTheEnd { start: Instant::now(), late: Arc::clone(&late) };
                    WITNESS.with(|place| *place.borrow_mut() = Some(witness));
                }
                _ => (),
            }
            1
        });
        let late = late.lock().unwrap();
        *late
    });
}

#[test]
fn it_asks_once_for_every_number() {
    for (producers, consumers, capacity, items) in SIZES {
        let calls = Mutex::new(Vec::new());
        let pipeline = pipeline(producers, consumers, capacity, items);
        run_pipeline(&pipeline, &|producer, i| {
            calls.lock().unwrap().push((producer, i, thread::current().id()));
            0
        });
        let calls = calls.into_inner().unwrap();
        let mut pairs: Vec<_> = calls.iter().map(|&(producer, i, _)| (producer, i)).collect();
        pairs.sort_unstable();
        let expected: Vec<_> =
            (0..producers).flat_map(|producer| (0..items).map(move |i| (producer, i))).collect();
        assert_eq!(pairs, expected, "the calls of `number`, sorted, of {pipeline:?}");
        let threads: HashSet<_> = calls.iter().map(|&(_, _, thread)| thread).collect();
        assert!(threads.len() <= producers, "{} threads called `number`, of {pipeline:?}", threads.len());
    }
}

/// The same number many times, zero, one, and the largest there is.
#[cfg(engine = "stress")]
#[test]
fn equal_small_and_large_numbers_are_squared_alike() {
    let pipeline = pipeline(3, 2, 4, 12);
    for number in [0, 1, 2, 65_535, 65_536, 65_537, u32::MAX] {
        assert_squares(&run_pipeline(&pipeline, &|_, _| number), &pipeline, |_, _| number);
    }
    let mixed = |producer: usize, i: u64| if producer == 1 { 0 } else { i as u32 % 2 };
    assert_squares(&run_pipeline(&pipeline, &mixed), &pipeline, mixed);
}

#[test]
fn without_items_it_reports_nothing() {
    let report = run_pipeline(&pipeline(1, 2, 1, 0), &|_, _| unreachable!("there is nothing to make"));
    assert_eq!(report.squares.len(), 0, "squares of no numbers");
}

#[cfg(engine = "stress")]
#[test]
fn every_run_stands_alone() {
    let one = pipeline(1, 1, 1, 1);
    for number in [7, 8] {
        assert_squares(&run_pipeline(&one, &|_, _| number), &one, |_, _| number);
    }
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let many = pipeline(2, 2, 3, 500);
                assert_squares(&run_pipeline(&many, &distinct), &many, distinct);
            });
        }
    });
}

/// A run inside of a `number` of another one.
#[cfg(engine = "stress")]
#[test]
fn a_pipeline_may_run_inside_another() {
    let (outer, inner) = (pipeline(2, 2, 2, 5), pipeline(1, 1, 1, 3));
    let sum = |producer: usize, i: u64| {
        let report = run_pipeline(&inner, &|_, k| producer as u32 + k as u32);
        report.squares.iter().sum::<u64>() as u32 + i as u32
    };
    let expected = |producer: usize, i: u64| {
        let producer = producer as u32;
        producer.pow(2) + (producer + 1).pow(2) + (producer + 2).pow(2) + i as u32
    };
    assert_squares(&run_pipeline(&outer, &sum), &outer, expected);
}

/// Every producer's first `number` waits for the first of all others.
#[cfg(engine = "stress")]
#[test]
fn all_producers_are_at_work_at_the_same_time() {
    for producers in [2, 3, 300] {
        let everybody = Barrier::new(producers);
        let pipeline = pipeline(producers, 2, 2, 3);
        let report = run_pipeline(&pipeline, &|producer, i| {
            if i == 0 {
                everybody.wait();
            }
            distinct(producer, i)
        });
        assert_squares(&report, &pipeline, distinct);
    }
}

/// One producer is blocked; the other one and the consumers must go on.
#[cfg(engine = "stress")]
#[test]
fn a_slow_producer_does_not_hold_up_the_others() {
    const ITEMS: u64 = 200;
    let (done, changed) = (Mutex::new(0), Condvar::new());
    let pipeline = pipeline(2, 2, 2, ITEMS);
    let report = run_pipeline(&pipeline, &|producer, i| {
        if producer == 0 && i == 0 {
            // Far more numbers than fit into the buffer: they must have gone through it.
            drop(changed.wait_while(done.lock().unwrap(), |done| *done < ITEMS).unwrap());
        }
        if producer == 1 {
            *done.lock().unwrap() += 1;
            changed.notify_all();
        }
        distinct(producer, i)
    });
    assert_squares(&report, &pipeline, distinct);
}

/// While a producer works, all other threads of the pipeline exist. The caller may be one of them.
#[cfg(engine = "stress")]
#[test]
fn it_starts_as_many_threads_as_asked() {
    let Some(before) = threads() else { return };
    for (producers, consumers) in [(1, 6), (4, 4), (5, 3), (2, 100)] {
        // Threads of the last run may be on the list for a moment after they were joined.
        await_threads(|now| now <= before);
        let expected = before + producers + consumers - 1;
        let seen = Mutex::new(None);
        // No producer goes on before the first one has counted: so none of them has ended.
        let counted = Barrier::new(producers);
        run_pipeline(&pipeline(producers, consumers, 2, 1), &|producer, _| {
            if producer == 0 {
                *seen.lock().unwrap() = await_threads(|now| now >= expected);
            }
            counted.wait();
            1
        });
        assert!(
            seen.into_inner().unwrap() >= Some(expected),
            "fewer than {expected} threads with {producers} producers and {consumers} consumers at work"
        );
    }
}

#[cfg(engine = "stress")]
#[test]
fn it_leaves_no_thread_behind() {
    let Some(before) = threads() else { return };
    for _ in 0..20 {
        run_pipeline(&pipeline(3, 4, 2, 10), &distinct);
    }
    let after = await_threads(|now| now <= before);
    assert!(after <= Some(before), "{after:?} threads after twenty runs, {before} before them");
}

#[cfg(engine = "stress")]
#[test]
fn it_measures_the_whole_run() {
    let (first, last) = (Duration::from_millis(40), Duration::from_millis(60));
    let start = Instant::now();
    // Two producers sleep at the same time: the times of all threads together are more than that of the run.
    let report = run_pipeline(&pipeline(2, 1, 1, 3), &|_, i| {
        match i {
            0 => thread::sleep(first),
            2 => thread::sleep(last),
            _ => (),
        }
        1
    });
    let around = start.elapsed();
    // With some tolerance: the clock may start a moment later, but neither sleep may be left out.
    let least = (first + last) * 4 / 5;
    assert!(report.elapsed >= least, "{:?} measured, `number` alone took {:?}", report.elapsed, first + last);
    assert!(report.elapsed <= around, "{:?} measured, the whole call took {around:?}", report.elapsed);
}

#[cfg(engine = "stress")]
#[test]
fn its_throughput_is_items_by_seconds() {
    let report = |items: usize, elapsed: Duration| PipelineReport { squares: vec![4; items], elapsed };
    for (items, elapsed, expected) in [
        (10, Duration::from_secs(2), 5.0),
        (1, Duration::from_secs(4), 0.25),
        (3, Duration::from_millis(1_500), 2.0),
        (10, Duration::from_millis(20), 500.0),
        (5, Duration::from_micros(250), 20_000.0),
        (3, Duration::from_nanos(1_500), 2e6),
        (0, Duration::from_secs(1), 0.0),
        (700, Duration::from_secs(7_000), 0.1),
    ] {
        let found = report(items, elapsed).items_per_second();
        assert!(
            (found - expected).abs() <= expected * 1e-4,
            "{items} items in {elapsed:?}: {found} per second"
        );
    }
}

#[cfg(engine = "stress")]
#[test]
fn the_usual_pipeline_is_that_of_the_task() {
    let Pipeline { producers, consumers, capacity, items_per_producer: _ } = Pipeline::default();
    assert_eq!(
        (producers, consumers, capacity.get()),
        (3, 2, 10),
        "producers, consumers, capacity by default"
    );
    let other = Clone::clone(&Pipeline { items_per_producer: 5, ..Pipeline::default() });
    assert!(format!("{other:?}").contains("items_per_producer: 5"), "`derive(Debug)`");
    let report = Clone::clone(&run_pipeline(&other, &distinct));
    assert_squares(&report, &other, distinct);
    assert!(format!("{report:?}").contains("squares"), "`derive(Debug)`");
}
