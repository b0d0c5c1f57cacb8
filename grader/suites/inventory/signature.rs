//! The contract, one function per item. The grader names the item in whose function rustc finds an error.

use std::error::Error;
use std::fmt::{Debug, Display};

use inventory::{Inventory, OutOfStock};

/// `#[derive(Debug, Clone, Copy, PartialEq, Eq)] pub struct OutOfStock;`
fn out_of_stock() {
    fn derives<T: Debug + Clone + Copy + PartialEq + Eq>(_: T) {}
    derives(OutOfStock);
}

/// `impl Display and Error for OutOfStock`
fn out_of_stock_is_an_error() {
    fn error<T: Display + Error + 'static>() {}
    error::<OutOfStock>();
}

/// `Inventory: Send + Sync`
fn inventory_is_shared() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<Inventory>();
}

/// `Inventory::new(stock: &[u32]) -> Inventory`
fn new(stock: &[u32]) {
    let _: Inventory = Inventory::new(stock);
}

/// `Inventory::shelves(&self) -> usize`
fn shelves(inventory: &Inventory) {
    let _: usize = Inventory::shelves(inventory);
}

/// `Inventory::stock(&self, shelf: usize) -> u32`
fn stock(inventory: &Inventory, shelf: usize) {
    let _: u32 = Inventory::stock(inventory, shelf);
}

/// `Inventory::update_stock(&self, shelf: usize, amount: i32) -> Result<u32, OutOfStock>`
fn update_stock(inventory: &Inventory, shelf: usize, amount: i32) {
    let _: Result<u32, OutOfStock> = Inventory::update_stock(inventory, shelf, amount);
}

/// `Inventory::update_with<R>(&self, shelf: usize, change: impl FnOnce(&mut u32) -> R) -> R`
fn update_with<R>(inventory: &Inventory, shelf: usize, change: impl FnOnce(&mut u32) -> R) {
    let _: R = Inventory::update_with(inventory, shelf, change);
}

/// `Inventory::transfer(&self, from: usize, to: usize, amount: u32) -> Result<(), OutOfStock>`
fn transfer(inventory: &Inventory, from: usize, to: usize, amount: u32) {
    let _: Result<(), OutOfStock> = Inventory::transfer(inventory, from, to, amount);
}

/// `Inventory::total(&self) -> u64`
fn total(inventory: &Inventory) {
    let _: u64 = Inventory::total(inventory);
}
