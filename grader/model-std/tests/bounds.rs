//! What a bound on preemptions covers: compared, program by program, with an enumeration that knows
//! neither digests nor coroutines.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

use model_std::model::Search;
use model_std::sync::Mutex;
use model_std::sync::atomic::AtomicU32;
use model_std::thread;
use outcomes::programs::Orderings::SequentiallyConsistent;
use outcomes::programs::{CELLS, Notes, Operation, Program, Random};
use outcomes::{collect, outcomes, outcomes_within, passes, set};

outcomes::runs!(run with model_std);

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
            Some(&(Operation::Guarded(lock) | Operation::AddUnderLock(lock, ..))) => {
                self.inside[thread] || !self.held[lock]
            }
            Some(_) => true,
        }
    }

    fn step(&mut self, program: &Program, thread: usize) {
        let notes = &mut self.notes[thread];
        match program[thread][self.next[thread]] {
            Operation::Load(cell, _) => notes.push(self.atomics[cell]),
            Operation::Store(cell, value, _) => self.atomics[cell] = value,
            Operation::Add(cell, _) => {
                notes.push(self.atomics[cell]);
                self.atomics[cell] += 1;
            }
            Operation::Guarded(lock) => {
                notes.push(self.data[lock]);
                self.data[lock] += 1;
            }
            Operation::AddUnderLock(lock, cell, _) if self.inside[thread] => {
                notes.push(self.atomics[cell]);
                self.atomics[cell] += 1;
                self.data[lock] += 1;
                self.held[lock] = false;
                self.inside[thread] = false;
            }
            Operation::AddUnderLock(lock, ..) => {
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
        let program = random.program(SequentiallyConsistent);
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
        let program = random.program(SequentiallyConsistent);
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
    let program = vec![vec![Operation::Add(0, SeqCst); 4]; 3];
    let search = Search { preemptions: Some(3), executions: 40, ..Search::default() };
    let outcome = search.run(move || drop(run(&program)));
    let model_std::model::Outcome::Passed(coverage) = outcome else { panic!("{outcome:?}") };
    assert!(!coverage.complete, "{coverage}");
    assert!(!coverage.exhaustive);
    assert_eq!(coverage.executions, 40);
    assert!(coverage.to_string().starts_with("cut short after 40 executions"), "{coverage}");
}

#[test]
fn a_search_is_complete_up_to_the_last_bound_that_it_finished_if_that_is_enough() {
    let program = vec![vec![Operation::Add(0, SeqCst); 4]; 3];
    let covers = |search: Search| {
        let shared = program.clone();
        collect(search, move || run(&shared))
    };
    let whole = |bound| covers(Search { preemptions: Some(bound), ..Search::default() });
    let [(with_one, one), (_, two)] = [1, 2].map(whole);
    // In the middle of the second bound.
    let budget = one.executions.midpoint(two.executions);
    let most = || Search { preemptions: Some(3), deepening: budget, ..Search::default() };

    let (outcomes, enough) = covers(Search { least: Some(1), ..most() });
    assert_eq!((enough.preemptions, enough.complete, enough.exhaustive), (1, true, false), "{enough}");
    assert_eq!(enough.executions, budget, "what is left of the budget is used");
    assert!(outcomes.is_superset(&with_one), "and nothing of the bound is missing");

    let (_, least) = covers(Search { least: Some(2), ..most() });
    assert_eq!((least.preemptions, least.complete, least.executions), (2, true, two.executions), "{least}");

    let shared = program.clone();
    let outcome = Search { least: Some(2), executions: budget, ..most() }.run(move || drop(run(&shared)));
    let model_std::model::Outcome::Passed(cut) = outcome else { panic!("{outcome:?}") };
    assert_eq!((cut.preemptions, cut.complete, cut.executions), (2, false, budget), "{cut}");

    let (_, without) = covers(most());
    assert_eq!((without.preemptions, without.complete), (3, true), "all of it has to be searched: {without}");
}

#[test]
fn a_search_that_needs_no_bound_says_that_it_is_exhaustive() {
    let search = || Search { preemptions: Some(3), ..Search::default() };
    let (_, small) = collect(search(), || drop(run(&vec![vec![Operation::Add(0, SeqCst)]; 2])));
    assert!(small.complete && small.exhaustive, "{small}");
    let (_, large) = collect(search(), || drop(run(&vec![vec![Operation::Add(0, SeqCst); 4]; 2])));
    assert!(large.complete && !large.exhaustive, "{large}");
    assert_eq!(large.preemptions, 3);
}

#[test]
fn the_end_of_a_thread_without_operations_costs_nothing_where_no_thread_looks() {
    let coverage = passes(|| {
        for _ in 0..3 {
            thread::spawn(|| ());
        }
        let threads = [(); 4].map(|()| thread::spawn(|| ()));
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    });
    assert_eq!(coverage.executions, 1);
}

#[test]
fn no_pass_repeats_what_an_earlier_one_has_run() {
    for preemptions in [Some(0), Some(1), Some(2), None] {
        let search = Search { preemptions, executions: 2_000_000, remember: false, ..Search::default() };
        let (orders, coverage) = collect(search, || {
            let count = Arc::new(AtomicU32::new(0));
            // The real mutex: it is no step, and notes all of them.
            let order = Arc::new(std::sync::Mutex::new(Vec::new()));
            let threads = [1, 2].map(|name| {
                let (count, order) = (Arc::clone(&count), Arc::clone(&order));
                thread::spawn(move || {
                    for _ in 0..3 {
                        count.fetch_add(1, SeqCst);
                        order.lock().unwrap().push(name);
                    }
                })
            });
            for thread in threads {
                thread.join().unwrap();
                order.lock().unwrap().push(0);
            }
            order.lock().unwrap().clone()
        });
        assert_eq!(coverage.executions, orders.len() as u64, "{preemptions:?}");
    }
}
