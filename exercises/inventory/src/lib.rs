//! An inventory whose shelves have a lock each.
//!
//! A change of one shelf needs one lock, a transfer two, and the total all of them. The README explains the
//! idea.

use std::error::Error;
use std::fmt;

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
    // The stock of each shelf, and what protects it.
}

impl Inventory {
    /// An inventory with one shelf per number, which is its stock.
    pub fn new(_stock: &[u32]) -> Self {
        todo!("Inventory::new, with one shelf per number")
    }

    /// How many shelves there are.
    pub fn shelves(&self) -> usize {
        todo!("Inventory::shelves")
    }

    /// How many items are on this shelf.
    ///
    /// # Panics
    ///
    /// If there is no such shelf. The message has its number.
    pub fn stock(&self, _shelf: usize) -> u32 {
        todo!("Inventory::stock")
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
    pub fn update_stock(&self, _shelf: usize, _amount: i32) -> Result<u32, OutOfStock> {
        todo!("Inventory::update_stock, which checks and changes in one critical section")
    }

    /// Runs `change` on the stock of this shelf, with its lock held, and returns what `change` returns. `change`
    /// may take its time: operations on other shelves go on meanwhile. It must not call the inventory.
    ///
    /// # Panics
    ///
    /// If there is no such shelf, or if `change` panics.
    pub fn update_with<R>(&self, _shelf: usize, _change: impl FnOnce(&mut u32) -> R) -> R {
        todo!("Inventory::update_with, which locks this shelf and no other")
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
    pub fn transfer(&self, _from: usize, _to: usize, _amount: u32) -> Result<(), OutOfStock> {
        todo!("Inventory::transfer, which holds two locks and never deadlocks")
    }

    /// How many items are on all shelves together, at one instant.
    pub fn total(&self) -> u64 {
        todo!("Inventory::total, of all shelves at one instant")
    }
}
