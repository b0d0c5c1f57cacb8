//! Runs a program with the explorer.

use std::sync::Arc;

use model_std::sync::atomic::{AtomicU32, fence};
use model_std::thread;

use super::program::{CELLS, FAILED, Notes, Operation, Program};

pub fn run(program: &Program) -> Notes {
    let cells = Arc::new([const { AtomicU32::new(0) }; CELLS]);
    let (last, others) = program.threads.split_last().expect("there is a thread");
    let threads: Vec<_> = others
        .iter()
        .cloned()
        .map(|operations| {
            let cells = Arc::clone(&cells);
            thread::spawn(move || run_thread(&operations, &cells))
        })
        .collect();
    let last = run_thread(last, &cells);
    let mut notes: Notes = threads.into_iter().map(|thread| thread.join().expect("no panic")).collect();
    notes.push(last);
    let cells = Arc::into_inner(cells).expect("the threads have ended");
    notes.push(cells.map(AtomicU32::into_inner).into());
    notes
}

fn run_thread(operations: &[Operation], cells: &[AtomicU32; CELLS]) -> Vec<u32> {
    let mut notes = Vec::new();
    for operation in operations {
        match *operation {
            Operation::Load(cell, order) => notes.push(cells[cell].load(order)),
            Operation::Store(cell, value, order) => cells[cell].store(value, order),
            Operation::Add(cell, order) => notes.push(cells[cell].fetch_add(1, order)),
            Operation::Swap(cell, value, order) => notes.push(cells[cell].swap(value, order)),
            Operation::Exchange { cell, from, to, success, failure, weak } => {
                let cell = &cells[cell];
                let result = if weak {
                    cell.compare_exchange_weak(from, to, success, failure)
                } else {
                    cell.compare_exchange(from, to, success, failure)
                };
                notes.push(result.unwrap_or_else(|found| found + FAILED));
            }
            Operation::Fence(order) => fence(order),
        }
    }
    notes
}
