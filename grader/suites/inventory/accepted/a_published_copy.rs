//! Fixture: a lock for each shelf that protects nothing but time, and one list of numbers that all may read.

use std::error::Error;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfStock;

impl fmt::Display for OutOfStock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("out of stock")
    }
}

impl Error for OutOfStock {}

pub struct Inventory {
    /// Who changes a shelf holds its lock: two of them in ascending order.
    rights: Vec<Mutex<()>>,
    /// Locked for a moment only. What is written here has happened.
    published: Mutex<Vec<u32>>,
}

impl Inventory {
    pub fn new(stock: &[u32]) -> Self {
        let rights = stock.iter().map(|_| Mutex::new(())).collect();
        Self { rights, published: Mutex::new(stock.to_owned()) }
    }

    pub fn shelves(&self) -> usize {
        self.rights.len()
    }

    pub fn stock(&self, shelf: usize) -> u32 {
        self.find(shelf);
        self.published()[shelf]
    }

    pub fn update_stock(&self, shelf: usize, amount: i32) -> Result<u32, OutOfStock> {
        let _right = self.right(shelf);
        let mut published = self.published();
        let sum = published[shelf].checked_add_signed(amount);
        if sum.is_none() && amount < 0 {
            return Err(OutOfStock);
        }
        published[shelf] = sum.expect("it would overflow");
        Ok(published[shelf])
    }

    pub fn update_with<R>(&self, shelf: usize, change: impl FnOnce(&mut u32) -> R) -> R {
        let _right = self.right(shelf);
        let mut stock = self.published()[shelf];
        let result = change(&mut stock);
        self.published()[shelf] = stock;
        result
    }

    pub fn transfer(&self, from: usize, to: usize, amount: u32) -> Result<(), OutOfStock> {
        self.find(from);
        self.find(to);
        let _first = self.right(from.min(to));
        let _second = (from != to).then(|| self.right(from.max(to)));
        let mut published = self.published();
        let left = published[from].checked_sub(amount).ok_or(OutOfStock)?;
        if from == to {
            return Ok(());
        }
        let sum = published[to].checked_add(amount).expect("it would overflow");
        published[to] = sum;
        published[from] = left;
        Ok(())
    }

    pub fn total(&self) -> u64 {
        self.published().iter().copied().map(u64::from).sum()
    }

    fn find(&self, shelf: usize) -> &Mutex<()> {
        self.rights.get(shelf).unwrap_or_else(|| panic!("{shelf} is not the number of a shelf"))
    }

    fn right(&self, shelf: usize) -> MutexGuard<'_, ()> {
        self.find(shelf).lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn published(&self) -> MutexGuard<'_, Vec<u32>> {
        self.published.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
