//! `put` takes the item by value: it belongs to the queue.

use work_queue::WorkQueue;

fn main() {
    let queue = WorkQueue::fifo(None);
    let item = String::from("mine");
    let _ = queue.put(item);
    println!("{item}");
}
