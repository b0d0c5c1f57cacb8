//! The buffer on a single thread.

use std::panic::{self, AssertUnwindSafe};

use producer_consumer::{BoundedBuffer, Closed};

use crate::instruments::size;

#[test]
fn items_come_out_in_order() {
    for capacity in [1, 2, 3, 10, 17] {
        let buffer = BoundedBuffer::new(size(capacity));
        // Several rounds, so that a ring wraps around at every place.
        for round in 0..=capacity {
            for place in 0..capacity {
                assert_eq!(
                    buffer.put(round * 100 + place),
                    Ok(()),
                    "item {place} of {capacity}, round {round}"
                );
            }
            for place in 0..capacity {
                assert_eq!(
                    buffer.take(),
                    Some(round * 100 + place),
                    "item {place} of {capacity}, round {round}"
                );
            }
            // The next round begins at another place.
            assert_eq!(buffer.put(7), Ok(()));
            assert_eq!(buffer.take(), Some(7), "a single item after round {round}");
        }
    }
}

#[test]
fn it_knows_how_many_are_inside() {
    for capacity in [1, 2, 3, 10] {
        let buffer = BoundedBuffer::new(size(capacity));
        assert!(buffer.is_empty(), "a new buffer is empty");
        for inside in 1..=capacity {
            assert_eq!(buffer.put(inside), Ok(()), "item {inside} of {capacity}");
            assert_eq!(buffer.len(), inside, "after {inside} of {capacity} items");
            assert!(!buffer.is_empty(), "`is_empty` with {inside} items inside");
            assert_eq!(buffer.capacity(), capacity, "the capacity with {inside} items inside");
        }
        for inside in (0..capacity).rev() {
            assert!(buffer.take().is_some(), "an item of the {} that are inside", inside + 1);
            assert_eq!(buffer.len(), inside, "with {inside} items left");
            assert_eq!(buffer.is_empty(), inside == 0, "`is_empty` with {inside} items left");
            assert_eq!(buffer.capacity(), capacity, "the capacity with {inside} items left");
        }
    }
}

#[test]
fn a_closed_buffer_refuses_and_hands_back() {
    for inside in 0..=2 {
        let buffer = BoundedBuffer::new(size(2));
        for item in 0..inside {
            assert_eq!(buffer.put(Box::new(item)), Ok(()), "item {item} into an open buffer of 2");
        }
        buffer.close();
        for item in [10, 11] {
            let refused = buffer.put(Box::new(item));
            assert_eq!(
                refused.map_err(|Closed(item)| item),
                Err(Box::new(item)),
                "`put({item})` when closed with {inside} inside"
            );
        }
        assert_eq!(buffer.len(), inside, "the length after closing with {inside} inside");
    }
}

#[test]
fn what_is_left_can_be_taken_after_closing() {
    let buffer = BoundedBuffer::new(size(3));
    for item in 1..=3 {
        assert_eq!(buffer.put(item), Ok(()), "item {item} of 3");
    }
    buffer.close();
    assert_eq!(buffer.capacity(), 3, "the capacity after closing");
    for item in 1..=3 {
        assert_eq!(buffer.len(), 4 - item, "the length before item {item} is taken");
        assert_eq!(buffer.is_empty(), false, "`is_empty` before item {item} is taken");
        assert_eq!(buffer.take(), Some(item), "item {item} of 3 that are left after closing");
        assert_eq!(
            buffer.put(9).map_err(|Closed(item)| item),
            Err(9),
            "`put` into a closed buffer with free places"
        );
    }
    for _ in 0..3 {
        assert_eq!(buffer.take(), None, "`take` once closed and drained");
        assert!(buffer.is_empty(), "a drained buffer is empty");
    }
    assert_eq!(buffer.put(9).map_err(|Closed(item)| item), Err(9), "`put` once closed and drained");
    assert_eq!(buffer.take(), None, "`take` once closed and drained");
}

#[test]
fn closing_again_changes_nothing() {
    let buffer = BoundedBuffer::new(size(2));
    assert_eq!(buffer.put(1), Ok(()));
    for _ in 0..3 {
        buffer.close();
        assert_eq!(buffer.len(), 1, "the length after closing again");
        assert_eq!(buffer.put(2).map_err(|Closed(item)| item), Err(2), "`put` after closing again");
    }
    assert_eq!(buffer.take(), Some(1), "what was left");
    buffer.close();
    assert_eq!(buffer.take(), None, "`take` once closed and drained");
}

/// Not `Clone`, not `Default`, not `Debug`.
struct Plain(u8);

#[test]
fn any_type_can_be_an_item() {
    // Nothing to store: the number of items is all there is.
    let nothings = BoundedBuffer::new(size(2));
    assert_eq!([nothings.put(()), nothings.put(())], [Ok(()), Ok(())]);
    assert_eq!((nothings.len(), nothings.capacity()), (2, 2), "length and capacity for items without a size");
    nothings.close();
    assert_eq!([nothings.take(), nothings.take(), nothings.take()], [Some(()), Some(()), None]);

    let plain = BoundedBuffer::new(size(1));
    assert!(plain.put(Plain(3)).is_ok());
    assert!(plain.take().is_some_and(|item| item.0 == 3));

    let text = String::from("borrowed");
    let borrowed = BoundedBuffer::new(size(1));
    assert_eq!(borrowed.put(text.as_str()), Ok(()));
    assert_eq!(borrowed.take(), Some("borrowed"));

    let options = BoundedBuffer::new(size(2));
    assert_eq!([options.put(None), options.put(Some(1))], [Ok(()), Ok(())]);
    options.close();
    assert_eq!([options.take(), options.take(), options.take()], [Some(None), Some(Some(1)), None]);

    let large = BoundedBuffer::new(size(2));
    assert_eq!(large.put([7_u64; 1_000]), Ok(()));
    assert_eq!(large.take(), Some([7; 1_000]));
}

#[test]
fn a_large_capacity_is_an_ordinary_one() {
    let buffer = BoundedBuffer::new(size(100_000));
    for item in 0..100_000_u32 {
        assert_eq!(buffer.put(item), Ok(()));
    }
    assert_eq!((buffer.len(), buffer.capacity()), (100_000, 100_000));
    for item in 0..100 {
        assert_eq!(buffer.take(), Some(item));
    }
    buffer.close();
    assert_eq!(buffer.take(), Some(100));
}

#[test]
fn two_buffers_have_nothing_to_do_with_each_other() {
    let (one, other) = (BoundedBuffer::new(size(1)), BoundedBuffer::new(size(1)));
    assert_eq!(one.put(1), Ok(()));
    assert_eq!(other.put(2), Ok(()));
    one.close();
    assert_eq!(other.take(), Some(2));
    assert_eq!(other.put(3), Ok(()), "`put` into a buffer that is open, while another one is closed");
    assert_eq!(one.take(), Some(1));
    assert_eq!(other.len(), 1);
}

#[test]
fn an_error_holds_the_item() {
    assert_eq!(format!("{:?}", Closed(7)), "Closed(7)", "`derive(Debug)`");
    assert_eq!(Closed("a"), Closed("a"), "`derive(PartialEq)`");
    assert_ne!(Closed(1), Closed(2), "`derive(PartialEq)`");
    let Closed(item) = Closed(String::from("mine"));
    assert_eq!(item, "mine");
}

/// The panic of a thread that uses the buffer does not affect the buffer.
#[test]
fn a_user_that_panics_does_no_harm() {
    let buffer = BoundedBuffer::new(size(2));
    assert_eq!(buffer.put(1), Ok(()));
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| {
        assert_eq!(buffer.take(), Some(1));
        assert_eq!(buffer.put(2), Ok(()));
        panic!("the check makes this thread panic between two calls");
    }));
    assert!(outcome.is_err());
    assert_eq!(buffer.len(), 1, "items left by the thread that panicked");
    assert_eq!(buffer.take(), Some(2));
    // While it unwinds, it may say so to others.
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| {
        let _tells = OnDrop(&buffer);
        panic::resume_unwind(Box::new("the check makes this thread panic"));
    }));
    assert!(outcome.is_err());
    assert_eq!([buffer.take(), buffer.take()], [Some(3), Some(4)], "what was put while a thread unwound");
}

/// Uses the buffer when it is dropped. A panic in here would end the process: if something is wrong, nothing is put.
struct OnDrop<'b>(&'b BoundedBuffer<u32>);

impl Drop for OnDrop<'_> {
    fn drop(&mut self) {
        let buffer = self.0;
        let put = [buffer.put(8), buffer.put(9)].map(|put| put.is_ok());
        let taken = [buffer.take(), buffer.take()];
        if put == [true; 2] && taken == [Some(8), Some(9)] {
            let _ = buffer.put(3);
            let _ = buffer.put(4);
        }
        buffer.close();
    }
}
