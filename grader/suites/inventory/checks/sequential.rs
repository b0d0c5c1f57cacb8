//! The sequential specification of the inventory, and histories that are compared with it.

#[cfg(engine = "model")]
use std::sync::Arc;
use std::thread;

#[cfg(engine = "model")]
use harness::linearizability::History;
use harness::linearizability::Sequential;
use inventory::Inventory;

#[cfg(engine = "model")]
use crate::instruments::finish;

/// The stock of each shelf.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Model(pub Vec<u32>);

/// A call of the inventory. None of those that checks make panics.
#[derive(Debug, Clone, Copy)]
pub enum Call {
    Stock(usize),
    UpdateStock(usize, i32),
    /// `update_with` and a `change` that adds so much, or takes it, by way of an intermediate state, and returns what was
    /// there.
    UpdateWith(usize, i32),
    Transfer(usize, usize, u32),
    Total,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    Stock(u32),
    OutOfStock,
    Done,
    Total(u64),
}

use Call::{Stock, Total, Transfer, UpdateStock, UpdateWith};

/// What nobody but `change` sees.
const INTERMEDIATE: u32 = 1_000_000;
const ENOUGH: &str = "a check takes what is there, and has room for what it adds";

impl Sequential for Model {
    type Call = Call;
    type Return = Answer;

    fn apply(&mut self, call: &Call) -> Answer {
        let Model(stock) = self;
        match *call {
            Stock(shelf) => Answer::Stock(stock[shelf]),
            UpdateStock(shelf, amount) => {
                let sum = i64::from(stock[shelf]) + i64::from(amount);
                let Ok(sum) = u64::try_from(sum) else { return Answer::OutOfStock };
                stock[shelf] = u32::try_from(sum).expect("a check has room for what it adds");
                Answer::Stock(stock[shelf])
            }
            UpdateWith(shelf, more) => {
                let found = stock[shelf];
                stock[shelf] = found.checked_add_signed(more).expect(ENOUGH);
                Answer::Stock(found)
            }
            Transfer(from, _, amount) if stock[from] < amount => Answer::OutOfStock,
            Transfer(from, to, amount) => {
                stock[from] -= amount;
                stock[to] += amount;
                Answer::Done
            }
            Total => Answer::Total(stock.iter().map(|stock| u64::from(*stock)).sum()),
        }
    }
}

/// The same call on the real inventory.
pub fn perform(inventory: &Inventory, call: &Call) -> Answer {
    match *call {
        Stock(shelf) => Answer::Stock(Inventory::stock(inventory, shelf)),
        UpdateStock(shelf, amount) => {
            Inventory::update_stock(inventory, shelf, amount).map_or(Answer::OutOfStock, Answer::Stock)
        }
        UpdateWith(shelf, more) => Answer::Stock(Inventory::update_with(inventory, shelf, |stock| {
            let found = *stock;
            *stock = INTERMEDIATE;
            thread::yield_now();
            *stock = found.checked_add_signed(more).expect(ENOUGH);
            found
        })),
        Transfer(from, to, amount) => {
            Inventory::transfer(inventory, from, to, amount).map_or(Answer::OutOfStock, |()| Answer::Done)
        }
        Total => Answer::Total(Inventory::total(inventory)),
    }
}

/// Runs the calls of all threads concurrently, on an inventory with this stock, and checks that their history is
/// linearizable. The last of `threads` is the main thread.
#[cfg(engine = "model")]
pub fn explain(stock: &[u32], threads: &[&[Call]]) {
    let inventory = Arc::new(Inventory::new(stock));
    let history = Arc::new(History::<Model>::new());
    let (mine, others) = threads.split_last().expect("a history has a thread");
    let others: Vec<_> = others
        .iter()
        .map(|calls| {
            let calls = calls.to_vec();
            let (inventory, history) = (Arc::clone(&inventory), Arc::clone(&history));
            harness::model::name_next_thread(role_of(&calls));
            thread::spawn(move || run(&inventory, &history, &calls))
        })
        .collect();
    run(&inventory, &history, mine);
    others.into_iter().for_each(finish);
    // What is there when all have ended.
    let afterwards: Vec<_> = (0..stock.len()).map(Stock).chain([Total]).collect();
    run(&inventory, &history, &afterwards);
    history.assert_linearizable(Model(stock.to_vec()));
}

/// The name in schedules of a thread that makes these calls: after the one that needs most.
#[cfg(engine = "model")]
fn role_of(calls: &[Call]) -> &'static str {
    let roles = calls.iter().map(|call| match call {
        Transfer(..) => (3, "mover"),
        UpdateWith(..) | UpdateStock(..) => (2, "updater"),
        Total => (1, "auditor"),
        Stock(_) => (0, "reader"),
    });
    roles.max().map_or("reader", |(_, role)| role)
}

#[cfg(engine = "model")]
fn run(inventory: &Inventory, history: &History<Model>, calls: &[Call]) {
    for call in calls {
        history.call(*call, || perform(inventory, call));
    }
}
