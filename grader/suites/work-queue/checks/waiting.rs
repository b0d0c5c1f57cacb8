//! Threads that wait for an item or for a place, and what wakes them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use harness::model::lateness;
use harness::until_others_wait;
use work_queue::{GetError, WorkQueue};

use crate::instruments::{
    Get, finish, finishes, holding, holding_in_any_order, one_of, plain, puts, size, timed, while_unwinding,
    with, with_room, with_unfinished,
};

/// As many items as there are threads that wait: each gets one.
fn all_are_served<const N: usize>(ways: [Get; N]) {
    let queue = with_room(N, []);
    let waiters = ways.map(|get| with("waiter", &queue, get));
    let items: Vec<u32> = (1..).take(N).collect();
    items.iter().for_each(|&item| puts(item)(&queue));
    let mut taken = waiters.map(finish).map(|taken| taken.expect("an item, of a queue that is open"));
    taken.sort_unstable();
    assert_eq!(taken.to_vec(), items, "what was taken");
    assert_eq!((queue.len(), queue.unfinished()), (0, N), "left at the end, and unfinished");
}

#[test]
fn an_item_wakes_a_get() {
    one_of([|| all_are_served([one_of([plain, timed])]), an_item_of_a_guard])();
}

/// Whoever panics may hand its item to others while it unwinds.
fn an_item_of_a_guard() {
    let queue = holding(1, []);
    let getter = with("getter", &queue, plain);
    let put = while_unwinding(|| queue.put(1));
    assert_eq!(put, Ok(()), "`put(1)` of a thread that unwinds");
    assert_eq!(finish(getter), Ok(1), "what another thread got, of a queue that is open");
}

#[test]
fn two_items_wake_two_gets() {
    all_are_served([plain, one_of([plain, timed])]);
}

/// Whichever way an item is taken.
#[test]
fn a_place_wakes_a_put() {
    let get: Get = one_of([
        plain,
        timed,
        |queue| queue.get_timeout(Duration::ZERO),
        |queue| while_unwinding(|| queue.get()),
    ]);
    let queue = holding_in_any_order(1, [1]);
    let putter = with("putter", &queue, puts(2));
    assert_eq!(get(&queue), Ok(1), "the item at the front");
    finish(putter);
    assert_eq!((queue.len(), queue.unfinished()), (1, 2), "left at the end, and unfinished");
    assert_eq!(queue.get(), Ok(2), "what was put after a wait");
}

#[test]
fn two_places_wake_two_puts() {
    let zero: Get = |queue| queue.get_timeout(Duration::ZERO);
    let (capacity, get) =
        one_of([(2, plain as Get), (3, plain), (5, plain), (2, timed), (3, timed), (3, zero)]);
    let queue = holding_in_any_order(capacity, (1..).take(capacity));
    let putters = [11, 12].map(|item| with("putter", &queue, puts(item)));
    // Which ones depends on the order, and on what was put meanwhile.
    assert_eq!([get(&queue).is_ok(), get(&queue).is_ok()], [true; 2], "two gets from a full queue");
    putters.into_iter().for_each(finish);
    assert_eq!(queue.len(), capacity, "left at the end");
}

/// The second item has to wait for a get, and one get for the second item.
fn a_put_among_gets() {
    let queue = holding(1, []);
    let getters = [(); 2].map(|()| with("getter", &queue, plain));
    puts(1)(&queue);
    puts(2)(&queue);
    let mut taken = getters.map(|getter| finish(getter).expect("an item, of a queue that is open"));
    taken.sort_unstable();
    assert_eq!(taken, [1, 2], "what two threads took");
}

fn a_get_among_puts() {
    let queue = holding(1, [1]);
    let putters = [2, 3].map(|item| with("putter", &queue, puts(item)));
    assert_eq!(queue.get(), Ok(1), "the item at the front");
    let mut later = [queue.get(), queue.get()].map(|taken| taken.expect("an item, of a queue that is open"));
    putters.into_iter().for_each(finish);
    later.sort_unstable();
    assert_eq!(later, [2, 3], "what two threads put");
}

#[test]
fn one_among_others_is_woken() {
    one_of([a_put_among_gets, a_get_among_puts, gets_of_two_queues, puts_of_two_queues])();
}

/// What waits for one queue waits among those that wait for another one.
fn gets_of_two_queues() {
    let queues = [holding(1, []), holding(1, [])];
    let getters = [0, 1].map(|queue| with("getter", &queues[queue], plain));
    for ((item, queue), getter) in (1..).zip(&queues).zip(getters) {
        puts(item)(queue);
        assert_eq!(
            finish(getter),
            Ok(item),
            "what a thread got of one queue, while another waits for another one"
        );
    }
}

fn puts_of_two_queues() {
    let queues = [holding(1, [1]), holding(1, [1])];
    let putters = [0, 1].map(|queue| with("putter", &queues[queue], puts(2)));
    for (queue, putter) in queues.iter().zip(putters) {
        assert_eq!(queue.get(), Ok(1), "the item at the front");
        finish(putter);
    }
}

#[test]
fn two_puts_and_two_gets_share_one_place() {
    let queue = holding(1, []);
    let getters = [(); 2].map(|()| with("getter", &queue, plain));
    let putter = with("putter", &queue, puts(1));
    puts(2)(&queue);
    finish(putter);
    let mut taken = getters.map(|getter| finish(getter).expect("an item, of a queue that is open"));
    taken.sort_unstable();
    assert_eq!(taken, [1, 2], "what two threads took");
    assert_eq!(queue.len(), 0, "left at the end");
}

/// A thread that waits in `join`, one that waits for an item, and the one that keeps both waiting.
#[test]
fn a_get_and_a_join_are_both_woken() {
    let queue = with_unfinished(1);
    let joiner = with("joiner", &queue, WorkQueue::join);
    let worker = with("worker", &queue, |queue| {
        let taken = queue.get();
        finishes(queue);
        taken
    });
    puts(2)(&queue);
    finishes(&queue);
    assert_eq!(finish(worker), Ok(2), "what the worker took");
    finish(joiner);
    assert_eq!(queue.unfinished(), 0, "unfinished at the end");
}

/// A thread that waits in `join`, and one that waits for a place: the place is for the latter.
#[test]
fn a_put_and_a_join_are_both_woken() {
    let queue = holding(1, [1]);
    let joiner = with("joiner", &queue, WorkQueue::join);
    let putter = with("putter", &queue, puts(2));
    assert_eq!(queue.get(), Ok(1), "the item at the front");
    // Nothing is finished so far.
    finish(putter);
    finishes(&queue);
    assert_eq!(queue.get(), Ok(2), "the item at the front");
    finishes(&queue);
    finish(joiner);
    assert_eq!(queue.unfinished(), 0, "unfinished at the end");
}

fn no_more_than(capacity: usize) {
    let queue = holding(capacity, 1..=capacity as u32);
    let taken = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&taken);
    let putter = with("putter", &queue, move |queue| {
        puts(9)(queue);
        seen.fetch_add(0, Ordering::SeqCst)
    });
    let [length, unfinished] = [queue.len(), queue.unfinished()];
    assert_eq!(length, capacity, "the length of a full queue of {capacity} into which another puts");
    assert_eq!(unfinished, capacity, "unfinished in a full queue of {capacity} into which another puts");
    taken.store(1, Ordering::SeqCst);
    assert_eq!(queue.get(), Ok(1), "the item at the front");
    assert_eq!(finish(putter), 1, "1 if the item beyond the capacity was added only after a `get`");
    assert_eq!(queue.len(), capacity, "left at the end");
}

#[test]
fn no_more_than_the_capacity_is_ever_inside() {
    one_of([|| no_more_than(1), || no_more_than(2), items_without_a_size])();
}

fn a_put_that_is_unparked() {
    let queue = holding(1, [1]);
    let returned = Arc::new(AtomicUsize::new(0));
    let theirs = Arc::clone(&returned);
    let putter = with("putter", &queue, move |queue| {
        puts(2)(queue);
        theirs.fetch_add(1, Ordering::SeqCst);
    });
    putter.thread().unpark();
    until_others_wait();
    let (returned, length) = (returned.fetch_add(0, Ordering::SeqCst), queue.len());
    assert_eq!(queue.get(), Ok(1), "the item at the front");
    finish(putter);
    assert_eq!((returned, length), (0, 1), "calls of `put` that returned, and items in a queue of one");
}

fn a_get_that_is_unparked() {
    let get = one_of([plain, timed]);
    let queue = with_room(1, []);
    let getter = with("getter", &queue, get);
    getter.thread().unpark();
    until_others_wait();
    puts(1)(&queue);
    assert_eq!(finish(getter), Ok(1), "what a thread got that was unparked before there was something");
}

#[test]
fn who_is_unparked_waits_on() {
    one_of([a_put_that_is_unparked, a_get_that_is_unparked])();
}

/// Whatever a collection reports as its capacity for them.
fn items_without_a_size() {
    let queue = Arc::new(WorkQueue::fifo(size(1)));
    assert_eq!(queue.put(()), Ok(()), "`put` into an empty queue");
    let putter = with("putter", &queue, |queue| queue.put(()));
    assert_eq!(queue.len(), 1, "the length of a full queue of 1 into which another puts");
    assert_eq!(queue.get(), Ok(()), "the item inside");
    assert_eq!(finish(putter), Ok(()), "`put` into a queue that is open");
    assert_eq!(queue.len(), 1, "left at the end");
}

fn a_waiting_get() {
    let get = one_of([plain, timed]);
    let queue = holding(10, []);
    let getter = with("getter", &queue, get);
    until_others_wait();
    assert_eq!((queue.len(), queue.is_empty()), (0, true), "while a thread waits for an item");
    assert_eq!(queue.unfinished(), 0, "unfinished while a thread waits for an item");
    assert_eq!(queue.get_timeout(Duration::ZERO), Err(GetError::TimedOut), "a get of no time");
    assert!(queue.task_done().is_err(), "`task_done` when nothing was taken");
    queue.join();
    puts(1)(&queue);
    assert_eq!(finish(getter), Ok(1), "what a thread got that had to wait");
    finishes(&queue);
}

/// Others can put, take, finish and ask meanwhile.
fn a_waiting_join() {
    let queue = with_unfinished(1);
    let joiner = with("joiner", &queue, WorkQueue::join);
    until_others_wait();
    puts(2)(&queue);
    assert_eq!((queue.len(), queue.is_empty(), queue.unfinished()), (1, false, 2), "while a thread joins");
    assert_eq!(queue.get(), Ok(2), "the item inside");
    finishes(&queue);
    finishes(&queue);
    finish(joiner);
}

#[test]
fn who_waits_blocks_no_other_call() {
    one_of([a_waiting_get, a_waiting_put, a_waiting_join])();
}

fn a_waiting_put() {
    let queue = holding(10, 1..=10);
    let putter = with("putter", &queue, puts(11));
    until_others_wait();
    assert_eq!((queue.len(), queue.is_empty()), (10, false), "while a thread waits for a place");
    assert_eq!(queue.unfinished(), 10, "unfinished while a thread waits for a place");
    assert!(queue.task_done().is_err(), "`task_done` when nothing was taken");
    assert_eq!(queue.get(), Ok(1), "the item at the front");
    finishes(&queue);
    finish(putter);
    assert_eq!(queue.get_timeout(Duration::ZERO), Ok(2), "the next one");
    assert_eq!((queue.len(), queue.unfinished()), (9, 10), "left at the end, and unfinished");
}

/// Time passes here only for a thread whose timed wait expires, or that is slow: no thread may depend on such a wait.
#[test]
fn a_wait_ends_with_a_wakeup() {
    let get = one_of([plain, timed]);
    let queue = Arc::new(WorkQueue::fifo(size(1)));
    let worker = with("worker", &queue, move |queue| {
        let start = Instant::now();
        let taken = [get(queue), get(queue)];
        [(); 2].map(|()| finishes(queue));
        (taken, start.elapsed())
    });
    let start = Instant::now();
    puts(1)(&queue);
    puts(2)(&queue);
    queue.join();
    let waited = start.elapsed();
    let (taken, worked) = finish(worker);
    assert_eq!(taken, [Ok(1), Ok(2)], "what the worker took");
    for (calls, time) in [("a get", worked), ("`put` and `join`", waited)] {
        assert!(
            time <= lateness(),
            "{time:?} is the time that timed waits took in {calls}: a notification must end the wait"
        );
    }
}
