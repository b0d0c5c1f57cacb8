//! The executions of a program: every graph that the axioms allow, event by event.
//!
//! Because a consistent graph has no cycle of program order and reads-from, its events can be added in an order in
//! which each read follows the write that it reads; each prefix is consistent then. A write may take any place in
//! the modification order.

use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};
use std::sync::atomic::Ordering;

use super::axioms;
use super::graph::{Access, Event, Graph, Id};
use super::limits::{self, Limits};
use super::program::{CELLS, FAILED, Notes, Operation, Program};

/// How many weak exchanges may fail spuriously in one execution, as in the default search.
const SPURIOUS: u8 = 1;

/// A prefix of an execution.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Prefix {
    graph: Graph,
    spurious: u8,
    /// How many events of each thread have not taken the newest write, by cell. Counted only if limited.
    outdated: Vec<[u8; CELLS]>,
    /// The `SeqCst` events in the order in which they were added. Kept only if that is their order.
    seq_cst: Vec<Id>,
    /// The thread that took the last step. Kept only if preemptions are counted.
    current: usize,
}

/// Everything that RC11 allows a program to do.
pub fn allowed(program: &Program) -> BTreeSet<Notes> {
    outcomes(program, limits::NONE).into_keys().collect()
}

/// What remains within the limits of the explorer: each outcome with the fewest preemptions that it needs.
pub fn within(program: &Program, limits: Limits) -> BTreeMap<Notes, usize> {
    outcomes(program, limits)
}

fn outcomes(program: &Program, limits: Limits) -> BTreeMap<Notes, usize> {
    let threads = program.threads.len();
    let first = Prefix {
        graph: Graph::new(threads),
        spurious: SPURIOUS,
        outdated: vec![[0; CELLS]; threads],
        seq_cst: Vec::new(),
        // The test's own thread runs first.
        current: threads - 1,
    };
    let mut outcomes = BTreeMap::new();
    let mut seen = HashSet::new();
    // Those with fewer preemptions come first.
    let mut queue = VecDeque::from([(first, 0)]);
    while let Some((prefix, preemptions)) = queue.pop_front() {
        if !seen.insert(prefix.clone()) {
            continue;
        }
        let enabled: Vec<usize> =
            (0..threads).filter(|&thread| prefix.next(program, thread).is_some()).collect();
        if enabled.is_empty() {
            outcomes.entry(prefix.notes()).or_insert(preemptions);
        }
        let could_go_on = enabled.contains(&prefix.current);
        for thread in enabled {
            for mut next in prefix.steps(program, thread, limits) {
                if !limits.seq_cst_in_execution_order {
                    queue.push_back((next, 0));
                    continue;
                }
                next.current = thread;
                if could_go_on && thread != prefix.current {
                    queue.push_back((next, preemptions + 1));
                } else {
                    queue.push_front((next, preemptions));
                }
            }
        }
    }
    outcomes
}

impl Prefix {
    fn next(&self, program: &Program, thread: usize) -> Option<Operation> {
        program.threads[thread].get(self.graph.threads[thread].len()).copied()
    }

    /// The prefixes with one more event of a thread.
    fn steps(&self, program: &Program, thread: usize, limits: Limits) -> Vec<Prefix> {
        let operation = self.next(program, thread).expect("an enabled thread has an operation left");
        let me = Id { thread: thread as u8, index: self.graph.threads[thread].len() as u8 };
        let step = Step { before: self, me, limits };
        let mut prefixes = match operation {
            Operation::Fence(order) => Vec::from([step.with(Event { access: Access::Fence, order })]),
            Operation::Load(cell, order) => step.loads(cell, order),
            Operation::Store(cell, value, order) => step.stores(cell, value, order),
            Operation::Add(cell, order) => step.updates(cell, order, |old| Some(old + 1)),
            Operation::Swap(cell, value, order) => step.updates(cell, order, |_| Some(value)),
            Operation::Exchange { cell, from, to, success, failure, weak } => {
                let mut prefixes = step.updates(cell, success, |old| (old == from).then_some(to));
                prefixes.extend(step.failures(cell, from, failure, weak));
                prefixes
            }
        };
        prefixes.retain(Prefix::is_possible);
        prefixes
    }

    fn is_possible(&self) -> bool {
        let judgement = axioms::judge(&self.graph);
        let number = |id: &Id| self.graph.number(*id);
        let mut later = self.seq_cst.iter();
        let in_order = std::iter::from_fn(|| later.next().map(|id| (number(id), later.clone())))
            .all(|(first, mut later)| !later.any(|id| judgement.seq_cst_order.contains(number(id), first)));
        judgement.is_consistent && in_order
    }

    /// What the program has noted in this execution.
    fn notes(&self) -> Notes {
        let note = |event: &Event| match event.access {
            Access::Read { value, .. } => Some(value),
            Access::Update { read, .. } => Some(read),
            Access::Write { .. } | Access::Fence => None,
        };
        let threads = self.graph.threads.iter();
        let mut notes: Notes = threads.map(|events| events.iter().filter_map(note).collect()).collect();
        notes.push(self.graph.last_values());
        notes
    }
}

/// A step of one thread.
struct Step<'a> {
    before: &'a Prefix,
    me: Id,
    limits: Limits,
}

impl Step<'_> {
    fn with(&self, event: Event) -> Prefix {
        let mut prefix = self.before.clone();
        prefix.graph.threads[usize::from(self.me.thread)].push(event);
        if event.order == Ordering::SeqCst && self.limits.seq_cst_in_execution_order {
            prefix.seq_cst.push(self.me);
        }
        prefix
    }

    /// The writes to a cell, each with its place in the modification order and whether it is the last one.
    fn writes(&self, cell: usize) -> impl Iterator<Item = (usize, Id, bool)> {
        let writes = &self.before.graph.modification[cell];
        writes.iter().enumerate().map(|(place, &write)| (place, write, place + 1 == writes.len()))
    }

    fn loads(&self, cell: usize, order: Ordering) -> Vec<Prefix> {
        self.writes(cell)
            .filter_map(|(_, from, newest)| {
                let value = self.before.graph.value(from);
                self.taking(Event { access: Access::Read { cell, from, value }, order }, newest)
            })
            .collect()
    }

    /// An event that takes a write, unless the limits leave it out.
    fn taking(&self, event: Event, newest: bool) -> Option<Prefix> {
        let mut prefix = self.with(event);
        if let (Some(most), Some(cell), false) = (self.limits.outdated, event.cell(), newest) {
            let outdated = &mut prefix.outdated[usize::from(self.me.thread)][cell];
            *outdated += 1;
            return (*outdated <= most).then_some(prefix);
        }
        Some(prefix)
    }

    fn stores(&self, cell: usize, value: u32, order: Ordering) -> Vec<Prefix> {
        let event = Event { access: Access::Write { cell, value }, order };
        self.writes(cell)
            .filter_map(|(place, _, newest)| self.written(event, cell, place + 1, newest))
            .collect()
    }

    fn written(&self, event: Event, cell: usize, place: usize, newest: bool) -> Option<Prefix> {
        let mut prefix = self.taking(event, newest)?;
        prefix.graph.modification[cell].insert(place, self.me);
        Some(prefix)
    }

    /// Read-modify-writes: directly behind what they read.
    fn updates(&self, cell: usize, order: Ordering, new: impl Fn(u32) -> Option<u32>) -> Vec<Prefix> {
        self.writes(cell)
            .filter_map(|(place, from, newest)| {
                let read = self.before.graph.value(from);
                let event = Event { access: Access::Update { cell, from, read, value: new(read)? }, order };
                self.written(event, cell, place + 1, newest)
            })
            .collect()
    }

    /// Exchanges that fail: they only read.
    fn failures(&self, cell: usize, expected: u32, order: Ordering, weak: bool) -> Vec<Prefix> {
        self.writes(cell)
            .filter_map(|(_, from, newest)| {
                let value = self.before.graph.value(from);
                let spurious = value == expected;
                if spurious && !(weak && self.before.spurious > 0) {
                    return None;
                }
                let access = Access::Read { cell, from, value: value + FAILED };
                let mut prefix = self.taking(Event { access, order }, newest)?;
                prefix.spurious -= u8::from(spurious);
                Some(prefix)
            })
            .collect()
    }
}
