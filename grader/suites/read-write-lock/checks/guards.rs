//! The lock with data, as programs use it.

use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;

use read_write_lock::ReadWriteLock;

use crate::instruments::{finish, with};

/// Panics without printing anything.
fn panics(inside: impl FnOnce()) {
    let caught = panic::catch_unwind(AssertUnwindSafe(|| {
        inside();
        panic::resume_unwind(Box::new(()));
    }));
    assert!(caught.is_err());
}

#[test]
fn guards_let_in_and_keep_out() {
    let mut lock = ReadWriteLock::new(vec![1]);
    Vec::push(&mut lock.write(), 2);
    assert_eq!(*lock.read(), [1, 2]);
    let first = lock.read();
    let second = lock.try_read().expect("a reader joins another");
    assert!(lock.try_write().is_none(), "a writer among readers");
    drop(first);
    assert!(lock.try_write().is_none(), "a writer beside the last reader");
    drop(second);
    let mut alone = lock.try_write().expect("a writer alone");
    assert!(lock.try_read().is_none() && lock.try_write().is_none(), "a reader or a writer beside a writer");
    Vec::push(&mut alone, 3);
    drop(alone);
    Vec::push(lock.get_mut(), 4);
    assert_eq!(lock.into_inner(), [1, 2, 3, 4]);
}

#[test]
fn a_panic_releases_the_lock() {
    let lock = Arc::new(ReadWriteLock::new(0));
    for _ in 0..3 {
        panics(|| *lock.write() += 1);
        let (reading, writing) = (&lock, &lock);
        panics(move || {
            let _guard = reading.read();
            panic::resume_unwind(Box::new(()));
        });
        panics(move || {
            let mut guard = writing.write();
            *guard += 1;
            panic::resume_unwind(Box::new(()));
        });
        let thread = with("writer", &lock, |lock| {
            let _guard = lock.write();
            panic::resume_unwind(Box::new(()));
        });
        assert!(thread.join().is_err());
        assert!(lock.try_write().is_some(), "a writer is refused after others have panicked and left");
        assert!(lock.try_read().is_some(), "a reader is refused after others have panicked and left");
    }
    finish(with("writer", &lock, |lock| *lock.write() += 1));
    assert_eq!(*lock.read(), 7);
}

/// A thread that panics while it holds the lock wakes the threads that wait for it.
#[test]
fn a_writer_that_panics_wakes_others() {
    let lock = Arc::new(ReadWriteLock::new(0));
    let holder = with("writer", &lock, |lock| {
        let mut guard = lock.write();
        *guard += 1;
        panic!("the check makes this writer panic");
    });
    let reader = with("reader", &lock, |lock| *lock.read());
    *lock.write() += 1;
    assert!(holder.join().is_err());
    assert!(finish(reader) <= 2);
    assert_eq!(lock.try_read().as_deref(), Some(&2), "what two writers added");
}

#[test]
fn a_reader_that_panics_wakes_a_writer() {
    let lock = Arc::new(ReadWriteLock::new(0));
    let holder = with("reader", &lock, |lock| {
        let _guard = lock.read();
        panic!("the check makes this reader panic");
    });
    *lock.write() += 1;
    assert!(holder.join().is_err());
    assert_eq!(lock.try_read().as_deref(), Some(&1), "what the writer added");
}
