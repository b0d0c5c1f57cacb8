//! Random small programs, and their runs.

use std::sync::atomic::Ordering::{self, AcqRel, Acquire, Relaxed, Release, SeqCst};

/// One operation of a generated program. Each that reads notes what it has read.
#[derive(Clone, Copy, Debug)]
pub enum Operation {
    /// Of a cell.
    Load(usize, Ordering),
    /// To a cell, of a value.
    Store(usize, u64, Ordering),
    /// Adds one to a cell, and reads what was there.
    Add(usize, Ordering),
    /// Locks, adds to the data, and unlocks: one step, since nobody can look at a lock from outside.
    Guarded(usize),
    /// Locks, does an atomic addition under the lock, and unlocks: others may run in between.
    AddUnderLock(usize, usize, Ordering),
}

/// The operations of each thread.
pub type Program = Vec<Vec<Operation>>;
/// What each thread has noted.
pub type Notes = Vec<Vec<u64>>;

/// Atomics of a program, and locks.
pub const CELLS: usize = 2;

/// Which orderings a generated program has.
#[derive(Clone, Copy, Debug)]
pub enum Orderings {
    /// `SeqCst` alone: its executions are interleavings.
    SequentiallyConsistent,
    /// All but `SeqCst`.
    Weak,
}

/// A small deterministic generator (SplitMix64, Steele et al., OOPSLA 2014).
pub struct Random(pub u64);

impl Random {
    /// A number below `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }

    fn cell(&mut self) -> usize {
        self.below(CELLS as u64) as usize
    }

    /// Two threads with up to four operations, or three with up to three.
    pub fn program(&mut self, orderings: Orderings) -> Program {
        let threads = 2 + self.below(2) as usize;
        let length = if threads == 2 { 4 } else { 3 };
        (0..threads)
            .map(|_| (0..1 + self.below(length)).map(|_| self.operation(orderings)).collect())
            .collect()
    }

    fn operation(&mut self, orderings: Orderings) -> Operation {
        match self.below(5) {
            0 => Operation::Load(self.cell(), self.one_of(orderings, &[Relaxed, Acquire])),
            1 => {
                let (cell, value) = (self.cell(), 10 + self.below(5));
                Operation::Store(cell, value, self.one_of(orderings, &[Relaxed, Release]))
            }
            2 => Operation::Add(self.cell(), self.one_of(orderings, &[Relaxed, Acquire, Release, AcqRel])),
            3 => Operation::Guarded(self.cell()),
            _ => {
                let (lock, cell) = (self.cell(), self.cell());
                let order = self.one_of(orderings, &[Relaxed, Acquire, Release, AcqRel]);
                Operation::AddUnderLock(lock, cell, order)
            }
        }
    }

    /// One of the weak orderings that an operation can have, unless the program has none.
    fn one_of(&mut self, orderings: Orderings, weak: &[Ordering]) -> Ordering {
        match orderings {
            Orderings::SequentiallyConsistent => SeqCst,
            Orderings::Weak => weak[self.below(weak.len() as u64) as usize],
        }
    }
}

/// Defines a function that runs a program with the types of a library: model-std and loom have the same
/// interface.
#[macro_export]
macro_rules! runs {
    ($name:ident with $library:ident) => {
        fn $name(program: &$crate::programs::Program) -> $crate::programs::Notes {
            use $crate::programs::Operation;
            use $library::sync::Mutex;
            use $library::sync::atomic::AtomicU64;
            let shared = std::sync::Arc::new((
                [AtomicU64::new(0), AtomicU64::new(0)],
                [Mutex::new(0_u64), Mutex::new(0_u64)],
            ));
            let run = |operations: Vec<Operation>| {
                let shared = std::sync::Arc::clone(&shared);
                move || {
                    let (atomics, locks) = &*shared;
                    let mut notes = Vec::new();
                    for operation in operations {
                        match operation {
                            Operation::Load(cell, order) => notes.push(atomics[cell].load(order)),
                            Operation::Store(cell, value, order) => atomics[cell].store(value, order),
                            Operation::Add(cell, order) => notes.push(atomics[cell].fetch_add(1, order)),
                            Operation::Guarded(lock) => {
                                let mut data = locks[lock].lock().unwrap();
                                notes.push(*data);
                                *data += 1;
                            }
                            Operation::AddUnderLock(lock, cell, order) => {
                                let mut data = locks[lock].lock().unwrap();
                                notes.push(*data);
                                notes.push(atomics[cell].fetch_add(1, order));
                                *data += 1;
                            }
                        }
                    }
                    notes
                }
            };
            let threads: Vec<_> =
                program.iter().map(|operations| $library::thread::spawn(run(operations.clone()))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        }
    };
}
