//! The task's own sizes: in schedules that are sampled.

use std::sync::Arc;

use harness::model::choose;
use producer_consumer::BoundedBuffer;

use crate::instruments::{finish, size, with};
use crate::queue::Noted;

const PRODUCERS: usize = 3;
const CONSUMERS: usize = 2;
const CAPACITY: usize = 10;
const ITEMS: u32 = 6;

#[test]
fn three_producers_and_two_consumers_share_ten_places() {
    let buffer = Arc::new(BoundedBuffer::new(size(CAPACITY)));
    let producers: Vec<_> = (0..PRODUCERS)
        .map(|producer| {
            with("producer", &buffer, move |buffer| {
                for item in 0..ITEMS {
                    assert_eq!(buffer.put((producer, item)), Ok(()), "`put` into a buffer that is open");
                }
            })
        })
        .collect();
    let consumers: Vec<_> = (0..CONSUMERS)
        .map(|_| with("consumer", &buffer, |buffer| std::iter::from_fn(|| buffer.take()).collect::<Vec<_>>()))
        .collect();
    let length = buffer.len();
    assert!(length <= CAPACITY, "{length} items inside, {CAPACITY} is the most");
    producers.into_iter().for_each(finish);
    buffer.close();
    let taken: Vec<Vec<(usize, u32)>> = consumers.into_iter().map(finish).collect();
    for items in &taken {
        for producer in 0..PRODUCERS {
            let its: Vec<u32> = items.iter().filter(|item| item.0 == producer).map(|item| item.1).collect();
            assert!(its.is_sorted(), "a consumer took the items of a producer in this order: {its:?}");
        }
    }
    let mut all = taken.concat();
    all.sort_unstable();
    let put: Vec<_> =
        (0..PRODUCERS).flat_map(|producer| (0..ITEMS).map(move |item| (producer, item))).collect();
    assert_eq!(all, put, "the items that were taken, in order of their producers");
    assert!(buffer.is_empty(), "items are inside after all consumers have ended");
}

/// Either all threads put and take in turns, or two put and two take: together they put as often as they take, so that
/// none waits without an end.
#[test]
fn four_threads_put_and_take_at_random() {
    let noted = Noted::new(1 + choose(3));
    let both = choose(2) == 0;
    let threads: Vec<_> = (0..4)
        .map(|thread| {
            let (puts, takes) = (both || thread < 2, both || thread >= 2);
            let looks = [choose(3), choose(3)];
            with("caller", &noted, move |noted| {
                for (turn, look) in (0..).zip(looks) {
                    if puts {
                        noted.put(thread * 10 + turn);
                    }
                    match look {
                        0 => noted.len(),
                        1 => noted.is_empty(),
                        _ => (),
                    }
                    if takes {
                        noted.take();
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
