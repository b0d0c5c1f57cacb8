//! `change` runs in its caller's thread, once: it may borrow, and it may give away what it owns.

use std::rc::Rc;

use inventory::Inventory;

// Only compiled: there may be nothing to run yet.
fn change_borrows() {
    let inventory = Inventory::new(&[7]);
    let mut calls = 0;
    let local = Rc::new(String::from("given away"));
    let given: Rc<String> = inventory.update_with(0, |stock| {
        calls += 1;
        *stock += 1;
        local
    });
    let _ = (given, calls);
}

fn main() {
    let _ = change_borrows;
}
