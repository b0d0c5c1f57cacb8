//! How many jobs run at once, and which.

use std::sync::Barrier;

use crate::instruments::{Gauge, Room, Turns, run, run_all};

#[cfg(engine = "model")]
#[test]
fn never_more_jobs_at_once_than_threads() {
    let room = Room::default();
    let most = run(&[0; 3], 2, &|_| room.visit()).into_iter().max();
    assert!(most <= Some(2), "{most:?} jobs at once on two threads");
}

/// Each job leaves the others time to start as well.
#[cfg(engine = "stress")]
#[test]
fn never_more_jobs_at_once_than_threads() {
    for (count, inputs) in [(1, 20), (2, 40), (3, 40), (4, 100), (5, 100)] {
        let (room, inputs) = (Room::default(), vec![(); inputs]);
        run(&inputs, count, &|()| {
            room.enter();
            for _ in 0..20 {
                std::thread::yield_now();
            }
            std::thread::sleep(std::time::Duration::from_micros(200));
            room.leave();
        });
        let most = room.most();
        assert!(most <= count, "{most} jobs at once on {count} threads");
    }
}

/// Numbers of threads and of inputs: a multiple, so that every job finds as many others as it waits for.
#[cfg(engine = "model")]
fn meetings() -> Vec<(usize, usize)> {
    vec![(2, 2)]
}

/// One of them has more threads than the machine has processors, within reason.
#[cfg(engine = "stress")]
fn meetings() -> Vec<(usize, usize)> {
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    let many = (processors + 3).min(200);
    vec![(1, 3), (2, 2), (2, 20), (3, 3), (4, 20), (5, 15), (16, 32), (20, 20), (300, 300), (many, many)]
}

/// Each job ends only once as many jobs run as there are threads.
#[test]
fn as_many_jobs_at_once_as_threads() {
    for (count, inputs) in meetings() {
        let (everybody, inputs) = (Barrier::new(count), vec![0; inputs]);
        run_all(&inputs, count, &|_| {
            everybody.wait();
        });
    }
}

/// All three jobs meet at a barrier, once.
#[cfg(engine = "model")]
#[test]
fn three_jobs_at_once_on_three_threads() {
    let all = Barrier::new(3);
    run_all(&[0; 3], 3, &|_| {
        all.wait();
    });
}

/// The number of inputs is no multiple of the number of threads: the first jobs must meet nevertheless.
#[test]
fn all_threads_have_work_when_the_inputs_do_not_divide_by_them() {
    #[cfg(engine = "model")]
    const UNEVEN: [(usize, usize); 1] = [(2, 3)];
    #[cfg(engine = "stress")]
    const UNEVEN: [(usize, usize); 6] = [(2, 3), (3, 4), (4, 5), (4, 6), (4, 21), (16, 20)];
    for (count, inputs) in UNEVEN {
        let (running, inputs) = (Gauge::default(), vec![0; inputs]);
        run_all(&inputs, count, &|_| {
            running.rise();
            running.wait_for(count);
        });
        assert_eq!(running.level(), inputs.len(), "calls of the job");
    }
}

#[test]
fn more_threads_than_inputs_run_all_inputs_at_once() {
    #[cfg(engine = "model")]
    const SPARE: [(usize, usize); 1] = [(3, 2)];
    #[cfg(engine = "stress")]
    const SPARE: [(usize, usize); 5] = [(2, 1), (3, 2), (16, 3), (24, 20), (64, 5)];
    for (count, inputs) in SPARE {
        let turns = Turns::of(inputs);
        let everybody = Barrier::new(inputs);
        let inputs: Vec<usize> = (0..inputs).collect();
        let results = run(&inputs, count, &|input| {
            turns.take(*input);
            everybody.wait();
            *input
        });
        assert_eq!(results, inputs, "{count} threads, {} inputs", inputs.len());
        assert_eq!(turns.each(), vec![1; inputs.len()], "calls of the job for each input");
    }
}

/// The job of one input lasts until all others are done.
fn one_slow_job(count: usize, inputs: usize, slow: usize) {
    let done = Gauge::default();
    let inputs: Vec<usize> = (0..inputs).collect();
    let results = run(&inputs, count, &|input| {
        if *input == slow {
            done.wait_for(inputs.len() - 1);
        }
        done.rise();
        *input
    });
    assert_eq!(results, inputs, "input {slow} was slow");
}

#[cfg(engine = "model")]
#[test]
fn a_slow_job_holds_up_no_other_input() {
    one_slow_job(2, 3, 0);
}

#[cfg(engine = "stress")]
#[test]
fn a_slow_job_holds_up_no_other_input() {
    for (count, inputs) in [(2, 3), (2, 20), (3, 7), (4, 20), (4, 50), (8, 20), (20, 30), (4, 200)] {
        for slow in (0..inputs).step_by(inputs / 20 + 1).chain([inputs - 1]) {
            one_slow_job(count, inputs, slow);
        }
    }
    // So many inputs that an implementation might take several at a time.
    one_slow_job(2, 1_200, 0);
}

/// All threads but one are kept busy by slow jobs, whichever inputs these have: the last thread does the
/// rest.
#[cfg(engine = "stress")]
#[test]
fn one_free_thread_is_enough_for_all_other_inputs() {
    for count in [3, 4, 8] {
        for first in [0, 1, 10, 20 - (count - 1)] {
            let slow = first..first + count - 1;
            let done = Gauge::default();
            let inputs: Vec<usize> = (0..20).collect();
            let results = run(&inputs, count, &|input| {
                if slow.contains(input) {
                    done.wait_for(inputs.len() - slow.len());
                }
                done.rise();
                *input
            });
            assert_eq!(results, inputs, "inputs {slow:?} were slow");
        }
    }
}
