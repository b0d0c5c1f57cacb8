//! `put` takes the item by value: it belongs to the queue.

use work_queue::{Closed, WorkQueue};

fn main() {
    // As a pointer: rustc has nothing to quote of how the function is written.
    let put: fn(&WorkQueue<String>, String) -> Result<(), Closed<String>> = WorkQueue::put;
    let queue = WorkQueue::fifo(None);
    let item = String::from("mine");
    let _ = put(&queue, item);
    println!("{item}");
}
