//! A writer that waits has precedence over every reader that arrives later.
//!
//! The thread of the check is inside as a reader when it asks whether a writer waits. In the executions in
//! which one does, every reader that arrives from then on must find that the writer has been inside.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use harness::model::choose;
use harness::until_others_wait;
use read_write_lock::RawReadWriteLock;

use crate::instruments::{
    a_writer_waits, come_in_by_trying, finish, is_free, read, try_read, try_write, with, write,
};

/// A lock, and whether the writer that waited has been inside.
struct Hall {
    lock: RawReadWriteLock,
    writer_was_here: AtomicBool,
}

impl Hall {
    fn new() -> Arc<Self> {
        Arc::new(Self { lock: RawReadWriteLock::new(), writer_was_here: AtomicBool::new(false) })
    }

    fn writer(self: &Arc<Self>) -> JoinHandle<()> {
        with("writer", self, |hall| {
            write(&hall.lock, || hall.writer_was_here.store(true, Ordering::SeqCst));
        })
    }

    fn writer_was_here(&self) -> bool {
        self.writer_was_here.load(Ordering::SeqCst)
    }
}

#[track_caller]
fn comes_after_the_writer(writer_was_here: bool) {
    assert!(writer_was_here, "a reader that arrived while a writer waited got in before that writer");
}

#[test]
fn a_reader_is_refused_while_a_writer_waits() {
    harness::model::expect_some(|| {
        let hall = Hall::new();
        let (writer, waits) = read(&hall.lock, || {
            let writer = hall.writer();
            (writer, a_writer_waits(&hall.lock))
        });
        finish(writer);
        is_free(&hall.lock);
        waits
    });
}

#[test]
fn a_reader_is_refused_as_long_as_a_writer_waits() {
    let hall = Hall::new();
    let writer = read(&hall.lock, || {
        let writer = hall.writer();
        if a_writer_waits(&hall.lock) {
            for _ in 0..2 {
                let again = try_read(&hall.lock, || ());
                assert!(again.is_none(), "a reader was let in although a writer waited");
            }
        }
        writer
    });
    finish(writer);
    is_free(&hall.lock);
}

/// The last reader has left, the writer is on its way in: it waits until it is inside.
#[test]
fn a_reader_that_tries_does_not_overtake_the_writer_on_its_way_in() {
    let hall = Hall::new();
    let (writer, waits) = read(&hall.lock, || {
        let writer = hall.writer();
        (writer, a_writer_waits(&hall.lock))
    });
    if let Some(seen) = try_read(&hall.lock, || hall.writer_was_here())
        && waits
    {
        comes_after_the_writer(seen);
    }
    finish(writer);
    is_free(&hall.lock);
}

#[test]
fn a_reader_does_not_overtake_the_writer_on_its_way_in() {
    let hall = Hall::new();
    let (writer, waits) = read(&hall.lock, || {
        let writer = hall.writer();
        (writer, a_writer_waits(&hall.lock))
    });
    let seen = read(&hall.lock, || hall.writer_was_here());
    if waits {
        comes_after_the_writer(seen);
    }
    finish(writer);
    is_free(&hall.lock);
}

/// Holding another lock gives no precedence: this reader holds one when it arrives.
#[test]
fn a_reader_of_another_lock_waits_like_any_other() {
    let (hall, elsewhere) = (Hall::new(), RawReadWriteLock::new());
    let (writer, waits) = read(&hall.lock, || {
        let writer = hall.writer();
        (writer, a_writer_waits(&hall.lock))
    });
    let seen = read(&elsewhere, || read(&hall.lock, || hall.writer_was_here()));
    if waits {
        comes_after_the_writer(seen);
    }
    finish(writer);
    is_free(&hall.lock);
    is_free(&elsewhere);
}

#[test]
fn a_reader_does_not_join_readers_while_a_writer_waits() {
    let hall = Hall::new();
    let (writer, reader) = read(&hall.lock, || {
        let writer = hall.writer();
        let arrives = a_writer_waits(&hall.lock);
        (writer, arrives.then(|| with("reader", &hall, |hall| read(&hall.lock, || hall.writer_was_here()))))
    });
    if let Some(reader) = reader {
        comes_after_the_writer(finish(reader));
    }
    finish(writer);
    is_free(&hall.lock);
}

/// However many hold it: nobody has left when these two ask, so they come after the writer.
#[test]
fn a_reader_does_not_join_a_crowd_while_a_writer_waits() {
    let hall = Hall::new();
    let crowd = [2, 3, 5, 20][choose(4)];
    (0..crowd).for_each(|_| hall.lock.lock_shared());
    let writer = hall.writer();
    until_others_wait();
    // Before the reader comes, or when it waits behind the writer.
    let behind = choose(2) == 1;
    let is_admitted = || try_read(&hall.lock, || ()).is_some();
    let mut admitted = !behind && is_admitted();
    let reader = with("reader", &hall, |hall| read(&hall.lock, || hall.writer_was_here()));
    until_others_wait();
    admitted |= behind && is_admitted();
    (0..crowd).for_each(|_| hall.lock.unlock_shared());
    comes_after_the_writer(finish(reader));
    assert!(!admitted, "`try_lock_shared` let a reader in although a writer waited");
    finish(writer);
    is_free(&hall.lock);
}

/// Another writer may be faster. The first one still counts as waiting after that.
#[test]
fn a_writer_that_waits_is_not_forgotten_when_another_was_faster() {
    let hall = Hall::new();
    let (writer, waits) = read(&hall.lock, || {
        let writer = hall.writer();
        (writer, a_writer_waits(&hall.lock))
    });
    write(&hall.lock, || ());
    let seen = read(&hall.lock, || hall.writer_was_here());
    if waits {
        comes_after_the_writer(seen);
    }
    finish(writer);
    is_free(&hall.lock);
}

#[test]
fn a_writer_that_waits_is_not_forgotten_when_another_tries() {
    let hall = Hall::new();
    let (writer, waits) = read(&hall.lock, || {
        let writer = hall.writer();
        let waits = a_writer_waits(&hall.lock);
        // This one is refused: a reader is inside.
        assert!(try_write(&hall.lock, || ()).is_none(), "a writer got in beside a reader");
        (writer, waits)
    });
    // This one may succeed.
    try_write(&hall.lock, || ());
    let seen = read(&hall.lock, || hall.writer_was_here());
    if waits {
        comes_after_the_writer(seen);
    }
    finish(writer);
    is_free(&hall.lock);
}

/// A writer inside, a writer that waits, and then a reader: when the first writer leaves, it is the second
/// one's turn.
#[test]
fn a_reader_does_not_come_between_two_writers() {
    if choose(2) == 1 {
        return a_reader_waits_behind_the_second_writer(come_in_by_trying, false);
    }
    let hall = Hall::new();
    let (writer, waits) = read(&hall.lock, || {
        let writer = hall.writer();
        (writer, a_writer_waits(&hall.lock))
    });
    let reader =
        write(&hall.lock, || with("reader", &hall, |hall| read(&hall.lock, || hall.writer_was_here())));
    let seen = finish(reader);
    if waits {
        comes_after_the_writer(seen);
    }
    finish(writer);
    is_free(&hall.lock);
}

/// All wait when the first writer leaves: an earlier reader may go before the second writer, this one may not.
fn a_reader_waits_behind_the_second_writer(come_in: fn(&RawReadWriteLock), behind_a_reader: bool) {
    let hall = Hall::new();
    come_in(&hall.lock);
    let earlier = behind_a_reader.then(|| with("earlier reader", &hall, |hall| read(&hall.lock, || ())));
    until_others_wait();
    let writer = hall.writer();
    until_others_wait();
    let reader = with("later reader", &hall, |hall| read(&hall.lock, || hall.writer_was_here()));
    until_others_wait();
    hall.lock.unlock_exclusive();
    let tried = try_read(&hall.lock, || hall.writer_was_here());
    comes_after_the_writer(finish(reader));
    assert_ne!(tried, Some(false), "`try_lock_shared` let a reader in although a writer waited");
    finish(writer);
    earlier.into_iter().for_each(finish);
    is_free(&hall.lock);
}

/// One writer waits when another one arrives and leaves again; readers that arrive later wait for both.
#[test]
fn a_second_writer_takes_nothing_from_the_first() {
    let hall = Hall::new();
    let threads = read(&hall.lock, || {
        let writer = hall.writer();
        let arrives = a_writer_waits(&hall.lock);
        let second = with("writer", &hall, |hall| write(&hall.lock, || ()));
        (
            writer,
            second,
            arrives.then(|| with("reader", &hall, |hall| read(&hall.lock, || hall.writer_was_here()))),
        )
    });
    let (writer, second, reader) = threads;
    if let Some(reader) = reader {
        comes_after_the_writer(finish(reader));
    }
    finish(second);
    finish(writer);
    is_free(&hall.lock);
}

/// A reader that has been let in may still be asleep. A reader that arrives after a writer must not take its
/// place.
#[test]
fn a_later_reader_does_not_take_the_place_of_one_still_asleep() {
    if choose(2) == 1 {
        return a_reader_waits_behind_the_second_writer(RawReadWriteLock::lock_exclusive, true);
    }
    let hall = Hall::new();
    let first = write(&hall.lock, || with("reader", &hall, |hall| read(&hall.lock, || ())));
    let (writer, late) = read(&hall.lock, || {
        // Until the first reader is in, it may be a reason to refuse one. Then a refusal says nothing about the writer.
        let is_told = !a_writer_waits(&hall.lock);
        let writer = hall.writer();
        let arrives = is_told && a_writer_waits(&hall.lock);
        (writer, arrives.then(|| with("reader", &hall, |hall| read(&hall.lock, || hall.writer_was_here()))))
    });
    if let Some(late) = late {
        comes_after_the_writer(finish(late));
    }
    finish(writer);
    finish(first);
    is_free(&hall.lock);
}
