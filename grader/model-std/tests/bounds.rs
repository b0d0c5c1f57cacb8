//! What a bound on preemptions covers: compared, program by program, with an enumeration that knows
//! neither digests nor coroutines.

mod outcomes;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

use model_std::model::Search;
use model_std::sync::Mutex;
use model_std::sync::atomic::AtomicU64;
use model_std::thread;
use outcomes::{collect, outcomes, outcomes_within, set};

/// One operation of a generated program. Each that reads notes what it has read.
#[derive(Clone, Copy, Debug)]
enum Operation {
    Load(usize),
    Store(usize, u64),
    Add(usize),
    /// Locks, adds to the data, and unlocks: one step, since nobody can look at a lock from outside.
    Guarded(usize),
    /// Locks, does an atomic addition under the lock, and unlocks: others may run in between.
    AddUnderLock(usize, usize),
}

type Program = Vec<Vec<Operation>>;
type Notes = Vec<Vec<u64>>;

const CELLS: usize = 2;

/// A small deterministic generator (SplitMix64, Steele et al., OOPSLA 2014).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }

    fn cell(&mut self) -> usize {
        self.below(CELLS as u64) as usize
    }

    fn program(&mut self) -> Program {
        let threads = 2 + self.below(2) as usize;
        let length = if threads == 2 { 4 } else { 3 };
        (0..threads)
            .map(|_| {
                (0..1 + self.below(length))
                    .map(|_| match self.below(5) {
                        0 => Operation::Load(self.cell()),
                        1 => Operation::Store(self.cell(), 10 + self.below(5)),
                        2 => Operation::Add(self.cell()),
                        3 => Operation::Guarded(self.cell()),
                        _ => Operation::AddUnderLock(self.cell(), self.cell()),
                    })
                    .collect()
            })
            .collect()
    }
}

/// Runs a program on the model.
fn run(program: &Program) -> Notes {
    let atomics = Arc::new([const { AtomicU64::new(0) }; CELLS]);
    let locks = Arc::new([const { Mutex::new(0_u64) }; CELLS]);
    let threads: Vec<_> = program
        .iter()
        .cloned()
        .map(|operations| {
            let (atomics, locks) = (Arc::clone(&atomics), Arc::clone(&locks));
            thread::spawn(move || {
                let mut notes = Vec::new();
                for operation in operations {
                    match operation {
                        Operation::Load(cell) => notes.push(atomics[cell].load(SeqCst)),
                        Operation::Store(cell, value) => atomics[cell].store(value, SeqCst),
                        Operation::Add(cell) => notes.push(atomics[cell].fetch_add(1, SeqCst)),
                        Operation::Guarded(lock) => {
                            let mut data = locks[lock].lock().unwrap();
                            notes.push(*data);
                            *data += 1;
                        }
                        Operation::AddUnderLock(lock, cell) => {
                            let mut data = locks[lock].lock().unwrap();
                            notes.push(*data);
                            notes.push(atomics[cell].fetch_add(1, SeqCst));
                            *data += 1;
                        }
                    }
                }
                notes
            })
        })
        .collect();
    threads.into_iter().map(|thread| thread.join().unwrap()).collect()
}

/// A state of the enumeration.
#[derive(Clone)]
struct Machine {
    next: Vec<usize>,
    /// The thread is between the two steps of `AddUnderLock`.
    inside: Vec<bool>,
    atomics: [u64; CELLS],
    data: [u64; CELLS],
    held: [bool; CELLS],
    notes: Notes,
}

impl Machine {
    fn new(program: &Program) -> Self {
        let threads = program.len();
        Machine {
            next: vec![0; threads],
            inside: vec![false; threads],
            atomics: [0; CELLS],
            data: [0; CELLS],
            held: [false; CELLS],
            notes: vec![Vec::new(); threads],
        }
    }

    fn is_enabled(&self, program: &Program, thread: usize) -> bool {
        match program[thread].get(self.next[thread]) {
            None => false,
            Some(&(Operation::Guarded(lock) | Operation::AddUnderLock(lock, _))) => {
                self.inside[thread] || !self.held[lock]
            }
            Some(_) => true,
        }
    }

    fn step(&mut self, program: &Program, thread: usize) {
        let notes = &mut self.notes[thread];
        match program[thread][self.next[thread]] {
            Operation::Load(cell) => notes.push(self.atomics[cell]),
            Operation::Store(cell, value) => self.atomics[cell] = value,
            Operation::Add(cell) => {
                notes.push(self.atomics[cell]);
                self.atomics[cell] += 1;
            }
            Operation::Guarded(lock) => {
                notes.push(self.data[lock]);
                self.data[lock] += 1;
            }
            Operation::AddUnderLock(lock, cell) if self.inside[thread] => {
                notes.push(self.atomics[cell]);
                self.atomics[cell] += 1;
                self.data[lock] += 1;
                self.held[lock] = false;
                self.inside[thread] = false;
            }
            Operation::AddUnderLock(lock, _) => {
                notes.push(self.data[lock]);
                self.held[lock] = true;
                self.inside[thread] = true;
                return;
            }
        }
        self.next[thread] += 1;
    }

    /// Every outcome with at most `left` further preemptions.
    fn explore(&self, program: &Program, current: Option<usize>, left: usize, found: &mut BTreeSet<Notes>) {
        let enabled: Vec<usize> =
            (0..program.len()).filter(|&thread| self.is_enabled(program, thread)).collect();
        if enabled.is_empty() {
            found.insert(self.notes.clone());
        }
        let could_go_on = current.filter(|current| enabled.contains(current));
        for thread in enabled {
            let cost = usize::from(could_go_on.is_some_and(|current| current != thread));
            if cost <= left {
                let mut next = self.clone();
                next.step(program, thread);
                next.explore(program, Some(thread), left - cost, found);
            }
        }
    }
}

#[test]
fn a_bound_covers_exactly_the_interleavings_with_that_many_preemptions() {
    let mut random = Random(2026);
    let mut told_apart = 0;
    for _ in 0..150 {
        let program = random.program();
        let mut before = BTreeSet::new();
        for bound in 0..4 {
            let mut expected = BTreeSet::new();
            Machine::new(&program).explore(&program, None, bound, &mut expected);
            let shared = program.clone();
            let found = outcomes_within(bound, move || run(&shared));
            assert_eq!(found, expected, "{bound} preemptions: {program:?}");
            told_apart += usize::from(expected != before);
            before = expected;
        }
    }
    assert!(told_apart > 150, "the programs must need preemptions to show anything: {told_apart}");
}

#[test]
fn without_a_bound_every_interleaving_is_covered() {
    let mut random = Random(7);
    for _ in 0..100 {
        let program = random.program();
        let mut expected = BTreeSet::new();
        Machine::new(&program).explore(&program, None, usize::MAX, &mut expected);
        let shared = program.clone();
        assert_eq!(outcomes(move || run(&shared)), expected, "{program:?}");
    }
}

#[test]
fn even_without_preemptions_threads_run_in_every_order() {
    let order = outcomes_within(0, || {
        let log = Arc::new(Mutex::new(Vec::new()));
        let threads: Vec<_> = (0..3)
            .map(|name| {
                let log = Arc::clone(&log);
                thread::spawn(move || log.lock().unwrap().push(name))
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        Arc::try_unwrap(log).unwrap().into_inner().unwrap()
    });
    assert_eq!(
        order,
        set([vec![0, 1, 2], vec![0, 2, 1], vec![1, 0, 2], vec![1, 2, 0], vec![2, 0, 1], vec![2, 1, 0]])
    );
}

#[test]
fn a_search_that_is_cut_short_says_so() {
    let program = vec![vec![Operation::Add(0); 4]; 3];
    let search = Search { preemptions: Some(3), executions: 40, ..Search::default() };
    let outcome = search.run(move || drop(run(&program)));
    let model_std::model::Outcome::Passed(coverage) = outcome else { panic!("{outcome:?}") };
    assert!(!coverage.complete, "{coverage}");
    assert!(!coverage.exhaustive);
    assert_eq!(coverage.executions, 40);
    assert!(coverage.to_string().starts_with("cut short after 40 executions"), "{coverage}");
}

#[test]
fn a_search_that_needs_no_bound_says_that_it_is_exhaustive() {
    let search = || Search { preemptions: Some(3), ..Search::default() };
    let (_, small) = collect(search(), || drop(run(&vec![vec![Operation::Add(0)]; 2])));
    assert!(small.complete && small.exhaustive, "{small}");
    let (_, large) = collect(search(), || drop(run(&vec![vec![Operation::Add(0); 4]; 2])));
    assert!(large.complete && !large.exhaustive, "{large}");
    assert_eq!(large.preemptions, 3);
}
