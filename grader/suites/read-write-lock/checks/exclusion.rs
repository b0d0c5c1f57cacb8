//! A writer is alone inside: every way of locking against every other.

use crate::instruments::{Room, finish, is_free, with};

#[test]
fn two_writers_are_never_inside_together() {
    let room = Room::new();
    let other = with("writer", &room, Room::write);
    room.write();
    finish(other);
    is_free(&room.lock);
}

#[test]
fn a_reader_and_a_writer_are_never_inside_together() {
    let room = Room::new();
    let other = with("writer", &room, Room::write);
    room.read();
    finish(other);
    is_free(&room.lock);
}

#[test]
fn a_writer_waits_for_every_reader() {
    let room = Room::new();
    let threads = [with("reader", &room, Room::read), with("writer", &room, Room::write)];
    room.read();
    threads.into_iter().for_each(finish);
    is_free(&room.lock);
}

#[test]
fn two_writers_and_a_reader_take_turns() {
    let room = Room::new();
    let threads = [with("writer", &room, Room::write), with("writer", &room, Room::write)];
    room.read();
    threads.into_iter().for_each(finish);
    is_free(&room.lock);
}

#[test]
fn three_writers_take_turns() {
    let room = Room::new();
    let threads = [with("writer", &room, Room::write), with("writer", &room, Room::write)];
    room.write();
    threads.into_iter().for_each(finish);
    is_free(&room.lock);
}

#[test]
fn a_writer_that_tries_is_alone_among_readers() {
    let room = Room::new();
    let threads = [with("writer", &room, Room::try_write), with("reader", &room, Room::read)];
    room.try_read();
    threads.into_iter().for_each(finish);
    is_free(&room.lock);
}

#[test]
fn a_writer_that_tries_is_alone_among_writers() {
    let room = Room::new();
    let threads = [with("writer", &room, Room::try_write), with("writer", &room, Room::write)];
    room.try_write();
    threads.into_iter().for_each(finish);
    is_free(&room.lock);
}

#[test]
fn a_reader_that_tries_meets_no_writer() {
    let room = Room::new();
    let threads = [with("writer", &room, Room::write), with("reader", &room, Room::try_read)];
    room.try_read();
    threads.into_iter().for_each(finish);
    is_free(&room.lock);
}

/// The lock is used a second time by each: what the first visit leaves behind must not matter.
#[test]
fn coming_back_is_like_coming_first() {
    let room = Room::new();
    let other = with("visitor", &room, |room| {
        room.write();
        room.read();
    });
    room.read();
    room.write();
    finish(other);
    is_free(&room.lock);
}

/// A thread that was let in once has to wait again: an admission is good for one visit.
#[test]
fn a_writer_that_waited_waits_again() {
    let room = Room::new();
    let twice = |room: &Room| (0..2).for_each(|_| room.write());
    let other = with("writer", &room, twice);
    twice(&room);
    finish(other);
    is_free(&room.lock);
}

#[test]
fn a_reader_that_waited_waits_again() {
    let room = Room::new();
    let other = with("reader", &room, |room| (0..2).for_each(|_| room.read()));
    (0..2).for_each(|_| room.write());
    finish(other);
    is_free(&room.lock);
}
