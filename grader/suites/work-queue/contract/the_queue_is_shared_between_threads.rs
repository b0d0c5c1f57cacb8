//! A queue can be sent to and shared between threads, with items that borrow from the stack.

use std::thread;

use work_queue::WorkQueue;

fn shared<T: Send + Sync>() {}

/// What a program may do with one.
fn shares(texts: &[String]) {
    let queue = WorkQueue::priority(None);
    thread::scope(|scope| {
        scope.spawn(|| texts.iter().all(|text| queue.put(text.as_str()).is_ok()));
        scope.spawn(|| queue.get().is_ok());
        scope.spawn(|| queue.join());
    });
}

fn main() {
    shared::<WorkQueue<u64>>();
    shared::<WorkQueue<Box<[u8]>>>();
    let _: fn(&[String]) = shares;
}
