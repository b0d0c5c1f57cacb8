//! Trying either succeeds or is refused at once, for a reason, and a refusal leaves no trace.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use harness::linearizability::{Earlier, History, Sequential};
use read_write_lock::RawReadWriteLock;

use crate::instruments::{finish, is_free, read, try_read, try_write, with, write};

/// Who is inside. As no thread waits in these histories, nothing else matters.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
struct Inside {
    readers: usize,
    writer: bool,
}

#[derive(Clone, Debug)]
enum Call {
    TryShared,
    UnlockShared,
    TryExclusive,
    UnlockExclusive,
}

impl Sequential for Inside {
    type Call = Call;
    type Return = bool;

    fn apply(&mut self, call: &Call) -> bool {
        match call {
            Call::TryShared => {
                let admitted = !self.writer;
                self.readers += usize::from(admitted);
                admitted
            }
            Call::UnlockShared => {
                // A history in which no reader is inside here is rejected by the result.
                let inside = self.readers > 0;
                self.readers = self.readers.saturating_sub(1);
                inside
            }
            Call::TryExclusive => {
                let admitted = !self.writer && self.readers == 0;
                self.writer |= admitted;
                admitted
            }
            Call::UnlockExclusive => std::mem::take(&mut self.writer),
        }
    }
}

#[derive(Default)]
struct Noted {
    lock: RawReadWriteLock,
    history: History<Inside>,
}

impl Noted {
    fn new() -> Arc<Self> {
        Arc::new(Self { lock: RawReadWriteLock::new(), history: History::with(Earlier::HappensBefore) })
    }

    fn read(&self) {
        if self.history.call(Call::TryShared, || self.lock.try_lock_shared()) {
            self.leave_as_reader();
        }
    }

    fn leave_as_reader(&self) {
        self.history.call(Call::UnlockShared, || {
            self.lock.unlock_shared();
            true
        });
    }

    fn write(&self) {
        if self.history.call(Call::TryExclusive, || self.lock.try_lock_exclusive()) {
            self.history.call(Call::UnlockExclusive, || {
                self.lock.unlock_exclusive();
                true
            });
        }
    }

    fn ends_explained(&self) {
        self.history.assert_linearizable(Inside::default());
        is_free(&self.lock);
    }
}

#[test]
fn two_readers_that_try_are_both_let_in() {
    let lock = Arc::new(RawReadWriteLock::new());
    let other = with("reader", &lock, |lock| try_read(lock, || ()).is_some());
    let mine = try_read(&lock, || ()).is_some();
    assert!(finish(other) && mine, "a reader was refused though there was no writer");
    is_free(&lock);
}

#[test]
fn a_reader_that_tries_and_one_that_does_not_are_both_let_in() {
    let lock = Arc::new(RawReadWriteLock::new());
    let other = with("reader", &lock, |lock| read(lock, || ()));
    assert!(try_read(&lock, || ()).is_some(), "a reader was refused though there was no writer");
    finish(other);
    is_free(&lock);
}

#[test]
fn two_writers_that_try_are_refused_for_a_reason() {
    let noted = Noted::new();
    let other = with("writer", &noted, Noted::write);
    noted.write();
    finish(other);
    noted.ends_explained();
}

#[test]
fn a_reader_and_a_writer_that_try_are_refused_for_a_reason() {
    let noted = Noted::new();
    let other = with("writer", &noted, Noted::write);
    noted.read();
    finish(other);
    noted.ends_explained();
}

#[test]
fn two_readers_and_a_writer_that_try_are_refused_for_a_reason() {
    let noted = Noted::new();
    let others = [with("writer", &noted, Noted::write), with("reader", &noted, Noted::read)];
    noted.read();
    others.into_iter().for_each(finish);
    noted.ends_explained();
}

#[test]
fn a_writer_is_refused_only_as_long_as_readers_are_inside() {
    let noted = Noted::new();
    assert!(noted.history.call(Call::TryShared, || noted.lock.try_lock_shared()), "into an empty lock");
    let others = [with("writer", &noted, Noted::write), with("reader", &noted, Noted::read)];
    noted.leave_as_reader();
    others.into_iter().for_each(finish);
    noted.ends_explained();
}

/// All of this happens while a writer is inside and others wait: trying must return nevertheless.
#[test]
fn trying_comes_back_while_others_wait_for_a_writer() {
    let lock = Arc::new(RawReadWriteLock::new());
    let waiting = write(&lock, || {
        let waiting = [
            with("reader", &lock, |lock| read(lock, || ())),
            with("writer", &lock, |lock| write(lock, || ())),
        ];
        assert!(try_read(&lock, || ()).is_none(), "a reader got in beside a writer");
        assert!(try_write(&lock, || ()).is_none(), "a writer got in beside a writer");
        waiting
    });
    waiting.into_iter().for_each(finish);
    is_free(&lock);
}

#[test]
fn trying_comes_back_while_others_wait_for_a_reader() {
    let lock = Arc::new(RawReadWriteLock::new());
    let waiting = read(&lock, || {
        let waiting = [
            with("writer", &lock, |lock| write(lock, || ())),
            with("writer", &lock, |lock| write(lock, || ())),
        ];
        try_read(&lock, || ());
        assert!(try_write(&lock, || ()).is_none(), "a writer got in beside a reader");
        waiting
    });
    waiting.into_iter().for_each(finish);
    is_free(&lock);
}

/// A refused reader does not count: the writer that waits finds the lock empty when the reader inside leaves.
#[test]
fn a_refused_reader_does_not_block_a_writer() {
    let lock = Arc::new(RawReadWriteLock::new());
    let others = read(&lock, || {
        [
            with("writer", &lock, |lock| write(lock, || ())),
            with("reader", &lock, |lock| drop(try_read(lock, || ()))),
        ]
    });
    others.into_iter().for_each(finish);
    is_free(&lock);
}

/// A refused writer does not count: a reader that waits for the writer inside need not wait for it.
#[test]
fn a_refused_writer_does_not_block_a_reader() {
    let lock = Arc::new(RawReadWriteLock::new());
    let others = write(&lock, || {
        [
            with("reader", &lock, |lock| read(lock, || ())),
            with("writer", &lock, |lock| drop(try_write(lock, || ()))),
        ]
    });
    others.into_iter().for_each(finish);
    is_free(&lock);
}

#[test]
fn a_refused_writer_does_not_block_another_writer() {
    let lock = Arc::new(RawReadWriteLock::new());
    let others = read(&lock, || {
        [
            with("writer", &lock, |lock| write(lock, || ())),
            with("writer", &lock, |lock| drop(try_write(lock, || ()))),
        ]
    });
    others.into_iter().for_each(finish);
    is_free(&lock);
}

/// Readers that come and go beside one that stays are no reason to refuse one.
#[test]
fn readers_that_come_and_go_are_no_reason_to_refuse_one() {
    let lock = Arc::new(RawReadWriteLock::new());
    let other = with("reader", &lock, |lock| {
        read(lock, || ());
        try_read(lock, || ()).is_some()
    });
    let mine = try_read(&lock, || try_read(&lock, || ()).is_some());
    assert_eq!((finish(other), mine), (true, Some(true)), "readers were refused though there was no writer");
    is_free(&lock);
}

/// A lock, and whether the writer has been inside. A reader that is inside after that knows that the writer
/// has left: there is no other one.
#[derive(Default)]
struct Empty {
    lock: RawReadWriteLock,
    was_inside: AtomicBool,
}

impl Empty {
    fn visited(&self) {
        self.was_inside.store(true, Ordering::SeqCst);
    }

    fn was_visited(&self) -> bool {
        self.was_inside.load(Ordering::SeqCst)
    }
}

#[test]
fn a_writer_that_has_left_is_no_reason_to_refuse_a_reader() {
    let empty = Arc::new(Empty::default());
    let writer = with("writer", &empty, |empty| write(&empty.lock, || empty.visited()));
    let refused = read(&empty.lock, || empty.was_visited() && try_read(&empty.lock, || ()).is_none());
    assert!(!refused, "a reader was refused beside a reader, though the writer had left");
    finish(writer);
    is_free(&empty.lock);
}
