//! More threads and calls than can be searched: in schedules that are sampled.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use harness::model::choose;
use lru_cache::LruCache;

use crate::instruments::{finish, room_for, with};
use crate::sequential::Call::{self, Get, GetOrMake, IsEmpty, Keys, Len, Put};
use crate::sequential::explain;

const THREADS: usize = 10;
const KEYS: usize = 4;
const CAPACITY: usize = 3;

/// A random call of thread number `thread`: the value that it puts says who has put it.
fn any_call(thread: u32) -> Call<u32> {
    let key = choose(KEYS) as u32;
    match choose(8) {
        0..3 => Get(key),
        3..6 => Put(key, 10 * thread + key),
        6 => Keys,
        _ if key == 0 => IsEmpty,
        _ => Len,
    }
}

#[test]
fn four_threads_call_at_random() {
    let calls: Vec<Vec<Call<u32>>> =
        (1..=4).map(|thread| (0..3).map(|_| any_call(thread)).collect()).collect();
    let calls: Vec<&[Call<u32>]> = calls.iter().map(Vec::as_slice).collect();
    explain(1 + choose(CAPACITY), &[], &calls);
}

/// One of those who miss a key makes its value, and a `put` meets that.
#[test]
fn threads_that_miss_a_key_meet_a_put() {
    explain(2, &[], &[&[GetOrMake(0, 11)], &[GetOrMake(0, 12)], &[GetOrMake(0, 13)], &[Put(0, 14)]]);
}

/// A cache, and how often the value of each key was made.
struct Counted {
    cache: LruCache<usize, (usize, usize)>,
    made: [AtomicUsize; KEYS],
}

#[test]
fn ten_threads_that_miss_make_each_value_once() {
    let shared = Arc::new(Counted { cache: LruCache::new(room_for(KEYS)), made: Default::default() });
    let threads: Vec<_> = (0..THREADS)
        .map(|thread| {
            let keys = [choose(KEYS), choose(KEYS)];
            with("maker", &shared, move |shared| {
                keys.map(|key| {
                    let made = || {
                        shared.made[key].fetch_add(1, Ordering::Relaxed);
                        (key, thread)
                    };
                    (key, shared.cache.get_or_insert_with(key, made))
                })
            })
        })
        .collect();
    let mut makers = [None; KEYS];
    for (key, (made_for, by)) in threads.into_iter().flat_map(finish) {
        assert_eq!(made_for, key, "the key for which the value of key {key} was made");
        assert_eq!(
            *makers[key].get_or_insert(by),
            by,
            "the maker of key {key}, by two threads that got its value"
        );
    }
    for (key, made) in shared.made.iter().enumerate() {
        let made = made.load(Ordering::Relaxed);
        assert_eq!(made, usize::from(makers[key].is_some()), "how often the value of key {key} was made");
    }
}

#[test]
fn ten_threads_share_a_cache_for_three() {
    let cache = Arc::new(LruCache::new(room_for(CAPACITY)));
    let threads: Vec<_> = (0..THREADS as u32)
        .map(|thread| {
            let calls = [any_call(thread), any_call(thread)];
            with("caller", &cache, move |cache| {
                for call in calls {
                    match call {
                        Get(key) => assert!(
                            cache.get(&key).is_none_or(|value| value % 10 == key),
                            "the value of {key}"
                        ),
                        Put(key, value) | GetOrMake(key, value) => {
                            let replaced = cache.put(key, value);
                            assert!(
                                replaced.is_none_or(|old| old % 10 == key),
                                "what `put({key}, …)` replaced"
                            );
                        }
                        Keys => {
                            let mut keys = cache.keys();
                            keys.sort_unstable();
                            assert!(
                                keys.len() <= CAPACITY && keys.windows(2).all(|two| two[0] != two[1]),
                                "{keys:?}"
                            );
                        }
                        Len | IsEmpty => {
                            assert!(cache.len() <= CAPACITY, "entries in a cache for {CAPACITY}")
                        }
                    }
                }
            })
        })
        .collect();
    threads.into_iter().for_each(finish);
    let keys = cache.keys();
    assert_eq!(cache.len(), keys.len(), "entries, and keys");
    for key in &keys {
        assert!(cache.get(key).is_some_and(|value| value % 10 == *key), "the value of key {key}");
    }
    for fresh in 0..CAPACITY as u32 {
        assert_eq!(cache.put(900 + fresh, 0), None, "`put` of a new key");
    }
    let fresh: Vec<_> = (900..900 + CAPACITY as u32).rev().collect();
    assert_eq!(cache.keys(), fresh, "after as many new keys as there is room for");
}
