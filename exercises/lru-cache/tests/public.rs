//! The public tests: plain threads under `cargo test`, every interleaving under
//! `RUSTFLAGS="--cfg model" cargo test -p lru-cache`.

use std::num::NonZeroUsize;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use lru_cache::LruCache;

// Without the dependency that puts the model in the place of std, this does not compile: the tests would run on
// real threads, and say nothing about interleavings.
#[cfg(model)]
std::assert_modelled!();
#[cfg(model)]
core::assert_modelled!();

/// A cache that holds 1 to `capacity`, 1 being the least recently used.
fn filled(capacity: u32) -> LruCache<u32, &'static str> {
    let cache = LruCache::new(NonZeroUsize::new(capacity as usize).expect("a cache has room for something"));
    for key in 1..=capacity {
        assert_eq!(cache.put(key, "old"), None);
    }
    cache
}

#[test]
fn a_value_is_found_until_it_is_replaced() {
    let cache = filled(2);
    assert_eq!(cache.get(&1), Some("old"));
    assert_eq!(cache.put(1, "new"), Some("old"));
    assert_eq!(cache.get(&1), Some("new"));
    assert_eq!(cache.get(&3), None);
    assert_eq!((cache.len(), cache.is_empty(), cache.capacity()), (2, false, 2));
}

#[test]
fn the_least_recently_used_key_is_evicted() {
    let cache = filled(3);
    cache.get(&1);
    cache.put(2, "new");
    assert_eq!(cache.keys(), [2, 1, 3]);
    cache.put(4, "new");
    assert_eq!(cache.keys(), [4, 2, 1]);
    assert_eq!(cache.get(&3), None);
}

#[test]
fn looking_at_the_keys_is_no_use_of_them() {
    let cache = filled(2);
    assert_eq!(cache.keys(), [2, 1]);
    assert_eq!(cache.keys(), [2, 1]);
    cache.put(3, "new");
    assert_eq!(cache.keys(), [3, 2]);
}

#[test]
fn a_value_is_made_when_there_is_none() {
    let cache = filled(2);
    assert_eq!(cache.get_or_insert_with(1, || panic!("there is a value already")), "old");
    assert_eq!(cache.get_or_insert_with(3, || "made"), "made");
    assert_eq!(cache.keys(), [3, 1]);
    assert_eq!(cache.get(&3), Some("made"));
}

#[test]
fn a_panic_while_making_reaches_the_caller() {
    let cache = filled(2);
    let panicked = panic::catch_unwind(AssertUnwindSafe(|| {
        cache.get_or_insert_with(3, || panic!("this test makes this call panic"))
    }));
    assert!(panicked.is_err());
}

#[test]
fn two_threads_that_miss_one_key_get_one_value() {
    let cache = Arc::new(LruCache::new(NonZeroUsize::MIN));
    let made = Arc::new(AtomicUsize::new(0));
    let threads: Vec<_> = (0..2)
        .map(|_| {
            let (cache, made) = (Arc::clone(&cache), Arc::clone(&made));
            thread::spawn(move || cache.get_or_insert_with("key", || made.fetch_add(1, Ordering::Relaxed)))
        })
        .collect();
    for thread in threads {
        assert_eq!(thread.join().expect("no thread panics"), 0, "the value that was made first");
    }
    assert_eq!(made.load(Ordering::Relaxed), 1, "how often the value was made");
}

#[test]
fn two_threads_never_put_in_more_than_there_is_room_for() {
    let cache = Arc::new(filled(2));
    let threads = [3, 4].map(|key| {
        let cache = Arc::clone(&cache);
        thread::spawn(move || cache.put(key, "new"))
    });
    assert!(cache.len() <= 2);
    for thread in threads {
        assert_eq!(thread.join().expect("no thread panics"), None);
    }
    let mut keys = cache.keys();
    keys.sort_unstable();
    assert_eq!(keys, [3, 4], "both were used after 1 and 2");
}

#[test]
fn what_was_just_used_is_not_evicted() {
    let cache = Arc::new(filled(2));
    let theirs = Arc::clone(&cache);
    let other = thread::spawn(move || theirs.put(3, "new"));
    let hit = cache.get(&1).is_some();
    assert_eq!(other.join().expect("no thread panics"), None);
    // 1 was found before 3 was put, or 3 was put first and evicted it.
    assert_eq!(cache.keys(), if hit { [3, 1] } else { [3, 2] });
}
