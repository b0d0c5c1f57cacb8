//! Fixture: one method locks any set of shelves in order; a trait of its own has the same names.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfStock;

impl fmt::Display for OutOfStock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("out of stock")
    }
}

impl Error for OutOfStock {}

/// Other things can be counted as well. Nobody but this file wants it.
pub trait Count {
    fn total(&self) -> u64;

    fn stock(&self, shelf: usize) -> u32 {
        u32::try_from(self.total()).unwrap_or(0) + u32::try_from(shelf).unwrap_or(0)
    }
}

impl<T> Count for Arc<T> {
    fn total(&self) -> u64 {
        Arc::strong_count(self) as u64
    }
}

pub struct Inventory {
    shelves: BTreeMap<usize, Mutex<u32>>,
}

type Locked<'a> = BTreeMap<usize, MutexGuard<'a, u32>>;

impl Inventory {
    pub fn new(stock: &[u32]) -> Self {
        let shelves = stock.iter().enumerate().map(|(number, stock)| (number, Mutex::new(*stock)));
        Self { shelves: shelves.collect() }
    }

    pub fn shelves(&self) -> usize {
        self.shelves.len()
    }

    pub fn stock(&self, shelf: usize) -> u32 {
        *self.lock([shelf])[&shelf]
    }

    pub fn update_stock(&self, shelf: usize, amount: i32) -> Result<u32, OutOfStock> {
        let mut locked = self.lock([shelf]);
        let stock = locked.get_mut(&shelf).expect("it is locked");
        let sum = i64::from(**stock) + i64::from(amount);
        if sum < 0 {
            return Err(OutOfStock);
        }
        **stock = u32::try_from(sum).expect("too many");
        Ok(**stock)
    }

    pub fn update_with<R>(&self, shelf: usize, change: impl FnOnce(&mut u32) -> R) -> R {
        let mut locked = self.lock([shelf]);
        change(locked.get_mut(&shelf).expect("it is locked"))
    }

    pub fn transfer(&self, from: usize, to: usize, amount: u32) -> Result<(), OutOfStock> {
        let mut locked = self.lock([from, to]);
        let left = locked[&from].checked_sub(amount).ok_or(OutOfStock)?;
        if locked.len() == 2 {
            let sum = locked[&to].checked_add(amount).expect("too many");
            for (shelf, stock) in &mut locked {
                **stock = if *shelf == from { left } else { sum };
            }
        }
        Ok(())
    }

    pub fn total(&self) -> u64 {
        let locked = self.lock(self.shelves.keys().copied());
        locked.values().map(|stock| u64::from(**stock)).sum()
    }

    /// A set has an order, and nothing twice.
    fn lock(&self, numbers: impl IntoIterator<Item = usize>) -> Locked<'_> {
        let mut numbers: Vec<usize> = numbers.into_iter().collect();
        numbers.sort_unstable();
        numbers.dedup();
        if let Some(missing) = numbers.iter().find(|number| !self.shelves.contains_key(number)) {
            panic!("no shelf has the number {missing}");
        }
        let lock =
            |number| (number, self.shelves[&number].lock().unwrap_or_else(|poisoned| poisoned.into_inner()));
        numbers.into_iter().map(lock).collect()
    }
}
