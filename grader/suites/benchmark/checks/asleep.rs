//! Threads that have nothing to do are blocked: they use no processor time and do not poll.

use std::sync::Barrier;

use benchmark::Gil;
use harness::stress::rest;

use crate::instruments::{Gauge, attach, detach, panics, run_all, scoped, start, survive};

/// The jobs of `slow` inputs last until the check has measured.
fn while_jobs_sleep(count: usize, inputs: usize, slow: usize, what: &str) {
    let (at_work, open) = (Gauge::default(), Gauge::default());
    let inputs: Vec<usize> = (0..inputs).collect();
    let rest = scoped(|scope| {
        start("caller", scope, || {
            run_all(&inputs, count, &|input| {
                at_work.rise();
                if *input < slow {
                    open.wait_for(1);
                }
            })
        });
        at_work.wait_for(inputs.len());
        let rest = rest();
        open.rise();
        rest
    });
    rest.assert_quiet(what);
}

#[test]
fn the_caller_sleeps_while_the_jobs_run() {
    while_jobs_sleep(3, 3, 3, "`run_threaded`, while its jobs slept,");
    for slow in [0, 7] {
        while_one_job_sleeps_after_panics(slow);
    }
}

/// All jobs of eight but one panic as soon as all have begun.
fn while_one_job_sleeps_after_panics(slow: usize) {
    const THREADS: usize = 8;
    let (at_work, open) = (Gauge::default(), Gauge::default());
    let inputs: Vec<usize> = (0..THREADS).collect();
    let rest = scoped(|scope| {
        start("caller", scope, || {
            survive(|| {
                run_all(&inputs, THREADS, &|input| {
                    at_work.rise();
                    at_work.wait_for(THREADS);
                    if *input != slow {
                        panics();
                    }
                    open.wait_for(1);
                })
            })
        });
        at_work.wait_for(THREADS);
        let rest = rest();
        open.rise();
        rest
    });
    rest.assert_quiet("`run_threaded`, after jobs had panicked and while another one slept,");
}

#[test]
fn threads_that_find_no_more_inputs_use_no_processor() {
    while_jobs_sleep(4, 12, 1, "the threads of `run_threaded` that had nothing left to do");
}

#[test]
fn threads_beyond_the_inputs_use_no_processor() {
    while_jobs_sleep(6, 2, 2, "the threads of `run_threaded` beyond the number of inputs");
}

#[test]
fn threads_that_wait_to_attach_sleep() {
    const WAITING: usize = 3;
    let (gil, started) = (Gil::new(), Barrier::new(WAITING + 1));
    let rest = scoped(|scope| {
        attach(&gil, |_| {
            for _ in 0..WAITING {
                start("waiter", scope, || {
                    started.wait();
                    attach(&gil, |_| ());
                });
            }
            started.wait();
            rest()
        })
    });
    rest.assert_quiet("threads that wait to attach");
}

#[test]
fn threads_that_wait_to_come_back_from_detach_sleep() {
    const WAITING: usize = 3;
    let (gil, detached, open) = (Gil::new(), Gauge::default(), Gauge::default());
    let wait = || {
        detached.rise();
        open.wait_for(1);
    };
    let rest = scoped(|scope| {
        // One of them comes back in a panic.
        for number in 0..WAITING {
            let (gil, wait) = (&gil, &wait);
            start("waiter", scope, move || {
                attach(gil, |attached| match number {
                    0 => survive(|| {
                        detach(attached, || {
                            wait();
                            panics();
                        })
                    }),
                    _ => detach(attached, wait),
                })
            });
        }
        detached.wait_for(WAITING);
        attach(&gil, |_| {
            open.rise();
            rest()
        })
    });
    rest.assert_quiet("threads that wait to come back from `detach`");
}
