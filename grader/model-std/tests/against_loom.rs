//! The explorer against the `loom` crate: an independent implementation of the C11 memory model.
//!
//! Loom is not the engine of the explorer because of what these tests also show: its bound leaves
//! out interleavings that need no more preemptions than allowed, so that a statement of what was
//! covered could not be exact. It also has no timed waits, no spurious wakeups, and a waiter order.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::Ordering::{self, AcqRel, Acquire, Relaxed, Release};

/// One operation on one of two atomics.
#[derive(Clone, Copy, Debug)]
enum Operation {
    Load(usize, Ordering),
    Store(usize, u32, Ordering),
    Add(usize, Ordering),
}
use Operation::{Add, Load, Store};

type Program = Vec<Vec<Operation>>;
type Notes = Vec<Vec<u32>>;

/// The same program for either library: their interfaces are the same.
macro_rules! run_with {
    ($name:ident, $library:ident) => {
        fn $name(program: &Program) -> Notes {
            use $library::sync::atomic::AtomicU32;
            fn run(operations: &[Operation], atomics: &[AtomicU32; 2]) -> Vec<u32> {
                let mut notes = Vec::new();
                for operation in operations {
                    match *operation {
                        Load(cell, order) => notes.push(atomics[cell].load(order)),
                        Store(cell, value, order) => atomics[cell].store(value, order),
                        Add(cell, order) => notes.push(atomics[cell].fetch_add(1, order)),
                    }
                }
                notes
            }
            let atomics = Arc::new([AtomicU32::new(0), AtomicU32::new(0)]);
            let (last, others) = program.split_last().unwrap();
            let threads: Vec<_> = others
                .iter()
                .cloned()
                .map(|operations| {
                    let atomics = Arc::clone(&atomics);
                    $library::thread::spawn(move || run(&operations, &atomics))
                })
                .collect();
            let last = run(last, &atomics);
            let notes = threads.into_iter().map(|thread| thread.join().unwrap());
            notes.chain([last]).collect()
        }
    };
}

run_with!(run_here, model_std);
run_with!(run_in_loom, loom);

fn here(program: &Program) -> BTreeSet<Notes> {
    let program = program.clone();
    outcomes::outcomes(move || run_here(&program))
}

fn in_loom(program: &Program, bound: Option<usize>) -> BTreeSet<Notes> {
    let found = Arc::new(Mutex::new(BTreeSet::new()));
    let (program, sink) = (program.clone(), Arc::clone(&found));
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = bound;
    builder.check(move || {
        sink.lock().unwrap().insert(run_in_loom(&program));
    });
    std::mem::take(&mut found.lock().unwrap())
}

#[test]
fn both_allow_the_same_outcomes_of_the_litmus_tests() {
    let orders = [(Relaxed, Relaxed), (Release, Relaxed), (Relaxed, Acquire), (Release, Acquire)];
    for (store, load) in orders {
        let programs: [Program; 4] = [
            // message passing
            vec![vec![Store(0, 1, Relaxed), Store(1, 1, store)], vec![Load(1, load), Load(0, Relaxed)]],
            // store buffering
            vec![vec![Store(0, 1, store), Load(1, load)], vec![Store(1, 1, store), Load(0, load)]],
            // load buffering
            vec![vec![Load(0, load), Store(1, 1, store)], vec![Load(1, load), Store(0, 1, store)]],
            // coherence of reads
            vec![vec![Store(0, 1, store), Store(0, 2, store)], vec![Load(0, load), Load(0, load)]],
        ];
        for program in programs {
            assert_eq!(here(&program), in_loom(&program, None), "{program:?}");
        }
    }
}

#[test]
fn both_let_readers_disagree_on_the_order_of_independent_stores() {
    let program: Program = vec![
        vec![Store(0, 1, Release)],
        vec![Store(1, 1, Release)],
        vec![Load(0, Acquire), Load(1, Acquire)],
        vec![Load(1, Acquire), Load(0, Acquire)],
    ];
    assert_eq!(here(&program), in_loom(&program, None));
}

#[test]
fn both_agree_on_read_modify_writes() {
    let programs: [Program; 3] = [
        vec![vec![Add(0, Relaxed), Add(0, Relaxed)], vec![Add(0, Relaxed), Load(0, Relaxed)]],
        vec![vec![Add(0, AcqRel), Add(1, AcqRel)], vec![Add(1, AcqRel), Add(0, AcqRel)]],
        vec![
            vec![Store(0, 1, Relaxed), Store(1, 1, Release)],
            vec![Add(1, Relaxed)],
            vec![Load(1, Acquire), Load(0, Relaxed)],
        ],
    ];
    for program in programs {
        assert_eq!(here(&program), in_loom(&program, None), "{program:?}");
    }
}

#[test]
fn a_bound_of_loom_leaves_out_what_needs_no_preemption() {
    // Two threads that add once: either may be first, without any preemption.
    let program: Program = vec![vec![Add(0, Relaxed)], vec![Add(0, Relaxed)], vec![]];
    let shared = program.clone();
    let within = outcomes::outcomes_within(0, move || run_here(&shared));
    assert_eq!(within.len(), 2);
    assert_eq!(in_loom(&program, Some(0)).len(), 1, "when this fails, loom's bound has become exact");
}
