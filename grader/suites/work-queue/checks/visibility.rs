//! What a thread did before `task_done` happens before what follows the `join` that it releases.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use harness::until_others_wait;
use work_queue::WorkQueue;

use crate::instruments::{finish, finishes, one_of, puts, with, with_unfinished};

/// Each worker writes to a slot of its own before `task_done`. All accesses are relaxed: only the queue orders them.
fn is_seen_after_a_join<const N: usize>() {
    let queue = with_unfinished(N as u32);
    let slots = Arc::new([(); N].map(|()| AtomicUsize::new(0)));
    let workers: Vec<_> = (0..N)
        .map(|worker| {
            let slots = Arc::clone(&slots);
            with("worker", &queue, move |queue| {
                slots[worker].store(1, Ordering::Relaxed);
                finishes(queue);
            })
        })
        .collect();
    queue.join();
    let seen: Vec<_> = slots.iter().map(|slot| slot.load(Ordering::Relaxed)).collect();
    workers.into_iter().for_each(finish);
    assert_eq!(seen, [1; N], "what each worker wrote before `task_done`, as it is read after `join`");
}

#[test]
fn what_was_done_before_task_done_is_seen_after_the_join() {
    one_of([is_seen_after_a_join::<1>, is_seen_after_a_join::<2>])();
}

#[test]
fn what_was_done_before_task_done_is_seen_though_an_item_follows() {
    let queue = with_unfinished(1);
    let written = Arc::new(AtomicUsize::new(0));
    let theirs = Arc::clone(&written);
    let joiner = with("joiner", &queue, move |queue| {
        WorkQueue::join(queue);
        theirs.load(Ordering::Relaxed)
    });
    until_others_wait();
    written.store(1, Ordering::Relaxed);
    finishes(&queue);
    puts(2)(&queue);
    let seen = finish(joiner);
    assert_eq!(
        seen, 1,
        "what was written before `task_done`, as it is read after the `join` that it released"
    );
}
