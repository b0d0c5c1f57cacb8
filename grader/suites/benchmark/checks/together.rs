//! `run_threaded` under the `Gil`: what waits overlaps, what computes does not.

use std::sync::Barrier;
#[cfg(engine = "model")]
use std::{thread, time::Duration};

use benchmark::Gil;

#[cfg(engine = "model")]
use crate::instruments::measure;
use crate::instruments::{Room, attach, detach, run, run_all};

#[cfg(engine = "model")]
const SIZES: [(usize, usize); 1] = [(2, 2)];
#[cfg(engine = "stress")]
const SIZES: [(usize, usize); 4] = [(2, 2), (2, 20), (4, 20), (10, 20)];

#[test]
fn jobs_that_compute_run_one_at_a_time_under_the_gil() {
    for (count, inputs) in SIZES {
        let (gil, room, inputs) = (Gil::new(), Room::default(), vec![0; inputs]);
        let inside = run(&inputs, count, &|_| {
            attach(&gil, |_| {
                let now = room.enter();
                // Whoever should not be inside as well has many chances to come.
                #[cfg(engine = "stress")]
                (0..100).for_each(|_| std::thread::yield_now());
                room.leave();
                now
            })
        });
        assert_eq!(inside, vec![1; inputs.len()], "jobs that were attached at the same time, for each job");
    }
}

#[test]
fn jobs_that_wait_overlap_under_the_gil() {
    for (count, inputs) in SIZES {
        let (gil, everybody, inputs) = (Gil::new(), Barrier::new(count), vec![0; inputs]);
        run_all(&inputs, count, &|_| {
            attach(&gil, |attached| {
                detach(attached, || {
                    everybody.wait();
                })
            })
        });
    }
}

/// What the exercise measures, exact in the model: only sleeping takes time there.
#[cfg(engine = "model")]
#[test]
fn time_spent_waiting_overlaps_under_the_gil() {
    harness::model::expect_some(|| {
        let gil = Gil::new();
        let wait = |milliseconds: &usize| {
            attach(&gil, |attached| {
                detach(attached, || thread::sleep(Duration::from_millis(*milliseconds as u64)))
            })
        };
        measure(&[10, 40], 2, &wait).threaded == Duration::from_millis(40)
    });
}
