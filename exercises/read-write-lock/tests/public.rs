//! The public tests: plain threads under `cargo test`, every interleaving under
//! `RUSTFLAGS="--cfg model" cargo test -p read-write-lock`.

use std::sync::Arc;
use std::thread;

use read_write_lock::{RawReadWriteLock, ReadWriteLock};

// Without the dependency that puts the model in the place of std, this does not compile: the tests would run on
// real threads, and say nothing about interleavings.
#[cfg(model)]
std::assert_modelled!();
#[cfg(model)]
core::assert_modelled!();

#[test]
fn readers_share_the_lock_and_a_writer_does_not() {
    for lock in [RawReadWriteLock::new(), RawReadWriteLock::default()] {
        lock.lock_shared();
        assert!(lock.try_lock_shared(), "a second reader");
        assert!(!lock.try_lock_exclusive(), "a writer among readers");
        lock.unlock_shared();
        assert!(!lock.try_lock_exclusive(), "a writer beside the last reader");
        lock.unlock_shared();
        assert!(lock.try_lock_exclusive(), "a writer alone");
        assert!(!lock.try_lock_shared(), "a reader beside a writer");
        assert!(!lock.try_lock_exclusive(), "a writer beside a writer");
        lock.unlock_exclusive();
        lock.lock_exclusive();
        lock.unlock_exclusive();
    }
}

#[test]
fn two_readers_read_at_the_same_time() {
    let lock = Arc::new(ReadWriteLock::new(7));
    let held = lock.read();
    let theirs = Arc::clone(&lock);
    let other = thread::spawn(move || *theirs.read());
    // Still held here: a reader that had to wait would be blocked forever.
    assert_eq!(other.join().expect("the reader does not panic"), 7);
    drop(held);
}

#[test]
fn two_writers_lose_nothing() {
    let lock = Arc::new(ReadWriteLock::new(0));
    let threads: Vec<_> = (0..2)
        .map(|_| {
            let lock = Arc::clone(&lock);
            thread::spawn(move || *lock.write() += 1)
        })
        .collect();
    for thread in threads {
        thread.join().expect("the writer does not panic");
    }
    assert_eq!(*lock.read(), 2);
}

#[test]
fn a_writer_that_leaves_wakes_a_reader_and_a_writer() {
    let lock = Arc::new(ReadWriteLock::new(0));
    let mut held = lock.write();
    let (readers, writers) = (Arc::clone(&lock), Arc::clone(&lock));
    let reader = thread::spawn(move || *readers.read());
    let writer = thread::spawn(move || *writers.write() += 1);
    *held = 1;
    drop(held);
    assert!((1..=2).contains(&reader.join().expect("the reader does not panic")));
    writer.join().expect("the writer does not panic");
    assert_eq!(*lock.read(), 2);
}

#[test]
fn the_last_reader_wakes_a_writer() {
    let lock = Arc::new(ReadWriteLock::new(0));
    let (first, second) = (lock.read(), lock.read());
    let theirs = Arc::clone(&lock);
    let writer = thread::spawn(move || *theirs.write() += 1);
    drop(first);
    drop(second);
    writer.join().expect("the writer does not panic");
    assert_eq!(*lock.read(), 1);
}

#[test]
fn no_new_reader_gets_in_while_a_writer_waits() {
    let lock = Arc::new(ReadWriteLock::new(0));
    let held = lock.read();
    let theirs = Arc::clone(&lock);
    let writer = thread::spawn(move || *theirs.write() += 1);
    // Only readers are inside, so a reader is refused for one reason alone: the writer waits.
    let writer_waits = lock.try_read().is_none();
    drop(held);
    let seen = *lock.read();
    assert!(!writer_waits || seen == 1, "a reader that came later got in before the writer that waited");
    writer.join().expect("the writer does not panic");
}

#[test]
fn a_guard_gives_the_lock_back_in_a_panic() {
    let lock = Arc::new(ReadWriteLock::new(7));
    let theirs = Arc::clone(&lock);
    let thread = thread::spawn(move || {
        let _held = theirs.write();
        panic!("this test makes the holder of the lock panic");
    });
    assert!(thread.join().is_err());
    assert_eq!(lock.try_read().as_deref(), Some(&7));
}

#[test]
fn data_can_be_reached_without_locking_by_its_owner() {
    let mut lock = ReadWriteLock::new(String::from("one"));
    lock.get_mut().push_str(" two");
    assert_eq!(lock.into_inner(), "one two");
}
