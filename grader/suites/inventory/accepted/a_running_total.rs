//! Fixture: the total is kept beside the shelves, and changes while the lock of the shelf is held.

use std::error::Error;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
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
    shelves: Vec<Mutex<u32>>,
    /// A change takes effect when this does: its shelf is locked then, so nobody compares the two before both
    /// have changed.
    total: AtomicU64,
}

/// A locked shelf that counts its change when it is released.
struct Open<'a> {
    stock: MutexGuard<'a, u32>,
    before: u32,
    total: &'a AtomicU64,
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        let more = u64::from(*self.stock).wrapping_sub(u64::from(self.before));
        self.total.fetch_add(more, Ordering::SeqCst);
    }
}

impl Inventory {
    pub fn new(stock: &[u32]) -> Self {
        let total = AtomicU64::new(stock.iter().copied().map(u64::from).sum());
        Self { shelves: stock.iter().copied().map(Mutex::new).collect(), total }
    }

    pub fn shelves(&self) -> usize {
        self.shelves.len()
    }

    pub fn stock(&self, shelf: usize) -> u32 {
        *self.lock(shelf)
    }

    pub fn update_stock(&self, shelf: usize, amount: i32) -> Result<u32, OutOfStock> {
        let mut open = self.open(shelf);
        let Some(sum) = open.stock.checked_add_signed(amount) else {
            if amount < 0 {
                return Err(OutOfStock);
            }
            panic!("{amount} more are too many");
        };
        *open.stock = sum;
        Ok(sum)
    }

    pub fn update_with<R>(&self, shelf: usize, change: impl FnOnce(&mut u32) -> R) -> R {
        change(&mut self.open(shelf).stock)
    }

    pub fn transfer(&self, from: usize, to: usize, amount: u32) -> Result<(), OutOfStock> {
        assert!(from.max(to) < self.shelves.len(), "there is no shelf {}", from.max(to));
        if from == to {
            return (*self.lock(from) >= amount).then_some(()).ok_or(OutOfStock);
        }
        let mut low = self.lock(from.min(to));
        let mut high = self.lock(from.max(to));
        let (source, target) = if to < from { (&mut high, &mut low) } else { (&mut low, &mut high) };
        if **source < amount {
            return Err(OutOfStock);
        }
        **target = target.checked_add(amount).expect("room");
        **source -= amount;
        Ok(())
    }

    pub fn total(&self) -> u64 {
        self.total.load(Ordering::SeqCst)
    }

    fn open(&self, shelf: usize) -> Open<'_> {
        let stock = self.lock(shelf);
        Open { before: *stock, stock, total: &self.total }
    }

    fn lock(&self, shelf: usize) -> MutexGuard<'_, u32> {
        self.shelves[shelf].lock().unwrap_or_else(PoisonError::into_inner)
    }
}
