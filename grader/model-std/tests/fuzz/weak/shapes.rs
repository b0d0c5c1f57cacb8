//! Random programs in the shapes of the litmus tests.

use std::sync::atomic::Ordering;

use super::generate::Orderings;
use super::program::{Operation, Program};
use crate::random::Random;

/// A read or a write of a cell.
#[derive(Clone, Copy)]
enum Access {
    R(usize),
    W(usize),
}
use Access::{R, W};

type Shape = &'static [&'static [Access]];

const SHAPES: [Shape; 13] = [
    // message passing
    &[&[W(0), W(1)], &[R(1), R(0)]],
    // store buffering
    &[&[W(0), R(1)], &[W(1), R(0)]],
    // load buffering
    &[&[R(0), W(1)], &[R(1), W(0)]],
    // R
    &[&[W(0), W(1)], &[W(1), R(0)]],
    // S
    &[&[W(0), W(1)], &[R(1), W(0)]],
    // 2+2W
    &[&[W(0), W(1)], &[W(1), W(0)]],
    // write to read causality
    &[&[W(0)], &[R(0), W(1)], &[R(1), R(0)]],
    // read to write causality
    &[&[W(0)], &[R(0), R(1)], &[W(1), R(0)]],
    // write to write causality
    &[&[W(0)], &[R(0), W(1)], &[R(1), W(0)]],
    // independent reads of independent writes
    &[&[W(0)], &[W(1)], &[R(0), R(1)], &[R(1), R(0)]],
    // coherence
    &[&[W(0), W(0)], &[R(0), R(0)]],
    // a release sequence
    &[&[W(0), W(1)], &[W(1)], &[R(1), R(0)]],
    // Z6
    &[&[W(0), W(1)], &[W(1), R(0)], &[W(0)]],
];

/// A program in one of the shapes, in any order of its threads, with an operation for each access and fences or
/// further operations between them.
pub fn program(random: &mut Random, orderings: Orderings) -> Program {
    let shape = random.pick(&SHAPES);
    let fences = random.below(3);
    let mut threads: Vec<Vec<Operation>> = shape
        .iter()
        .map(|accesses| {
            let mut operations = Vec::new();
            for (index, &access) in accesses.iter().enumerate() {
                if fences > 0 && random.one_in(if index == 0 { 4 } else { 2 }) {
                    operations.push(Operation::Fence(random.pick(orderings.fence)));
                }
                operations.push(operation(random, access, orderings));
                if random.one_in(8) {
                    operations.push(operation(random, access, orderings));
                }
            }
            operations
        })
        .collect();
    let turn = random.below(threads.len());
    threads.rotate_left(turn);
    Program { threads }
}

/// A program in which what a state must hold is easily missed: whether a `SeqCst` store came before a fence, or whether
/// a load was stale when it was executed. A reader goes on with loads of what a writer has stored before.
pub fn look_back(random: &mut Random) -> Program {
    let relaxed = Ordering::Relaxed;
    let signal = |random: &mut Random| match random.below(3) {
        0 => Operation::Add(1, relaxed),
        1 => Operation::Store(1, 1 + random.below(3) as u32, relaxed),
        _ => Operation::Load(1, relaxed),
    };
    let fenced = random.one_in(2);
    let (begin, loads, order) = match fenced {
        true => (Operation::Fence(Ordering::SeqCst), 1 + random.below(2), Ordering::SeqCst),
        false => (Operation::Load(0, relaxed), 3 + random.below(2), relaxed),
    };
    let mut reader = Vec::from([begin, Operation::Add(1, relaxed)]);
    reader.extend((0..loads).map(|_| Operation::Load(0, relaxed)));
    let first =
        if fenced && random.one_in(3) { Operation::Add(0, order) } else { Operation::Store(0, 2, order) };
    let mut writer = Vec::from([first]);
    writer.extend((0..2).map(|_| signal(random)));
    let mut threads = Vec::from([reader, writer]);
    let turn = random.below(2);
    threads.rotate_left(turn);
    Program { threads }
}

/// Two weak exchanges, of which one may fail spuriously, among stores of other threads to one of their atomics.
pub fn weak_exchanges(random: &mut Random) -> Program {
    let relaxed = Ordering::Relaxed;
    let exchange = |cell, to| {
        let (success, failure) = (relaxed, relaxed);
        Operation::Exchange { cell, from: 0, to, success, failure, weak: true }
    };
    let store = |random: &mut Random| match random.below(2) {
        0 => Operation::Store(0, 1 + random.below(3) as u32, relaxed),
        _ => Operation::Add(0, relaxed),
    };
    let mut exchanges = Vec::from([exchange(0, 1 + random.below(3) as u32), exchange(1, 2)]);
    exchanges.extend(random.one_in(3).then_some(Operation::Load(0, relaxed)));
    let mut threads = Vec::from([Vec::from([store(random)]), Vec::from([store(random)]), exchanges]);
    let turn = random.below(4).saturating_sub(1);
    threads.rotate_left(turn);
    Program { threads }
}

fn operation(random: &mut Random, access: Access, orderings: Orderings) -> Operation {
    let value = 1 + random.below(2) as u32;
    let update = random.pick(orderings.update);
    match access {
        W(cell) => match random.below(8) {
            0 => Operation::Add(cell, update),
            1 => Operation::Swap(cell, value, update),
            _ => Operation::Store(cell, value, random.pick(orderings.store)),
        },
        R(cell) => match random.below(8) {
            0 => Operation::Exchange {
                cell,
                from: random.below(2) as u32,
                to: 3,
                success: update,
                failure: random.pick(orderings.load),
                weak: random.one_in(2),
            },
            1 => Operation::Add(cell, update),
            _ => Operation::Load(cell, random.pick(orderings.load)),
        },
    }
}
