//! One owner at a time, whatever the interleaving.

use std::sync::Arc;
use std::thread;

use reentrant_lock::{CachedRepository, RawReentrantLock};

use crate::instruments::{Room, finish, hold, is_free, is_proper, try_hold, unlock, with};

#[test]
fn two_threads_are_never_inside_together() {
    let room = Room::new();
    let other = with("visitor", &room, |room| room.visit(1));
    room.visit(1);
    finish(other);
    is_free(&room.lock);
}

#[test]
fn two_threads_that_come_again_are_never_inside_together() {
    let room = Room::new();
    let other = with("visitor", &room, |room| room.visit(2));
    room.visit(2);
    finish(other);
    is_free(&room.lock);
}

/// The first visit must leave nothing behind by which its thread is taken for the owner in the second one.
#[test]
fn threads_that_come_back_later_are_never_inside_together() {
    let room = Room::new();
    let visit_twice = |room: &Room| {
        room.visit(1);
        room.visit(1);
    };
    let other = with("visitor", &room, visit_twice);
    visit_twice(&room);
    finish(other);
    is_free(&room.lock);
}

#[test]
fn three_threads_are_never_inside_together() {
    let room = Room::new();
    let others = [(); 2].map(|()| with("visitor", &room, |room| room.visit(1)));
    room.visit(1);
    others.map(finish);
    is_free(&room.lock);
}

#[test]
fn threads_that_try_are_never_inside_together() {
    let room = Room::new();
    let other = with("trier", &room, Room::try_visit_twice);
    room.try_visit_twice();
    finish(other);
    is_free(&room.lock);
}

#[test]
fn a_thread_that_tries_and_one_that_waits_are_never_inside_together() {
    let room = Room::new();
    let others = [with("trier", &room, Room::try_visit), with("visitor", &room, |room| room.visit(1))];
    room.visit(1);
    others.map(finish);
    is_free(&room.lock);
}

/// Between the inner `unlock` and the outer one.
#[test]
fn an_inner_unlock_lets_nobody_in() {
    let room = Room::new();
    let other = with("visitor", &room, |room| room.visit(1));
    let met = hold(&room.lock, 1, || {
        room.meets_another(|| {
            hold(&room.lock, 1, || ());
            thread::yield_now();
            hold(&room.lock, 2, || ());
        })
    });
    is_proper(met);
    finish(other);
    is_free(&room.lock);
}

/// A thread that does not hold the lock unlocks it.
#[test]
fn an_unlock_of_others_lets_nobody_in() {
    let room = Room::new();
    let other = with("other", &room, |room| {
        assert!(RawReentrantLock::unlock(&room.lock).is_err(), "`unlock` of a thread that is not the owner");
    });
    let visitor = with("visitor", &room, |room| room.visit(1));
    room.visit(1);
    finish(other);
    finish(visitor);
    is_free(&room.lock);
}

/// The owner unlocks while another thread is refused.
#[test]
fn the_owner_may_always_unlock() {
    let lock = Arc::new(RawReentrantLock::new());
    let other = with("other", &lock, |lock| {
        assert!(
            RawReentrantLock::unlock(lock).is_err(),
            "`unlock` of a thread that is not the owner succeeded"
        );
        assert_eq!(RawReentrantLock::depth(lock), 0, "the depth for a thread that is not the owner");
        assert!(
            try_hold(lock, || RawReentrantLock::depth(lock)).is_none_or(|depth| depth == 1),
            "the depth of 1"
        );
    });
    RawReentrantLock::lock(&lock);
    assert_eq!(RawReentrantLock::depth(&lock), 1, "the depth of the owner");
    RawReentrantLock::lock(&lock);
    unlock(&lock);
    assert_eq!(RawReentrantLock::depth(&lock), 1, "the depth of the owner");
    unlock(&lock);
    finish(other);
    is_free(&lock);
}

#[test]
fn the_depth_is_that_of_the_calling_thread() {
    let lock = Arc::new(RawReentrantLock::new());
    let others = [1, 2].map(|depth| {
        with("holder", &lock, move |lock| {
            let before = RawReentrantLock::depth(lock);
            let inside = hold(lock, depth, || RawReentrantLock::depth(lock));
            (before, inside, RawReentrantLock::depth(lock))
        })
    });
    assert_eq!(RawReentrantLock::depth(&lock), 0, "the depth for a thread that never holds the lock");
    let seen = others.map(finish);
    assert_eq!(seen, [(0, 1, 0), (0, 2, 0)], "the depths of two threads, before, inside and afterwards");
    is_free(&lock);
}

/// While another thread waits for it.
#[test]
fn the_owner_comes_again_while_others_wait() {
    let lock = Arc::new(RawReentrantLock::new());
    RawReentrantLock::lock(&lock);
    let waiter = with("waiter", &lock, |lock| hold(lock, 1, || ()));
    RawReentrantLock::lock(&lock);
    assert!(RawReentrantLock::try_lock(&lock), "`try_lock` of the owner was refused");
    assert_eq!(RawReentrantLock::depth(&lock), 3, "the depth after three locks");
    (0..3).for_each(|_| unlock(&lock));
    finish(waiter);
    is_free(&lock);
}

/// What a thread holds elsewhere is no admission.
#[test]
fn two_locks_are_two_critical_sections() {
    let rooms = Arc::new([Room::new(), Room::new()]);
    let other = with("visitor", &rooms, |rooms| hold(&rooms[0].lock, 1, || rooms[1].visit(1)));
    rooms[1].visit(2);
    finish(other);
    rooms.iter().for_each(|room| is_free(&room.lock));
    two_repositories_are_two_transactions();
}

/// A transaction waits for those of another repository: they share no lock.
fn two_repositories_are_two_transactions() {
    let (one, other) = (CachedRepository::new(), Arc::new(CachedRepository::new()));
    let stored = CachedRepository::update(&one, "a", |_| {
        let theirs = with("updater", &other, |other| {
            CachedRepository::set(other, "a", 7);
            CachedRepository::update(other, "a", |found| found.unwrap_or(0) + 1)
        });
        finish(theirs)
    });
    assert_eq!(stored, 8, "what `update` returned, with what another repository had");
}
