//! Programs in which the explorer once lost outcomes, as the fuzzer has found and shrunk them.

use super::program::Operation::{
    CallOnce, Exchange, Force, Get, GetOrInit, IsCompleted, IsFinished, IsForced, Join, Load, Lock,
    NotifyOne, Now, Read, Receive, ReceiveTimeout, Sleep, Store, TryRead, TryReceive, TrySend, WaitTimeout,
    Write,
};
use super::program::{Block, Channel, Operation, Program};

/// The programs, by what the states that were taken for one differ in.
pub fn corpus() -> Vec<(&'static str, Program)> {
    vec![
        (
            "which waiter notify_one has picked",
            program(vec![
                vec![Lock(0, vec![WaitTimeout(0)])],
                vec![NotifyOne(0), Lock(0, vec![WaitTimeout(1)])],
                vec![Lock(0, vec![WaitTimeout(0)])],
            ]),
        ),
        (
            "which waiter notify_one has picked, between two that wait again",
            program(vec![
                vec![Lock(0, vec![WaitTimeout(1), WaitTimeout(0)])],
                vec![Lock(0, vec![WaitTimeout(0)])],
                vec![NotifyOne(0), Lock(0, vec![])],
            ]),
        ),
        (
            "whether a rendezvous try_send has found its receiver",
            Program {
                channel: Channel::Rendezvous,
                receiver: 0,
                ..program(vec![
                    vec![ReceiveTimeout, ReceiveTimeout, Read(vec![])],
                    vec![TrySend(3), Write(vec![])],
                ])
            },
        ),
        (
            "whether an attempt at a rendezvous has found the receiver, for which another message waits now",
            Program {
                channel: Channel::Rendezvous,
                receiver: 0,
                ..program(vec![
                    vec![Receive, TryReceive],
                    vec![Operation::Send(1)],
                    vec![TrySend(8), Operation::Send(4)],
                ])
            },
        ),
        (
            "whether an initialisation has ended after its last step",
            program(vec![vec![GetOrInit(3, vec![Store(0, 1)])], vec![Load(0), Get]]),
        ),
        (
            "whether an initialisation has ended before the lock is released inside of it",
            program(vec![
                vec![CallOnce(vec![Read(vec![Operation::Add(1)])])],
                vec![Operation::Add(1), IsCompleted],
            ]),
        ),
        (
            "whether a lazy value is there after the last step of its initialiser",
            program(vec![vec![Force { panics: false }], vec![Load(0), IsForced]]),
        ),
        (
            "whether an initialiser of a lazy value has panicked",
            program(vec![vec![Force { panics: true }, Load(0)], vec![Force { panics: true }], vec![Load(0)]]),
        ),
        (
            "clocks that threads see under a lock, and after a join",
            program(vec![vec![Now, Lock(0, vec![Now, Sleep, Now])], vec![Lock(0, vec![Now]), Join(0), Now]]),
        ),
        (
            "looks at the clock one after the other",
            program(vec![
                vec![Now, Now, Load(0), Now, Store(0, 1)],
                vec![Now, Store(0, 2), Now, Now, Load(0)],
            ]),
        ),
        (
            "a reader that waits behind a writer, inside of another read",
            program(vec![vec![Write(vec![])], vec![Read(vec![Read(vec![])])]]),
        ),
        (
            "an attempt to read behind a writer",
            program(vec![vec![Write(vec![])], vec![Read(vec![TryRead(vec![])])]]),
        ),
        (
            "two readers that meet a writer, one of which waits for the other",
            program(vec![vec![Write(vec![])], vec![Read(vec![])], vec![Read(vec![Join(1)])]]),
        ),
        ("whether a thread without operations has ended", program(vec![vec![], vec![IsFinished(0)]])),
        (
            "which of two weak exchanges failed spuriously",
            program(vec![
                vec![weak_exchange(0, 0, 1), weak_exchange(1, 1, 1)],
                vec![Store(1, 1), Load(0), Load(0)],
                vec![Operation::Add(0)],
            ]),
        ),
    ]
}

fn program(threads: Vec<Block>) -> Program {
    let receiver = threads.len() - 1;
    Program { threads, channel: Channel::Unbounded, receiver, scoped: false }
}

fn weak_exchange(cell: usize, from: u32, to: u32) -> Operation {
    Exchange { cell, from, to, weak: true }
}
