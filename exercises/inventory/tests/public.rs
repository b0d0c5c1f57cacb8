//! The public tests: plain threads under `cargo test`, every interleaving under
//! `RUSTFLAGS="--cfg model" cargo test -p inventory`.

use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::thread;

use inventory::{Inventory, OutOfStock};

// Without the dependency that puts the model in the place of std, this does not compile: the tests would run on
// real threads, and say nothing about interleavings.
#[cfg(model)]
std::assert_modelled!();
#[cfg(model)]
core::assert_modelled!();

#[test]
fn stock_is_added_and_taken_away() {
    let inventory = Inventory::new(&[5, 0]);
    assert_eq!(inventory.shelves(), 2);
    assert_eq!(inventory.update_stock(0, 3), Ok(8));
    assert_eq!(inventory.update_stock(0, -8), Ok(0));
    assert_eq!(inventory.update_stock(0, -1), Err(OutOfStock));
    assert_eq!(inventory.stock(0), 0);
    assert_eq!(inventory.update_with(1, |stock| std::mem::replace(stock, 4)), 0);
    assert_eq!(inventory.total(), 4);
}

#[test]
fn a_transfer_moves_everything_or_nothing() {
    let inventory = Inventory::new(&[5, 1]);
    assert_eq!(inventory.transfer(0, 1, 5), Ok(()));
    assert_eq!((inventory.stock(0), inventory.stock(1)), (0, 6));
    assert_eq!(inventory.transfer(0, 1, 1), Err(OutOfStock));
    assert_eq!(inventory.transfer(1, 1, 6), Ok(()));
    assert_eq!(inventory.transfer(1, 1, 7), Err(OutOfStock));
    assert_eq!((inventory.stock(0), inventory.stock(1)), (0, 6));
}

#[test]
fn a_panic_changes_nothing_and_leaves_the_inventory_usable() {
    let inventory = Inventory::new(&[5, u32::MAX]);
    let panics: [&dyn Fn(); 3] = [
        &|| assert!(inventory.transfer(0, 77, 1).is_ok()),
        &|| assert!(inventory.transfer(0, 1, 1).is_ok()),
        &|| assert!(inventory.update_stock(1, 1).is_ok()),
    ];
    for call in panics {
        assert!(panic::catch_unwind(AssertUnwindSafe(call)).is_err());
    }
    assert_eq!((inventory.stock(0), inventory.stock(1)), (5, u32::MAX));
    assert_eq!(inventory.total(), 5 + u64::from(u32::MAX));
}

#[test]
fn two_threads_take_the_last_item_once() {
    let inventory = Arc::new(Inventory::new(&[1]));
    let theirs = Arc::clone(&inventory);
    let other = thread::spawn(move || theirs.update_stock(0, -1).is_ok());
    let mine = inventory.update_stock(0, -1).is_ok();
    assert_ne!(mine, other.join().expect("no thread panics"), "one of them gets it");
    assert_eq!(inventory.stock(0), 0);
}

#[test]
fn transfers_in_both_directions_do_not_deadlock() {
    let inventory = Arc::new(Inventory::new(&[5, 5]));
    let theirs = Arc::clone(&inventory);
    let other = thread::spawn(move || theirs.transfer(1, 0, 2));
    assert_eq!(inventory.transfer(0, 1, 3), Ok(()));
    assert_eq!(other.join().expect("no thread panics"), Ok(()));
    assert_eq!((inventory.stock(0), inventory.stock(1)), (4, 6));
}

#[test]
fn a_total_sees_a_transfer_whole_or_not_at_all() {
    let inventory = Arc::new(Inventory::new(&[5, 5]));
    let theirs = Arc::clone(&inventory);
    let other = thread::spawn(move || theirs.transfer(1, 0, 2));
    assert_eq!(inventory.total(), 10);
    assert_eq!(other.join().expect("no thread panics"), Ok(()));
}

#[test]
fn other_shelves_go_on_while_one_is_changed() {
    let inventory = Arc::new(Inventory::new(&[5, 5, 5]));
    inventory.update_with(0, |stock| {
        let theirs = Arc::clone(&inventory);
        let other = thread::spawn(move || (theirs.update_stock(1, 1), theirs.transfer(1, 2, 6)));
        // A thread that had to wait for this shelf would be blocked forever.
        assert_eq!(other.join().expect("no thread panics"), (Ok(6), Ok(())));
        *stock += 1;
    });
    assert_eq!(inventory.total(), 17);
}
