//! The stock is only reached with the lock held: what `change` is lent, it cannot keep.

use inventory::Inventory;

fn main() {
    let inventory = Inventory::new(&[7]);
    let mut kept = None;
    inventory.update_with(0, |stock| kept = Some(stock));
    println!("{kept:?}");
}
