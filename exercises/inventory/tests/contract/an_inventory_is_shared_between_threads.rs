//! An inventory can be sent to and shared between threads.

use inventory::Inventory;

fn shared<T: Send + Sync + 'static>() {}

fn main() {
    shared::<Inventory>();
}
