//! The public tests: plain threads under `cargo test`, every interleaving under
//! `RUSTFLAGS="--cfg model" cargo test -p work-queue`.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use work_queue::{Closed, GetError, NoSuchTask, WorkQueue};

// Without the dependency that puts the model in the place of std, this does not compile: the tests would run on
// real threads, and say nothing about interleavings.
#[cfg(model)]
std::assert_modelled!();
#[cfg(model)]
core::assert_modelled!();

const MOMENT: Duration = Duration::from_millis(5);
/// Nobody waits for so long: it is an item that ends the wait. In the model it has no deadline.
const AGES: Duration = Duration::from_secs(200 * 365 * 24 * 60 * 60);

fn places(capacity: usize) -> Option<NonZeroUsize> {
    NonZeroUsize::new(capacity)
}

#[test]
fn items_leave_in_the_order_of_their_queue() {
    for (queue, expected) in [
        (WorkQueue::fifo(None), [3, 1, 2]),
        (WorkQueue::lifo(places(3)), [2, 1, 3]),
        (WorkQueue::priority(places(4)), [1, 2, 3]),
    ] {
        for item in [3, 1, 2] {
            assert_eq!(queue.put(item), Ok(()));
        }
        assert_eq!((queue.len(), queue.is_empty(), queue.unfinished()), (3, false, 3));
        assert_eq!([queue.get(), queue.get(), queue.get_timeout(Duration::ZERO)], expected.map(Ok));
        assert_eq!((queue.len(), queue.is_empty(), queue.unfinished()), (0, true, 3));
    }
}

#[test]
fn only_what_was_taken_can_be_finished() {
    let queue = WorkQueue::fifo(None);
    queue.join();
    assert_eq!(queue.put("a task"), Ok(()));
    assert_eq!(queue.task_done(), Err(NoSuchTask), "nobody has taken it");
    assert_eq!(queue.get(), Ok("a task"));
    assert_eq!(queue.task_done(), Ok(()));
    assert_eq!(queue.task_done(), Err(NoSuchTask), "it is finished already");
    queue.join();
    assert_eq!(queue.unfinished(), 0);
}

#[test]
fn a_timed_get_keeps_its_deadline() {
    let queue: WorkQueue<u32> = WorkQueue::fifo(None);
    let start = Instant::now();
    assert_eq!(queue.get_timeout(MOMENT), Err(GetError::TimedOut), "nobody puts anything");
    assert!(start.elapsed() >= MOMENT, "gave up after {:?} with a timeout of {MOMENT:?}", start.elapsed());
}

#[test]
fn what_is_left_after_closing_can_be_taken_and_finished() {
    let queue = WorkQueue::fifo(places(2));
    assert_eq!(queue.put(1), Ok(()));
    queue.close();
    queue.close();
    assert_eq!(queue.put(2), Err(Closed(2)));
    assert_eq!(queue.get(), Ok(1));
    assert_eq!(queue.get(), Err(GetError::Closed));
    assert_eq!(queue.get_timeout(AGES), Err(GetError::Closed));
    assert_eq!(queue.unfinished(), 1);
    assert_eq!(queue.task_done(), Ok(()));
    queue.join();
}

#[test]
fn workers_do_everything_before_join_returns() {
    let queue = Arc::new(WorkQueue::fifo(places(1)));
    let done = Arc::new([const { AtomicBool::new(false) }; 2]);
    let (theirs, slots) = (Arc::clone(&queue), Arc::clone(&done));
    let worker = thread::spawn(move || {
        while let Ok(item) = theirs.get() {
            let item: usize = item;
            slots[item].store(true, Ordering::Relaxed);
            assert_eq!(theirs.task_done(), Ok(()));
        }
    });
    assert_eq!([queue.put(0), queue.put(1)], [Ok(()), Ok(())]);
    queue.join();
    let seen = [0, 1].map(|item| done[item].load(Ordering::Relaxed));
    assert_eq!(seen, [true; 2], "what was done before `task_done`");
    queue.close();
    worker.join().expect("the worker does not panic");
}

#[test]
fn closing_wakes_whoever_waits_for_an_item_or_a_place() {
    let (empty, full) = (Arc::new(WorkQueue::lifo(None)), Arc::new(WorkQueue::fifo(places(1))));
    assert_eq!(full.put(1), Ok(()));
    let (theirs, others) = (Arc::clone(&empty), Arc::clone(&full));
    let getter = thread::spawn(move || {
        let item: Result<u32, GetError> = theirs.get_timeout(AGES);
        item
    });
    let putter = thread::spawn(move || others.put(2));
    empty.close();
    full.close();
    assert_eq!(getter.join().expect("it does not panic"), Err(GetError::Closed));
    assert_eq!(putter.join().expect("it does not panic"), Err(Closed(2)));
}

#[test]
fn a_join_may_return_although_the_next_item_follows() {
    let queue = Arc::new(WorkQueue::fifo(None));
    assert_eq!((queue.put(1), queue.get()), (Ok(()), Ok(1)));
    let theirs = Arc::clone(&queue);
    let joiner = thread::spawn(move || theirs.join());
    assert_eq!(queue.task_done(), Ok(()));
    assert_eq!((queue.put(2), queue.get()), (Ok(()), Ok(2)));
    // The joiner may have come too late for the first moment at which all was done.
    assert_eq!(queue.task_done(), Ok(()));
    joiner.join().expect("the joiner does not panic");
}
