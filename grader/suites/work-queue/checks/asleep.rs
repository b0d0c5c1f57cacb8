//! Blocked threads use no processor time and do not poll.

use std::sync::Arc;
use std::time::Duration;

use harness::stress::{rest, until_others_sleep};
use work_queue::{GetError, WorkQueue};

use crate::instruments::{finish, size, with};

const WAITERS: usize = 3;
/// Far longer than the checks last: a thread that is woken never gets there.
const A_WHILE: Duration = Duration::from_secs(30);

/// Keeps threads waiting for a while, looks at what they do meanwhile, and ends their wait. They return true.
fn sleep_while(
    queue: WorkQueue<u32>,
    what: &str,
    wait: fn(&WorkQueue<u32>) -> bool,
    end: impl FnOnce(&WorkQueue<u32>),
) {
    let queue = Arc::new(queue);
    let waiters = [(); WAITERS].map(|()| with("waiter", &queue, wait));
    until_others_sleep();
    // Nothing happens for which they wait.
    assert!(queue.task_done().is_err(), "`task_done` when nothing is taken");
    let rest = rest();
    end(&queue);
    let ended = waiters.map(finish);
    assert_eq!(ended, [true; WAITERS], "whether the waits of {what} ended as they should");
    rest.assert_quiet(what);
}

fn holding(items: u32, capacity: usize) -> WorkQueue<u32> {
    let queue = WorkQueue::fifo(size(capacity));
    (0..items).for_each(|item| assert_eq!(queue.put(item), Ok(()), "`put` into a queue that is not full"));
    queue
}

#[test]
fn gets_that_wait_sleep() {
    let wait = |queue: &WorkQueue<u32>| queue.get() == Err(GetError::Closed);
    sleep_while(holding(0, 2), "threads that wait for an item", wait, WorkQueue::close);
    timed_gets_that_wait();
}

fn timed_gets_that_wait() {
    let wait = |queue: &WorkQueue<u32>| queue.get_timeout(A_WHILE) == Err(GetError::Closed);
    sleep_while(holding(0, 2), "threads that wait for an item with a timeout", wait, WorkQueue::close);
}

#[test]
fn puts_that_wait_sleep() {
    let wait = |queue: &WorkQueue<u32>| queue.put(9).is_err();
    sleep_while(holding(2, 2), "threads that wait for a place", wait, WorkQueue::close);
}

#[test]
fn joins_that_wait_sleep() {
    let wait = |queue: &WorkQueue<u32>| {
        queue.join();
        queue.unfinished() == 0
    };
    sleep_while(holding(1, 2), "threads that wait until all is done", wait, |queue| {
        assert_eq!(queue.get(), Ok(0), "the item inside");
        assert_eq!(queue.task_done(), Ok(()), "`task_done` of an item that was taken");
    });
    joins_that_wait_in_a_closed_queue();
}

fn joins_that_wait_in_a_closed_queue() {
    let wait = |queue: &WorkQueue<u32>| {
        queue.join();
        queue.unfinished() == 0
    };
    let queue = holding(1, 2);
    queue.close();
    sleep_while(queue, "threads that wait until all is done, in a closed queue", wait, |queue| {
        assert_eq!(queue.get(), Ok(0), "the item inside");
        assert_eq!(queue.task_done(), Ok(()), "`task_done` of an item that was taken");
    });
}
