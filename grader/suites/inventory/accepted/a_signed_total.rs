//! Fixture: a running total, signed.

use std::error::Error;
use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
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

/// The total is kept beside the shelves, and changes while the shelf is locked.
pub struct Inventory {
    shelves: Vec<Mutex<u32>>,
    all: AtomicI64,
}

impl Inventory {
    pub fn new(stock: &[u32]) -> Self {
        let all = stock.iter().map(|&stock| i64::from(stock)).sum();
        Self { shelves: stock.iter().map(|&stock| Mutex::new(stock)).collect(), all: AtomicI64::new(all) }
    }

    pub fn shelves(&self) -> usize {
        self.shelves.len()
    }

    fn shelf(&self, shelf: usize) -> &Mutex<u32> {
        match self.shelves.get(shelf) {
            Some(found) => found,
            None => panic!("{shelf} is not a shelf"),
        }
    }

    pub fn stock(&self, shelf: usize) -> u32 {
        *lock(self.shelf(shelf))
    }

    pub fn update_stock(&self, shelf: usize, amount: i32) -> Result<u32, OutOfStock> {
        let mut stock = lock(self.shelf(shelf));
        let sum = i64::from(*stock) + i64::from(amount);
        if sum < 0 {
            return Err(OutOfStock);
        }
        *stock = u32::try_from(sum).expect("there is no room");
        self.all.fetch_add(i64::from(amount), Ordering::SeqCst);
        Ok(*stock)
    }

    pub fn update_with<R>(&self, shelf: usize, change: impl FnOnce(&mut u32) -> R) -> R {
        let mut stock = lock(self.shelf(shelf));
        let before = *stock;
        let result = change(&mut stock);
        self.all.fetch_add(i64::from(*stock) - i64::from(before), Ordering::SeqCst);
        result
    }

    pub fn transfer(&self, from: usize, to: usize, amount: u32) -> Result<(), OutOfStock> {
        let (source, target) = (self.shelf(from), self.shelf(to));
        if from == to {
            return if *lock(source) < amount { Err(OutOfStock) } else { Ok(()) };
        }
        let (mut source, mut target) = if from < to {
            let source = lock(source);
            (source, lock(target))
        } else {
            let target = lock(target);
            (lock(source), target)
        };
        let left = source.checked_sub(amount).ok_or(OutOfStock)?;
        *target = target.checked_add(amount).expect("there is no room");
        *source = left;
        Ok(())
    }

    pub fn total(&self) -> u64 {
        self.all.load(Ordering::SeqCst) as u64
    }
}
