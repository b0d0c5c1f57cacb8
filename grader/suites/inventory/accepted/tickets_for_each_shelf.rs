//! Fixture: each shelf has a line of tickets, served in order; the stock is an atomic that holders alone touch.

use std::error::Error;
use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfStock;

impl fmt::Display for OutOfStock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("out of stock")
    }
}

impl Error for OutOfStock {}

#[derive(Default)]
struct Line {
    next: u64,
    served: u64,
}

#[derive(Default)]
struct Shelf {
    line: Mutex<Line>,
    moved_up: Condvar,
    stock: AtomicU32,
}

/// It is this thread's turn at the shelf, until the end.
struct Turn<'a>(&'a Shelf);

impl Shelf {
    fn wait(&self) -> Turn<'_> {
        let mut line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        let ticket = line.next;
        line.next += 1;
        while line.served != ticket {
            line = self.moved_up.wait(line).unwrap_or_else(PoisonError::into_inner);
        }
        Turn(self)
    }
}

impl Turn<'_> {
    fn stock(&self) -> u32 {
        self.0.stock.load(Ordering::Relaxed)
    }

    fn set(&self, stock: u32) {
        self.0.stock.store(stock, Ordering::Relaxed);
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.line.lock().unwrap_or_else(PoisonError::into_inner).served += 1;
        // The next in line is one of those that wait, and nobody knows which.
        self.0.moved_up.notify_all();
    }
}

pub struct Inventory {
    shelves: Vec<Shelf>,
}

impl Inventory {
    pub fn new(stock: &[u32]) -> Self {
        let shelf = |stock: &u32| Shelf { stock: AtomicU32::new(*stock), ..Shelf::default() };
        Self { shelves: stock.iter().map(shelf).collect() }
    }

    pub fn shelves(&self) -> usize {
        self.shelves.len()
    }

    pub fn stock(&self, shelf: usize) -> u32 {
        self.at(shelf).wait().stock()
    }

    pub fn update_stock(&self, shelf: usize, amount: i32) -> Result<u32, OutOfStock> {
        let turn = self.at(shelf).wait();
        let sum = i64::from(turn.stock()) + i64::from(amount);
        if sum < 0 {
            return Err(OutOfStock);
        }
        assert!(sum <= u32::MAX.into(), "{sum} is too much");
        turn.set(sum as u32);
        Ok(sum as u32)
    }

    pub fn update_with<R>(&self, shelf: usize, change: impl FnOnce(&mut u32) -> R) -> R {
        let turn = self.at(shelf).wait();
        let mut stock = turn.stock();
        let result = change(&mut stock);
        turn.set(stock);
        result
    }

    pub fn transfer(&self, from: usize, to: usize, amount: u32) -> Result<(), OutOfStock> {
        let (source, target) = (self.at(from), self.at(to));
        let mut turns = Vec::new();
        for shelf in if from < to {
            vec![source, target]
        } else if from > to {
            vec![target, source]
        } else {
            vec![source]
        } {
            turns.push(shelf.wait());
        }
        let had = source.stock.load(Ordering::Relaxed);
        if had < amount {
            return Err(OutOfStock);
        }
        if from != to {
            let more = target.stock.load(Ordering::Relaxed).checked_add(amount).expect("no room");
            target.stock.store(more, Ordering::Relaxed);
            source.stock.store(had - amount, Ordering::Relaxed);
        }
        Ok(())
    }

    pub fn total(&self) -> u64 {
        let turns: Vec<_> = self.shelves.iter().map(Shelf::wait).collect();
        turns.iter().map(|turn| u64::from(turn.stock())).sum()
    }

    fn at(&self, shelf: usize) -> &Shelf {
        assert!(shelf < self.shelves.len(), "there are {} shelves, and no {shelf}", self.shelves.len());
        &self.shelves[shelf]
    }
}
