//! In which order items leave, on a single thread.

use std::cmp::Reverse;
use std::time::Duration;

use harness::linearizability::Sequential;
use harness::stress::{Rng, seed};
use work_queue::WorkQueue;

use crate::instruments::{Job, ORDERS, Order, size};
use crate::queue::{Call, Model, call};

/// Puts everything, and takes everything.
fn passes<T>(queue: &WorkQueue<T>, items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut count = 0;
    for item in items {
        assert!(queue.put(item).is_ok(), "`put` into a queue that is open and not full");
        count += 1;
    }
    (0..count).map(|_| queue.get().unwrap_or_else(|error| panic!("{error:?} with items inside"))).collect()
}

fn first_in_first_out() {
    for capacity in [None, size(5), size(7)] {
        let queue = WorkQueue::fifo(capacity);
        // Several rounds, so that a ring wraps around.
        for _ in 0..7 {
            assert_eq!(
                passes(&queue, [3, 1, 2, 1, 5]),
                [3, 1, 2, 1, 5],
                "the order of a capacity of {capacity:?}"
            );
            assert_eq!(passes(&queue, [4]), [4], "a single item");
        }
    }
}

fn last_in_first_out() {
    for capacity in [None, size(5), size(7)] {
        let queue = WorkQueue::lifo(capacity);
        for _ in 0..7 {
            assert_eq!(
                passes(&queue, [3, 1, 2, 1, 5]),
                [5, 1, 2, 1, 3],
                "the order of a capacity of {capacity:?}"
            );
            assert_eq!(passes(&queue, [4]), [4], "a single item");
        }
    }
}

#[test]
fn items_leave_in_order() {
    first_in_first_out();
    last_in_first_out();
    the_smallest_first();
}

fn the_smallest_first() {
    for capacity in [None, size(5), size(7)] {
        let queue = WorkQueue::priority(capacity);
        for _ in 0..7 {
            assert_eq!(
                passes(&queue, [3, 1, 2, 1, 5]),
                [1, 1, 2, 3, 5],
                "the order of a capacity of {capacity:?}"
            );
            assert_eq!(passes(&queue, [4]), [4], "a single item");
        }
    }
    let queue = WorkQueue::priority(None);
    assert_eq!(passes(&queue, ["pear", "apple", "fig"]), ["apple", "fig", "pear"], "by the order of texts");
    let queue = WorkQueue::priority(None);
    assert_eq!(passes(&queue, [2, 3, 1].map(Reverse)), [3, 2, 1].map(Reverse), "by an order of its own");
}

#[test]
fn equal_ones_in_the_order_of_arrival() {
    let queue = WorkQueue::priority(None);
    let jobs = |jobs: &[u32]| jobs.iter().copied().map(Job).collect::<Vec<_>>();
    let left: Vec<u32> = passes(&queue, jobs(&[21, 11, 22, 31, 23, 12, 24, 32, 25, 13, 26]))
        .into_iter()
        .map(|job| job.0)
        .collect();
    assert_eq!(left, [11, 12, 13, 21, 22, 23, 24, 25, 26, 31, 32], "two jobs with the same tens are equal");
    // Many that are equal.
    let items = (0..600).map(|number| Equal { number });
    let numbers: Vec<u32> =
        passes(&WorkQueue::priority(None), items).iter().map(|item| item.number).collect();
    assert!(numbers.is_sorted(), "all are equal, and left in this order: {numbers:?}");
    equal_ones_however_many_there_were();
}

fn equal_ones_however_many_there_were() {
    let queue = WorkQueue::priority(size(3));
    let mut expected = 0;
    for number in 0..70_000 {
        assert!(queue.put(Equal { number }).is_ok(), "`put` into a queue that is open and not full");
        if number >= 2 {
            let left = queue.get().map(|item| item.number);
            assert_eq!(left, Ok(expected), "the next one of three that are equal");
            expected += 1;
        }
    }
}

/// Equal to every other one.
#[derive(Debug)]
struct Equal {
    number: u32,
}

impl PartialEq for Equal {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Equal {}

impl PartialOrd for Equal {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Equal {
    fn cmp(&self, _: &Self) -> std::cmp::Ordering {
        std::cmp::Ordering::Equal
    }
}

/// One call after the other, none of which would block.
#[test]
fn random_calls_of_one_thread() {
    for round in 0..300 {
        let mut rng = Rng::new(seed() + round);
        let order = ORDERS[(round % 3) as usize];
        let capacity = [None, Some(1), Some(3), Some(8)][rng.below(4) as usize];
        let (queue, mut model) = (order.queue(capacity), Model::new(order, capacity));
        let mut calls = Vec::new();
        for number in 0..60 {
            let what = match rng.below(11) {
                0..=3 => Call::Put(10 * (1 + rng.below(3) as u32) + number % 10),
                4 | 5 => Call::Get,
                6 => Call::GetInTime,
                7 | 8 => Call::TaskDone,
                9 => Call::Join,
                _ if rng.below(20) == 0 => Call::Close,
                _ => [Call::Len, Call::IsEmpty, Call::Unfinished][rng.below(3) as usize],
            };
            let mut next = model.clone();
            let expected = next.apply(&what);
            if expected == crate::queue::Return::Blocks {
                continue;
            }
            model = next;
            calls.push(what);
            let returned = call(&queue, what, Duration::ZERO);
            assert_eq!(returned, expected, "the last of these calls, {order:?} with {capacity:?}: {calls:?}");
        }
    }
}

#[test]
fn a_timed_get_takes_the_next_one() {
    for timeout in [Duration::ZERO, Duration::from_nanos(1), Duration::from_secs(60)] {
        for (order, expected) in
            [(Order::Fifo, [21, 12, 11]), (Order::Lifo, [11, 12, 21]), (Order::Priority, [12, 11, 21])]
        {
            let queue = order.queue(None);
            [21, 12, 11].map(|item| assert_eq!(queue.put(Job(item)), Ok(()), "`put` into an open queue"));
            let left = [(); 3].map(|()| queue.get_timeout(timeout).map_or(0, |job| job.0));
            assert_eq!(left, expected, "what gets of {timeout:?} returned, {order:?}");
        }
    }
}
