//! What one thread finds out alone about any queue.

use std::cell::Cell;
use std::error::Error;
use std::panic::{self, AssertUnwindSafe};
use std::rc::Rc;
use std::time::{Duration, Instant};

use work_queue::{Closed, GetError, NoSuchTask, WorkQueue};

use crate::instruments::{Job, ORDERS, size};

const MOMENT: Duration = Duration::from_millis(2);

#[test]
fn a_timed_get_fails_while_nothing_is_there() {
    let queue: WorkQueue<u32> = WorkQueue::fifo(None);
    for round in 0..3 {
        for timeout in [Duration::ZERO, Duration::from_nanos(1), MOMENT, 3 * MOMENT] {
            let start = Instant::now();
            let got = queue.get_timeout(timeout);
            let took = start.elapsed();
            assert_eq!(
                got,
                Err(GetError::TimedOut),
                "nothing inside, and a timeout of {timeout:?}, round {round}"
            );
            assert!(took >= timeout, "gave up after {took:?} with a timeout of {timeout:?}, round {round}");
        }
        assert_eq!((queue.len(), queue.unfinished()), (0, 0), "inside and unfinished after timeouts");
        assert_eq!(queue.task_done(), Err(NoSuchTask), "`task_done` after gets that failed");
        assert_eq!(queue.put(round), Ok(()), "`put` after timeouts");
        assert_eq!(queue.get_timeout(Duration::ZERO), Ok(round), "a get of no time, with an item inside");
        assert_eq!(queue.task_done(), Ok(()), "`task_done` of an item that was taken");
    }
}

#[test]
fn a_get_that_fails_takes_nothing() {
    let queue: WorkQueue<u32> = WorkQueue::fifo(None);
    queue.close();
    for _ in 0..3 {
        assert_eq!(queue.get(), Err(GetError::Closed), "`get` from a queue that is closed and empty");
        // Which of the two errors is open when there is no time.
        assert!(queue.get_timeout(Duration::ZERO).is_err(), "a get of no time when it is closed and empty");
        let got = queue.get_timeout(Duration::from_secs(60));
        assert_eq!(got, Err(GetError::Closed), "a timed get from a queue that is closed and empty");
    }
    assert_eq!(queue.task_done(), Err(NoSuchTask), "`task_done` after gets that failed");
    assert_eq!(queue.unfinished(), 0, "unfinished after gets that failed");
    queue.join();
}

#[test]
fn an_unbounded_queue_never_is_full() {
    for order in ORDERS {
        let queue = order.queue(None);
        for item in 0..5_000 {
            assert_eq!(queue.put(Job(item)), Ok(()), "`put` into an unbounded queue");
        }
        assert_eq!((queue.len(), queue.unfinished()), (5_000, 5_000), "inside and unfinished, {order:?}");
        assert_eq!((0..5_000).filter(|_| queue.get().is_ok()).count(), 5_000, "taken, {order:?}");
        assert_eq!((0..5_000).filter(|_| queue.task_done().is_ok()).count(), 5_000, "finished, {order:?}");
        queue.join();
    }
    a_large_capacity_is_an_ordinary_one();
}

fn a_large_capacity_is_an_ordinary_one() {
    for order in ORDERS {
        let queue = order.queue(Some(100_000));
        for item in 0..3_000 {
            assert_eq!(queue.put(Job(item)), Ok(()), "`put` into a queue that is open and not full");
        }
        assert_eq!(queue.len(), 3_000, "inside, {order:?}");
        queue.close();
        assert_eq!((0..=3_000).filter(|_| queue.get().is_ok()).count(), 3_000, "taken, {order:?}");
    }
}

/// Not `Clone`, not `Default`, not `Debug`.
struct Plain(u8);

#[test]
fn any_type_can_be_an_item() {
    // Nothing to store: the number of items is all there is.
    let nothings = WorkQueue::lifo(size(2));
    assert_eq!([nothings.put(()), nothings.put(())], [Ok(()), Ok(())]);
    assert_eq!(nothings.len(), 2, "items without a size");
    nothings.close();
    let taken = [nothings.get(), nothings.get(), nothings.get()];
    assert_eq!(taken, [Ok(()), Ok(()), Err(GetError::Closed)], "items without a size");

    for queue in [WorkQueue::fifo(size(1)), WorkQueue::lifo(None)] {
        assert!(queue.put(Plain(3)).is_ok(), "`put` into an open queue");
        assert!(queue.get().is_ok_and(|item| item.0 == 3), "what was put");
    }

    let text = String::from("borrowed");
    for queue in [WorkQueue::fifo(size(1)), WorkQueue::lifo(None), WorkQueue::priority(None)] {
        assert_eq!(queue.put(text.as_str()), Ok(()));
        assert_eq!(queue.get(), Ok("borrowed"));
    }

    for queue in [WorkQueue::fifo(size(1)), WorkQueue::lifo(None), WorkQueue::priority(None)] {
        assert_eq!(queue.put(Rc::new(3)), Ok(()));
        assert_eq!(queue.get().as_deref(), Ok(&3));
    }

    let options = WorkQueue::priority(size(2));
    assert_eq!([options.put(Some(1)), options.put(None)], [Ok(()), Ok(())]);
    options.close();
    assert_eq!([options.get(), options.get(), options.get()], [Ok(None), Ok(Some(1)), Err(GetError::Closed)]);

    let large = WorkQueue::priority(size(2));
    assert_eq!(large.put([7_u64; 1_000]), Ok(()));
    assert_eq!(large.get(), Ok([7; 1_000]));
}

#[test]
fn two_queues_have_nothing_to_do_with_each_other() {
    let (one, other) = (WorkQueue::fifo(size(1)), WorkQueue::fifo(size(1)));
    assert_eq!([one.put(1), other.put(2)], [Ok(()), Ok(())]);
    one.close();
    assert_eq!(other.get(), Ok(2), "what was put into the other one");
    assert_eq!(one.task_done(), Err(NoSuchTask), "what was taken from the other one");
    assert_eq!(other.put(3), Ok(()), "`put` into a queue that is open, while another one is closed");
    assert_eq!(one.get(), Ok(1), "what was put into this one");
    assert_eq!((other.len(), other.unfinished(), one.unfinished()), (1, 2, 1), "inside and unfinished");
    assert_eq!(one.task_done(), Ok(()), "what was taken from this one");
    one.join();
}

#[test]
fn the_errors_are_errors() {
    assert_eq!(format!("{:?}", Closed(7)), "Closed(7)", "`derive(Debug)`");
    assert_eq!(Closed("a"), Closed("a"), "`derive(PartialEq)`");
    assert_ne!(Closed(1), Closed(2), "`derive(PartialEq)`");
    let Closed(item) = Closed(String::from("mine"));
    assert_eq!(item, "mine", "the item of an error");
    assert_ne!(GetError::TimedOut, GetError::Closed, "`derive(PartialEq)`");
    let errors: [&dyn Error; 3] = [&GetError::TimedOut, &GetError::Closed, &NoSuchTask];
    for error in errors {
        assert!(!error.to_string().is_empty(), "`Display` of {error:?}");
    }
}

/// The panic of a thread that uses the queue does not affect the queue.
#[test]
fn a_user_that_panics_does_no_harm() {
    let queue = WorkQueue::fifo(size(2));
    assert_eq!(queue.put(1), Ok(()));
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| {
        assert_eq!(queue.get(), Ok(1));
        assert_eq!(queue.put(2), Ok(()));
        panic!("the check makes this thread panic between two calls");
    }));
    assert!(outcome.is_err());
    assert_eq!((queue.len(), queue.unfinished()), (1, 2), "what the thread that panicked has left");
    assert_eq!(queue.get(), Ok(2), "what the thread that panicked has put");
    assert_eq!([queue.task_done(), queue.task_done()], [Ok(()); 2], "two were taken");
    queue.join();
    used_while_a_thread_unwinds();
}

/// Uses the queue when it is dropped, and says what that returned.
struct OnDrop<'q>(&'q WorkQueue<u32>, &'q Cell<Option<Returned>>);

/// From `put`, `get`, `task_done` and `get` once more.
type Returned = (bool, Result<u32, GetError>, bool, Result<u32, GetError>);

impl Drop for OnDrop<'_> {
    fn drop(&mut self) {
        let queue = self.0;
        let put = queue.put(2).is_ok();
        self.1.set(Some((put, queue.get(), queue.task_done().is_ok(), queue.get_timeout(Duration::ZERO))));
    }
}

/// A worker that panics reports its item as finished while it unwinds, by a guard.
fn used_while_a_thread_unwinds() {
    let queue = WorkQueue::fifo(size(2));
    assert_eq!(queue.put(1), Ok(()));
    let returned = Cell::new(None);
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| {
        let _uses = OnDrop(&queue, &returned);
        panic::resume_unwind(Box::new("the check makes this thread panic"));
    }));
    assert!(outcome.is_err());
    assert_eq!(returned.get(), Some((true, Ok(1), true, Ok(2))), "`put`, `get`, `task_done`, `get_timeout`");
    assert_eq!((queue.len(), queue.unfinished()), (0, 1), "what the thread that panicked has left");
    assert_eq!(queue.task_done(), Ok(()), "one more was taken");
    queue.join();
}
