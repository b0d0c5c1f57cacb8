//! What the calls cost: counted where it can be counted, and otherwise as a ratio of a large cache to a small
//! one, taken in one run.

use std::collections::BTreeSet;
use std::fs;
use std::hash::{Hash, Hasher};
use std::ptr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use harness::stress::{Rng, cpu_time, seed};
use lru_cache::LruCache;

use crate::instruments::{Probe, room_for};

/// Calls of `Hash`, `Eq` and `Clone` of all `Counting` keys.
static CALLS: AtomicU64 = AtomicU64::new(0);

fn count() {
    CALLS.fetch_add(1, Ordering::Relaxed);
}

#[derive(Debug)]
struct Counting(u64);

impl Clone for Counting {
    fn clone(&self) -> Self {
        count();
        Counting(self.0)
    }
}

impl PartialEq for Counting {
    fn eq(&self, other: &Self) -> bool {
        count();
        self.0 == other.0
    }
}

impl Eq for Counting {}

impl Hash for Counting {
    fn hash<H: Hasher>(&self, state: &mut H) {
        count();
        self.0.hash(state);
    }
}

#[test]
fn a_call_looks_at_few_keys() {
    const ENTRIES: u64 = 3_000;
    const CALLS_OF_EACH: u64 = 1_000;
    // Far more than hashing, comparing and growing need, and far less than one look at each entry.
    const FEW: f64 = 50.0;
    let cache = LruCache::new(room_for(ENTRIES as usize));
    let mut rng = Rng::new(seed());
    let mut next = ENTRIES;
    for key in 0..ENTRIES {
        cache.put(Counting(key), key);
    }
    let kinds: [(&str, &mut dyn FnMut()); 4] = [
        ("a miss of `get`", &mut || drop(cache.get(&Counting(u64::MAX)))),
        ("a hit of `get`", &mut || assert!(cache.get(&Counting(rng.below(ENTRIES))).is_some())),
        ("a `put` of a key that is there", &mut || assert!(cache.put(Counting(7), 7).is_some())),
        ("a `put` that evicts", &mut || {
            next += 1;
            assert!(cache.put(Counting(next), next).is_none());
        }),
    ];
    for (kind, call) in kinds {
        let before = CALLS.load(Ordering::Relaxed);
        for _ in 0..CALLS_OF_EACH {
            call();
        }
        let calls = (CALLS.load(Ordering::Relaxed) - before) as f64 / CALLS_OF_EACH as f64;
        assert!(
            calls < FEW,
            "with {ENTRIES} entries, {kind} hashed, compared or cloned keys {calls:.0} times"
        );
    }
}

/// CPU time of one call, the least of two measurements.
fn time_of(mut call: impl FnMut()) -> f64 {
    const AT_LEAST: Duration = Duration::from_millis(4);
    const BATCH: u32 = 100;
    let mut measure = || {
        let (start, mut calls) = (cpu_time(), 0);
        loop {
            for _ in 0..BATCH {
                call();
            }
            calls += BATCH;
            let took = cpu_time() - start;
            if took >= AT_LEAST {
                return took.as_secs_f64() / f64::from(calls);
            }
        }
    };
    measure().min(measure())
}

const KINDS: [&str; 5] = [
    "a hit of `get`",
    "a miss of `get`",
    "a `put` of a key that is there",
    "a `put` that evicts",
    "a mixture",
];

/// What one call of each kind takes on a cache with that many entries, a power of two.
fn times(entries: u64, capacity: usize) -> [f64; 5] {
    let cache = LruCache::new(room_for(capacity));
    for key in 0..entries {
        cache.put(key, key);
    }
    // Used in another order than they were inserted: the next victim may be anywhere.
    for turn in 0..entries {
        let key = turn.wrapping_mul(0x9e37_79b9_7f4a_7c15) % entries;
        assert!(
            cache.get(&key).is_some(),
            "key {key} of {entries} keys that were put into a cache for {capacity}"
        );
    }
    let (mut rng, mut other, mut mixed) = (Rng::new(seed()), Rng::new(seed()), Rng::new(seed()));
    let hit = time_of(|| assert!(cache.get(&rng.below(entries)).is_some()));
    let miss = time_of(|| assert!(cache.get(&u64::MAX).is_none()));
    let replace = time_of(|| assert!(cache.put(other.below(entries), 7).is_some()));
    if cache.capacity() as u64 > entries {
        return [hit, miss, replace, 0.0, 0.0];
    }
    let mut next = entries;
    let evict = time_of(|| {
        next += 1;
        assert!(cache.put(next, next).is_none());
    });
    let mixture = time_of(|| {
        next += 1;
        cache.put(next, next);
        for _ in 0..3 {
            // Mostly hits: keys of the newer half, which hits keep in the cache.
            drop(cache.get(&(next - mixed.below(entries / 2))));
        }
    });
    [hit, miss, replace, evict, mixture]
}

/// Between what right solutions take because of memory and depth (up to 15 times) and what a search through
/// all entries takes (hundreds of times).
const WIDE: f64 = 75.0;

fn compare(small: [f64; 5], large: [f64; 5], sizes: &str) {
    for (kind, (small, large)) in KINDS.iter().zip(small.into_iter().zip(large)) {
        let ratio = large / small;
        assert!(!(ratio > WIDE), "{kind} takes {ratio:.0} times as long {sizes}");
    }
}

#[test]
fn a_call_takes_no_longer_in_a_large_cache() {
    const SMALL: u64 = 64;
    let small = times(SMALL, SMALL as usize);
    // Step by step: a search through all entries is detected before it takes long, for filling the cache takes the square of it.
    for large in [1 << 11, 1 << 13, 1 << 14, 1 << 15, 1 << 16] {
        compare(small, times(large, large as usize), &format!("with {large} entries as with {SMALL}"));
    }
}

#[test]
fn room_that_is_not_used_costs_no_time() {
    const ENTRIES: u64 = 64;
    const CAPACITY: usize = 1 << 17;
    let small = times(ENTRIES, ENTRIES as usize);
    let large = times(ENTRIES, CAPACITY);
    compare(
        small,
        large,
        &format!("with room for {CAPACITY} entries as with room for {ENTRIES}, {ENTRIES} in use"),
    );
}

#[test]
fn what_is_used_often_is_not_remembered_often() {
    const CALLS: usize = 80_000;
    // A cache that tidies up now and then may have some left to tidy.
    const SOME: usize = 20_000;
    let cache = LruCache::new(room_for(4));
    let key = Probe::from(1);
    let value = Probe::from(1);
    let assert_some = |after: &str| {
        let clones = (key.others(), value.others());
        assert!(
            clones.0 < SOME && clones.1 < SOME,
            "{clones:?} clones of one key and its value after {CALLS} calls of {after}"
        );
    };
    drop(cache.put(key.clone(), value.clone()));
    for _ in 0..CALLS {
        drop(cache.get(&key));
    }
    assert_some("`get`");
    for _ in 0..CALLS {
        drop(cache.put(key.clone(), value.clone()));
    }
    assert_some("`put`");
    for _ in 0..CALLS {
        drop(cache.get_or_insert_with(key.clone(), || value.clone()));
    }
    assert_some("`get_or_insert_with`");
}

/// The memory that this process has in use, in KiB, where the system reports it.
fn memory_in_use() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status");
    assert!(
        status.is_ok() || !cfg!(target_os = "linux"),
        "this check has to see its own memory in /proc, and cannot"
    );
    let status = status.ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

/// What is remembered of a hit need not be its key: a number of four bytes for each would be 2.4 MB. A cache
/// that tidies up now and then needs far less than that.
#[test]
fn hits_need_no_more_memory() {
    const ENTRIES: u32 = 8;
    const HITS: u32 = 600_000;
    const SOME: u64 = 2 * 1024;
    let cache = LruCache::new(room_for(ENTRIES as usize));
    let hit_some = |hits: u32| {
        for hit in 0..hits / 2 {
            cache.get_or_insert_with(hit % ENTRIES, || hit);
            cache.get(&(hit * 7 % ENTRIES));
        }
    };
    hit_some(100_000);
    let Some(before) = memory_in_use() else { return };
    hit_some(HITS);
    let grown = memory_in_use().map_or(0, |after| after.saturating_sub(before));
    assert!(
        grown < SOME,
        "after {HITS} hits on a cache with {ENTRIES} entries, the process needs {grown} KiB more"
    );
}

/// Where values were when they were cloned.
static PLACES: Mutex<BTreeSet<usize>> = Mutex::new(BTreeSet::new());

/// A value that records where it is kept.
struct Placed(u64);

impl Clone for Placed {
    fn clone(&self) -> Self {
        PLACES.lock().unwrap().insert(ptr::from_ref(self).addr());
        Placed(self.0)
    }
}

#[test]
fn places_are_used_again() {
    const CALLS: u64 = 20_000;
    const FEW: usize = 4_000;
    let cache = LruCache::new(room_for(4));
    for key in 0..CALLS {
        cache.put(key, Placed(key));
        let found = cache.get(&key).map(|value| value.0);
        assert_eq!(found, Some(key), "the value that was just put");
    }
    let places = PLACES.lock().unwrap().len();
    assert!(
        places < FEW,
        "with room for 4 entries, the values of {CALLS} new keys were kept in {places} places"
    );
}
