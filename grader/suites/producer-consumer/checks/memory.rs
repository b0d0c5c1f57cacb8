//! Every item is dropped once, and the memory in use does not grow.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use producer_consumer::BoundedBuffer;

use crate::instruments::{finish, size, with};

/// Counts its drops.
struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn every_item_is_dropped_once() {
    let drops = Arc::new(AtomicUsize::new(0));
    let dropped = |expected: usize, when: &str| {
        assert_eq!(drops.load(Ordering::SeqCst), expected, "items dropped {when}");
    };
    let item = || Counted(Arc::clone(&drops));
    let buffer = BoundedBuffer::new(size(3));
    for _ in 0..3 {
        assert!(buffer.put(item()).is_ok());
    }
    dropped(0, "while three are inside");
    let taken = buffer.take();
    dropped(0, "while one is taken and two are inside");
    drop(taken);
    dropped(1, "when the one that was taken was dropped");
    buffer.close();
    dropped(1, "after closing");
    let refused = buffer.put(item());
    dropped(1, "while the caller has the refused one back");
    drop(refused);
    dropped(2, "when the refused one was dropped");
    drop(buffer.take());
    dropped(3, "when another one was taken and dropped");
    drop(buffer);
    dropped(4, "when the buffer was dropped with one item inside");
}

#[test]
fn items_of_waiting_producers_are_dropped_once() {
    let drops = Arc::new(AtomicUsize::new(0));
    let buffer = Arc::new(BoundedBuffer::new(size(1)));
    assert!(buffer.put(Counted(Arc::clone(&drops))).is_ok());
    let producers = [(); 3].map(|()| {
        let item = Counted(Arc::clone(&drops));
        with("producer", &buffer, move |buffer| buffer.put(item).is_err())
    });
    drop(buffer.take());
    buffer.close();
    let refused = producers.map(finish).into_iter().filter(|&refused| refused).count();
    assert!(refused >= 2, "{refused} of three producers were refused, with room for one");
    drop(buffer);
    assert_eq!(drops.load(Ordering::SeqCst), 4, "items dropped at the end, of four");
}

/// How much memory this process holds, in bytes; `None` where that cannot be found out.
fn resident() -> Option<usize> {
    let pages = fs::read_to_string("/proc/self/statm");
    assert!(
        pages.is_ok() || !cfg!(target_os = "linux"),
        "this check has to see its own memory in /proc, and cannot"
    );
    let pages = pages.ok()?;
    let pages: usize = pages.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * 4096)
}

#[test]
fn a_buffer_in_use_does_not_grow() {
    const ITEMS: usize = 150_000;
    let buffer = BoundedBuffer::new(size(10));
    let pass = |items: usize| {
        for item in 0..items {
            assert!(buffer.put([item; 32]).is_ok());
            assert!(buffer.take().is_some());
        }
    };
    pass(1_000);
    let before = resident();
    pass(ITEMS);
    if let (Some(before), Some(after)) = (before, resident()) {
        let passed = ITEMS * size_of::<[usize; 32]>();
        let grown = after.saturating_sub(before);
        // A tenth of what went through: far more than a buffer of ten needs.
        assert!(
            grown < passed / 10,
            "memory grew by {grown} bytes when {passed} bytes went through, ten items at most at a time"
        );
    }
    assert_eq!(buffer.len(), 0, "left at the end");
}
