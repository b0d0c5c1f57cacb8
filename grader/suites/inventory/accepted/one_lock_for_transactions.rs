//! Fixture: whoever needs several shelves takes a lock for that first; then the order does not matter.

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

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub struct Inventory {
    /// Held by the one thread that holds more than one shelf.
    several: Mutex<()>,
    shelves: Vec<Mutex<u32>>,
}

impl Inventory {
    pub fn new(stock: &[u32]) -> Self {
        Self { several: Mutex::default(), shelves: stock.iter().copied().map(Mutex::new).collect() }
    }

    pub fn shelves(&self) -> usize {
        self.shelves.len()
    }

    pub fn stock(&self, shelf: usize) -> u32 {
        *lock(self.shelf(shelf))
    }

    pub fn update_stock(&self, shelf: usize, amount: i32) -> Result<u32, OutOfStock> {
        self.update_with(shelf, |stock| {
            if amount < 0 {
                *stock = stock.checked_sub(amount.unsigned_abs()).ok_or(OutOfStock)?;
            } else {
                *stock = stock.checked_add(amount.unsigned_abs()).expect("no room left");
            }
            Ok(*stock)
        })
    }

    pub fn update_with<R>(&self, shelf: usize, change: impl FnOnce(&mut u32) -> R) -> R {
        change(&mut lock(self.shelf(shelf)))
    }

    pub fn transfer(&self, from: usize, to: usize, amount: u32) -> Result<(), OutOfStock> {
        let (source, target) = (self.shelf(from), self.shelf(to));
        if from == to {
            return if *lock(source) < amount { Err(OutOfStock) } else { Ok(()) };
        }
        let _several = lock(&self.several);
        let mut source = lock(source);
        let mut target = lock(target);
        let left = source.checked_sub(amount).ok_or(OutOfStock)?;
        *target = target.checked_add(amount).expect("no room left");
        *source = left;
        Ok(())
    }

    pub fn total(&self) -> u64 {
        let _several = lock(&self.several);
        let all: Vec<_> = self.shelves.iter().rev().map(lock).collect();
        all.into_iter().map(|stock| u64::from(*stock)).sum()
    }

    fn shelf(&self, shelf: usize) -> &Mutex<u32> {
        match self.shelves.get(shelf) {
            Some(found) => found,
            None => panic!("shelf number {shelf} is not there"),
        }
    }
}
