//! Many real threads: more than the model can have.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;

use harness::stress::{Rng, seed, until_others_sleep};
use lru_cache::LruCache;

use crate::alone::Colliding;
use crate::instruments::{Probe, finish, room_for, with};

const THREADS: usize = 8;

/// Starts the threads together.
fn crowd<T: Send + Sync + 'static, R: Send + 'static>(shared: &Arc<T>, work: fn(&T, usize) -> R) -> Vec<R> {
    let start = Arc::new(Barrier::new(THREADS));
    let threads: Vec<_> = (0..THREADS)
        .map(|number| {
            let (shared, start) = (Arc::clone(shared), Arc::clone(&start));
            thread::spawn(move || {
                start.wait();
                work(&shared, number)
            })
        })
        .collect();
    threads.into_iter().map(finish).collect()
}

const KEYS: usize = 4;

/// A cache with room for all keys, and how often the value of each was made.
struct Counted {
    cache: LruCache<usize, (usize, usize)>,
    made: [AtomicUsize; KEYS],
}

#[test]
fn each_of_many_keys_is_made_once() {
    for round in 0..60 {
        let shared = Arc::new(Counted { cache: LruCache::new(room_for(KEYS)), made: Default::default() });
        let seen = crowd(&shared, |shared, thread| {
            let mut seen = [0; KEYS];
            for turn in 0..KEYS {
                let key = (turn + thread) % KEYS;
                let (made_for, by) = shared.cache.get_or_insert_with(key, || {
                    shared.made[key].fetch_add(1, Ordering::Relaxed);
                    // Time for others to miss it, too.
                    thread::yield_now();
                    (key, thread)
                });
                assert_eq!(made_for, key, "the key for which the value of key {key} was made");
                seen[key] = by;
            }
            seen
        });
        for key in 0..KEYS {
            let made = shared.made[key].load(Ordering::Relaxed);
            assert_eq!(made, 1, "round {round}: how often the value of key {key} was made");
        }
        assert!(
            seen.iter().all(|by| *by == seen[0]),
            "round {round}: the threads got values of different makers: {seen:?}"
        );
        assert_eq!(shared.cache.len(), KEYS, "round {round}: the number of entries");
    }
}

const CAPACITY: usize = 16;

/// Random calls. The value of a key says for which key it was made.
fn mixed_calls(cache: &LruCache<u64, (u64, u64)>, number: usize) {
    let mut rng = Rng::new(seed() + number as u64);
    for call in 0..8_000 {
        let key = rng.below(3 * CAPACITY as u64);
        let found = match rng.below(10) {
            0..4 => cache.get(&key),
            4..7 => cache.put(key, (key, call)),
            7..9 => Some(cache.get_or_insert_with(key, || (key, call))),
            _ => {
                let mut keys = cache.keys();
                assert!(keys.len() <= CAPACITY, "{} keys in a cache for {CAPACITY}", keys.len());
                keys.sort_unstable();
                assert!(keys.windows(2).all(|two| two[0] != two[1]), "a key is listed twice: {keys:?}");
                None
            }
        };
        assert!(
            found.is_none_or(|value| value.0 == key),
            "key {key} has the value of another one: {found:?}"
        );
        let len = cache.len();
        assert!(len <= CAPACITY, "{len} entries in a cache for {CAPACITY}");
    }
}

#[test]
fn the_cache_is_whole_after_a_crowd() {
    let cache = Arc::new(LruCache::new(room_for(CAPACITY)));
    crowd(&cache, mixed_calls);
    let keys = cache.keys();
    assert_eq!((keys.len(), cache.len()), (CAPACITY, CAPACITY), "keys and entries of a full cache");
    for (position, key) in keys.iter().enumerate().rev() {
        assert!(
            cache.get(key).is_some_and(|value| value.0 == *key),
            "key {key}, number {position} in the order, has no value or that of another key"
        );
    }
    assert_eq!(cache.keys(), keys, "each key was used once more, from the last to the first");
    for number in 0..CAPACITY as u64 {
        assert_eq!(cache.put(1_000 + number, (0, 0)), None, "`put` of a new key");
        let mut expected: Vec<_> = (1_000..=1_000 + number).rev().collect();
        expected.extend(&keys[..CAPACITY - 1 - number as usize]);
        assert_eq!(cache.keys(), expected, "after {} new keys", number + 1);
    }
}

/// A cache, and one probe for each key and each value that threads put into it.
struct Probed {
    cache: LruCache<Probe, Probe>,
    keys: Vec<Probe>,
    values: Vec<Probe>,
}

#[test]
fn a_crowd_leaves_nothing_behind() {
    let probes = || (0..3 * CAPACITY as u32).map(Probe::from).collect::<Vec<_>>();
    let shared =
        Arc::new(Probed { cache: LruCache::new(room_for(CAPACITY)), keys: probes(), values: probes() });
    crowd(&shared, |shared, thread| {
        let mut rng = Rng::new(seed() ^ thread as u64);
        for _ in 0..5_000 {
            let number = rng.below(3 * CAPACITY as u64) as usize;
            let key = shared.keys[number].clone();
            match rng.below(3) {
                0 => drop(shared.cache.get(&key)),
                1 => drop(shared.cache.put(key, shared.values[number].clone())),
                _ => drop(shared.cache.get_or_insert_with(key, || shared.values[number].clone())),
            }
        }
    });
    let Probed { cache, keys, values } = Arc::into_inner(shared).expect("all threads have ended");
    let in_cache: Vec<_> = cache.keys().iter().map(|key| key.number).collect();
    for (key, value) in keys.iter().zip(&values) {
        let kept = in_cache.contains(&key.number);
        let clones = (key.others(), value.others());
        assert!(
            kept || clones == (0, 0),
            "{clones:?} clones of key and value {} that were evicted",
            key.number
        );
        assert!(!kept || clones.0 > 0 && clones.1 > 0, "key or value {} of the cache is gone", key.number);
    }
    drop(cache);
    let left: usize = keys.iter().chain(&values).map(Probe::others).sum();
    assert_eq!(left, 0, "clones of keys and values after the cache was dropped");
}

/// One key is asked for while the value of another one is being made.
#[test]
fn those_that_miss_two_keys_with_one_hash_get_two_values() {
    let cache = Arc::new(LruCache::new(room_for(2)));
    let mut other = None;
    let mine = cache.get_or_insert_with(Colliding(1), || {
        other = Some(with("asker", &cache, |cache| cache.get_or_insert_with(Colliding(2), || 20)));
        until_others_sleep();
        10
    });
    let theirs = finish(other.expect("the value of a new key is made"));
    assert_eq!((mine, theirs), (10, 20), "what was made for two keys with the same hash");
    let kept = [1, 2].map(|key| cache.get(&Colliding(key)));
    assert_eq!(kept, [Some(10), Some(20)], "what the cache has for two keys with the same hash");
}

/// As many as a byte counts, and one less: whoever counts the threads in a byte, with the one that makes the value or
/// without, has none.
#[test]
fn two_hundred_and_fifty_six_threads_wait_for_a_value() {
    for waiting in [256, 255] {
        let cache = Arc::new(LruCache::new(room_for(1)));
        let mut waiters = Vec::new();
        let mine = cache.get_or_insert_with(1, || {
            let ask = |cache: &LruCache<u32, u32>| cache.get_or_insert_with(1, || 20);
            waiters.extend((0..waiting).map(|_| with("waiter", &cache, ask)));
            until_others_sleep();
            10
        });
        assert_eq!(mine, 10, "what the thread got that made the value");
        for waiter in waiters {
            assert_eq!(finish(waiter), 10, "what a thread got that waited for the value");
        }
    }
}
