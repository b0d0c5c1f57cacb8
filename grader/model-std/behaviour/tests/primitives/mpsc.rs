//! Channels: order, bounds, and their ends.

use std::time::Duration;

use model_std::model::{Cause, lateness, own_lateness};
use model_std::sync::mpsc::{
    RecvError, RecvTimeoutError, SendError, Sender, TryRecvError, TrySendError, channel, sync_channel,
};
use model_std::{thread, time};
use outcomes::{failure, outcomes, passes, set};

#[test]
fn messages_of_one_sender_arrive_in_order_and_senders_mix() {
    let orders = outcomes(|| {
        let (sender, receiver) = channel();
        let other = sender.clone();
        let first = thread::spawn(move || [1, 2].map(|message| sender.send(message).unwrap()));
        let second = thread::spawn(move || other.send(10).unwrap());
        let received: Vec<i32> = receiver.iter().collect();
        first.join().unwrap();
        second.join().unwrap();
        received
    });
    assert_eq!(orders, set([vec![1, 2, 10], vec![1, 10, 2], vec![10, 1, 2]]));
}

#[test]
fn a_receiver_ends_when_the_last_sender_is_gone() {
    let seen = outcomes(|| {
        let (sender, receiver) = channel();
        let thread = thread::spawn(move || sender.send(1));
        let results = [receiver.try_recv(), receiver.try_recv()];
        let rest: Vec<i32> = receiver.into_iter().collect();
        thread.join().unwrap().unwrap();
        (results.map(|result| result.map_err(|error| error == TryRecvError::Empty)), rest.len())
    });
    let (empty, gone) = (Err(true), Err(false));
    assert_eq!(
        seen,
        set([([empty, empty], 1), ([empty, Ok(1)], 0), ([Ok(1), empty], 0), ([Ok(1), gone], 0)])
    );
}

#[test]
fn receiving_without_a_sender_is_an_error_and_not_a_deadlock() {
    passes(|| {
        let (sender, receiver) = channel::<u32>();
        let thread = thread::spawn(move || drop(sender));
        assert_eq!(receiver.recv(), Err(RecvError));
        thread.join().unwrap();
    });
}

#[test]
fn sending_without_a_receiver_hands_the_message_back() {
    let results = outcomes(|| {
        let (sender, receiver) = channel();
        let thread = thread::spawn(move || drop(receiver));
        let result = sender.send(5);
        thread.join().unwrap();
        assert_eq!(sender.send(6), Err(SendError(6)));
        result.is_ok()
    });
    assert_eq!(results, set([false, true]));
}

#[test]
fn a_full_channel_blocks_its_sender() {
    let progress = outcomes(|| {
        let (sender, receiver) = sync_channel(1);
        let thread = thread::spawn(move || {
            sender.send(1).unwrap();
            let second = sender.try_send(2).map_err(|error| matches!(error, TrySendError::Full(2)));
            if second.is_err() {
                sender.send(2).unwrap();
            }
            second
        });
        let received = [receiver.recv().unwrap(), receiver.recv().unwrap()];
        assert_eq!(received, [1, 2]);
        thread.join().unwrap()
    });
    assert_eq!(progress, set([Ok(()), Err(true)]));
}

#[test]
fn waiting_for_room_in_a_channel_that_no_thread_empties_is_a_deadlock() {
    let failure = failure(|| {
        let (sender, _receiver) = sync_channel(1);
        sender.send(1).unwrap();
        sender.send(2).unwrap();
    });
    assert_eq!(failure.cause, Cause::Deadlock {});
    assert!(failure.message().contains("main waits for room in channel #1"), "{}", failure.message());
}

#[test]
fn a_rendezvous_returns_when_the_message_is_received() {
    passes(|| {
        let (sender, receiver) = sync_channel(0);
        assert!(matches!(sender.try_send(9), Err(TrySendError::Full(9))));
        let thread = thread::spawn(move || receiver.recv());
        sender.send(1).unwrap();
        assert_eq!(thread.join().unwrap(), Ok(1));
        assert_eq!(sender.send(2), Err(SendError(2)));
    });
    let failure = failure(|| {
        let (sender, _receiver) = sync_channel(0);
        sender.send(1).unwrap();
    });
    assert_eq!(failure.cause, Cause::Deadlock {});
}

#[test]
fn a_rendezvous_with_a_receiver_that_goes_hands_the_message_back() {
    passes(|| {
        let (sender, receiver) = sync_channel(0);
        let thread = thread::spawn(move || drop(receiver));
        assert_eq!(sender.send(1), Err(SendError(1)));
        thread.join().unwrap();
    });
}

#[test]
fn a_timed_receive_may_end_in_every_way() {
    let ends = outcomes(|| {
        let (sender, receiver) = channel();
        let start = time::Instant::now();
        let thread = thread::spawn(move || sender.send(1));
        let result = receiver.recv_timeout(Duration::from_millis(5));
        let waited = (start.elapsed() - own_lateness()).as_millis();
        let _ = thread.join().unwrap();
        drop(receiver);
        (result.map_err(|error| error == RecvTimeoutError::Timeout), waited)
    });
    assert_eq!(ends, set([(Ok(1), 0), (Err(true), 5)]));
}

#[test]
fn what_comes_after_its_receiver_has_given_up_is_late() {
    const MOMENT: Duration = Duration::from_millis(5);
    // What the receiver gets within the time, and without one; how late it has been, and all together.
    let ends = |send: fn(Sender<u8>)| {
        outcomes(move || {
            let (sender, receiver) = channel();
            let thread = thread::spawn(move || send(sender));
            let timed = receiver.recv_timeout(MOMENT);
            let then = receiver.recv();
            thread.join().unwrap();
            (timed == Err(RecvTimeoutError::Timeout), timed.ok(), then.ok(), own_lateness(), lateness())
        })
    };
    let none = Duration::ZERO;
    let sent = [(false, Some(1), None, none, none), (true, None, Some(1), none, MOMENT)];
    assert_eq!(ends(|sender| sender.send(1).unwrap()), set(sent));
    let gone = [(false, None, None, none, none), (true, None, None, none, MOMENT)];
    assert_eq!(ends(drop), set(gone));
}

#[test]
fn a_message_brings_along_what_its_sender_had_written() {
    use model_std::sync::atomic::{AtomicU32, Ordering::Relaxed};
    use std::sync::Arc;
    let read = outcomes(|| {
        let data = Arc::new(AtomicU32::new(0));
        let (sender, receiver) = channel();
        let other = Arc::clone(&data);
        let thread = thread::spawn(move || {
            other.store(1, Relaxed);
            sender.send(()).unwrap();
        });
        receiver.recv().unwrap();
        let read = data.load(Relaxed);
        thread.join().unwrap();
        read
    });
    assert_eq!(read, set([1]));
}

#[test]
fn messages_that_are_not_received_are_dropped_with_the_receiver() {
    use std::sync::Arc;
    passes(|| {
        let message = Arc::new(());
        let (sender, receiver) = channel();
        sender.send(Arc::clone(&message)).unwrap();
        drop(receiver);
        assert_eq!(Arc::strong_count(&message), 1);
        drop(sender);
    });
}
