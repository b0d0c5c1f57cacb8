//! Every item is dropped once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use work_queue::WorkQueue;

use crate::instruments::{finish, size, with};

/// Counts its drops.
struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn every_item_is_dropped_once() {
    for queue in [WorkQueue::fifo(size(3)), WorkQueue::lifo(None)] {
        let drops = Arc::new(AtomicUsize::new(0));
        let dropped = |expected: usize, when: &str| {
            assert_eq!(drops.load(Ordering::SeqCst), expected, "items dropped {when}");
        };
        let item = || Counted(Arc::clone(&drops));
        for _ in 0..3 {
            assert!(queue.put(item()).is_ok());
        }
        dropped(0, "while three are inside");
        let taken = queue.get();
        dropped(0, "while one is taken and two are inside");
        drop(taken);
        dropped(1, "when the one that was taken was dropped");
        assert!(queue.task_done().is_ok());
        queue.close();
        dropped(1, "after closing");
        let refused = queue.put(item());
        dropped(1, "while the caller has the refused one back");
        drop(refused);
        dropped(2, "when the refused one was dropped");
        drop(queue.get_timeout(Duration::ZERO));
        dropped(3, "when another one was taken and dropped");
        drop(queue);
        dropped(4, "when the queue was dropped with one item inside");
    }
    items_of_threads_that_wait();
}

fn items_of_threads_that_wait() {
    let drops = Arc::new(AtomicUsize::new(0));
    let queue = Arc::new(WorkQueue::fifo(size(1)));
    assert!(queue.put(Counted(Arc::clone(&drops))).is_ok());
    let putters = [(); 3].map(|()| {
        let item = Counted(Arc::clone(&drops));
        with("putter", &queue, move |queue| queue.put(item).is_err())
    });
    drop(queue.get());
    queue.close();
    let refused = putters.map(finish).into_iter().filter(|&refused| refused).count();
    assert!(refused >= 2, "{refused} of three calls of `put` were refused, with room for one");
    drop(queue);
    assert_eq!(drops.load(Ordering::SeqCst), 4, "items dropped at the end, of four");
}
