//! Closing the queue while threads wait, put and take.

use std::sync::Arc;

use harness::until_others_wait;
use work_queue::{Closed, GetError, WorkQueue};

use crate::instruments::{
    Get, finish, finishes, holding, holding_in_any_order, one_of, plain, puts, size, timed, while_unwinding,
    with, with_room,
};

fn wakes_all<const N: usize>(ways: [Get; N]) {
    let close = one_of([WorkQueue::close as fn(&WorkQueue<u32>), |queue| while_unwinding(|| queue.close())]);
    let queue = with_room(1, []);
    let waiters = ways.map(|get| with("waiter", &queue, get));
    close(&queue);
    for waiter in waiters {
        assert_eq!(finish(waiter), Err(GetError::Closed), "a get that waits when the queue is closed");
    }
}

#[test]
fn it_wakes_a_get() {
    wakes_all([one_of([plain, timed])]);
}

#[test]
fn it_wakes_every_get() {
    wakes_all([one_of([plain, timed]), plain]);
}

#[test]
fn it_wakes_a_put() {
    let queue = holding_in_any_order(1, [1]);
    let putter = with("putter", &queue, |queue| queue.put(2));
    queue.close();
    assert_eq!(finish(putter), Err(Closed(2)), "a `put` that waits when the queue is closed");
    assert_eq!((queue.len(), queue.unfinished()), (1, 1), "left at the end, and unfinished");
    assert_eq!(queue.get(), Ok(1), "what was inside");
    assert_eq!(queue.get(), Err(GetError::Closed), "when nothing is left");
}

/// The items come back to those who brought them, also if both wait for sure.
#[test]
fn it_wakes_every_put() {
    let queue = Arc::new(one_of([WorkQueue::fifo, WorkQueue::lifo, WorkQueue::priority])(size(1)));
    puts(5)(&queue);
    let putters = [9, 2].map(|item| with("putter", &queue, move |queue| queue.put(item)));
    if one_of([true, false]) {
        until_others_wait();
    }
    queue.close();
    let refused = putters.map(finish);
    assert_eq!(refused, [Err(Closed(9)), Err(Closed(2))], "two calls of `put` that wait when it is closed");
    assert_eq!(queue.unfinished(), 1, "unfinished at the end");
    assert_eq!(queue.get(), Ok(5), "what was inside");
    assert_eq!(queue.get(), Err(GetError::Closed), "when nothing is left");
}

#[test]
fn it_wakes_a_put_and_leaves_a_join_waiting() {
    let queue = holding_in_any_order(1, [1]);
    let joiner = with("joiner", &queue, |queue| {
        queue.join();
        queue.unfinished()
    });
    let putter = with("putter", &queue, |queue| queue.put(2));
    until_others_wait();
    queue.close();
    assert_eq!(finish(putter), Err(Closed(2)), "a `put` that waits when the queue is closed");
    assert_eq!(queue.get(), Ok(1), "what was inside");
    finishes(&queue);
    assert_eq!(finish(joiner), 0, "unfinished after `join`, in a closed queue");
}

#[test]
fn two_may_close_at_once() {
    let queue = holding(1, []);
    let getter = with("getter", &queue, plain);
    let closer = with("closer", &queue, WorkQueue::close);
    queue.close();
    finish(closer);
    assert_eq!(finish(getter), Err(GetError::Closed), "a get that waits when the queue is closed");
    assert_eq!(queue.put(1), Err(Closed(1)), "`put` into a queue that was closed twice");
}

#[test]
fn one_gets_the_last_item_and_the_other_none() {
    let queue = with_room(1, []);
    let getters = [plain as Get, timed].map(|get| with("getter", &queue, get));
    puts(1)(&queue);
    queue.close();
    let mut taken = getters.map(finish).map(Result::ok);
    taken.sort_unstable();
    assert_eq!(taken, [None, Some(1)], "what two threads got, of one item");
    assert_eq!(queue.unfinished(), 1, "unfinished at the end");
}

#[test]
fn a_place_freed_before_closing_is_filled_at_most_once() {
    let queue = holding(1, [1]);
    let putters = [2, 3].map(|item| with("putter", &queue, move |queue| queue.put(item)));
    assert_eq!(queue.get(), Ok(1), "the item at the front");
    queue.close();
    let added = putters.map(finish).into_iter().filter(Result::is_ok).count();
    assert!(added <= 1, "{added} items were added when there was room for one");
    assert_eq!(queue.unfinished(), 1 + added, "unfinished: one that was taken, and those that were added");
    let left = [queue.get(), queue.get()].into_iter().flatten().count();
    assert_eq!(left, added, "items that could be taken, of those whose `put` returned `Ok`");
}

#[test]
fn what_is_left_is_shared_by_all() {
    let queue = holding(2, [1, 2]);
    queue.close();
    let getters = [plain as Get, timed].map(|get| with("getter", &queue, get));
    let mine = queue.get();
    let [one, other] = getters.map(finish);
    let mut taken = [mine.ok(), one.ok(), other.ok()];
    taken.sort_unstable();
    assert_eq!(taken, [None, Some(1), Some(2)], "what three threads got, of two items");
}
