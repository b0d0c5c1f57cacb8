//! Finishing what was taken, and closing, on a single thread.

use work_queue::{Closed, GetError, NoSuchTask, WorkQueue};

use crate::instruments::{AGES, Job, ORDERS, size};

#[test]
fn it_knows_how_many_are_inside_and_unfinished() {
    for order in ORDERS {
        let queue = order.queue(Some(3));
        let is = |inside: usize, unfinished: usize, when: &str| {
            assert_eq!(queue.len(), inside, "`len` {when}, {order:?}");
            assert_eq!(queue.is_empty(), inside == 0, "`is_empty` {when}, {order:?}");
            assert_eq!(queue.unfinished(), unfinished, "`unfinished` {when}, {order:?}");
        };
        is(0, 0, "of a new queue");
        for count in 1..=3 {
            assert_eq!(queue.put(Job(7)), Ok(()), "`put` into a queue that is open and not full");
            is(count, count, "after as many items");
        }
        for left in (0..3).rev() {
            assert!(queue.get().is_ok(), "`get` with items inside");
            is(left, 3, "with so many left, of three that nobody has finished");
        }
        for left in (0..3).rev() {
            assert_eq!(queue.task_done(), Ok(()), "`task_done` of an item that was taken");
            is(0, left, "with so many left to be finished");
        }
        assert_eq!(queue.task_done(), Err(NoSuchTask), "`task_done` when all are finished");
        is(0, 0, "when all are finished");
    }
}

#[test]
fn only_what_was_taken_can_be_finished() {
    let queue = WorkQueue::fifo(None);
    for round in 0..3 {
        assert_eq!(queue.task_done(), Err(NoSuchTask), "before anything is put, round {round}");
        [1, 2].map(|item| assert_eq!(queue.put(item), Ok(())));
        assert_eq!(queue.task_done(), Err(NoSuchTask), "two are inside, none was taken, round {round}");
        assert_eq!(queue.unfinished(), 2, "after a `task_done` that was refused, round {round}");
        assert_eq!(queue.get(), Ok(1));
        assert_eq!(queue.task_done(), Ok(()), "one was taken, round {round}");
        assert_eq!(queue.task_done(), Err(NoSuchTask), "one is inside, none is taken, round {round}");
        assert_eq!((queue.len(), queue.unfinished()), (1, 1), "one is inside, round {round}");
        assert_eq!(queue.get_timeout(AGES), Ok(2));
        assert_eq!(queue.task_done(), Ok(()), "another one was taken, round {round}");
        assert_eq!(queue.task_done(), Err(NoSuchTask), "all are finished, round {round}");
        assert_eq!(queue.unfinished(), 0, "all are finished, round {round}");
        queue.join();
    }
}

#[test]
fn joining_returns_at_once_when_all_is_finished() {
    for order in ORDERS {
        let queue = order.queue(Some(2));
        queue.join();
        assert_eq!(queue.put(Job(7)), Ok(()), "`put` into an open queue");
        assert!(queue.get().is_ok(), "`get` with an item inside");
        assert_eq!(queue.task_done(), Ok(()), "`task_done` of an item that was taken");
        queue.join();
        queue.join();
        queue.close();
        queue.join();
        assert!(queue.put(Job(7)).is_err(), "`put` into a closed queue");
        queue.join();
        assert_eq!(queue.unfinished(), 0, "unfinished at the end, {order:?}");
    }
}

/// Places are for items inside: those that are worked on need none.
#[test]
fn an_item_that_is_taken_leaves_its_place() {
    for order in ORDERS {
        let queue = order.queue(Some(2));
        for round in 0..5 {
            [11, 12].map(|item| assert_eq!(queue.put(Job(item)), Ok(())));
            assert!(queue.get().is_ok() && queue.get().is_ok(), "two are inside, round {round}");
        }
        assert_eq!((queue.len(), queue.unfinished()), (0, 10), "ten were taken, and none is finished");
        [(); 10].map(|()| assert_eq!(queue.task_done(), Ok(())));
        assert_eq!(queue.unfinished(), 0, "unfinished at the end, {order:?}");
    }
}

#[test]
fn a_closed_queue_refuses_and_hands_back() {
    for order in ORDERS {
        for inside in 0..=2 {
            let queue = order.queue(Some(2));
            (0..inside).for_each(|_| assert_eq!(queue.put(Job(20)), Ok(()), "`put` into an open queue"));
            queue.close();
            for item in [11, 31] {
                let refused = queue.put(Job(item)).map_err(|Closed(job)| job.0);
                assert_eq!(refused, Err(item), "`put` into a closed queue, {order:?} with {inside} inside");
            }
            let left = (queue.len(), queue.unfinished());
            assert_eq!(left, (inside, inside), "inside and unfinished after closing, {order:?}");
        }
    }
}

#[test]
fn what_is_left_can_be_taken_and_finished_after_closing() {
    for (order, expected) in ORDERS.into_iter().zip([[21, 12, 11], [11, 12, 21], [12, 11, 21]]) {
        let queue = order.queue(None);
        [21, 12, 11].map(|item| assert_eq!(queue.put(Job(item)), Ok(())));
        queue.close();
        for (left, item) in (0..3).rev().zip(expected) {
            let taken = if left == 1 { queue.get_timeout(AGES) } else { queue.get() };
            assert_eq!(
                taken.map(|job| job.0),
                Ok(item),
                "one of three that are left after closing, {order:?}"
            );
            assert_eq!(queue.len(), left, "left inside, {order:?}");
            assert_eq!(queue.put(Job(7)), Err(Closed(Job(7))), "`put` into a closed queue with places free");
        }
        assert_eq!(queue.unfinished(), 3, "taken after closing and not finished, {order:?}");
        [(); 3].map(|()| assert_eq!(queue.task_done(), Ok(()), "`task_done` after closing, {order:?}"));
        assert_eq!(queue.task_done(), Err(NoSuchTask), "`task_done` when all are finished, {order:?}");
        queue.join();
        for _ in 0..2 {
            assert_eq!(queue.get(), Err(GetError::Closed), "`get` once closed and drained, {order:?}");
            assert_eq!(queue.get_timeout(AGES), Err(GetError::Closed), "a timed get once closed and drained");
        }
    }
    closing_again_changes_nothing();
}

fn closing_again_changes_nothing() {
    let queue = WorkQueue::fifo(size(3));
    [1, 2].map(|item| assert_eq!(queue.put(item), Ok(())));
    assert_eq!(queue.get(), Ok(1), "the item at the front");
    for _ in 0..3 {
        queue.close();
        assert_eq!((queue.len(), queue.unfinished()), (1, 2), "inside and unfinished after closing again");
        assert_eq!(queue.put(3), Err(Closed(3)), "`put` after closing again");
    }
    assert_eq!(queue.get(), Ok(2), "what was left");
    queue.close();
    assert_eq!(queue.get(), Err(GetError::Closed), "`get` once closed and drained");
    assert_eq!([queue.task_done(), queue.task_done()], [Ok(()); 2], "two were taken");
    queue.close();
    queue.join();
}
