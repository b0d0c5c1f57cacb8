//! Fixture: the stock of a shelf lies in a channel for one: whoever received it holds the lock.

use std::error::Error;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfStock;

impl fmt::Display for OutOfStock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("out of stock")
    }
}

impl Error for OutOfStock {}

struct Shelf {
    back: SyncSender<u32>,
    out: Mutex<Receiver<u32>>,
}

/// The stock, on loan. It goes back on drop.
struct Loan<'a>(&'a Shelf, u32);

impl Shelf {
    fn new(stock: u32) -> Self {
        let (back, out) = sync_channel(1);
        back.send(stock).expect("the other end is here");
        Self { back, out: Mutex::new(out) }
    }

    fn take(&self) -> Loan<'_> {
        let out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        Loan(self, out.recv().expect("the other end is here"))
    }
}

impl Deref for Loan<'_> {
    type Target = u32;

    fn deref(&self) -> &u32 {
        &self.1
    }
}

impl DerefMut for Loan<'_> {
    fn deref_mut(&mut self) -> &mut u32 {
        &mut self.1
    }
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        let _ = self.0.back.send(self.1);
    }
}

pub struct Inventory {
    shelves: Vec<Shelf>,
}

impl Inventory {
    pub fn new(stock: &[u32]) -> Self {
        Self { shelves: stock.iter().copied().map(Shelf::new).collect() }
    }

    pub fn shelves(&self) -> usize {
        self.shelves.len()
    }

    pub fn stock(&self, shelf: usize) -> u32 {
        *self.shelves[shelf].take()
    }

    pub fn update_stock(&self, shelf: usize, amount: i32) -> Result<u32, OutOfStock> {
        let mut stock = self.shelves[shelf].take();
        let sum = i64::from(*stock) + i64::from(amount);
        if sum.is_negative() {
            return Err(OutOfStock);
        }
        *stock = u32::try_from(sum).unwrap();
        Ok(*stock)
    }

    pub fn update_with<R>(&self, shelf: usize, change: impl FnOnce(&mut u32) -> R) -> R {
        change(&mut self.shelves[shelf].take())
    }

    pub fn transfer(&self, from: usize, to: usize, amount: u32) -> Result<(), OutOfStock> {
        let _ = (&self.shelves[from], &self.shelves[to]);
        let (mut source, target) = if from == to {
            (self.shelves[from].take(), None)
        } else if from < to {
            let source = self.shelves[from].take();
            (source, Some(self.shelves[to].take()))
        } else {
            let target = self.shelves[to].take();
            (self.shelves[from].take(), Some(target))
        };
        let left = source.checked_sub(amount).ok_or(OutOfStock)?;
        if let Some(mut target) = target {
            *target = target.checked_add(amount).unwrap();
            *source = left;
        }
        Ok(())
    }

    pub fn total(&self) -> u64 {
        let loans: Vec<Loan<'_>> = self.shelves.iter().map(Shelf::take).collect();
        loans.iter().map(|loan| u64::from(**loan)).sum()
    }
}
