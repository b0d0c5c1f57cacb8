//! Fixture: numbers in atomics, and a lock for each beside them.

use std::error::Error;
use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
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

/// The numbers are atomics; a table of locks says who may change them.
pub struct Inventory {
    stocks: Vec<AtomicU32>,
    locks: Vec<Mutex<()>>,
}

impl Inventory {
    pub fn new(stock: &[u32]) -> Self {
        let locks = stock.len().min(usize::MAX);
        Self {
            stocks: stock.iter().copied().map(AtomicU32::new).collect(),
            locks: (0..locks).map(|_| Mutex::new(())).collect(),
        }
    }

    pub fn shelves(&self) -> usize {
        self.stocks.len()
    }

    fn exists(&self, shelf: usize) {
        if shelf >= self.stocks.len() {
            panic!("no shelf has the number {shelf}");
        }
    }

    fn of(&self, shelf: usize) -> usize {
        self.exists(shelf);
        shelf % self.locks.len()
    }

    fn read(&self, shelf: usize) -> u32 {
        self.stocks[shelf].load(Ordering::Relaxed)
    }

    fn write(&self, shelf: usize, stock: u32) {
        self.stocks[shelf].store(stock, Ordering::Relaxed);
    }

    pub fn stock(&self, shelf: usize) -> u32 {
        let _alone = lock(&self.locks[self.of(shelf)]);
        self.read(shelf)
    }

    pub fn update_stock(&self, shelf: usize, amount: i32) -> Result<u32, OutOfStock> {
        let _alone = lock(&self.locks[self.of(shelf)]);
        let before = self.read(shelf);
        let after = if amount < 0 {
            before.checked_sub(amount.unsigned_abs()).ok_or(OutOfStock)?
        } else {
            before.checked_add(amount.unsigned_abs()).expect("no room on the shelf")
        };
        self.write(shelf, after);
        Ok(after)
    }

    pub fn update_with<R>(&self, shelf: usize, change: impl FnOnce(&mut u32) -> R) -> R {
        let _alone = lock(&self.locks[self.of(shelf)]);
        let mut stock = self.read(shelf);
        let result = change(&mut stock);
        self.write(shelf, stock);
        result
    }

    pub fn transfer(&self, from: usize, to: usize, amount: u32) -> Result<(), OutOfStock> {
        let (one, other) = (self.of(from), self.of(to));
        let _lower = lock(&self.locks[one.min(other)]);
        let _higher = (one != other).then(|| lock(&self.locks[one.max(other)]));
        let less = self.read(from).checked_sub(amount).ok_or(OutOfStock)?;
        if from != to {
            let more = self.read(to).checked_add(amount).expect("no room on the shelf");
            self.write(from, less);
            self.write(to, more);
        }
        Ok(())
    }

    pub fn total(&self) -> u64 {
        let _alone: Vec<_> = self.locks.iter().map(lock).collect();
        (0..self.stocks.len()).map(|shelf| u64::from(self.read(shelf))).sum()
    }
}
