//! Run with `cargo test -p producer-consumer` on real threads, and in every interleaving under
//! `RUSTFLAGS="--cfg model" cargo test -p producer-consumer`.

use std::num::NonZeroUsize;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use producer_consumer::{BoundedBuffer, Closed, Pipeline, PipelineReport, run_pipeline};

// Without the dependency that puts the model in the place of std, this does not compile: the tests would run on
// real threads, and say nothing about interleavings.
#[cfg(model)]
std::assert_modelled!();
#[cfg(model)]
core::assert_modelled!();

fn size(capacity: usize) -> NonZeroUsize {
    NonZeroUsize::new(capacity).expect("a buffer has at least one place")
}

fn buffer(capacity: usize) -> Arc<BoundedBuffer<u32>> {
    Arc::new(BoundedBuffer::new(size(capacity)))
}

#[test]
fn items_come_out_in_the_order_in_which_they_went_in() {
    let buffer = buffer(3);
    assert_eq!((buffer.len(), buffer.capacity()), (0, 3));
    assert!(buffer.is_empty());
    for item in 1..=3 {
        assert_eq!(buffer.put(item), Ok(()));
    }
    assert_eq!(buffer.len(), 3);
    assert_eq!([buffer.take(), buffer.take(), buffer.take()], [Some(1), Some(2), Some(3)]);
    assert!(buffer.is_empty());
}

#[test]
fn a_closed_buffer_hands_out_what_is_left_and_accepts_nothing() {
    let buffer = buffer(2);
    assert_eq!(buffer.put(1), Ok(()));
    buffer.close();
    buffer.close();
    assert_eq!(buffer.put(2), Err(Closed(2)));
    assert_eq!([buffer.take(), buffer.take()], [Some(1), None]);
}

#[test]
fn a_consumer_waits_for_an_item() {
    let buffer = buffer(1);
    let theirs = Arc::clone(&buffer);
    let consumer = thread::spawn(move || theirs.take());
    assert_eq!(buffer.put(7), Ok(()));
    assert_eq!(consumer.join().expect("the consumer does not panic"), Some(7));
}

#[test]
fn a_producer_waits_for_a_place() {
    let buffer = buffer(1);
    assert_eq!(buffer.put(1), Ok(()));
    let theirs = Arc::clone(&buffer);
    let producer = thread::spawn(move || theirs.put(2));
    assert!(buffer.len() <= 1);
    assert_eq!(buffer.take(), Some(1));
    assert_eq!(producer.join().expect("the producer does not panic"), Ok(()));
    assert_eq!(buffer.take(), Some(2));
}

#[test]
fn closing_wakes_a_waiting_consumer() {
    let buffer = buffer(1);
    let theirs = Arc::clone(&buffer);
    let consumer = thread::spawn(move || theirs.take());
    buffer.close();
    assert_eq!(consumer.join().expect("the consumer does not panic"), None);
}

#[test]
fn closing_wakes_a_waiting_producer() {
    let buffer = buffer(1);
    assert_eq!(buffer.put(1), Ok(()));
    let theirs = Arc::clone(&buffer);
    let producer = thread::spawn(move || theirs.put(2));
    buffer.close();
    assert_eq!(producer.join().expect("the producer does not panic"), Err(Closed(2)));
    assert_eq!([buffer.take(), buffer.take()], [Some(1), None]);
}

#[test]
fn two_consumers_share_two_items() {
    let buffer = buffer(1);
    let consumers = [(); 2].map(|()| {
        let buffer = Arc::clone(&buffer);
        thread::spawn(move || buffer.take())
    });
    assert_eq!(buffer.put(1), Ok(()));
    assert_eq!(buffer.put(2), Ok(()));
    let mut taken = consumers.map(|consumer| consumer.join().expect("no consumer panics"));
    taken.sort_unstable();
    assert_eq!(taken, [Some(1), Some(2)]);
}

#[test]
fn a_pipeline_squares_every_number() {
    let pipeline = Pipeline { producers: 2, consumers: 1, capacity: size(1), items_per_producer: 1 };
    let mut squares = run_pipeline(&pipeline, |producer, i| producer as u32 * 100_000 + i as u32 + 2).squares;
    squares.sort_unstable();
    assert_eq!(squares, [4, 10_000_400_004]);
}

#[test]
fn a_panic_reaches_the_caller_of_the_pipeline() {
    let pipeline = Pipeline { producers: 1, consumers: 1, capacity: size(1), items_per_producer: 2 };
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| {
        run_pipeline(&pipeline, |_, i| if i == 1 { panic!("this test makes this call panic") } else { 0 })
    }));
    assert!(outcome.is_err());
}

#[test]
fn a_report_knows_its_throughput() {
    let report = PipelineReport { squares: vec![1, 4, 9], elapsed: Duration::from_millis(1_500) };
    assert_eq!(report.items_per_second(), 2.0);
}
