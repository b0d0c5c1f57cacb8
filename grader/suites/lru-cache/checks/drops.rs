//! Keys and values are dropped with their entry. A probe counts its clones, wherever they are kept.

#[cfg(engine = "model")]
use std::sync::Arc;
#[cfg(engine = "stress")]
use std::thread;

use lru_cache::LruCache;

#[cfg(engine = "model")]
use crate::instruments::with;
use crate::instruments::{Probe, finish, room_for};
#[cfg(engine = "stress")]
use harness::linearizability::Sequential;
#[cfg(engine = "stress")]
use harness::stress::{Rng, seed};

#[cfg(engine = "stress")]
use crate::sequential::{Call, Model};

type Cache = LruCache<Probe, Probe>;

/// A key and a value to be put in, and what is left outside to count their clones.
fn entry(number: u32) -> (Probe, Probe) {
    (Probe::from(number), Probe::from(number))
}

/// Puts clones of both in.
fn put(cache: &Cache, (key, value): &(Probe, Probe)) -> Option<Probe> {
    cache.put(key.clone(), value.clone())
}

/// Makes sure that clones of both are in the cache, or that none are.
fn assert_kept((key, value): &(Probe, Probe), kept: bool, when: &str) {
    let number = key.number;
    if kept {
        assert!(key.others() > 0, "{when}: key {number} is gone");
        assert!(value.others() > 0, "{when}: value {number} is gone");
    } else {
        assert_eq!(key.others(), 0, "{when}: clones of key {number} that are still there");
        assert_eq!(value.others(), 0, "{when}: clones of value {number} that are still there");
    }
}

#[cfg(engine = "stress")]
#[test]
fn what_is_evicted_is_dropped_at_once() {
    let cache = Cache::new(room_for(2));
    let entries: Vec<_> = (0..6).map(entry).collect();
    assert!(put(&cache, &entries[0]).is_none());
    assert!(put(&cache, &entries[1]).is_none());
    for _ in 0..5 {
        assert!(cache.get(&entries[0].0).is_some());
    }
    assert!(put(&cache, &entries[2]).is_none());
    assert_kept(&entries[1], false, "evicted by a `put`");
    assert_kept(&entries[0], true, "after its neighbour was evicted");
    let (key, value) = &entries[3];
    let made = cache.get_or_insert_with(key.clone(), || value.clone());
    assert_eq!(made.number, 3);
    assert_kept(&entries[0], false, "evicted by a `get_or_insert_with`");
    assert_kept(&entries[2], true, "after its neighbour was evicted");
    drop(made);
    let (key, value) = &entries[4];
    drop(cache.get_or_insert_with(key.clone(), || value.clone()));
    assert!(put(&cache, &entries[5]).is_none());
    assert_kept(&entries[2], false, "evicted by a `get_or_insert_with`");
    assert_kept(&entries[3], false, "made by a `get_or_insert_with` and evicted by a `put`");
}

#[cfg(engine = "stress")]
#[test]
fn what_is_replaced_is_given_back_or_dropped() {
    let cache = Cache::new(room_for(2));
    let (first, second) = (entry(1), entry(2));
    put(&cache, &first);
    put(&cache, &second);
    let new = Probe::from(11);
    let replaced = cache.put(first.0.clone(), new.clone()).expect("the value that was replaced");
    assert_eq!(
        (replaced.number, first.1.others()),
        (1, 1),
        "the replaced value, and its clones: the one returned"
    );
    drop(replaced);
    assert_eq!(first.1.others(), 0, "clones of a replaced value that are still there");
    assert!(new.others() > 0, "the new value is gone");
    for _ in 0..10 {
        drop(cache.put(first.0.clone(), new.clone()));
    }
    let unused = Probe::from(12);
    drop(cache.get_or_insert_with(first.0.clone(), || unused.clone()));
    assert_eq!(unused.others(), 0, "clones of a value that was not made");
    drop(cache);
    assert_kept(&first, false, "after the cache was dropped");
    assert_eq!(new.others(), 0, "after the cache was dropped: clones of a value that are still there");
}

#[cfg(engine = "stress")]
#[test]
fn everything_is_dropped_with_the_cache() {
    let entries: Vec<_> = (0..10).map(entry).collect();
    for capacity in [1, 3, 10, 20] {
        let cache = Cache::new(room_for(capacity));
        for entry in &entries {
            put(&cache, entry);
        }
        for (key, _) in &entries {
            drop(cache.get(key));
            drop(cache.keys());
        }
        drop(cache);
        for entry in &entries {
            assert_kept(entry, false, "after the cache was dropped");
        }
    }
}

/// On a stack that is far too small for one frame per entry.
#[cfg(engine = "stress")]
#[test]
fn a_large_cache_is_dropped() {
    const ENTRIES: u32 = 100_000;
    const STACK: usize = 256 * 1024;
    let cache = LruCache::new(room_for(ENTRIES as usize));
    let probe = Probe::from(0);
    for key in 0..ENTRIES {
        drop(cache.put(key, probe.clone()));
    }
    let thread = thread::Builder::new().stack_size(STACK).spawn(move || drop(cache));
    finish(thread.expect("a thread with a small stack"));
    assert_eq!(probe.others(), 0, "clones of a value after the cache was dropped");
}

/// Random calls: after each of them, exactly what the model has is still there.
#[cfg(engine = "stress")]
#[test]
fn nothing_else_is_kept() {
    const KEYS: u32 = 12;
    let mut rng = Rng::new(seed());
    for capacity in [1, 2, 5] {
        let cache = Cache::new(room_for(capacity));
        let mut model = Model::new(capacity);
        let mut entries: Vec<_> = (0..KEYS).map(entry).collect();
        for _ in 0..3_000 {
            let number = rng.below(u64::from(KEYS)) as u32;
            let (key, value) = entries[number as usize].clone();
            let call = match rng.below(3) {
                0 => {
                    drop(cache.get(&key));
                    drop((key, value));
                    Call::Get(number)
                }
                1 => {
                    // A new value: nothing of the old one may be left.
                    let new = Probe::from(number);
                    drop(value);
                    drop(cache.put(key, new.clone()));
                    assert_eq!(
                        entries[number as usize].1.others(),
                        0,
                        "clones of a replaced value that are still there"
                    );
                    entries[number as usize].1 = new;
                    Call::Put(number, number)
                }
                _ => {
                    drop(cache.get_or_insert_with(key, || value));
                    Call::GetOrMake(number, number)
                }
            };
            model.apply(&call);
            for entry in &entries {
                let kept = model.has(&entry.0.number);
                assert_kept(entry, kept, &format!("after {call:?}, capacity {capacity}"));
            }
        }
    }
}

#[cfg(engine = "model")]
#[test]
fn two_that_evict_at_once_leave_nothing_behind() {
    let cache = Arc::new(Cache::new(room_for(1)));
    let entries = [1, 2, 3].map(entry);
    put(&cache, &entries[0]);
    let theirs = entries[1].clone();
    let other = with("putter", &cache, move |cache| drop(put(cache, &theirs)));
    put(&cache, &entries[2]);
    finish(other);
    let kept: Vec<_> = cache.keys().iter().map(|key| key.number).collect();
    for entry in &entries {
        assert_kept(entry, kept.contains(&entry.0.number), "after two threads evicted");
    }
    let cache = Arc::into_inner(cache).expect("all threads have ended");
    drop(cache);
    for entry in &entries {
        assert_kept(entry, false, "after the cache was dropped");
    }
}

#[cfg(engine = "model")]
#[test]
fn two_that_miss_together_leave_nothing_behind() {
    let cache = Arc::new(Cache::new(room_for(1)));
    let (missed, last) = (entry(1), entry(2));
    let theirs = missed.clone();
    let other = with("maker", &cache, move |cache| {
        let (key, value) = theirs;
        drop(cache.get_or_insert_with(key, || value));
    });
    let (key, value) = missed.clone();
    drop(cache.get_or_insert_with(key, || value));
    finish(other);
    assert_kept(&missed, true, "after two threads asked for it");
    put(&cache, &last);
    assert_kept(&missed, false, "after it was evicted");
    drop(Arc::into_inner(cache).expect("all threads have ended"));
    assert_kept(&last, false, "after the cache was dropped");
}
