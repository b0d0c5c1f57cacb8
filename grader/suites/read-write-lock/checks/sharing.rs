//! Readers are inside together. If one of them had to wait for another one here, this would be a deadlock.

use std::sync::{Arc, Barrier};

use harness::model::choose;
use read_write_lock::RawReadWriteLock;

use crate::instruments::{come_in_by_trying, finish, is_free, read, try_read, try_write, with, write};

#[test]
fn a_reader_joins_another() {
    let lock = Arc::new(RawReadWriteLock::new());
    read(&lock, || finish(with("reader", &lock, |lock| read(lock, || ()))));
    is_free(&lock);
}

#[test]
fn three_readers_meet_inside() {
    let lock = Arc::new(RawReadWriteLock::new());
    let inside = Arc::new(Barrier::new(3));
    let others = [0, 1].map(|_| {
        let inside = Arc::clone(&inside);
        with("reader", &lock, move |lock| read(lock, || drop(inside.wait())))
    });
    read(&lock, || drop(inside.wait()));
    others.into_iter().for_each(finish);
    is_free(&lock);
}

/// All readers that wait for one writer come in when it leaves: none of them waits for another one to leave.
#[test]
fn readers_that_waited_for_a_writer_meet_inside() {
    let lock = Arc::new(RawReadWriteLock::new());
    let inside = Arc::new(Barrier::new(2));
    let come_in = [RawReadWriteLock::lock_exclusive, come_in_by_trying][choose(2)];
    come_in(&lock);
    let readers = [0, 1].map(|_| {
        let inside = Arc::clone(&inside);
        with("reader", &lock, move |lock| read(lock, || drop(inside.wait())))
    });
    lock.unlock_exclusive();
    readers.into_iter().for_each(finish);
    is_free(&lock);
}

/// A reader that comes when the writer has left meets the one that waited for it.
#[test]
fn a_reader_that_waited_meets_one_that_comes_later() {
    let lock = Arc::new(RawReadWriteLock::new());
    let inside = Arc::new(Barrier::new(2));
    let theirs = Arc::clone(&inside);
    let waited = write(&lock, || with("reader", &lock, move |lock| read(lock, || drop(theirs.wait()))));
    read(&lock, || drop(inside.wait()));
    finish(waited);
    is_free(&lock);
}

/// A writer that is refused does not wait: readers come in as if it had never tried.
#[test]
fn a_refused_writer_holds_no_reader_up() {
    let lock = Arc::new(RawReadWriteLock::new());
    read(&lock, || {
        let writer = with("writer", &lock, |lock| try_write(lock, || ()));
        let reader = with("reader", &lock, |lock| read(lock, || ()));
        let tried = try_read(&lock, || ());
        // Still inside here: if a reader had to wait, this would be a deadlock.
        finish(reader);
        assert!(finish(writer).is_none(), "a writer got in beside a reader");
        assert!(tried.is_some(), "a reader was refused though no writer was inside or waited");
    });
    is_free(&lock);
}
