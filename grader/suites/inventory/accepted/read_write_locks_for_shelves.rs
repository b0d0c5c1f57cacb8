//! Fixture: a read-write lock for each shelf; `stock` and `total` only read.

use std::error::Error;
use std::fmt;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfStock;

impl fmt::Display for OutOfStock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("out of stock")
    }
}

impl Error for OutOfStock {}

pub struct Inventory(Vec<RwLock<u32>>);

impl Inventory {
    pub fn new(stock: &[u32]) -> Self {
        Self(stock.iter().map(|&items| RwLock::new(items)).collect())
    }

    pub fn shelves(&self) -> usize {
        self.0.len()
    }

    pub fn stock(&self, shelf: usize) -> u32 {
        *self.read(shelf)
    }

    pub fn update_stock(&self, shelf: usize, amount: i32) -> Result<u32, OutOfStock> {
        let mut items = self.write(shelf);
        let sum = i64::from(*items) + i64::from(amount);
        match (u32::try_from(sum), sum < 0) {
            (Ok(sum), _) => {
                *items = sum;
                Ok(sum)
            }
            (Err(_), true) => Err(OutOfStock),
            (Err(_), false) => panic!("{sum} items are too many for shelf {shelf}"),
        }
    }

    pub fn update_with<R>(&self, shelf: usize, change: impl FnOnce(&mut u32) -> R) -> R {
        let mut items = self.write(shelf);
        change(&mut items)
    }

    pub fn transfer(&self, from: usize, to: usize, amount: u32) -> Result<(), OutOfStock> {
        self.check(from);
        self.check(to);
        match from.cmp(&to) {
            std::cmp::Ordering::Equal if *self.read(from) < amount => Err(OutOfStock),
            std::cmp::Ordering::Equal => Ok(()),
            std::cmp::Ordering::Less => {
                let mut source = self.write(from);
                let mut target = self.write(to);
                Self::shift(&mut source, &mut target, amount)
            }
            std::cmp::Ordering::Greater => {
                let mut target = self.write(to);
                let mut source = self.write(from);
                Self::shift(&mut source, &mut target, amount)
            }
        }
    }

    pub fn total(&self) -> u64 {
        let all: Vec<_> = (0..self.shelves()).map(|shelf| self.read(shelf)).collect();
        all.iter().map(|items| u64::from(**items)).sum()
    }

    fn shift(source: &mut u32, target: &mut u32, amount: u32) -> Result<(), OutOfStock> {
        let rest = source.checked_sub(amount).ok_or(OutOfStock)?;
        *target = target.checked_add(amount).expect("the shelf has room");
        *source = rest;
        Ok(())
    }

    fn check(&self, shelf: usize) {
        if self.0.get(shelf).is_none() {
            panic!("no such shelf: {shelf}");
        }
    }

    fn read(&self, shelf: usize) -> RwLockReadGuard<'_, u32> {
        self.check(shelf);
        self.0[shelf].read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, shelf: usize) -> RwLockWriteGuard<'_, u32> {
        self.check(shelf);
        self.0[shelf].write().unwrap_or_else(PoisonError::into_inner)
    }
}
