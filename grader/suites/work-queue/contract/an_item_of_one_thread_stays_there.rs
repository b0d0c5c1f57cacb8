//! Reference counts that are not atomic must not cross threads, not even in a queue.

use std::rc::Rc;
use std::thread;

use work_queue::WorkQueue;

fn main() {
    let queue = WorkQueue::lifo(None);
    thread::scope(|scope| {
        scope.spawn(|| queue.put(Rc::new(7)).is_ok());
        let _ = queue.get();
    });
}
