//! Whoever waits in `join` when nothing is unfinished returns, also when the next item follows at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use harness::until_others_wait;
use work_queue::WorkQueue;

use crate::instruments::{finish, finishes, one_of, puts, with, with_unfinished};

/// Nothing is unfinished for a moment. One item is taken before and afterwards.
fn pulse(queue: &WorkQueue<u32>) {
    finishes(queue);
    puts(2)(queue);
    assert_eq!(queue.get(), Ok(2), "the item inside");
}

/// All wait in `join`, and only then `meanwhile` runs, which leaves something unfinished.
fn releases_all(joiners: usize, meanwhile: impl FnOnce(&Arc<WorkQueue<u32>>)) {
    let queue = with_unfinished(1);
    let joiners: Vec<_> = (0..joiners).map(|_| with("joiner", &queue, WorkQueue::join)).collect();
    until_others_wait();
    meanwhile(&queue);
    joiners.into_iter().for_each(finish);
    assert_eq!(queue.unfinished(), 1, "unfinished at the end: something was put that nobody has finished");
}

/// Whether or not it is taken at once, too.
#[test]
fn an_item_that_follows_holds_up_no_join() {
    let is_taken = one_of([false, true]);
    releases_all(1, |queue| {
        if is_taken {
            pulse(queue);
        } else {
            finishes(queue);
            puts(2)(queue);
        }
    });
}

#[test]
fn an_item_that_follows_holds_up_none_of_two_joins() {
    releases_all(2, |queue| {
        finishes(queue);
        puts(2)(queue);
    });
}

/// The next item follows as soon as it is seen that all is done.
fn one_finishes_and_another_looks_and_puts(queue: &Arc<WorkQueue<u32>>) {
    let worker = with("worker", queue, finishes);
    let is_done = queue.unfinished() == 0;
    if is_done {
        puts(2)(queue);
    }
    finish(worker);
    if !is_done {
        puts(2)(queue);
    }
}

/// The call that finishes the last item may still be under way when the next one is there and another joiner comes.
fn a_slow_worker_releases_who_waited() {
    let queue = with_unfinished(1);
    let first = with("joiner", &queue, WorkQueue::join);
    until_others_wait();
    let worker = with("worker", &queue, finishes);
    if queue.unfinished() == 0 {
        puts(2)(&queue);
        let later = with("later joiner", &queue, WorkQueue::join);
        finish(first);
        finish(worker);
        assert_eq!(queue.get(), Ok(2), "the item inside");
        finishes(&queue);
        finish(later);
    } else {
        finish(worker);
        finish(first);
    }
}

#[test]
fn an_item_that_another_thread_puts_holds_up_no_join() {
    let way: fn() = one_of([
        || releases_all(1, one_finishes_and_another_looks_and_puts),
        a_slow_worker_releases_who_waited,
        an_item_of_another_thread,
    ]);
    way();
}

fn an_item_of_another_thread() {
    releases_all(1, |queue| {
        let putter = with("putter", queue, puts(2));
        finishes(queue);
        puts(3)(queue);
        finish(putter);
        assert_eq!([queue.get().is_ok(), queue.get().is_ok()], [true; 2], "two items are inside");
        finishes(queue);
        // Whether or not the first one was put before all was done: that it is now.
        pulse(queue);
    });
}

#[test]
fn two_pulses_hold_up_no_join() {
    releases_all(2, |queue| (0..2).for_each(|_| pulse(queue)));
}

#[test]
fn however_often_it_happens_no_join_is_held_up() {
    // As often as a byte can tell apart. (The search goes through few schedules here: see suite.toml.)
    releases_all(1, |queue| (0..256).for_each(|_| pulse(queue)));
}

#[test]
fn a_join_that_comes_later_waits_for_the_next_time() {
    let queue = with_unfinished(1);
    let first = with("joiner", &queue, WorkQueue::join);
    until_others_wait();
    pulse(&queue);
    let returned = Arc::new(AtomicUsize::new(0));
    let theirs = Arc::clone(&returned);
    let later = with("later joiner", &queue, move |queue| {
        queue.join();
        theirs.fetch_add(1, Ordering::SeqCst);
    });
    finish(first);
    until_others_wait();
    let returned = returned.fetch_add(0, Ordering::SeqCst);
    finishes(&queue);
    finish(later);
    assert_eq!(
        returned, 0,
        "calls of `join` that returned, though something was unfinished since they began"
    );
}

/// One of two joiners joins again after the pulse: nothing was done for it yet, and it takes nothing from the other.
#[test]
fn a_join_that_comes_again_waits_again() {
    let queue = with_unfinished(1);
    let joins = Arc::new(AtomicUsize::new(0));
    let (go_on, pulsed) = mpsc::channel();
    let theirs = Arc::clone(&joins);
    let again = with("joiner that comes again", &queue, move |queue| {
        queue.join();
        pulsed.recv().expect("the check goes on");
        queue.join();
        theirs.fetch_add(1, Ordering::SeqCst);
    });
    let other = with("other joiner", &queue, WorkQueue::join);
    until_others_wait();
    pulse(&queue);
    go_on.send(()).expect("the joiner waits for it");
    finish(other);
    until_others_wait();
    let joins = joins.fetch_add(0, Ordering::SeqCst);
    finishes(&queue);
    finish(again);
    assert_eq!(
        joins, 0,
        "second calls of `join` that returned, though something was unfinished since they began"
    );
}
