//! More threads and calls than can be searched: in schedules that are sampled.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use harness::model::choose;
use harness::until_others_wait;
use work_queue::WorkQueue;

use crate::instruments::{AGES, ORDERS, finish, finishes, holding, puts, size, with};
use crate::queue::Noted;

const PUTTERS: u32 = 2;
const WORKERS: usize = 3;
const ITEMS: u32 = 4;

/// Waits in one of two ways.
fn get(queue: &WorkQueue<u32>, way: usize) -> Option<u32> {
    if way == 0 { queue.get().ok() } else { queue.get_timeout(AGES).ok() }
}

/// Two of so many share one of eight places to wait at.
const CALLERS: u32 = 9;

#[test]
fn many_put_work_and_join() {
    if choose(4) == 0 { many_wait_for_one_place() } else { two_put_three_work_and_two_join() }
}

fn many_wait_for_one_place() {
    let queue = holding(1, [0]);
    let putters: Vec<_> = (1..=CALLERS).map(|item| with("putter", &queue, puts(item))).collect();
    until_others_wait();
    let mut taken: Vec<u32> = (0..=CALLERS)
        .map(|_| {
            let item = queue.get().expect("an item, of a queue that is open");
            finishes(&queue);
            item
        })
        .collect();
    putters.into_iter().for_each(finish);
    taken.sort_unstable();
    assert_eq!(taken, (0..=CALLERS).collect::<Vec<_>>(), "what was taken, of what was put");
    queue.join();
}

fn two_put_three_work_and_two_join() {
    let queue = Arc::new(WorkQueue::fifo(size(1 + choose(3))));
    let putters: Vec<_> = (0..PUTTERS)
        .map(|putter| {
            with("putter", &queue, move |queue| {
                for item in 0..ITEMS {
                    assert_eq!(queue.put(putter * ITEMS + item), Ok(()), "`put` into a queue that is open");
                }
            })
        })
        .collect();
    let done = Arc::new(AtomicUsize::new(0));
    let workers: Vec<_> = (0..WORKERS)
        .map(|_| {
            let (way, done) = (choose(2), Arc::clone(&done));
            with("worker", &queue, move |queue| {
                let mut taken = Vec::new();
                while let Some(item) = get(queue, way) {
                    taken.push(item);
                    done.fetch_add(1, Ordering::Relaxed);
                    finishes(queue);
                }
                taken
            })
        })
        .collect();
    putters.into_iter().for_each(finish);
    let joiner = with("joiner", &queue, WorkQueue::join);
    queue.join();
    let done = done.load(Ordering::Relaxed);
    finish(joiner);
    queue.close();
    let taken: Vec<Vec<u32>> = workers.into_iter().map(finish).collect();
    assert_eq!(done, (PUTTERS * ITEMS) as usize, "items that workers had done when `join` returned");
    for items in &taken {
        for putter in 0..PUTTERS {
            let its: Vec<u32> = items.iter().copied().filter(|item| item / ITEMS == putter).collect();
            assert!(its.is_sorted(), "a worker took the items of one thread in this order: {its:?}");
        }
    }
    let mut all = taken.concat();
    all.sort_unstable();
    assert_eq!(all, (0..PUTTERS * ITEMS).collect::<Vec<_>>(), "the items that were taken, in order of size");
    assert_eq!(queue.unfinished(), 0, "unfinished at the end");
}

/// Those who wait without a timeout get what the others did not take.
#[test]
fn puts_that_meet_timeouts_lose_nothing() {
    let queue = Arc::new(WorkQueue::lifo(None));
    let impatient = [5, 5, 10].map(|timeout| {
        with("impatient", &queue, move |queue| queue.get_timeout(Duration::from_millis(timeout)).ok())
    });
    let patient = [(); 2].map(|()| with("patient", &queue, |queue| queue.get().ok()));
    let putter = with("putter", &queue, |queue| queue.put(1).is_ok() && queue.put(2).is_ok());
    let mut taken: Vec<u32> = impatient.into_iter().filter_map(finish).collect();
    assert!(finish(putter), "`put` into a queue that is open");
    // The others wait for what is left, and for what comes now.
    for item in (3..).take(taken.len()) {
        assert_eq!(queue.put(item), Ok(()), "`put` into a queue that is open");
    }
    taken.extend(patient.into_iter().filter_map(finish));
    taken.sort_unstable();
    let put: Vec<u32> = (1..).take(taken.len()).collect();
    assert_eq!(taken, put, "what was taken, of what was put");
    assert_eq!((queue.len(), queue.unfinished()), (0, taken.len()), "left at the end, and unfinished");
}

/// Either all threads put and take in turns, or two put and two take: together they put as often as they take, so that
/// none waits without an end.
#[test]
fn four_threads_put_take_and_finish_at_random() {
    let noted = Noted::new(ORDERS[choose(3)], [None, Some(1), Some(2)][choose(3)]);
    let both = choose(2) == 0;
    let threads: Vec<_> = (0..4)
        .map(|thread| {
            let (puts, takes) = (both || thread < 2, both || thread >= 2);
            let looks = [choose(5), choose(5)];
            with("caller", &noted, move |noted| {
                for (turn, look) in (0..).zip(looks) {
                    if puts {
                        // Of two ranks, and no two of them the same.
                        noted.put((1 + (turn + thread) % 2) * 10 + 2 * thread + turn);
                    }
                    match look {
                        0 => noted.len(),
                        1 => noted.is_empty(),
                        2 => noted.unfinished(),
                        3 => _ = noted.task_done(),
                        _ => (),
                    }
                    if takes {
                        noted.get();
                        noted.task_done();
                    }
                }
            })
        })
        .collect();
    if choose(3) == 0 {
        noted.close();
    }
    threads.into_iter().for_each(finish);
    noted.compare();
}
