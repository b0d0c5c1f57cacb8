//! Programs of atomic operations alone.

use std::fmt::{self, Write};
use std::sync::atomic::Ordering;

/// How many atomics a program has. All begin with 0.
pub const CELLS: usize = 2;

/// What a failed exchange adds to the value that it has found, in the notes.
pub const FAILED: u32 = 100;

/// One operation. Each that reads notes what it has read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    Load(usize, Ordering),
    Store(usize, u32, Ordering),
    Add(usize, Ordering),
    Swap(usize, u32, Ordering),
    Exchange { cell: usize, from: u32, to: u32, success: Ordering, failure: Ordering, weak: bool },
    Fence(Ordering),
}

/// The operations of each thread. The last one is the test's own: it starts the others in their order, then
/// takes its own steps, and joins them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Program {
    pub threads: Vec<Vec<Operation>>,
}

/// What each thread has read, and at last the final values.
pub type Notes = Vec<Vec<u32>>;

impl Program {
    /// The programs that lack one operation, or have a simpler one.
    pub fn smaller(&self) -> Vec<Program> {
        let mut smaller = Vec::new();
        for thread in 0..self.threads.len() {
            if self.threads.len() > 1 {
                let mut program = self.clone();
                program.threads.remove(thread);
                smaller.push(program);
            }
            for at in 0..self.threads[thread].len() {
                let mut program = self.clone();
                program.threads[thread].remove(at);
                smaller.push(program);
                for simpler in self.threads[thread][at].simpler() {
                    let mut program = self.clone();
                    program.threads[thread][at] = simpler;
                    smaller.push(program);
                }
            }
        }
        smaller
    }
}

impl Operation {
    /// Operations that do less in the same place, or are ordered less.
    fn simpler(self) -> Vec<Operation> {
        use Operation::{Add, Exchange, Fence, Load, Store, Swap};
        let weaker = |order| (order != Ordering::Relaxed).then_some(Ordering::Relaxed);
        match self {
            Load(cell, order) => weaker(order).map(|order| Load(cell, order)).into_iter().collect(),
            Store(cell, value, order) => {
                weaker(order).map(|order| Store(cell, value, order)).into_iter().collect()
            }
            Add(cell, order) => weaker(order).map(|order| Add(cell, order)).into_iter().collect(),
            Swap(cell, value, order) => {
                let mut simpler = Vec::from([Add(cell, order)]);
                simpler.extend(weaker(order).map(|order| Swap(cell, value, order)));
                simpler
            }
            Exchange { cell, from, to, success, failure, weak } => {
                let mut simpler = Vec::from([Swap(cell, to, success)]);
                if weak {
                    simpler.push(Exchange { cell, from, to, success, failure, weak: false });
                }
                if let Some(success) = weaker(success) {
                    simpler.push(Exchange { cell, from, to, success, failure, weak });
                }
                if let Some(failure) = weaker(failure) {
                    simpler.push(Exchange { cell, from, to, success, failure, weak });
                }
                simpler
            }
            Fence(_) => Vec::new(),
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |cell: usize| char::from(b"xyzw"[cell]);
        match *self {
            Operation::Load(cell, order) => write!(f, "{}.load({order:?})", name(cell)),
            Operation::Store(cell, value, order) => write!(f, "{}.store({value}, {order:?})", name(cell)),
            Operation::Add(cell, order) => write!(f, "{}.fetch_add(1, {order:?})", name(cell)),
            Operation::Swap(cell, value, order) => write!(f, "{}.swap({value}, {order:?})", name(cell)),
            Operation::Exchange { cell, from, to, success, failure, weak } => {
                let weak = if weak { "_weak" } else { "" };
                let cell = name(cell);
                write!(f, "{cell}.compare_exchange{weak}({from}, {to}, {success:?}, {failure:?})")
            }
            Operation::Fence(order) => write!(f, "fence({order:?})"),
        }
    }
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "let (x, y) = (AtomicU32::new(0), AtomicU32::new(0));")?;
        let (main, others) = self.threads.split_last().expect("there is a thread");
        for (index, thread) in others.iter().enumerate() {
            writeln!(f, "let t{index} = spawn(|| {{ {}}});", line(thread))?;
        }
        writeln!(f, "{}", line(main).trim_end())
    }
}

fn line(operations: &[Operation]) -> String {
    operations.iter().fold(String::new(), |mut line, operation| {
        write!(line, "{operation}; ").expect("a string takes everything");
        line
    })
}
