//! Fixture: one mutex and a mark for each shelf that is being changed; `change` runs on a copy without the mutex.

use std::error::Error;
use std::fmt;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfStock;

impl fmt::Display for OutOfStock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("out of stock")
    }
}

impl Error for OutOfStock {}

struct State {
    stock: Vec<u32>,
    /// These shelves are locked: a `change` of them runs.
    marked: Vec<bool>,
}

pub struct Inventory {
    shelves: usize,
    state: Mutex<State>,
    unmarked: Condvar,
}

/// Takes the mark off, also in a panic of `change`.
struct Mark<'a> {
    inventory: &'a Inventory,
    shelf: usize,
    stock: u32,
}

impl Drop for Mark<'_> {
    fn drop(&mut self) {
        let mut state = self.inventory.state();
        state.stock[self.shelf] = self.stock;
        state.marked[self.shelf] = false;
        self.inventory.unmarked.notify_all();
    }
}

impl Inventory {
    pub fn new(stock: &[u32]) -> Self {
        let state = State { stock: stock.to_vec(), marked: vec![false; stock.len()] };
        Self { shelves: stock.len(), state: Mutex::new(state), unmarked: Condvar::new() }
    }

    pub fn shelves(&self) -> usize {
        self.shelves
    }

    pub fn stock(&self, shelf: usize) -> u32 {
        self.check(shelf);
        self.state().stock[shelf]
    }

    pub fn update_stock(&self, shelf: usize, amount: i32) -> Result<u32, OutOfStock> {
        let mut state = self.wait_for(shelf, shelf);
        let sum = i64::from(state.stock[shelf]) + i64::from(amount);
        if sum < 0 {
            return Err(OutOfStock);
        }
        state.stock[shelf] = sum.try_into().expect("no room");
        Ok(state.stock[shelf])
    }

    pub fn update_with<R>(&self, shelf: usize, change: impl FnOnce(&mut u32) -> R) -> R {
        let mut state = self.wait_for(shelf, shelf);
        state.marked[shelf] = true;
        let mut mark = Mark { inventory: self, shelf, stock: state.stock[shelf] };
        drop(state);
        change(&mut mark.stock)
    }

    pub fn transfer(&self, from: usize, to: usize, amount: u32) -> Result<(), OutOfStock> {
        let mut state = self.wait_for(from, to);
        let left = state.stock[from].checked_sub(amount).ok_or(OutOfStock)?;
        if from != to {
            state.stock[to] = state.stock[to].checked_add(amount).expect("no room");
            state.stock[from] = left;
        }
        Ok(())
    }

    pub fn total(&self) -> u64 {
        self.state().stock.iter().map(|stock| u64::from(*stock)).sum()
    }

    fn check(&self, shelf: usize) {
        assert!(shelf < self.shelves, "no shelf {shelf}");
    }

    fn wait_for(&self, one: usize, other: usize) -> MutexGuard<'_, State> {
        self.check(one);
        self.check(other);
        let is_marked = |state: &mut State| state.marked[one] || state.marked[other];
        self.unmarked.wait_while(self.state(), is_marked).unwrap_or_else(PoisonError::into_inner)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
