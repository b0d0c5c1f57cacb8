//! Fixture: no order: if the second lock is taken, the first one is given back, and the thread blocks on the second.

use std::error::Error;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfStock;

impl fmt::Display for OutOfStock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("out of stock")
    }
}

impl Error for OutOfStock {}

pub struct Inventory {
    shelves: Vec<Mutex<u32>>,
}

type Guard<'a> = MutexGuard<'a, u32>;

impl Inventory {
    pub fn new(stock: &[u32]) -> Self {
        Self { shelves: stock.iter().copied().map(Mutex::from).collect() }
    }

    pub fn shelves(&self) -> usize {
        self.shelves.len()
    }

    pub fn stock(&self, shelf: usize) -> u32 {
        *self.wait(shelf)
    }

    pub fn update_stock(&self, shelf: usize, amount: i32) -> Result<u32, OutOfStock> {
        let mut stock = self.wait(shelf);
        let magnitude = amount.unsigned_abs();
        if amount >= 0 {
            *stock = stock.checked_add(magnitude).unwrap_or_else(|| panic!("shelf {shelf} overflows"));
        } else if *stock < magnitude {
            return Err(OutOfStock);
        } else {
            *stock -= magnitude;
        }
        Ok(*stock)
    }

    pub fn update_with<R>(&self, shelf: usize, change: impl FnOnce(&mut u32) -> R) -> R {
        change(&mut self.wait(shelf))
    }

    pub fn transfer(&self, from: usize, to: usize, amount: u32) -> Result<(), OutOfStock> {
        let count = self.shelves.len();
        for shelf in [from, to] {
            assert!(shelf < count, "shelf {shelf} of {count}");
        }
        if from == to {
            return if *self.wait(from) < amount { Err(OutOfStock) } else { Ok(()) };
        }
        let (mut source, mut target) = self.both(from, to);
        if *source < amount {
            return Err(OutOfStock);
        }
        let Some(sum) = target.checked_add(amount) else {
            drop((source, target));
            panic!("shelf {to} overflows");
        };
        *target = sum;
        *source -= amount;
        Ok(())
    }

    pub fn total(&self) -> u64 {
        // Others wait only while they hold nothing, so any order is right here.
        let guards: Vec<Guard<'_>> = (0..self.shelves()).rev().map(|shelf| self.wait(shelf)).collect();
        guards.iter().fold(0, |sum, stock| sum + u64::from(**stock))
    }

    /// As `std::lock` of C++ does it.
    fn both(&self, one: usize, other: usize) -> (Guard<'_>, Guard<'_>) {
        loop {
            let first = self.wait(one);
            if let Some(second) = self.at_once(other) {
                return (first, second);
            }
            drop(first);
            let second = self.wait(other);
            if let Some(first) = self.at_once(one) {
                return (first, second);
            }
        }
    }

    fn at_once(&self, shelf: usize) -> Option<Guard<'_>> {
        match self.shelves[shelf].try_lock() {
            Ok(guard) => Some(guard),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    fn wait(&self, shelf: usize) -> Guard<'_> {
        self.shelves[shelf].lock().unwrap_or_else(PoisonError::into_inner)
    }
}
