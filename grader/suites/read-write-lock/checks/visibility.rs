//! What was written inside is seen by those who come in later. The data are relaxed atomics: only the lock
//! can make one thread's writes happen before another one's reads.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use harness::model::choose;
use harness::until_others_wait;
use read_write_lock::RawReadWriteLock;

use crate::instruments::{finish, read, try_read, try_write, with, write};

/// Two numbers behind a lock.
#[derive(Default)]
struct Pair {
    lock: RawReadWriteLock,
    left: AtomicUsize,
    right: AtomicUsize,
}

impl Pair {
    fn new() -> Arc<Self> {
        Arc::new(Self { lock: RawReadWriteLock::new(), ..Self::default() })
    }

    fn add_one(&self) {
        for number in [&self.left, &self.right] {
            number.store(number.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        }
    }

    /// The number that is written last is read first.
    fn seen(&self) -> (usize, usize) {
        let right = self.right.load(Ordering::Relaxed);
        (self.left.load(Ordering::Relaxed), right)
    }
}

fn is_whole((left, right): (usize, usize)) {
    assert_eq!(
        left, right,
        "both numbers were changed by a thread that has left, and one of the changes is not seen"
    );
}

#[test]
fn what_a_writer_wrote_the_next_writer_sees() {
    match choose(3) {
        0 => (),
        way => return the_next_of_three_writers_sees_it(way == 1),
    }
    let pair = Pair::new();
    let other = with("writer", &pair, |pair| write(&pair.lock, || pair.add_one()));
    write(&pair.lock, || pair.add_one());
    finish(other);
    assert_eq!(read(&pair.lock, || pair.seen()), (2, 2), "two writers added one each");
}

/// One of them waits, and the other one comes when the first one is about to leave: it may be faster than the one that waits,
/// or one of two that wait.
fn the_next_of_three_writers_sees_it(tries: bool) {
    let pair = Pair::new();
    let (waits, comes) = write(&pair.lock, || {
        let waits = with("writer that waits", &pair, |pair| write(&pair.lock, || pair.add_one()));
        until_others_wait();
        let comes = with("writer", &pair, move |pair| {
            if tries {
                try_write(&pair.lock, || pair.add_one()).is_some()
            } else {
                write(&pair.lock, || pair.add_one());
                true
            }
        });
        pair.add_one();
        (waits, comes)
    });
    let wrote = 2 + usize::from(finish(comes));
    finish(waits);
    assert_eq!(read(&pair.lock, || pair.seen()), (wrote, wrote), "{wrote} writers added one each");
}

#[test]
fn what_a_writer_wrote_a_reader_sees() {
    match choose(3) {
        0 => (),
        way => return two_readers_see_it(way == 1),
    }
    let pair = Pair::new();
    let reader = write(&pair.lock, || {
        let reader = with("reader", &pair, |pair| read(&pair.lock, || pair.seen()));
        pair.add_one();
        reader
    });
    assert_eq!(finish(reader), (1, 1), "what a reader that had to wait for the writer sees");
}

/// One that joins another one sees it as well, also where it is admitted by that one.
fn two_readers_see_it(one_tries: bool) {
    let pair = Pair::new();
    let readers = write(&pair.lock, || {
        let waits = with("reader", &pair, |pair| Some(read(&pair.lock, || pair.seen())));
        let other = with("reader", &pair, move |pair| {
            if one_tries {
                try_read(&pair.lock, || pair.seen())
            } else {
                Some(read(&pair.lock, || pair.seen()))
            }
        });
        pair.add_one();
        [waits, other]
    });
    for seen in readers.map(finish).into_iter().flatten() {
        assert_eq!(seen, (1, 1), "what each of two readers sees that got in after the writer");
    }
}

#[test]
fn those_who_try_see_what_a_writer_wrote() {
    let pair = Pair::new();
    let threads = write(&pair.lock, || {
        let threads = [
            with("reader", &pair, |pair| try_read(&pair.lock, || pair.seen())),
            with("writer", &pair, |pair| try_write(&pair.lock, || pair.seen())),
        ];
        pair.add_one();
        threads
    });
    for seen in threads.map(finish).into_iter().flatten() {
        assert_eq!(seen, (1, 1), "what a thread that tried and got in after the writer sees");
    }
}

#[test]
fn others_see_what_a_writer_that_tried_wrote() {
    let pair = Pair::new();
    let writer = with("writer", &pair, |pair| try_write(&pair.lock, || pair.add_one()).is_some());
    let seen = read(&pair.lock, || pair.seen());
    let written = finish(writer);
    is_whole(seen);
    assert_eq!(write(&pair.lock, || pair.seen()).0, usize::from(written));
}

/// A reader may change what is atomic. A writer that comes after it must see that; otherwise it could also
/// change what the reader is still reading.
#[test]
fn what_a_reader_did_the_next_writer_sees() {
    let pair = Pair::new();
    let writer = read(&pair.lock, || {
        let writer = with("writer", &pair, |pair| write(&pair.lock, || pair.seen()));
        pair.add_one();
        writer
    });
    assert_eq!(finish(writer), (1, 1), "what a writer that had to wait for the reader sees");
}

#[test]
fn what_a_reader_did_a_writer_that_tries_sees() {
    let pair = Pair::new();
    let writer = read(&pair.lock, || {
        let writer = with("writer", &pair, |pair| try_write(&pair.lock, || pair.seen()));
        pair.add_one();
        writer
    });
    if let Some(seen) = finish(writer) {
        assert_eq!(seen, (1, 1), "what a writer that tried and got in after the reader sees");
    }
}

/// What any reader did happens before the next writer, not only what the last one to leave did.
#[test]
fn what_the_first_to_leave_did_the_next_writer_sees() {
    let pair = Pair::new();
    let (reader, writer) = read(&pair.lock, || {
        let reader = with("reader", &pair, |pair| try_read(&pair.lock, || pair.add_one()));
        (reader, with("writer", &pair, |pair| write(&pair.lock, || pair.seen())))
    });
    is_whole(finish(writer));
    finish(reader);
}
