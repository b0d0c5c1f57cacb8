//! Fixture: a read-write lock in front: `total` closes it, everything else passes through.

use std::error::Error;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfStock;

impl fmt::Display for OutOfStock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("out of stock")
    }
}

impl Error for OutOfStock {}

pub struct Inventory {
    /// Written to by nobody: `total` holds it alone, and then nothing changes.
    gate: RwLock<()>,
    shelves: Vec<Mutex<u32>>,
}

impl Inventory {
    pub fn new(stock: &[u32]) -> Self {
        Self { gate: RwLock::new(()), shelves: stock.iter().map(|stock| Mutex::new(*stock)).collect() }
    }

    pub fn shelves(&self) -> usize {
        self.shelves.len()
    }

    pub fn stock(&self, shelf: usize) -> u32 {
        *self.lock(shelf)
    }

    pub fn update_stock(&self, shelf: usize, amount: i32) -> Result<u32, OutOfStock> {
        let _open = self.gate.read().unwrap_or_else(PoisonError::into_inner);
        let mut stock = self.lock(shelf);
        let sum = i64::from(*stock) + i64::from(amount);
        if sum < 0 {
            return Err(OutOfStock);
        }
        *stock = u32::try_from(sum).expect("there is room on the shelf");
        Ok(*stock)
    }

    pub fn update_with<R>(&self, shelf: usize, change: impl FnOnce(&mut u32) -> R) -> R {
        let _open = self.gate.read().unwrap_or_else(PoisonError::into_inner);
        let mut stock = self.lock(shelf);
        change(&mut stock)
    }

    pub fn transfer(&self, from: usize, to: usize, amount: u32) -> Result<(), OutOfStock> {
        let _open = self.gate.read().unwrap_or_else(PoisonError::into_inner);
        let (_, _) = (&self.shelves[from], &self.shelves[to]);
        if from == to {
            return if *self.lock(from) >= amount { Ok(()) } else { Err(OutOfStock) };
        }
        let mut guards = [from.min(to), from.max(to)].map(|shelf| self.lock(shelf));
        let (source, target) = if from < to { (0, 1) } else { (1, 0) };
        if *guards[source] < amount {
            return Err(OutOfStock);
        }
        *guards[target] = guards[target].checked_add(amount).expect("there is room on the shelf");
        *guards[source] -= amount;
        Ok(())
    }

    pub fn total(&self) -> u64 {
        let _closed = self.gate.write().unwrap_or_else(PoisonError::into_inner);
        (0..self.shelves.len()).map(|shelf| u64::from(*self.lock(shelf))).sum()
    }

    fn lock(&self, shelf: usize) -> MutexGuard<'_, u32> {
        self.shelves[shelf].lock().unwrap_or_else(PoisonError::into_inner)
    }
}
