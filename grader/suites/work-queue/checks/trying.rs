//! Gets whose time is soon over, next to other threads: they lose nothing, and nothing is lost with them.

use std::time::{Duration, Instant};

use harness::model::lateness;
use harness::until_others_wait;
use work_queue::{GetError, WorkQueue};

use crate::instruments::{
    Get, finish, finishes, holding, one_of, plain, puts, timed, with, with_room, with_unfinished,
};

/// It elapses in the model whenever somebody waits for it.
const A_MOMENT: Duration = Duration::from_millis(10);

#[test]
fn giving_up_loses_no_item_and_no_wakeup() {
    one_of([one_gives_up, one_takes_an_item_late, one_frees_a_place_late])();
}

/// There is an item for either, whether one of them gives up or not.
fn one_takes_an_item_late() {
    let queue = holding(2, []);
    let impatient = with("impatient", &queue, |queue| queue.get_timeout(A_MOMENT));
    let patient = with("patient", &queue, plain);
    puts(1)(&queue);
    puts(2)(&queue);
    let served = finish(patient).is_ok();
    let both = finish(impatient).is_ok();
    assert!(served, "an item, of a queue that is open");
    assert_eq!(queue.len(), usize::from(!both), "left at the end");
}

/// Another thread waits for the place of what is taken.
fn one_frees_a_place_late() {
    let queue = holding(1, []);
    let impatient = with("impatient", &queue, |queue| queue.get_timeout(A_MOMENT));
    puts(1)(&queue);
    let putter = with("putter", &queue, puts(2));
    let taken = finish(impatient).or_else(|_| queue.get());
    finish(putter);
    assert_eq!(taken, Ok(1), "the item at the front");
    assert_eq!((queue.len(), queue.unfinished()), (1, 2), "left at the end, and unfinished");
}

/// One of those who wait for an item gives up, perhaps at the moment at which one comes.
fn one_gives_up() {
    let (patient, all_wait_first) = one_of([(plain as Get, false), (plain, true), (timed, true)]);
    let queue = holding(2, []);
    let impatient = with("impatient", &queue, |queue| queue.get_timeout(A_MOMENT));
    let patient = with("patient", &queue, patient);
    if all_wait_first {
        until_others_wait();
    }
    puts(1)(&queue);
    let mut taken = vec![];
    match finish(impatient) {
        Ok(item) => {
            taken.push(item);
            puts(2)(&queue);
        }
        Err(error) => assert_eq!(error, GetError::TimedOut, "a timed get from a queue that is open"),
    }
    // It waits for the only item that is left.
    taken.push(finish(patient).expect("an item, of a queue that is open"));
    taken.sort_unstable();
    let put: Vec<u32> = (1..).take(taken.len()).collect();
    assert_eq!(taken, put, "what was taken, of what was put");
    assert_eq!((queue.len(), queue.unfinished()), (0, put.len()), "left at the end, and unfinished");
}

#[test]
fn a_timed_get_gives_up_while_others_wait() {
    let queue = with_room(2, []);
    let patient = with("patient", &queue, plain);
    let got = queue.get_timeout(A_MOMENT);
    assert_eq!(got, Err(GetError::TimedOut), "a timed get, though nothing was put");
    puts(1)(&queue);
    assert_eq!(finish(patient), Ok(1), "what a thread got that had waited for longer");
}

/// Those who have given up are forgotten: what comes later is for others.
#[test]
fn giving_up_leaves_no_trace() {
    let queue = with_room(2, []);
    for timeout in [Duration::ZERO, A_MOMENT, A_MOMENT] {
        assert_eq!(
            queue.get_timeout(timeout),
            Err(GetError::TimedOut),
            "a timed get, though nothing was put"
        );
    }
    let getter = with("getter", &queue, plain);
    puts(1)(&queue);
    assert_eq!(finish(getter), Ok(1), "what was put after others had given up");
    puts(2)(&queue);
    assert_eq!(queue.get_timeout(A_MOMENT), Ok(2), "what was put next");
    assert_eq!((queue.len(), queue.unfinished()), (0, 2), "left at the end, and unfinished");
}

/// Two items and at most one other thread that takes one: something is there all the time.
fn while_another_takes() {
    let timeout = one_of([Duration::ZERO, Duration::from_nanos(1)]);
    let queue = with_room(2, [1, 2]);
    let other = with("getter", &queue, plain);
    let mine = queue.get_timeout(timeout);
    assert!(
        mine.is_ok(),
        "a timed get of {timeout:?} returned {mine:?} though an item was there all the time"
    );
    assert!(finish(other).is_ok(), "a get from a queue with two items, of which another thread takes one");
    assert_eq!((queue.len(), queue.unfinished()), (0, 2), "left at the end, and unfinished");
}

#[test]
fn a_get_of_no_time_takes_what_is_there() {
    one_of([while_another_takes, while_another_asks])();
}

fn while_another_asks() {
    let queue = holding(2, [1]);
    let other = with("asker", &queue, |queue| (queue.len(), queue.unfinished()));
    let mine = queue.get_timeout(Duration::ZERO);
    let (_, unfinished) = finish(other);
    assert_eq!(mine, Ok(1), "a get of no time, though the item was there all the time");
    assert_eq!(unfinished, 1, "unfinished all the time");
}

#[test]
fn what_waits_for_nothing_takes_no_time() {
    let queue = with_unfinished(1);
    let joiner = with("joiner", &queue, WorkQueue::join);
    let getter = with("getter", &queue, plain);
    until_others_wait();
    let called = Instant::now();
    let got = queue.get_timeout(Duration::ZERO);
    puts(2)(&queue);
    finishes(&queue);
    queue.close();
    let took = called.elapsed();
    assert_eq!(finish(getter), Ok(2), "what a thread got that had to wait");
    finishes(&queue);
    finish(joiner);
    assert_eq!(got, Err(GetError::TimedOut), "a get of no time, though nothing was inside");
    assert!(took <= lateness(), "calls that wait for nothing took {took:?}");
}
