//! `make` panics: the panic reaches its caller, and no thread hangs. What later calls return is left open: a
//! poisoned mutex makes them panic, as is usual in Rust.

use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;

#[cfg(engine = "model")]
use harness::model::choose;
use lru_cache::LruCache;

use crate::instruments::{finish, holding, with};

type Cache = LruCache<u32, u32>;

/// What the call returned, or nothing when it panicked.
fn attempt<T>(call: impl FnOnce() -> T) -> Option<T> {
    panic::catch_unwind(AssertUnwindSafe(call)).ok()
}

/// Whether the panic of `make` reached the caller.
fn panics(cache: &Cache, key: u32) -> bool {
    attempt(|| cache.get_or_insert_with(key, || panic!("the check makes this call of `make` panic")))
        .is_none()
}

/// Calls everything: each call may panic, but none may hang.
fn nothing_hangs(cache: &Cache) {
    attempt(|| cache.get(&1));
    attempt(|| cache.get(&7));
    attempt(|| cache.keys());
    attempt(|| (cache.len(), cache.is_empty(), cache.capacity()));
    attempt(|| cache.get_or_insert_with(7, || 70));
    attempt(|| cache.put(7, 71));
    attempt(|| cache.get_or_insert_with(8, || 80));
    attempt(|| cache.put(9, 90));
}

#[test]
fn its_panic_reaches_the_caller_and_nothing_hangs() {
    for capacity in [1, 2, 3] {
        let cache = holding(capacity, &[(1, 10)]);
        assert!(panics(&cache, 7), "the panic of `make` was swallowed");
        nothing_hangs(&cache);
        // The same key again, from another thread: a lock that the first one has not released would block it.
        let cache = Arc::new(holding(capacity, &[(1, 10)]));
        assert!(panics(&cache, 7), "the panic of `make` was swallowed");
        finish(with("caller", &cache, nothing_hangs));
    }
}

#[cfg(engine = "model")]
#[test]
fn after_its_panic_another_one_that_waits_does_not_hang() {
    let cache = Arc::new(holding(2, &[(1, 10)]));
    let other = with("maker", &cache, |cache| attempt(|| cache.get_or_insert_with(7, || 70)));
    let panicked = panics(&cache, 7);
    match finish(other) {
        // The thread that should panic came second and found the value.
        Some(70) if !panicked => {}
        got => {
            assert!(panicked, "the panic of `make` was swallowed");
            assert!(got.is_none_or(|value| value == 70), "a thread that made 70 got {got:?}");
        }
    }
    nothing_hangs(&cache);
}

#[cfg(engine = "model")]
#[test]
fn after_its_panic_two_that_wait_do_not_hang() {
    let way = choose(4);
    let cache = Arc::new(holding(2, &[]));
    let others = [70, 71].map(|value| {
        with("waiter", &cache, move |cache| {
            attempt(|| match way {
                0 | 1 => Some(cache.get_or_insert_with(7, || value)),
                2 => cache.put(7, value),
                _ => cache.get(&7),
            })
        })
    });
    panics(&cache, 7);
    // Whoever was to make the value next may find this one.
    if way == 1 {
        attempt(|| cache.put(7, 72));
    }
    for got in others.map(finish).into_iter().flatten().flatten() {
        assert!([70, 71, 72].contains(&got), "the values were 70, 71 and 72, a thread got {got}");
    }
}

#[cfg(engine = "model")]
#[test]
fn two_that_panic_and_one_that_waits_do_not_hang() {
    let cache = Arc::new(holding(2, &[]));
    let panicking = with("panicker", &cache, |cache| panics(cache, 7));
    let other = with("maker", &cache, |cache| attempt(|| cache.get_or_insert_with(7, || 70)));
    panics(&cache, 7);
    finish(panicking);
    let got = finish(other);
    assert!(got.is_none_or(|value| value == 70), "a thread that made 70 got {got:?}");
}

#[cfg(engine = "model")]
#[test]
fn during_its_panic_other_calls_do_not_hang() {
    let cache = Arc::new(holding(2, &[(1, 10)]));
    let other = with("putter", &cache, |cache| {
        attempt(|| cache.put(7, 71));
        attempt(|| cache.get(&7));
        attempt(|| cache.len());
    });
    panics(&cache, 7);
    finish(other);
    nothing_hangs(&cache);
}
