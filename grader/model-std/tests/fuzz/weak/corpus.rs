//! Programs in which the explorer once lost outcomes, as the fuzzer has found and shrunk them.

use std::sync::atomic::Ordering::{Relaxed, SeqCst};

use super::program::Operation::{self, Add, Exchange, Fence, Load, Store};
use super::program::Program;

/// The programs, by what the states that were taken for one differ in.
pub fn corpus() -> Vec<(&'static str, Program)> {
    let program = |threads: &[&[Operation]]| Program { threads: threads.iter().map(|&t| t.into()).collect() };
    vec![
        (
            "a weak exchange failed spuriously",
            program(&[
                &[weak_exchange(0, 0, 3), Add(0, Relaxed)],
                &[Store(0, 3, Relaxed)],
                &[weak_exchange(1, 0, 1)],
            ]),
        ),
        (
            "which of two weak exchanges failed spuriously",
            program(&[
                &[Store(0, 1, Relaxed)],
                &[Add(0, Relaxed)],
                &[weak_exchange(0, 0, 1), weak_exchange(1, 0, 2)],
            ]),
        ),
        (
            "the order of a SeqCst store and a SeqCst fence",
            program(&[
                &[Fence(SeqCst), Add(1, Relaxed), Load(0, Relaxed)],
                &[Store(0, 2, SeqCst), Store(1, 1, Relaxed), Store(1, 1, Relaxed)],
            ]),
        ),
        (
            "the order of a SeqCst addition and a SeqCst fence",
            program(&[
                &[Fence(SeqCst), Add(1, Relaxed), Load(0, Relaxed)],
                &[Add(0, SeqCst), Store(1, 1, Relaxed), Store(1, 1, Relaxed)],
            ]),
        ),
        (
            "the stale loads that a thread has used up, with an addition",
            program(&[
                &[Load(0, Relaxed), Add(1, Relaxed), Load(0, Relaxed), Load(0, Relaxed), Load(0, Relaxed)],
                &[Store(0, 2, Relaxed), Add(1, Relaxed), Add(1, Relaxed)],
            ]),
        ),
        (
            "the stale loads that a thread has used up, with a store",
            program(&[
                &[
                    Load(0, Relaxed),
                    Store(1, 3, Relaxed),
                    Load(0, Relaxed),
                    Load(0, Relaxed),
                    Load(0, Relaxed),
                    Load(0, Relaxed),
                ],
                &[Store(0, 3, Relaxed), Store(1, 1, Relaxed), Store(0, 1, Relaxed)],
            ]),
        ),
    ]
}

fn weak_exchange(cell: usize, from: u32, to: u32) -> Operation {
    Exchange { cell, from, to, success: Relaxed, failure: Relaxed, weak: true }
}
