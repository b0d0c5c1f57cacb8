//! One thread, or one after the other: depths, and who is refused.

use std::error::Error;
use std::sync::Arc;

use harness::stress::{Rng, seed};
use reentrant_lock::{NotOwner, RawReentrantLock};

use crate::instruments::{finish, hold, is_free, try_hold, unlock, with};

#[test]
fn a_new_lock_is_free() {
    for lock in [RawReentrantLock::new(), RawReentrantLock::default()] {
        is_free(&lock);
    }
    for lock in [RawReentrantLock::new(), RawReentrantLock::default()] {
        hold(&lock, 1, || ());
        is_free(&lock);
    }
    for lock in [RawReentrantLock::new(), RawReentrantLock::default()] {
        assert_eq!(RawReentrantLock::unlock(&lock), Err(NotOwner), "`unlock` of a new lock");
        assert!(try_hold(&lock, || ()).is_some(), "`try_lock` of a new lock was refused");
        is_free(&lock);
    }
}

#[test]
fn the_depth_counts_locks_that_are_not_unlocked() {
    let lock = RawReentrantLock::new();
    for depth in [1, 2, 3, 10, 300, 70_000] {
        for number in 0..depth {
            assert_eq!(RawReentrantLock::depth(&lock), number, "the depth after {number} locks");
            if number % 3 == 1 {
                assert!(RawReentrantLock::try_lock(&lock), "`try_lock` of the owner, at depth {number}");
            } else {
                RawReentrantLock::lock(&lock);
            }
        }
        for left in (0..depth).rev() {
            assert_eq!(RawReentrantLock::unlock(&lock), Ok(()), "`unlock` at depth {}", left + 1);
            assert_eq!(
                RawReentrantLock::depth(&lock),
                left,
                "the depth with {left} locks that are not unlocked"
            );
        }
        assert_eq!(RawReentrantLock::unlock(&lock), Err(NotOwner), "one `unlock` too many");
        is_free(&lock);
    }
}

/// What another thread is told: `try_lock`, `unlock` and `depth`.
fn ask(lock: &Arc<RawReentrantLock>) -> (bool, Result<(), NotOwner>, usize) {
    finish(with("asker", lock, |lock| {
        let depth = RawReentrantLock::depth(lock);
        let unlocked = RawReentrantLock::unlock(lock);
        let got_it = try_hold(lock, || RawReentrantLock::depth(lock)) == Some(1);
        (got_it, unlocked, depth)
    }))
}

#[test]
fn others_are_refused_until_the_last_unlock() {
    let lock = Arc::new(RawReentrantLock::new());
    assert_eq!(ask(&lock), (true, Err(NotOwner), 0), "for another thread, with a free lock");
    for depth in 1..6 {
        RawReentrantLock::lock(&lock);
        assert_eq!(ask(&lock), (false, Err(NotOwner), 0), "for another thread, at depth {depth} of this one");
        assert_eq!(RawReentrantLock::depth(&lock), depth, "the depth after another thread was refused");
    }
    for left in (0..5).rev() {
        unlock(&lock);
        let answer = (left == 0, Err(NotOwner), 0);
        assert_eq!(ask(&lock), answer, "for another thread, at depth {left} of this one");
        assert_eq!(RawReentrantLock::depth(&lock), left, "the depth after another thread asked");
    }
    is_free(&lock);
}

#[test]
fn a_refused_unlock_changes_nothing() {
    let lock = Arc::new(RawReentrantLock::new());
    for _ in 0..3 {
        assert_eq!(RawReentrantLock::unlock(&lock), Err(NotOwner), "`unlock` of a free lock");
    }
    assert!(RawReentrantLock::try_lock(&lock), "`try_lock` of a free lock");
    for _ in 0..3 {
        assert_eq!(ask(&lock), (false, Err(NotOwner), 0), "for a thread that is not the owner");
    }
    assert_eq!(RawReentrantLock::depth(&lock), 1, "the depth after others were refused");
    assert_eq!(RawReentrantLock::unlock(&lock), Ok(()), "`unlock` of the owner after others were refused");
    is_free(&lock);
}

/// A thread that held the lock once is no owner later.
#[test]
fn who_was_the_owner_is_not_the_owner() {
    let lock = Arc::new(RawReentrantLock::new());
    hold(&lock, 2, || ());
    let (held, release) = (Arc::new(std::sync::Barrier::new(2)), Arc::new(std::sync::Barrier::new(2)));
    let theirs = (Arc::clone(&held), Arc::clone(&release));
    let holder = with("holder", &lock, move |lock| {
        hold(lock, 2, || {
            theirs.0.wait();
            theirs.1.wait();
        });
    });
    held.wait();
    let seen =
        (RawReentrantLock::try_lock(&lock), RawReentrantLock::unlock(&lock), RawReentrantLock::depth(&lock));
    release.wait();
    finish(holder);
    assert_eq!(seen, (false, Err(NotOwner), 0), "for a thread that was the owner, while another one is");
    is_free(&lock);
}

/// The depth of each of three locks, which one thread locks in any order.
#[test]
fn random_calls_agree_with_a_count() {
    let mut rng = Rng::new(seed());
    for _ in 0..200 {
        let locks = [(); 3].map(|()| RawReentrantLock::new());
        let mut depths = [0_usize; 3];
        for _ in 0..60 {
            let which = rng.below(3) as usize;
            let (lock, depth) = (&locks[which], &mut depths[which]);
            match rng.below(5) {
                0 => {
                    RawReentrantLock::lock(lock);
                    *depth += 1;
                }
                1 => {
                    assert!(
                        RawReentrantLock::try_lock(lock),
                        "`try_lock` at depth {depth} of the only thread"
                    );
                    *depth += 1;
                }
                _ => {
                    let expected = if *depth == 0 { Err(NotOwner) } else { Ok(()) };
                    assert_eq!(RawReentrantLock::unlock(lock), expected, "`unlock` at depth {depth}");
                    *depth = depth.saturating_sub(1);
                }
            }
            let found = [0, 1, 2].map(|which: usize| RawReentrantLock::depth(&locks[which]));
            assert_eq!(found, depths, "the depths of three locks");
        }
    }
}

#[test]
fn one_lock_knows_nothing_of_another() {
    let [one, other] = [(); 2].map(|()| Arc::new(RawReentrantLock::new()));
    hold(&one, 2, || {
        assert_eq!(RawReentrantLock::depth(&other), 0, "the depth of another lock");
        assert_eq!(RawReentrantLock::unlock(&other), Err(NotOwner), "`unlock` of another lock");
        assert_eq!(ask(&other), (true, Err(NotOwner), 0), "for another thread, with another lock");
        hold(&other, 3, || {
            assert_eq!(RawReentrantLock::depth(&one), 2, "the depth of the first of two locks");
            assert_eq!(
                ask(&one),
                (false, Err(NotOwner), 0),
                "for another thread, with the first of two locks"
            );
        });
        assert_eq!(ask(&other), (true, Err(NotOwner), 0), "for another thread, after the last `unlock`");
    });
    // Two threads hold a lock each, and the second one asks for the first one's.
    let locks = Arc::new([RawReentrantLock::new(), RawReentrantLock::new()]);
    let answer = hold(&locks[0], 1, || {
        finish(with("holder", &locks, |locks| {
            hold(&locks[1], 2, || {
                let tried = RawReentrantLock::try_lock(&locks[0]);
                (tried, RawReentrantLock::unlock(&locks[0]), RawReentrantLock::depth(&locks[0]))
            })
        }))
    });
    assert_eq!(answer, (false, Err(NotOwner), 0), "for the owner of another lock");
    locks.iter().chain([&*one, &*other]).for_each(is_free);
}

/// More than a byte can count, and none of them has a name, nor has the owner: none is taken for it, and each can be
/// the owner of another lock.
#[test]
fn three_hundred_threads_are_told_apart() {
    let (held, free) = (Arc::new(RawReentrantLock::new()), Arc::new(RawReentrantLock::new()));
    let theirs = Arc::clone(&free);
    let inner = Arc::clone(&held);
    let depth = finish(with("owner", &held, move |held| {
        RawReentrantLock::lock(held);
        for number in 0..300 {
            assert_eq!(ask(&inner), (false, Err(NotOwner), 0), "for thread number {number} beside the owner");
            assert_eq!(ask(&theirs), (true, Err(NotOwner), 0), "for thread number {number} with a free lock");
        }
        let depth = RawReentrantLock::depth(held);
        unlock(held);
        depth
    }));
    assert_eq!(depth, 1, "the depth after three hundred threads were refused");
    is_free(&held);
    is_free(&free);
}

/// More than a byte can count, held at once, in one order and released in the other.
#[test]
fn three_hundred_locks_are_told_apart() {
    a_lock_is_told_apart_from_one_made_long_before();
    let locks: Vec<_> = (0..300).map(|_| RawReentrantLock::new()).collect();
    let depth_of = |number: usize| number % 3;
    for (number, lock) in locks.iter().enumerate() {
        assert_eq!(
            RawReentrantLock::depth(lock),
            0,
            "the depth of lock number {number}, before it is locked"
        );
        (0..depth_of(number)).for_each(|_| RawReentrantLock::lock(lock));
    }
    for (number, lock) in locks.iter().enumerate().rev() {
        assert_eq!(RawReentrantLock::depth(lock), depth_of(number), "the depth of lock number {number}");
        (0..depth_of(number)).for_each(|_| unlock(lock));
        is_free(lock);
    }
}

/// As many as two bytes can tell apart are made and dropped while one is held: the next one is another one.
fn a_lock_is_told_apart_from_one_made_long_before() {
    let held = RawReentrantLock::new();
    hold(&held, 2, || {
        for _ in 1..1 << 16 {
            drop(RawReentrantLock::new());
        }
        let next = RawReentrantLock::new();
        assert_eq!(RawReentrantLock::depth(&next), 0, "the depth of a new lock, while one made long before is held");
        is_free(&next);
        assert_eq!(RawReentrantLock::depth(&held), 2, "the depth of a lock, after 65,536 others were made");
    });
    is_free(&held);
}

/// Its address is nothing that a lock may be known by once it is free.
#[test]
fn a_free_lock_may_be_moved_and_replaced() {
    let mut lock = Box::new(RawReentrantLock::new());
    for depth in 1..4 {
        hold(&lock, depth, || ());
        let moved = Box::new(*lock);
        is_free(&moved);
        hold(&moved, depth, || ());
        is_free(&moved);
        // In the place of the one that was there.
        lock = moved;
        *lock = RawReentrantLock::new();
        is_free(&lock);
    }
}

#[test]
fn its_error_says_what_happened() {
    let error: Box<dyn Error + Send + Sync> = Box::new(NotOwner);
    assert!(!error.to_string().trim().is_empty(), "the message of `NotOwner` is empty");
    assert!(!format!("{NotOwner:?}").is_empty(), "`NotOwner` has no `Debug` text");
    assert!(!format!("{:?}", RawReentrantLock::new()).is_empty(), "the lock has no `Debug` text");
}
