//! `close`, while others put and take.

use harness::model::choose;
use producer_consumer::{BoundedBuffer, Closed};

use crate::instruments::{finish, holding, while_unwinding, with};

/// As usual, or in a guard of a thread that unwinds.
fn either_way() -> fn(&BoundedBuffer<u32>) {
    if choose(2) == 0 { BoundedBuffer::close } else { |buffer| while_unwinding(|| buffer.close()) }
}

#[test]
fn it_wakes_a_consumer() {
    let close = either_way();
    let buffer = holding(1, []);
    let consumer = with("consumer", &buffer, BoundedBuffer::take);
    close(&buffer);
    assert_eq!(finish(consumer), None, "what a consumer of a closed, empty buffer took");
}

#[test]
fn it_wakes_every_consumer() {
    let buffer = holding(1, []);
    let consumers = [(); 3].map(|()| with("consumer", &buffer, BoundedBuffer::take));
    buffer.close();
    assert_eq!(consumers.map(finish), [None; 3], "what consumers of a closed, empty buffer took");
}

#[test]
fn it_wakes_a_producer() {
    let close = either_way();
    let buffer = holding(1, [1]);
    let producer = with("producer", &buffer, |buffer| buffer.put(2));
    close(&buffer);
    assert_eq!(
        finish(producer).map_err(|Closed(item)| item),
        Err(2),
        "`put(2)` into a full buffer that was closed"
    );
    assert_eq!([buffer.take(), buffer.take()], [Some(1), None], "what was left");
}

#[test]
fn it_wakes_every_producer() {
    let buffer = holding(1, [1]);
    let producers = [2, 3, 4].map(|item| with("producer", &buffer, move |buffer| buffer.put(item)));
    buffer.close();
    let refused = producers.map(finish).map(|put| put.map_err(|Closed(item)| item));
    assert_eq!(refused, [Err(2), Err(3), Err(4)], "`put` into a full buffer that was closed");
    assert_eq!(buffer.len(), 1, "left after closing");
    assert_eq!([buffer.take(), buffer.take()], [Some(1), None], "what was left");
}

#[test]
fn two_may_close_at_once() {
    let buffer = holding(1, []);
    let consumer = with("consumer", &buffer, BoundedBuffer::take);
    let other = with("closer", &buffer, BoundedBuffer::close);
    buffer.close();
    finish(other);
    assert_eq!(finish(consumer), None, "what a consumer of a closed, empty buffer took");
    assert_eq!(buffer.put(1).map_err(|Closed(item)| item), Err(1), "`put(1)` after closing");
}

/// Two consumers wait for an item, one item is put, and then the buffer is closed.
#[test]
fn one_consumer_gets_the_last_item_and_the_other_none() {
    let buffer = holding(1, []);
    let consumers = [(); 2].map(|()| with("consumer", &buffer, BoundedBuffer::take));
    assert_eq!(buffer.put(1), Ok(()), "`put(1)` into an open buffer");
    buffer.close();
    let mut taken = consumers.map(finish);
    taken.sort_unstable();
    assert_eq!(taken, [None, Some(1)], "what two consumers took when one item was put");
}

/// Two producers wait for a place, one is freed, and then the buffer is closed.
#[test]
fn a_place_freed_before_closing_is_filled_at_most_once() {
    let buffer = holding(1, [1]);
    let producers = [2, 3].map(|item| with("producer", &buffer, move |buffer| buffer.put(item)));
    assert_eq!(buffer.take(), Some(1), "the item at the front");
    buffer.close();
    let added = producers.map(finish).into_iter().filter(Result::is_ok).count();
    assert!(added <= 1, "{added} items were added when there was room for one");
    let left = [buffer.take(), buffer.take()].into_iter().flatten().count();
    assert_eq!(left, added, "items that could be taken, of those whose `put` returned `Ok`");
}

/// Consumers that begin after the buffer was closed share what is left.
#[test]
fn what_is_left_is_shared_by_all() {
    let buffer = holding(2, [1, 2]);
    buffer.close();
    let consumers = [(); 2].map(|()| with("consumer", &buffer, BoundedBuffer::take));
    let mine = buffer.take();
    let [one, other] = consumers.map(finish);
    let mut taken = [mine, one, other];
    taken.sort_unstable();
    assert_eq!(taken, [None, Some(1), Some(2)], "what three consumers took of two items");
}
