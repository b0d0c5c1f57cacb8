//! Threads that wait for an item or for a place, and what wakes them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use harness::model::{choose, lateness};
use producer_consumer::BoundedBuffer;

use crate::instruments::{finish, holding, size, while_unwinding, with};

fn puts(item: u32) -> impl FnOnce(&BoundedBuffer<u32>) + Send + 'static {
    move |buffer| assert_eq!(buffer.put(item), Ok(()), "`put({item})` into a buffer that is never closed")
}

/// Also if it is put by a guard of a thread that unwinds, and while another consumer waits at another buffer.
#[test]
fn an_item_wakes_a_consumer() {
    match choose(3) {
        0 => wakes_a_consumer(|buffer| buffer.put(1).is_ok()),
        1 => wakes_a_consumer(|buffer| while_unwinding(|| buffer.put(1).is_ok())),
        _ => consumers_of_two_buffers(),
    }
}

fn wakes_a_consumer(put: fn(&BoundedBuffer<u32>) -> bool) {
    let buffer = holding(1, []);
    let consumer = with("consumer", &buffer, BoundedBuffer::take);
    assert!(put(&buffer), "`put(1)` into a buffer that is never closed");
    assert_eq!(finish(consumer), Some(1), "what the consumer took");
    assert_eq!(buffer.len(), 0, "left at the end");
}

fn consumers_of_two_buffers() {
    let buffers = [holding(1, []), holding(1, [])];
    let consumers = [0, 1].map(|buffer| with("consumer", &buffers[buffer], BoundedBuffer::take));
    for ((item, buffer), consumer) in (1..).zip(&buffers).zip(consumers) {
        puts(item)(buffer);
        assert_eq!(finish(consumer), Some(item), "what the consumer of one buffer took");
    }
}

/// Also if a guard takes the item in a thread that unwinds, and while another producer waits at another buffer.
#[test]
fn a_place_wakes_a_producer() {
    match choose(3) {
        0 => wakes_a_producer(BoundedBuffer::take),
        1 => wakes_a_producer(|buffer| while_unwinding(|| buffer.take())),
        _ => producers_of_two_buffers(),
    }
}

fn wakes_a_producer(take: fn(&BoundedBuffer<u32>) -> Option<u32>) {
    let buffer = holding(1, [1]);
    let producer = with("producer", &buffer, puts(2));
    assert_eq!(take(&buffer), Some(1), "the item at the front");
    finish(producer);
    assert_eq!(buffer.len(), 1, "left at the end");
    assert_eq!(buffer.take(), Some(2), "what the producer put");
}

fn producers_of_two_buffers() {
    let buffers = [holding(1, [1]), holding(1, [1])];
    let producers = [0, 1].map(|buffer| with("producer", &buffers[buffer], puts(2)));
    for (buffer, producer) in buffers.iter().zip(producers) {
        assert_eq!(buffer.take(), Some(1), "the item at the front");
        finish(producer);
    }
}

/// However many places there are.
#[test]
fn two_items_wake_two_consumers() {
    let buffer = holding([2, 40][choose(2)], []);
    let consumers = [(); 2].map(|()| with("consumer", &buffer, BoundedBuffer::take));
    puts(1)(&buffer);
    puts(2)(&buffer);
    let mut taken = consumers.map(finish);
    taken.sort_unstable();
    assert_eq!(taken, [Some(1), Some(2)], "what two consumers took");
}

#[test]
fn two_places_wake_two_producers() {
    let capacity = [2, 3, 5, 40][choose(4)];
    let buffer = holding(capacity, (1..).take(capacity));
    let producers = [11, 12].map(|item| with("producer", &buffer, puts(item)));
    assert_eq!([buffer.take(), buffer.take()], [Some(1), Some(2)], "the items at the front");
    producers.into_iter().for_each(finish);
    assert_eq!(buffer.len(), capacity, "left at the end");
}

/// A call that only looks, such as `len`, holds the lock for a moment: that somebody does is no reason to wake nobody.
#[test]
fn who_waits_is_woken_while_another_one_looks() {
    let closes = choose(2) == 1;
    let buffer = holding(1, []);
    let consumer = with("consumer", &buffer, BoundedBuffer::take);
    let looker = with("looker", &buffer, BoundedBuffer::len);
    if closes {
        buffer.close();
    } else {
        puts(1)(&buffer);
    }
    assert_eq!(finish(consumer), (!closes).then_some(1), "what the consumer took");
    assert!(finish(looker) <= 1, "the length of a buffer for one item");
}

/// The second item has to wait for a consumer, and one consumer for the second item.
#[test]
fn a_producer_among_consumers_is_woken() {
    let buffer = holding(1, []);
    let consumers = [(); 2].map(|()| with("consumer", &buffer, BoundedBuffer::take));
    puts(1)(&buffer);
    puts(2)(&buffer);
    let mut taken = consumers.map(finish);
    taken.sort_unstable();
    assert_eq!(taken, [Some(1), Some(2)], "what two consumers took");
}

#[test]
fn a_consumer_among_producers_is_woken() {
    let buffer = holding(1, [1]);
    let producers = [2, 3].map(|item| with("producer", &buffer, puts(item)));
    assert_eq!(buffer.take(), Some(1), "the item at the front");
    let mut later = [buffer.take(), buffer.take()];
    producers.into_iter().for_each(finish);
    later.sort_unstable();
    assert_eq!(later, [Some(2), Some(3)], "what two producers put");
}

#[test]
fn two_producers_and_two_consumers_share_one_place() {
    let buffer = holding(1, []);
    let consumers = [(); 2].map(|()| with("consumer", &buffer, BoundedBuffer::take));
    let producer = with("producer", &buffer, puts(1));
    puts(2)(&buffer);
    finish(producer);
    let mut taken = consumers.map(finish);
    taken.sort_unstable();
    assert_eq!(taken, [Some(1), Some(2)], "what two consumers took");
    assert_eq!(buffer.len(), 0, "left at the end");
}

#[test]
fn items_of_one_producer_keep_their_order() {
    let buffer = holding(2, []);
    let producer = with("producer", &buffer, |buffer| (1..=3).for_each(|item| puts(item)(buffer)));
    let taken = [buffer.take(), buffer.take(), buffer.take()];
    finish(producer);
    assert_eq!(taken, [Some(1), Some(2), Some(3)], "what was taken, in this order");
}

#[test]
fn no_more_than_the_capacity_is_ever_inside() {
    if choose(2) == 0 { one_puts_into_a_full_buffer() } else { two_put_into_one_place() }
}

fn two_put_into_one_place() {
    let capacity = [1, 2, 40][choose(3)];
    let buffer = holding(capacity, (1..).take(capacity - 1));
    let producers = [51, 52].map(|item| with("producer", &buffer, puts(item)));
    let length = buffer.len();
    assert!(length <= capacity, "{length} items inside, {capacity} is the most");
    assert!(buffer.take().is_some(), "an item, of a buffer into which two are put");
    producers.into_iter().for_each(finish);
    assert_eq!(buffer.len(), capacity, "left at the end");
}

fn one_puts_into_a_full_buffer() {
    for capacity in [1, 2, 3] {
        let buffer = holding(capacity, 1..=capacity as u32);
        let taken = Arc::new(AtomicUsize::new(0));
        let seen = Arc::clone(&taken);
        let producer = with("producer", &buffer, move |buffer| {
            puts(9)(buffer);
            seen.load(Ordering::Relaxed)
        });
        let length = buffer.len();
        assert_eq!(length, capacity, "the length of a full buffer of {capacity} into which another puts");
        taken.store(1, Ordering::Relaxed);
        assert_eq!(buffer.take(), Some(1), "the item at the front");
        assert_eq!(finish(producer), 1, "1 if the item beyond the capacity was added only after a `take`");
        assert_eq!(buffer.len(), capacity, "left at the end");
    }
}

/// Whatever a collection reports as its capacity for them.
#[test]
fn items_without_a_size_are_limited_too() {
    let buffer = Arc::new(BoundedBuffer::new(size(1)));
    assert_eq!(buffer.put(()), Ok(()), "`put` into an empty buffer");
    let producer = with("producer", &buffer, |buffer| buffer.put(()));
    assert_eq!(buffer.len(), 1, "the length of a full buffer of 1 into which another puts");
    buffer.close();
    let added = usize::from(finish(producer).is_ok());
    assert_eq!(added, 0, "items added to a full buffer from which none was taken");
}

/// One item is enough to wake a consumer, however many places there are.
#[test]
fn a_waiting_consumer_blocks_no_other_call() {
    let buffer = holding(10, []);
    let consumer = with("consumer", &buffer, BoundedBuffer::take);
    assert_eq!(buffer.len(), 0, "the length while a consumer waits for an item");
    assert!(buffer.is_empty(), "nothing is inside while a consumer waits for an item");
    assert_eq!(buffer.capacity(), 10, "the capacity while a consumer waits for an item");
    puts(1)(&buffer);
    assert_eq!(finish(consumer), Some(1), "what the consumer took");
}

/// One free place is enough to wake a producer, however many items there are.
#[test]
fn a_waiting_producer_blocks_no_other_call() {
    let buffer = holding(10, 1..=10);
    let producer = with("producer", &buffer, puts(11));
    assert_eq!(buffer.len(), 10, "the length while a producer waits for a place");
    assert!(!buffer.is_empty(), "something is inside while a producer waits for a place");
    assert_eq!(buffer.capacity(), 10, "the capacity while a producer waits for a place");
    assert_eq!(buffer.take(), Some(1), "the item at the front");
    finish(producer);
    assert_eq!(buffer.take(), Some(2), "the next one");
    assert_eq!(buffer.len(), 9, "left at the end");
}

/// The slot is written before a `put` and read after the `take`: only the buffer makes the one happen before
/// the other.
#[test]
fn what_was_written_before_a_put_is_read_after_the_take() {
    let buffer = holding(1, []);
    let slot = Arc::new(AtomicUsize::new(0));
    let theirs = Arc::clone(&slot);
    let consumer = with("consumer", &buffer, move |buffer| {
        let first = (buffer.take(), theirs.load(Ordering::Relaxed));
        (first, buffer.take(), theirs.load(Ordering::Relaxed))
    });
    slot.store(17, Ordering::Relaxed);
    puts(1)(&buffer);
    slot.store(18, Ordering::Relaxed);
    puts(2)(&buffer);
    let ((first, early), second, late) = finish(consumer);
    assert_eq!((first, second), (Some(1), Some(2)), "what the consumer took");
    assert!(early >= 17, "the consumer has the first item and reads {early}, a value older than 17");
    assert_eq!(late, 18, "what the consumer reads when it has the second item");
}

/// Time passes here only for a thread whose timed wait expires, or that is slow: no thread may depend on such a wait.
#[test]
fn waiting_threads_do_not_poll() {
    let buffer = Arc::new(BoundedBuffer::new(size(1)));
    let other = with("consumer", &buffer, |buffer| {
        let start = Instant::now();
        let taken = [buffer.take(), buffer.take()];
        (taken, start.elapsed())
    });
    let start = Instant::now();
    puts(1)(&buffer);
    puts(2)(&buffer);
    let put_for = start.elapsed();
    let (taken, took_for) = finish(other);
    assert_eq!(taken, [Some(1), Some(2)], "what the consumer took");
    for (call, time) in [("take", took_for), ("put", put_for)] {
        assert!(
            time <= lateness(),
            "{time:?} is the time that timed waits took in `{call}`: a notification must end the wait"
        );
    }
}
