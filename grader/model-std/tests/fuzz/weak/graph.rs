//! Execution graphs: events, which write each read reads from, and the modification orders.

use std::sync::atomic::Ordering::{self, AcqRel, Acquire, Release, SeqCst};

use super::program::CELLS;
use super::relation::{Relation, Set};

/// An event: its thread and its place in it. The initial writes have a thread of their own, one for each cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Id {
    pub thread: u8,
    pub index: u8,
}

/// The thread of the initial writes.
const INITIAL: u8 = u8::MAX;

impl Id {
    pub fn initial(cell: usize) -> Self {
        Id { thread: INITIAL, index: cell as u8 }
    }
}

/// What an event does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Access {
    Read { cell: usize, from: Id, value: u32 },
    Write { cell: usize, value: u32 },
    Update { cell: usize, from: Id, read: u32, value: u32 },
    Fence,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Event {
    pub access: Access,
    pub order: Ordering,
}

impl Event {
    pub fn cell(&self) -> Option<usize> {
        match self.access {
            Access::Read { cell, .. } | Access::Write { cell, .. } | Access::Update { cell, .. } => {
                Some(cell)
            }
            Access::Fence => None,
        }
    }

    fn reads_from(&self) -> Option<Id> {
        match self.access {
            Access::Read { from, .. } | Access::Update { from, .. } => Some(from),
            Access::Write { .. } | Access::Fence => None,
        }
    }
}

/// A graph to which every prefix of an execution adds one event.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Graph {
    pub threads: Vec<Vec<Event>>,
    /// For each cell its writes, the initial one first.
    pub modification: [Vec<Id>; CELLS],
}

/// The basic sets and relations of a graph, over numbered events.
pub struct Basics {
    pub len: usize,
    pub reads: Set,
    pub writes: Set,
    pub updates: Set,
    pub fences: Set,
    pub acquires: Set,
    pub releases: Set,
    pub seq_cst: Set,
    pub cells: Vec<Option<usize>>,
    /// Sequenced before, initial writes included.
    pub program: Relation,
    pub reads_from: Relation,
    pub modification: Relation,
}

impl Graph {
    pub fn new(threads: usize) -> Self {
        let modification = std::array::from_fn(|cell| Vec::from([Id::initial(cell)]));
        Graph { threads: vec![Vec::new(); threads], modification }
    }

    /// The value that a write has written.
    pub fn value(&self, id: Id) -> u32 {
        if id.thread == INITIAL {
            return 0;
        }
        match self.threads[usize::from(id.thread)][usize::from(id.index)].access {
            Access::Write { value, .. } | Access::Update { value, .. } => value,
            Access::Read { .. } | Access::Fence => unreachable!("only writes have written a value"),
        }
    }

    /// The final value of each cell.
    pub fn last_values(&self) -> Vec<u32> {
        self.modification.iter().map(|writes| self.value(*writes.last().expect("the initial one"))).collect()
    }

    /// The number of an event in [`Basics`].
    pub fn number(&self, id: Id) -> usize {
        if id.thread == INITIAL {
            return usize::from(id.index);
        }
        let before: usize = self.threads[..usize::from(id.thread)].iter().map(Vec::len).sum();
        CELLS + before + usize::from(id.index)
    }

    pub fn basics(&self) -> Basics {
        let len = CELLS + self.threads.iter().map(Vec::len).sum::<usize>();
        let mut basics = Basics {
            len,
            reads: 0,
            writes: (1 << CELLS) - 1,
            updates: 0,
            fences: 0,
            acquires: 0,
            releases: 0,
            seq_cst: 0,
            cells: (0..CELLS).map(Some).collect(),
            program: Relation::empty(len),
            reads_from: Relation::empty(len),
            modification: Relation::empty(len),
        };
        let mut number = CELLS;
        for events in &self.threads {
            let first = number;
            for event in events {
                for before in (0..CELLS).chain(first..number) {
                    basics.program.insert(before, number);
                }
                basics.add(number, event);
                if let Some(from) = event.reads_from() {
                    basics.reads_from.insert(self.number(from), number);
                }
                number += 1;
            }
        }
        for writes in &self.modification {
            for (at, &write) in writes.iter().enumerate() {
                for &later in &writes[at + 1..] {
                    basics.modification.insert(self.number(write), self.number(later));
                }
            }
        }
        basics
    }
}

impl Basics {
    fn add(&mut self, number: usize, event: &Event) {
        let bit = 1 << number;
        self.cells.push(event.cell());
        let (reads, writes) = match event.access {
            Access::Read { .. } => (true, false),
            Access::Write { .. } => (false, true),
            Access::Update { .. } | Access::Fence => (true, true),
        };
        match event.access {
            Access::Fence => self.fences |= bit,
            Access::Update { .. } => self.updates |= bit,
            Access::Read { .. } | Access::Write { .. } => {}
        }
        if event.cell().is_some() {
            self.reads |= if reads { bit } else { 0 };
            self.writes |= if writes { bit } else { 0 };
        }
        if reads && matches!(event.order, Acquire | AcqRel | SeqCst) {
            self.acquires |= bit;
        }
        if writes && matches!(event.order, Release | AcqRel | SeqCst) {
            self.releases |= bit;
        }
        if event.order == SeqCst {
            self.seq_cst |= bit;
        }
    }

    /// Whether two events access the same cell.
    pub fn same_cell(&self, a: usize, b: usize) -> bool {
        self.cells[a].is_some() && self.cells[a] == self.cells[b]
    }
}
