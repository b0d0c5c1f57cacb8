//! Fixture: marks under one mutex; who finds one parks, and is unparked when all that it needs are free.

use std::error::Error;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, Thread};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfStock;

impl fmt::Display for OutOfStock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there is not enough in stock")
    }
}

impl Error for OutOfStock {}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A thread marks all shelves that it needs at once, or waits until it can; whoever clears marks wakes those that
/// wait.
struct Floor {
    stocks: Vec<u32>,
    busy: Vec<bool>,
    waiting: Vec<(usize, usize, Thread)>,
}

pub struct Inventory {
    shelves: usize,
    floor: Mutex<Floor>,
}

/// Clears its marks when it goes.
struct Marked<'a> {
    inventory: &'a Inventory,
    one: usize,
    other: usize,
}

impl Drop for Marked<'_> {
    fn drop(&mut self) {
        let mut floor = lock(&self.inventory.floor);
        let (one, other) = (self.one, self.other);
        floor.busy[one] = false;
        floor.busy[other] = false;
        let floor = &*floor;
        for (a, b, thread) in &floor.waiting {
            // Who needs another one that is busy as well is woken by that one.
            if !floor.busy[*a] && !floor.busy[*b] {
                thread.unpark();
            }
        }
    }
}

impl Inventory {
    pub fn new(stock: &[u32]) -> Self {
        let floor = Floor { stocks: stock.to_vec(), busy: vec![false; stock.len()], waiting: Vec::new() };
        Self { shelves: stock.len(), floor: Mutex::new(floor) }
    }

    pub fn shelves(&self) -> usize {
        self.shelves
    }

    fn exists(&self, shelf: usize) {
        assert!(shelf < self.shelves, "no shelf {shelf} here");
    }

    /// The floor, at a moment at which nobody works on these two.
    fn when_free(&self, one: usize, other: usize) -> MutexGuard<'_, Floor> {
        let mut floor = lock(&self.floor);
        while floor.busy[one] || floor.busy[other] {
            let me = thread::current();
            floor.waiting.push((one, other, me.clone()));
            drop(floor);
            thread::park();
            floor = lock(&self.floor);
            floor.waiting.retain(|(_, _, other)| other.id() != me.id());
        }
        floor
    }

    pub fn stock(&self, shelf: usize) -> u32 {
        self.exists(shelf);
        lock(&self.floor).stocks[shelf]
    }

    pub fn update_stock(&self, shelf: usize, amount: i32) -> Result<u32, OutOfStock> {
        self.exists(shelf);
        let mut floor = self.when_free(shelf, shelf);
        let stock = floor.stocks[shelf];
        let sum = i64::from(stock) + i64::from(amount);
        if sum < 0 {
            return Err(OutOfStock);
        }
        let sum = u32::try_from(sum).expect("no room");
        floor.stocks[shelf] = sum;
        Ok(sum)
    }

    pub fn update_with<R>(&self, shelf: usize, change: impl FnOnce(&mut u32) -> R) -> R {
        self.exists(shelf);
        let mut floor = self.when_free(shelf, shelf);
        floor.busy[shelf] = true;
        let mut stock = floor.stocks[shelf];
        drop(floor);
        let marked = Marked { inventory: self, one: shelf, other: shelf };
        let result = change(&mut stock);
        lock(&self.floor).stocks[shelf] = stock;
        drop(marked);
        result
    }

    pub fn transfer(&self, from: usize, to: usize, amount: u32) -> Result<(), OutOfStock> {
        self.exists(from);
        self.exists(to);
        let mut floor = self.when_free(from, to);
        let less = floor.stocks[from].checked_sub(amount).ok_or(OutOfStock)?;
        if from != to {
            let more = floor.stocks[to].checked_add(amount).expect("no room");
            floor.stocks[from] = less;
            floor.stocks[to] = more;
        }
        Ok(())
    }

    pub fn total(&self) -> u64 {
        lock(&self.floor).stocks.iter().map(|&stock| u64::from(stock)).sum()
    }
}
