//! To construct a queue, items need not be `Send`, `'static` or anything else; only one by priority asks for an order.

use std::cell::Cell;
use std::rc::Rc;

use work_queue::WorkQueue;

struct Plain<'a>(&'a Cell<u32>);

/// What a program may do with one.
fn holds<'a>(cell: &'a Cell<u32>, text: &'a str) {
    let queue: WorkQueue<Plain<'a>> = WorkQueue::fifo(None);
    assert!(queue.put(Plain(cell)).is_ok());
    assert!(queue.get().is_ok_and(|item| item.0.get() == 1));
    let queue: WorkQueue<(Rc<u32>, f64)> = WorkQueue::lifo(None);
    assert!(queue.put((Rc::new(1), 1.0)).is_ok());
    let queue: WorkQueue<Rc<&'a str>> = WorkQueue::priority(None);
    assert!(queue.put(Rc::new(text)).is_ok());
    queue.close();
    assert!(queue.get().is_ok() && queue.get().is_err());
}

fn main() {
    let _: for<'a> fn(&'a Cell<u32>, &'a str) = holds;
}
