//! `join` returns when nothing is unfinished, and not before.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::Thread;

use harness::model::choose;
use harness::until_others_wait;
use work_queue::WorkQueue;

use crate::instruments::{
    finish, finishes, holding_in_any_order, one_of, puts, while_unwinding, with, with_room, with_unfinished,
};

/// The last item is finished while threads wait in `join`, or before they do, perhaps by a worker that panics.
#[test]
fn finishing_the_last_item_wakes_every_join() {
    let queue = with_unfinished(1);
    let joiners: Vec<_> = (0..one_of([1, 2])).map(|_| with("joiner", &queue, WorkQueue::join)).collect();
    let finished =
        if one_of([false, true]) { while_unwinding(|| queue.task_done()) } else { queue.task_done() };
    assert_eq!(finished, Ok(()), "`task_done` of an item that was taken");
    joiners.into_iter().for_each(finish);
    assert_eq!(queue.unfinished(), 0, "unfinished at the end");
}

#[test]
fn two_who_finish_at_the_same_time_wake_a_join() {
    let queue = with_unfinished(2);
    let worker = with("worker", &queue, finishes);
    let joiner = with("joiner", &queue, WorkQueue::join);
    finishes(&queue);
    finish(worker);
    finish(joiner);
    assert_eq!(queue.unfinished(), 0, "unfinished at the end");
}

#[test]
fn a_worker_that_takes_and_finishes_wakes_a_join() {
    let queue = with_room(2, [1]);
    let worker = with("worker", &queue, |queue| {
        let taken = queue.get();
        finishes(queue);
        taken
    });
    queue.join();
    assert_eq!(queue.unfinished(), 0, "unfinished after `join`, when nothing more is put");
    assert_eq!(finish(worker), Ok(1), "what the worker took");
}

/// A thread waits in `join`, `meanwhile` leaves something unfinished all the time, and `at_the_end` finishes it.
fn nobody_returns_early(
    queue: Arc<WorkQueue<u32>>,
    meanwhile: impl FnOnce(&WorkQueue<u32>, &Thread),
    at_the_end: impl FnOnce(&WorkQueue<u32>),
) {
    let returned = Arc::new(AtomicUsize::new(0));
    let theirs = Arc::clone(&returned);
    let joiner = with("joiner", &queue, move |queue| {
        queue.join();
        theirs.fetch_add(1, Ordering::SeqCst);
    });
    until_others_wait();
    meanwhile(&queue, joiner.thread());
    until_others_wait();
    // An addition reads the newest value.
    let returned = returned.fetch_add(0, Ordering::SeqCst);
    at_the_end(&queue);
    finish(joiner);
    assert_eq!(returned, 0, "threads that returned from `join` while something was unfinished all the time");
}

fn takes_and_finishes(queue: &WorkQueue<u32>) {
    assert!(queue.get().is_ok(), "`get` when an item is inside");
    finishes(queue);
}

/// It is inside, it was taken, another one is finished, or it went straight to a thread that waited for it.
#[test]
fn an_unfinished_item_is_waited_for() {
    match choose(5) {
        0 => nobody_returns_early(with_room(2, [1]), |_, _| (), takes_and_finishes),
        1 => nobody_returns_early(
            with_room(2, [1]),
            |queue, _| assert_eq!(queue.get(), Ok(1), "the item at the front"),
            finishes,
        ),
        2 => nobody_returns_early(with_unfinished(2), |queue, _| finishes(queue), finishes),
        3 => nobody_returns_early(
            with_room(2, [1, 2]),
            |queue, _| takes_and_finishes(queue),
            takes_and_finishes,
        ),
        _ => {
            let queue = with_room(2, []);
            let getter = with("getter", &queue, WorkQueue::get);
            until_others_wait();
            puts(1)(&queue);
            let ends = |queue: &WorkQueue<u32>| {
                assert_eq!(finish(getter), Ok(1), "what a thread got that had to wait");
                finishes(queue);
            };
            nobody_returns_early(queue, |_, _| (), ends);
        }
    }
}

/// As many are finished as there were when `join` was called, and one is left all the time.
#[test]
fn an_item_that_is_put_later_is_waited_for_while_something_is_unfinished() {
    let one_more = |queue: &WorkQueue<u32>, _: &Thread| {
        puts(2)(queue);
        takes_and_finishes(queue);
    };
    nobody_returns_early(with_unfinished(1), one_more, finishes);
}

/// It is inside or was taken, and the queue is closed after or before `join` is called.
#[test]
fn closing_releases_no_join() {
    match choose(4) {
        0 => nobody_returns_early(with_room(2, [1]), |queue, _| queue.close(), takes_and_finishes),
        1 => nobody_returns_early(with_unfinished(1), |queue, _| queue.close(), finishes),
        2 => {
            let queue = with_room(2, [1]);
            queue.close();
            nobody_returns_early(queue, |_, _| (), takes_and_finishes);
        }
        _ => {
            let queue = with_unfinished(1);
            queue.close();
            nobody_returns_early(queue, |_, _| (), finishes);
        }
    }
}

/// Being unparked, finishing what nobody has taken, and what happens to another queue.
#[test]
fn nothing_else_releases_a_join() {
    match choose(3) {
        0 => nobody_returns_early(with_unfinished(1), |_, joiner| joiner.unpark(), finishes),
        1 => nobody_returns_early(
            with_room(2, [1]),
            |queue, _| assert!(queue.task_done().is_err(), "`task_done` when none was taken"),
            takes_and_finishes,
        ),
        _ => {
            let other = with_unfinished(1);
            nobody_returns_early(with_unfinished(1), |_, _| finishes(&other), finishes);
        }
    }
}

/// A `put` that still waits has put nothing, and one that is refused never will.
fn a_put_that_waits_and_is_refused() {
    let queue = holding_in_any_order(1, [1]);
    let putter = with("putter", &queue, |queue| queue.put(2).is_err());
    until_others_wait();
    assert_eq!(queue.unfinished(), 1, "unfinished while a second item waits for a place");
    let joiner = with("joiner", &queue, WorkQueue::join);
    queue.close();
    assert_eq!(queue.get(), Ok(1), "the item inside");
    finishes(&queue);
    finish(joiner);
    assert!(finish(putter), "a `put` into a full queue that is closed is refused");
    queue.join();
    assert_eq!(queue.unfinished(), 0, "unfinished at the end");
}

fn a_put_that_is_refused() {
    let queue = with_unfinished(1);
    queue.close();
    let joiner = with("joiner", &queue, WorkQueue::join);
    assert!(queue.put(2).is_err(), "`put` into a closed queue");
    finishes(&queue);
    finish(joiner);
    queue.join();
    assert_eq!(queue.unfinished(), 0, "unfinished at the end");
}

#[test]
fn what_is_refused_holds_up_no_join() {
    one_of([a_put_that_waits_and_is_refused, a_put_that_is_refused])();
}
