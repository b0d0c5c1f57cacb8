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
    one_of([one_item_follows, an_item_follows_two])();
}

/// Two finish, and who is later puts another item at once.
fn an_item_follows_two() {
    let queue = with_unfinished(2);
    let slots = Arc::new([(); 2].map(|()| AtomicUsize::new(0)));
    let finished = Arc::new(AtomicUsize::new(0));
    let theirs = Arc::clone(&slots);
    let joiner = with("joiner", &queue, move |queue| {
        WorkQueue::join(queue);
        [0, 1].map(|slot| theirs[slot].load(Ordering::Relaxed))
    });
    until_others_wait();
    let work = move |queue: &WorkQueue<u32>, slot: usize| {
        slots[slot].store(1, Ordering::Relaxed);
        finishes(queue);
        if finished.fetch_add(1, Ordering::Relaxed) == 1 {
            puts(3)(queue);
        }
    };
    let theirs = work.clone();
    let worker = with("worker", &queue, move |queue| theirs(queue, 0));
    work(&queue, 1);
    finish(worker);
    assert_eq!(finish(joiner), [1; 2], "what each worker wrote before `task_done`, as it is read after `join`");
}

fn one_item_follows() {
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
