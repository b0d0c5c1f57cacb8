//! An inventory whose shelves have a lock each: the reference solution.
//!
//! Whoever needs several shelves acquires their locks in ascending order and holds all of them until the last
//! change is done. No thread ever waits for a lower number than one that it holds, so there is no cycle of
//! threads that wait for each other. What can fail is checked before the first change.

use std::error::Error;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// There is less on the shelf than should be taken. Given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfStock;

impl fmt::Display for OutOfStock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there is not enough in stock")
    }
}

impl Error for OutOfStock {}

/// Shelves with a stock of items, numbered from 0. Every operation takes effect at one instant.
pub struct Inventory {
    /// The stock of each shelf. Several of them are locked in ascending order only.
    shelves: Vec<Mutex<u32>>,
}

impl Inventory {
    /// An inventory with one shelf per number, which is its stock.
    pub fn new(stock: &[u32]) -> Self {
        Self { shelves: stock.iter().copied().map(Mutex::new).collect() }
    }

    /// How many shelves there are.
    pub fn shelves(&self) -> usize {
        self.shelves.len()
    }

    /// How many items are on this shelf.
    ///
    /// # Panics
    ///
    /// If there is no such shelf. The message has its number.
    pub fn stock(&self, shelf: usize) -> u32 {
        *lock(self.shelf(shelf))
    }

    /// Adds `amount` items to this shelf, or takes them away if it is negative. Returns the new stock.
    ///
    /// # Errors
    ///
    /// If the stock would be below zero. Nothing changes in that case.
    ///
    /// # Panics
    ///
    /// If there is no such shelf, or no room: more than `u32::MAX` items. Nothing has changed then, and the
    /// inventory stays usable.
    pub fn update_stock(&self, shelf: usize, amount: i32) -> Result<u32, OutOfStock> {
        // From the check to the change in one critical section: nobody takes in between what was there.
        let mut stock = lock(self.shelf(shelf));
        *stock = if amount < 0 {
            stock.checked_sub(amount.unsigned_abs()).ok_or(OutOfStock)?
        } else {
            with_room(*stock, amount.unsigned_abs(), shelf)
        };
        Ok(*stock)
    }

    /// Runs `change` on the stock of this shelf, with its lock held, and returns what `change` returns. `change`
    /// may take its time: operations on other shelves go on meanwhile. It must not call the inventory.
    ///
    /// # Panics
    ///
    /// If there is no such shelf, or if `change` panics.
    pub fn update_with<R>(&self, shelf: usize, change: impl FnOnce(&mut u32) -> R) -> R {
        // This lock alone: `change` may block for long.
        change(&mut lock(self.shelf(shelf)))
    }

    /// Moves `amount` items from one shelf to another. Nobody sees one shelf changed and the other not. A transfer
    /// from a shelf to itself changes nothing.
    ///
    /// # Errors
    ///
    /// If there are fewer than `amount` items on `from`. Nothing changes in that case.
    ///
    /// # Panics
    ///
    /// If one of the shelves does not exist, or if there is enough in `from` and no room in `to`. Nothing has
    /// changed then, and the inventory stays usable.
    pub fn transfer(&self, from: usize, to: usize, amount: u32) -> Result<(), OutOfStock> {
        // Both are looked up before one is locked, and for every amount.
        let (first, second) = (self.shelf(from.min(to)), self.shelf(from.max(to)));
        if from == to {
            // One lock: with the same one twice, this thread would wait for itself.
            return if *lock(first) < amount { Err(OutOfStock) } else { Ok(()) };
        }
        // The lower number first, whatever the direction.
        let (mut lower, mut higher) = (lock(first), lock(second));
        let (source, target) =
            if from < to { (&mut *lower, &mut *higher) } else { (&mut *higher, &mut *lower) };
        // Both checks before both changes. Both locks are held until the end: whoever sees one change, and
        // needs one of these locks to do so, sees the other one as well.
        let left = source.checked_sub(amount).ok_or(OutOfStock)?;
        *target = with_room(*target, amount, to);
        *source = left;
        Ok(())
    }

    /// How many items are on all shelves together, at one instant.
    pub fn total(&self) -> u64 {
        // The instant is the one at which the last lock has been acquired, and none has been released. In
        // ascending order, as transfers do it.
        let all: Vec<_> = self.shelves.iter().map(lock).collect();
        all.iter().map(|stock| u64::from(**stock)).sum()
    }

    fn shelf(&self, number: usize) -> &Mutex<u32> {
        let shelf = self.shelves.get(number);
        shelf.unwrap_or_else(|| panic!("there is no shelf {number} among {}", self.shelves.len()))
    }
}

/// The stock with `amount` items more.
///
/// # Panics
///
/// If there is no room for them on the shelf with this number.
fn with_room(stock: u32, amount: u32, shelf: usize) -> u32 {
    let sum = stock.checked_add(amount);
    sum.unwrap_or_else(|| panic!("no room for {amount} more items on shelf {shelf}"))
}

/// The stock, even of a poisoned mutex: panics of the inventory come before the first change, and those of a
/// `change` leave its shelf as they found it.
fn lock(shelf: &Mutex<u32>) -> MutexGuard<'_, u32> {
    shelf.lock().unwrap_or_else(PoisonError::into_inner)
}
