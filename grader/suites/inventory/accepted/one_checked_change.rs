//! Fixture: one function says what a stock becomes; both are known before either changes.

use std::error::Error;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

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

pub struct Inventory {
    shelves: Box<[Mutex<u32>]>,
}

/// One number after the other, checked before anything changes.
fn changed(stock: u32, amount: i64, shelf: usize) -> Result<u32, OutOfStock> {
    match i64::from(stock) + amount {
        ..0 => Err(OutOfStock),
        sum => {
            Ok(u32::try_from(sum).unwrap_or_else(|_| panic!("shelf {shelf} has no room for {amount} more")))
        }
    }
}

impl Inventory {
    pub fn new(stock: &[u32]) -> Self {
        Self { shelves: stock.iter().map(|&stock| Mutex::new(stock)).collect() }
    }

    pub fn shelves(&self) -> usize {
        self.shelves.len()
    }

    fn at(&self, shelf: usize) -> MutexGuard<'_, u32> {
        self.exists(shelf);
        lock(&self.shelves[shelf])
    }

    fn exists(&self, shelf: usize) {
        assert!(shelf < self.shelves.len(), "shelf {shelf} of {}", self.shelves.len());
    }

    pub fn stock(&self, shelf: usize) -> u32 {
        *self.at(shelf)
    }

    pub fn update_stock(&self, shelf: usize, amount: i32) -> Result<u32, OutOfStock> {
        let mut stock = self.at(shelf);
        *stock = changed(*stock, i64::from(amount), shelf)?;
        Ok(*stock)
    }

    pub fn update_with<R>(&self, shelf: usize, change: impl FnOnce(&mut u32) -> R) -> R {
        let mut stock = self.at(shelf);
        change(&mut stock)
    }

    pub fn transfer(&self, from: usize, to: usize, amount: u32) -> Result<(), OutOfStock> {
        self.exists(from);
        self.exists(to);
        let amount = i64::from(amount);
        if from == to {
            return if i64::from(*self.at(from)) < amount { Err(OutOfStock) } else { Ok(()) };
        }
        let (mut source, mut target);
        if from < to {
            source = self.at(from);
            target = self.at(to);
        } else {
            target = self.at(to);
            source = self.at(from);
        }
        let less = changed(*source, -amount, from)?;
        let more = changed(*target, amount, to)?;
        (*source, *target) = (less, more);
        Ok(())
    }

    pub fn total(&self) -> u64 {
        let all: Vec<_> = self.shelves.iter().map(lock).collect();
        all.into_iter().map(|stock| u64::from(*stock)).sum()
    }
}
