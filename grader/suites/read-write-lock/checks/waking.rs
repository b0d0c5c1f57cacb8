//! A thread that waits is woken by the thread that makes room, and by nothing else.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use harness::model::{choose, lateness};
use read_write_lock::RawReadWriteLock;

use crate::instruments::{Room, a_writer_waits, finish, is_free, read, try_read, try_write, with, write};

#[test]
fn a_writer_that_leaves_wakes_a_reader() {
    let room = Room::new();
    let reader = write(&room.lock, || with("reader", &room, Room::read));
    finish(reader);
    is_free(&room.lock);
}

#[test]
fn a_writer_that_leaves_wakes_a_writer() {
    let room = Room::new();
    let writer = write(&room.lock, || with("writer", &room, Room::write));
    finish(writer);
    is_free(&room.lock);
}

#[test]
fn a_reader_that_leaves_wakes_a_writer() {
    let room = Room::new();
    let writer = read(&room.lock, || with("writer", &room, Room::write));
    finish(writer);
    is_free(&room.lock);
}

#[test]
fn a_writer_that_leaves_wakes_two_readers() {
    let room = Room::new();
    let readers =
        write(&room.lock, || [with("reader", &room, Room::read), with("reader", &room, Room::read)]);
    readers.into_iter().for_each(finish);
    is_free(&room.lock);
}

#[test]
fn two_writers_wake_each_other() {
    let room = Room::new();
    let writers =
        write(&room.lock, || [with("writer", &room, Room::write), with("writer", &room, Room::write)]);
    writers.into_iter().for_each(finish);
    is_free(&room.lock);
}

#[test]
fn a_reader_that_leaves_lets_two_writers_in_one_by_one() {
    let room = Room::new();
    let writers =
        read(&room.lock, || [with("writer", &room, Room::write), with("writer", &room, Room::write)]);
    writers.into_iter().for_each(finish);
    is_free(&room.lock);
}

#[test]
fn of_a_reader_and_a_writer_both_get_in_after_a_writer() {
    let room = Room::new();
    let others =
        write(&room.lock, || [with("reader", &room, Room::read), with("writer", &room, Room::write)]);
    others.into_iter().for_each(finish);
    is_free(&room.lock);
}

#[test]
fn of_a_reader_and_a_writer_both_get_in_after_a_reader() {
    let room = Room::new();
    let others = read(&room.lock, || [with("reader", &room, Room::read), with("writer", &room, Room::write)]);
    others.into_iter().for_each(finish);
    is_free(&room.lock);
}

#[test]
fn the_last_of_two_readers_wakes_the_writer() {
    let room = Room::new();
    let others = read(&room.lock, || {
        let reader = with("reader", &room, Room::read);
        [with("writer", &room, Room::write), reader]
    });
    read(&room.lock, || ());
    others.into_iter().for_each(finish);
    is_free(&room.lock);
}

/// Two readers and a writer wait for a writer: the one that is woken first is not always one that can go on.
#[test]
fn two_readers_and_a_writer_all_get_in() {
    let lock = Arc::new(RawReadWriteLock::new());
    let others = write(&lock, || {
        [
            with("reader", &lock, |lock| read(lock, || ())),
            with("writer", &lock, |lock| write(lock, || ())),
            with("reader", &lock, |lock| read(lock, || ())),
        ]
    });
    others.into_iter().for_each(finish);
    is_free(&lock);
}

#[test]
fn two_writers_and_a_reader_all_get_in() {
    let lock = Arc::new(RawReadWriteLock::new());
    let others = write(&lock, || {
        [
            with("writer", &lock, |lock| write(lock, || ())),
            with("reader", &lock, |lock| read(lock, || ())),
            with("writer", &lock, |lock| write(lock, || ())),
        ]
    });
    others.into_iter().for_each(finish);
    is_free(&lock);
}

/// The same after a reader: the readers that wait have arrived behind a writer.
#[test]
fn two_readers_behind_a_writer_all_get_in() {
    let lock = Arc::new(RawReadWriteLock::new());
    let others = read(&lock, || {
        let writer = with("writer", &lock, |lock| write(lock, || ()));
        let behind = a_writer_waits(&lock);
        let readers = behind.then(|| [0, 1].map(|_| with("reader", &lock, |lock| read(lock, || ()))));
        (writer, readers)
    });
    finish(others.0);
    others.1.into_iter().flatten().for_each(finish);
    is_free(&lock);
}

/// Another thread is faster than the one that was woken, and must wake it again.
#[test]
fn a_writer_that_barges_in_wakes_those_still_waiting() {
    let room = Room::new();
    let others =
        read(&room.lock, || [with("writer", &room, Room::write), with("writer", &room, Room::write)]);
    try_write(&room.lock, || room.as_writer()).into_iter().for_each(|meeting| meeting.is_proper());
    others.into_iter().for_each(finish);
    is_free(&room.lock);
}

#[test]
fn leaving_after_a_successful_try_wakes_others() {
    let lock = Arc::new(RawReadWriteLock::new());
    let trying = [
        with("writer", &lock, |lock| drop(try_write(lock, || ()))),
        with("reader", &lock, |lock| drop(try_read(lock, || ()))),
    ];
    write(&lock, || ());
    trying.into_iter().for_each(finish);
    is_free(&lock);
}

#[test]
fn a_reader_waits_for_a_writer_that_came_in_by_trying() {
    let lock = Arc::new(RawReadWriteLock::new());
    let trying = [0, 1].map(|_| with("writer", &lock, |lock| drop(try_write(lock, || ()))));
    read(&lock, || ());
    trying.into_iter().for_each(finish);
    is_free(&lock);
}

/// A thread may have been unparked before it ever waited: it must check the state again, and go on waiting.
#[test]
fn being_unparked_is_no_admission() {
    let room = Room::new();
    let waiting = write(&room.lock, || {
        let visits: [(&str, fn(&Room)); 2] = [("reader", Room::read), ("writer", Room::write)];
        let waiting = visits.map(|(role, visit)| {
            with(role, &room, move |room| {
                thread::current().unpark();
                visit(room);
            })
        });
        (waiting, room.as_writer())
    });
    waiting.1.is_proper();
    waiting.0.into_iter().for_each(finish);
    is_free(&room.lock);
}

/// The virtual clock of a thread advances only when one of its timed waits expires, or when a thread is slow.
fn in_no_time(visit: impl FnOnce()) {
    let called = Instant::now();
    visit();
    let took = called.elapsed();
    assert!(took <= lateness(), "timed waits took {took:?}: a notification must end the wait");
}

#[test]
fn a_reader_is_woken_and_does_not_poll() {
    let lock = Arc::new(RawReadWriteLock::new());
    let reader = write(&lock, || with("reader", &lock, |lock| in_no_time(|| read(lock, || ()))));
    finish(reader);
}

#[test]
fn a_writer_is_woken_and_does_not_poll() {
    let lock = Arc::new(RawReadWriteLock::new());
    let writer = || with("writer", &lock, |lock| in_no_time(|| write(lock, || ())));
    let waiting = write(&lock, writer);
    finish(waiting);
    let waiting = read(&lock, writer);
    finish(waiting);
}

#[test]
fn a_reader_behind_a_writer_is_woken_and_does_not_poll() {
    let lock = Arc::new(RawReadWriteLock::new());
    let (writer, reader) = read(&lock, || {
        let writer = with("writer", &lock, |lock| write(lock, || ()));
        (writer, with("reader", &lock, |lock| in_no_time(|| read(lock, || ()))))
    });
    finish(reader);
    finish(writer);
}

#[test]
fn trying_does_not_wait() {
    let lock = RawReadWriteLock::new();
    write(&lock, || in_no_time(|| drop((try_read(&lock, || ()), try_write(&lock, || ())))));
    read(&lock, || in_no_time(|| drop(try_write(&lock, || ()))));
}

/// Two locks, and behind each a writer that waits for its reader. With so many others made in between: what is shared by
/// some of all locks, by their number, comes back there.
#[test]
fn a_wake_up_is_for_those_who_wait_for_the_same_lock() {
    let between = [0, 15, 63, 255][choose(4)];
    let one = Arc::new(RawReadWriteLock::new());
    let _between: Vec<_> = (0..between).map(|_| RawReadWriteLock::new()).collect();
    let other = Arc::new(RawReadWriteLock::new());
    let waiting = read(&other, || {
        let waiting = with("writer of the other", &other, |lock| write(lock, || ()));
        finish(read(&one, || with("writer", &one, |lock| write(lock, || ()))));
        waiting
    });
    finish(waiting);
    is_free(&one);
    is_free(&other);
}
