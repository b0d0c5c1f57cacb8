//! Random programs of atomic operations.

use std::sync::atomic::Ordering::{self, AcqRel, Acquire, Relaxed, Release, SeqCst};

use super::program::{CELLS, Operation, Program};
use super::shapes;
use crate::random::Random;

/// Which orderings the operations of a program have.
#[derive(Clone, Copy)]
pub struct Orderings {
    pub load: &'static [Ordering],
    pub store: &'static [Ordering],
    pub update: &'static [Ordering],
    pub fence: &'static [Ordering],
}

const RELAXED: Orderings =
    Orderings { load: &[Relaxed], store: &[Relaxed], update: &[Relaxed], fence: &[Acquire, Release, AcqRel] };
const RELEASE_ACQUIRE: Orderings = Orderings {
    load: &[Relaxed, Acquire, Acquire],
    store: &[Relaxed, Release, Release],
    update: &[Relaxed, Acquire, Release, AcqRel],
    fence: &[Acquire, Release],
};
const SEQ_CST_FENCES: Orderings =
    Orderings { load: &[Relaxed], store: &[Relaxed], update: &[Relaxed, AcqRel], fence: &[SeqCst] };
const SEQ_CST: Orderings =
    Orderings { load: &[SeqCst], store: &[SeqCst], update: &[SeqCst], fence: &[SeqCst] };
const FENCES_AND_SEQ_CST_STORES: Orderings =
    Orderings { load: &[Relaxed], store: &[Relaxed, SeqCst], update: &[Relaxed, SeqCst], fence: &[SeqCst] };
const ANY: Orderings = Orderings {
    load: &[Relaxed, Acquire, SeqCst],
    store: &[Relaxed, Release, SeqCst],
    update: &[Relaxed, Acquire, Release, AcqRel, SeqCst],
    fence: &[Acquire, Release, AcqRel, SeqCst],
};

/// How many operations of each kind to expect, in sixteenths.
struct Mixture {
    load: usize,
    store: usize,
    update: usize,
    exchange: usize,
}

pub fn program(random: &mut Random) -> Program {
    if random.one_in(8) {
        return shapes::look_back(random);
    }
    if random.one_in(24) {
        return shapes::weak_exchanges(random);
    }
    let orderings = random.pick(&[
        RELAXED,
        RELEASE_ACQUIRE,
        RELEASE_ACQUIRE,
        SEQ_CST_FENCES,
        FENCES_AND_SEQ_CST_STORES,
        SEQ_CST,
        ANY,
        ANY,
    ]);
    if random.one_in(2) {
        return shapes::program(random, orderings);
    }
    let mixture = match random.below(4) {
        0 => Mixture { load: 7, store: 7, update: 1, exchange: 0 },
        1 => Mixture { load: 5, store: 5, update: 2, exchange: 2 },
        2 => Mixture { load: 4, store: 3, update: 1, exchange: 7 },
        _ => Mixture { load: 6, store: 4, update: 1, exchange: 0 },
    };
    let mut program = match random.below(8) {
        0 => threads(random, &[2, 2, 2, 2], orderings, &mixture),
        1 | 2 => threads(random, &[4, 4], orderings, &mixture),
        _ => threads(random, &[3, 3, 3], orderings, &mixture),
    };
    if random.one_in(6) {
        // A thread that reads one cell again and again.
        let cell = random.below(CELLS);
        let reader = (0..4 + random.below(3)).map(|_| Operation::Load(cell, random.pick(orderings.load)));
        program.threads[0].extend(reader.collect::<Vec<_>>());
        program.threads.truncate(2);
    }
    program
}

/// Threads with up to so many operations each.
fn threads(random: &mut Random, most: &[usize], orderings: Orderings, mixture: &Mixture) -> Program {
    let threads = most.iter().map(|&most| {
        let length = 1 + random.below(most);
        (0..length).map(|_| operation(random, orderings, mixture)).collect()
    });
    Program { threads: threads.collect() }
}

fn operation(random: &mut Random, orderings: Orderings, mixture: &Mixture) -> Operation {
    let &Mixture { load, store, update, exchange } = mixture;
    let cell = random.below(CELLS);
    let drawn = random.below(16);
    if drawn < load {
        Operation::Load(cell, random.pick(orderings.load))
    } else if drawn < load + store {
        Operation::Store(cell, 1 + random.below(3) as u32, random.pick(orderings.store))
    } else if drawn < load + store + update {
        let order = random.pick(orderings.update);
        if random.one_in(2) { Operation::Add(cell, order) } else { Operation::Swap(cell, 4, order) }
    } else if drawn < load + store + update + exchange {
        Operation::Exchange {
            cell,
            from: random.below(2) as u32,
            to: 1 + random.below(3) as u32,
            success: random.pick(orderings.update),
            failure: random.pick(orderings.load),
            weak: random.one_in(2),
        }
    } else {
        Operation::Fence(random.pick(orderings.fence))
    }
}
