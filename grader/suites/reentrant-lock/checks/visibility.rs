//! What was written inside is seen by those who come in later. The data are relaxed atomics: only the lock can make
//! one thread's writes happen before another one's reads.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use harness::model::choose;
use harness::until_others_wait;
use reentrant_lock::RawReentrantLock;

use crate::instruments::{finish, hold, is_free, try_hold, with};

#[derive(Default)]
struct Counted {
    lock: RawReentrantLock,
    count: AtomicUsize,
}

impl Counted {
    fn add_one(&self) {
        self.count.store(self.count.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    }
}

#[test]
fn what_one_owner_wrote_the_next_one_sees() {
    match choose(3) {
        0 => (),
        way => return the_next_of_three_owners_sees_it(way == 1),
    }
    let counted = Arc::new(Counted::default());
    let other = with("writer", &counted, |counted| hold(&counted.lock, 1, || counted.add_one()));
    hold(&counted.lock, 1, || counted.add_one());
    finish(other);
    assert_eq!(counted.count.load(Ordering::Relaxed), 2, "what two threads counted, one after the other");
}

/// One of them waits, and the other one comes when the first one is about to unlock: it may be faster than the one that waits,
/// or one of two that wait.
fn the_next_of_three_owners_sees_it(tries: bool) {
    let counted = Arc::new(Counted::default());
    let (waits, comes) = hold(&counted.lock, 1, || {
        let waits =
            with("writer that waits", &counted, |counted| hold(&counted.lock, 1, || counted.add_one()));
        until_others_wait();
        let comes = with("writer", &counted, move |counted| {
            if tries {
                try_hold(&counted.lock, || counted.add_one()).is_some()
            } else {
                hold(&counted.lock, 1, || counted.add_one());
                true
            }
        });
        counted.add_one();
        (waits, comes)
    });
    let added = 2 + usize::from(finish(comes));
    finish(waits);
    assert_eq!(counted.count.load(Ordering::Relaxed), added, "what the threads counted that got the lock");
}

/// After the inner `unlock`, and before the outer one.
#[test]
fn what_was_written_after_an_inner_unlock_is_seen() {
    let counted = Arc::new(Counted::default());
    let write = |counted: &Counted| {
        hold(&counted.lock, 1, || {
            hold(&counted.lock, 1, || counted.add_one());
            counted.add_one();
        });
    };
    let other = with("writer", &counted, write);
    write(&counted);
    finish(other);
    assert_eq!(counted.count.load(Ordering::Relaxed), 4, "what two threads counted, one after the other");
    is_free(&counted.lock);
}

#[test]
fn those_who_try_see_what_an_owner_wrote() {
    let counted = Arc::new(Counted::default());
    let other = with("writer", &counted, |counted| try_hold(&counted.lock, || counted.add_one()).is_some());
    let mine = try_hold(&counted.lock, || counted.add_one()).is_some();
    let added = usize::from(mine) + usize::from(finish(other));
    let seen = hold(&counted.lock, 1, || counted.count.load(Ordering::Relaxed));
    assert_eq!(seen, added, "what the threads counted that got the lock");
}

#[test]
fn those_who_wait_see_what_one_that_tried_wrote() {
    let counted = Arc::new(Counted::default());
    let other = with("trier", &counted, |counted| try_hold(&counted.lock, || counted.add_one()).is_some());
    hold(&counted.lock, 2, || counted.add_one());
    let added = 1 + usize::from(finish(other));
    assert_eq!(counted.count.load(Ordering::Relaxed), added, "what the threads counted that got the lock");
}
