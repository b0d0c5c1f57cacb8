//! Random programs over every primitive.

use super::program::{Block, CELLS, Channel, Operation, Program};
use crate::random::Random;

/// A family of operations that act on each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Theme {
    Atomics,
    Mutex,
    Condvar,
    ReadWrite,
    Park,
    Channel,
    Barrier,
    Once,
    Value,
    Threads,
    Panics,
}

const THEMES: [Theme; 11] = [
    Theme::Atomics,
    Theme::Mutex,
    Theme::Condvar,
    Theme::ReadWrite,
    Theme::Park,
    Theme::Channel,
    Theme::Barrier,
    Theme::Once,
    Theme::Value,
    Theme::Threads,
    Theme::Panics,
];

/// What may be generated in a place.
#[derive(Clone, Copy)]
struct Place<'a> {
    themes: &'a [Theme],
    /// Every wait that can be timed is.
    timed: bool,
    thread: usize,
    main: usize,
    /// Inside of a `Lock(0, …)`, with no other lock in between.
    holds: bool,
    /// Inside of an initialiser: no initialiser again.
    initialises: bool,
    depth: usize,
    receives: bool,
}

pub fn program(random: &mut Random) -> Program {
    let (first, second) = (random.pick(&THEMES), random.pick(&THEMES));
    let themes = match random.below(3) {
        0 => Vec::from([first]),
        1 => Vec::from([first, first, first, Theme::Atomics]),
        _ => Vec::from([first, first, second, Theme::Atomics]),
    };
    let timed = random.one_in(2);
    let threads = if random.one_in(3) { 2 } else { 3 };
    let length = if threads == 2 { 4 } else { 3 };
    let main = threads - 1;
    let receiver = random.below(threads);
    let threads = (0..threads).map(|thread| {
        let place = Place {
            themes: &themes,
            timed,
            thread,
            main,
            holds: false,
            initialises: false,
            depth: 0,
            receives: thread == receiver,
        };
        let length = if thread == main { random.below(length + 1) } else { 1 + random.below(length) };
        block(random, place, length)
    });
    let threads = threads.collect();
    let channel =
        random.pick(&[Channel::Unbounded, Channel::Bounded, Channel::Rendezvous, Channel::Rendezvous]);
    Program { threads, channel, receiver, scoped: random.one_in(4) }
}

fn block(random: &mut Random, place: Place<'_>, length: usize) -> Block {
    (0..length)
        .map(|_| {
            let theme = random.pick(place.themes);
            operation(random, theme, place)
        })
        .collect()
}

fn inner(random: &mut Random, place: Place<'_>) -> Block {
    let length = if place.depth >= 2 { 0 } else { random.below(3) };
    block(random, Place { depth: place.depth + 1, ..place }, length)
}

fn operation(random: &mut Random, theme: Theme, place: Place<'_>) -> Operation {
    match theme {
        Theme::Atomics => atomic(random),
        Theme::Mutex => mutex(random, place),
        Theme::Condvar => condvar(random, place),
        Theme::ReadWrite => read_write(random, place),
        Theme::Park => park(random, place),
        Theme::Channel => channel(random, place),
        Theme::Barrier => Operation::Barrier,
        Theme::Once | Theme::Value if place.initialises => atomic(random),
        Theme::Once => once(random, place),
        Theme::Value => value(random, place),
        Theme::Threads => thread(random, place),
        Theme::Panics => panics(random, place),
    }
}

fn atomic(random: &mut Random) -> Operation {
    let cell = random.below(CELLS);
    match random.below(4) {
        0 => Operation::Load(cell),
        1 => Operation::Store(cell, 1 + random.below(3) as u32),
        2 => Operation::Add(cell),
        _ => {
            let (from, to) = (random.below(2) as u32, 1 + random.below(3) as u32);
            Operation::Exchange { cell, from, to, weak: random.one_in(2) }
        }
    }
}

fn lock(random: &mut Random, place: Place<'_>, lock: usize) -> Operation {
    let place = Place { holds: lock == 0, ..place };
    Operation::Lock(lock, inner(random, place))
}

fn mutex(random: &mut Random, place: Place<'_>) -> Operation {
    // A lock inside of the same one is a deadlock: rarely.
    let number = if place.depth > 0 && !random.one_in(8) { 1 } else { random.below(2) };
    match random.below(8) {
        0..4 => lock(random, place, number),
        4 | 5 => {
            let place = Place { holds: number == 0, ..place };
            Operation::TryLock(number, inner(random, place))
        }
        6 => Operation::IsPoisoned(number),
        _ => Operation::ClearPoison(number),
    }
}

fn condvar(random: &mut Random, place: Place<'_>) -> Operation {
    let condvar = usize::from(random.one_in(4));
    if place.holds {
        return match random.below(8) {
            0..4 if place.timed => Operation::WaitTimeout(condvar),
            0 | 1 => Operation::Wait(condvar),
            2 | 3 => Operation::WaitTimeout(condvar),
            4 if !place.timed => Operation::WaitUntil(condvar, 1 + random.below(3) as u32),
            5 => Operation::NotifyAll(condvar),
            _ => Operation::NotifyOne(condvar),
        };
    }
    match random.below(8) {
        0 => Operation::NotifyAll(condvar),
        1 | 2 => Operation::NotifyOne(condvar),
        _ if place.depth == 0 => lock(random, place, 0),
        _ => atomic(random),
    }
}

fn read_write(random: &mut Random, place: Place<'_>) -> Operation {
    let place = Place { holds: false, ..place };
    match random.below(8) {
        0..3 => Operation::Read(inner(random, place)),
        3 => Operation::TryRead(inner(random, place)),
        4 | 5 => Operation::Write(inner(random, place)),
        6 => Operation::TryWrite(inner(random, place)),
        _ => Operation::Downgrade(inner(random, place), inner(random, place)),
    }
}

fn park(random: &mut Random, place: Place<'_>) -> Operation {
    match random.below(6) {
        0 if !place.timed => Operation::Park,
        0..3 => Operation::ParkTimeout,
        _ => {
            // Those that were started before, and the test's own thread.
            let known = place.thread;
            let target = random.below(known + 1);
            Operation::Unpark(if target == known { place.main } else { target })
        }
    }
}

fn channel(random: &mut Random, place: Place<'_>) -> Operation {
    if place.receives {
        return match random.below(8) {
            0..3 if !place.timed => Operation::Receive,
            3 | 4 => Operation::TryReceive,
            0..3 | 5 | 6 => Operation::ReceiveTimeout,
            _ => Operation::DropReceiver,
        };
    }
    let value = 1 + random.below(9) as u32;
    match random.below(8) {
        0..4 => Operation::Send(value),
        4..7 => Operation::TrySend(value),
        _ => Operation::DropSender,
    }
}

fn once(random: &mut Random, place: Place<'_>) -> Operation {
    let inside = Place { initialises: true, ..place };
    match random.below(14) {
        0..4 => Operation::CallOnce(inner(random, inside)),
        4..6 => Operation::CallOnceForce(inner(random, inside)),
        6 => Operation::WaitForOnce { force: false },
        7 => Operation::WaitForOnce { force: true },
        8..11 => Operation::Force { panics: random.one_in(4) },
        11 => Operation::IsForced,
        _ => Operation::IsCompleted,
    }
}

fn value(random: &mut Random, place: Place<'_>) -> Operation {
    let inside = Place { initialises: true, ..place };
    let value = 1 + random.below(9) as u32;
    match random.below(8) {
        0..4 => Operation::GetOrInit(value, inner(random, inside)),
        4 | 5 => Operation::Get,
        6 => Operation::Set(value),
        _ => Operation::WaitForValue,
    }
}

fn thread(random: &mut Random, place: Place<'_>) -> Operation {
    let other = random.below(place.main);
    match random.below(6) {
        0 => Operation::Yield,
        1 => Operation::Sleep,
        4 | 5 => Operation::Now,
        2 if place.thread == place.main => Operation::Join(other),
        _ if place.thread == place.main => Operation::IsFinished(other),
        _ => Operation::Yield,
    }
}

fn panics(random: &mut Random, place: Place<'_>) -> Operation {
    match random.below(4) {
        0 => Operation::Panic,
        1 => Operation::Catch(inner(random, place)),
        _ => {
            let mut operation =
                if random.one_in(2) { mutex(random, place) } else { read_write(random, place) };
            if let Some(block) = operation.blocks_mut().pop() {
                block.push(Operation::Panic);
            }
            operation
        }
    }
}
