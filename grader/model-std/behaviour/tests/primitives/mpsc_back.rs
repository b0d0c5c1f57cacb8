//! What channels carry back, from receivers to senders, and what their ends carry over. All data is `Relaxed`: it is seen
//! because of the channel, or it need not be.

use std::sync::Arc;
use std::time::Duration;

use model_std::model::lateness;
use model_std::sync::atomic::AtomicU32;
use model_std::sync::atomic::Ordering::Relaxed;
use model_std::sync::mpsc::{RecvTimeoutError, SendError, TryRecvError, TrySendError, channel, sync_channel};
use model_std::{thread, time};
use outcomes::{outcomes, passes, set};

fn data() -> (Arc<AtomicU32>, Arc<AtomicU32>) {
    let data = Arc::new(AtomicU32::new(0));
    (Arc::clone(&data), data)
}

#[test]
fn a_rendezvous_hands_over_in_both_directions() {
    passes(|| {
        let ((theirs, there), (mine, here)) = (data(), data());
        let (sender, receiver) = sync_channel(0);
        let thread = thread::spawn(move || {
            theirs.store(1, Relaxed);
            receiver.recv().unwrap();
            assert_eq!(here.load(Relaxed), 1);
        });
        mine.store(1, Relaxed);
        sender.send(()).unwrap();
        assert_eq!(there.load(Relaxed), 1);
        thread.join().unwrap();
    });
}

#[test]
fn every_way_to_receive_completes_a_rendezvous() {
    passes(|| {
        let (theirs, there) = data();
        let (sender, receiver) = sync_channel(0);
        let thread = thread::spawn(move || {
            theirs.store(1, Relaxed);
            if receiver.try_recv().is_err() && receiver.recv_timeout(Duration::from_millis(1)).is_err() {
                receiver.recv().unwrap();
            }
        });
        sender.send(()).unwrap();
        assert_eq!(there.load(Relaxed), 1);
        thread.join().unwrap();
    });
}

#[test]
fn each_of_two_rendezvous_senders_sees_what_its_own_receive_came_after() {
    let seen = outcomes(|| {
        let (theirs, there) = data();
        let (sender, receiver) = sync_channel(0);
        let (other, still) = (sender.clone(), Arc::clone(&there));
        let thread = thread::spawn(move || {
            receiver.recv().unwrap();
            theirs.store(1, Relaxed);
            receiver.recv().unwrap();
        });
        let first = thread::spawn(move || {
            other.send(()).unwrap();
            still.load(Relaxed)
        });
        sender.send(()).unwrap();
        let mine = there.load(Relaxed);
        thread.join().unwrap();
        (first.join().unwrap(), mine)
    });
    // The second one sees it, the first one may.
    assert_eq!(seen, set([(0, 1), (1, 0), (1, 1)]));
}

#[test]
fn an_attempt_at_a_rendezvous_that_meets_its_receiver_sees_what_came_before_it_waited() {
    let seen = outcomes(|| {
        let (theirs, there) = data();
        let (sender, receiver) = sync_channel(0);
        let thread = thread::spawn(move || {
            theirs.store(1, Relaxed);
            receiver.recv()
        });
        let met = sender.try_send(()).is_ok();
        let seen = there.load(Relaxed);
        drop(sender);
        assert_eq!(thread.join().unwrap().is_ok(), met);
        (met, seen)
    });
    assert_eq!(seen, set([(false, 0), (false, 1), (true, 1)]));
}

/// The k-th receive comes before the send after k messages and the channel's bound.
#[test]
fn a_send_into_a_full_channel_comes_after_the_receive_that_made_room() {
    for bound in [1, 2] {
        passes(move || {
            let (theirs, there) = data();
            let (sender, receiver) = sync_channel(bound);
            for _ in 0..bound {
                sender.send(()).unwrap();
            }
            let thread = thread::spawn(move || {
                theirs.store(1, Relaxed);
                receiver.recv().unwrap();
                receiver
            });
            sender.send(()).unwrap();
            assert_eq!(there.load(Relaxed), 1);
            thread.join().unwrap();
        });
    }
}

#[test]
fn an_attempt_that_finds_room_again_comes_after_the_receive_that_made_it() {
    let seen = outcomes(|| {
        let (theirs, there) = data();
        let (sender, receiver) = sync_channel(1);
        sender.send(()).unwrap();
        let thread = thread::spawn(move || {
            theirs.store(1, Relaxed);
            receiver.recv().unwrap();
            receiver
        });
        let sent = match sender.try_send(()) {
            Ok(()) => true,
            Err(TrySendError::Full(())) => false,
            Err(TrySendError::Disconnected(())) => unreachable!("the receiver is returned"),
        };
        let seen = there.load(Relaxed);
        thread.join().unwrap();
        (sent, seen)
    });
    assert_eq!(seen, set([(false, 0), (false, 1), (true, 1)]));
}

#[test]
fn a_place_that_was_free_from_the_start_brings_nothing_back() {
    let seen = outcomes(|| {
        let (theirs, there) = data();
        let (sender, receiver) = sync_channel(2);
        sender.send(()).unwrap();
        let thread = thread::spawn(move || {
            theirs.store(1, Relaxed);
            receiver.recv().unwrap();
            receiver
        });
        sender.send(()).unwrap();
        let second = there.load(Relaxed);
        sender.send(()).unwrap();
        let third = there.load(Relaxed);
        thread.join().unwrap();
        (second, third)
    });
    assert_eq!(seen, set([(0, 1), (1, 1)]));
}

#[test]
fn an_unbounded_channel_brings_nothing_back() {
    let seen = outcomes(|| {
        let (theirs, there) = data();
        let (sender, receiver) = channel();
        let thread = thread::spawn(move || {
            theirs.store(1, Relaxed);
            receiver.recv().unwrap();
            receiver
        });
        sender.send(()).unwrap();
        sender.send(()).unwrap();
        let seen = there.load(Relaxed);
        thread.join().unwrap();
        seen
    });
    assert_eq!(seen, set([0, 1]));
}

#[test]
fn a_send_that_fails_comes_after_the_drop_of_the_receiver() {
    for bound in [None, Some(0), Some(1)] {
        let seen = outcomes(move || {
            let (theirs, there) = data();
            let (unbounded, receiver_of_unbounded) = channel();
            let (bounded, receiver_of_bounded) = sync_channel(bound.unwrap_or(0));
            let thread = thread::spawn(move || {
                theirs.store(1, Relaxed);
                drop((receiver_of_unbounded, receiver_of_bounded));
            });
            let result = if bound.is_none() { unbounded.send(5) } else { bounded.send(5) };
            let seen = there.load(Relaxed);
            thread.join().unwrap();
            (result.map_err(|SendError(message)| message), seen)
        });
        let failed = (Err(5), 1);
        match bound {
            Some(0) => assert_eq!(seen, set([failed])),
            None | Some(_) => assert_eq!(seen, set([(Ok(()), 0), (Ok(()), 1), failed])),
        }
    }
}

#[test]
fn an_attempt_without_a_receiver_comes_after_its_drop() {
    for bound in [0, 1] {
        passes(move || {
            let (theirs, there) = data();
            let (sender, receiver) = sync_channel(bound);
            let thread = thread::spawn(move || {
                theirs.store(1, Relaxed);
                drop(receiver);
            });
            if matches!(sender.try_send(5), Err(TrySendError::Disconnected(5))) {
                assert_eq!(there.load(Relaxed), 1);
            }
            thread.join().unwrap();
        });
    }
}

#[test]
fn a_blocked_sender_that_fails_comes_after_the_drop_of_the_receiver() {
    passes(|| {
        let (theirs, there) = data();
        let (sender, receiver) = sync_channel(1);
        sender.send(4).unwrap();
        let thread = thread::spawn(move || {
            theirs.store(1, Relaxed);
            drop(receiver);
        });
        assert_eq!(sender.send(5), Err(SendError(5)));
        assert_eq!(there.load(Relaxed), 1);
        thread.join().unwrap();
    });
}

#[test]
fn a_receive_without_senders_comes_after_the_drops_of_all_of_them() {
    passes(|| {
        let ((first, of_first), (second, of_second)) = (data(), data());
        let (sender, receiver) = channel::<u32>();
        let other = sender.clone();
        let threads = [
            thread::spawn(move || {
                first.store(1, Relaxed);
                drop(sender);
            }),
            thread::spawn(move || {
                second.store(1, Relaxed);
                drop(other);
            }),
        ];
        let result = receiver.try_recv().or_else(|error| match error {
            TryRecvError::Empty => receiver.recv_timeout(Duration::from_millis(1)),
            TryRecvError::Disconnected => Err(RecvTimeoutError::Disconnected),
        });
        if result != Err(RecvTimeoutError::Disconnected) {
            assert!(receiver.recv().is_err());
        }
        assert_eq!((of_first.load(Relaxed), of_second.load(Relaxed)), (1, 1));
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    });
}

/// For how long the sender waits when its receiver sleeps first.
fn waits_for(bound: usize, receive: bool) -> std::collections::BTreeSet<u128> {
    outcomes(move || {
        let start = time::Instant::now();
        let (sender, receiver) = sync_channel(bound);
        for message in 0..bound {
            sender.send(message).unwrap();
        }
        let thread = thread::spawn(move || {
            thread::sleep(Duration::from_millis(5));
            let receiver = if receive { receiver.recv().ok().map(|_| receiver) } else { None };
            thread::sleep(Duration::from_millis(5));
            receiver
        });
        assert_eq!(sender.send(9).is_ok(), receive);
        let waited = start.elapsed() - lateness();
        thread.join().unwrap();
        waited.as_millis()
    })
}

#[test]
fn a_sender_waits_until_the_time_of_the_receive_or_of_the_drop() {
    for bound in [0, 1, 2] {
        assert_eq!(waits_for(bound, true), set([5]), "{bound}");
    }
    for bound in [0, 1] {
        let dropped = waits_for(bound, false);
        assert!(dropped.iter().all(|&waited| waited >= 5), "{bound}: {dropped:?}");
    }
}
