//! What the checks hold, and how they hold it.

use std::panic::{self, AssertUnwindSafe};

pub use harness::message;
use inventory::Inventory;

harness::threads!();

/// The message of the panic of `call`, or what it returned.
pub fn attempt<T>(call: impl FnOnce() -> T) -> Result<T, String> {
    panic::catch_unwind(AssertUnwindSafe(call)).map_err(|payload| message(&*payload).to_owned())
}

/// The stock of every shelf, one after the other.
pub fn stocks(inventory: &Inventory) -> Vec<u32> {
    (0..Inventory::shelves(inventory)).map(|shelf| Inventory::stock(inventory, shelf)).collect()
}

/// Checks what is on the shelves, and that the total is their sum.
pub fn holds(inventory: &Inventory, expected: &[u32], when: &str) {
    assert_eq!(stocks(inventory), expected, "the stock of each shelf, {when}");
    let sum: u64 = expected.iter().map(|stock| u64::from(*stock)).sum();
    assert_eq!(Inventory::total(inventory), sum, "the total of {expected:?}, {when}");
}
