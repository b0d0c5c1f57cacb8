//! One thread: what each call does.

use std::cell::Cell;
use std::fmt::Debug;
use std::hash::{Hash, Hasher};
use std::panic::{self, AssertUnwindSafe};
use std::rc::Rc;

use harness::linearizability::Sequential;
use harness::stress::{Rng, seed};
use lru_cache::LruCache;

use crate::instruments::{holding, room_for};
use crate::sequential::{Answer, Call, Model, perform};

#[test]
fn a_value_is_found_until_it_is_replaced() {
    let cache = holding(3, &[(1, 10), (2, 20)]);
    assert_eq!(
        (cache.get(&1), cache.get(&2), cache.get(&3)),
        (Some(10), Some(20), None),
        "the values of 1, 2 and 3"
    );
    assert_eq!(cache.put(1, 11), Some(10), "what `put(1, 11)` replaced");
    assert_eq!(cache.put(1, 12), Some(11), "what `put(1, 12)` replaced");
    assert_eq!((cache.get(&1), cache.get(&2)), (Some(12), Some(20)), "the values of 1 and 2");
    assert_eq!(cache.len(), 2, "the number of entries");
}

#[test]
fn the_least_recently_used_key_is_evicted() {
    let cache = holding(3, &[(1, 10), (2, 20), (3, 30)]);
    assert_eq!(cache.put(4, 40), None, "`put` of a new key replaces no value, even if it evicts one");
    assert_eq!(cache.get(&1), None, "1 was used least recently");
    assert_eq!(cache.keys(), [4, 3, 2]);
    assert_eq!(cache.put(1, 11), None, "1 is a new key again");
    assert_eq!(cache.keys(), [1, 4, 3]);
    assert_eq!((cache.get(&2), cache.get(&1)), (None, Some(11)), "the values of 2 and 1");
}

#[test]
fn a_hit_is_a_use_and_a_miss_is_none() {
    let cache = holding(3, &[(1, 10), (2, 20), (3, 30)]);
    assert_eq!(cache.get(&1), Some(10));
    assert_eq!(cache.keys(), [1, 3, 2], "after a hit of the last one");
    assert_eq!(cache.get(&3), Some(30));
    assert_eq!(cache.keys(), [3, 1, 2], "after a hit of the middle one");
    assert_eq!(cache.get(&3), Some(30));
    assert_eq!(cache.keys(), [3, 1, 2], "after a hit of the first one");
    assert_eq!(cache.get(&9), None);
    assert_eq!((cache.keys(), cache.len()), (vec![3, 1, 2], 3), "after a miss");
    cache.put(4, 40);
    assert_eq!(cache.keys(), [4, 3, 1], "2 was used least recently");
}

#[test]
fn a_replaced_key_is_used_and_evicts_nothing() {
    let cache = holding(3, &[(1, 10), (2, 20), (3, 30)]);
    assert_eq!(cache.put(1, 11), Some(10));
    assert_eq!((cache.keys(), cache.len()), (vec![1, 3, 2], 3), "after `put` of a key that was there");
    cache.put(4, 40);
    assert_eq!(cache.keys(), [4, 1, 3], "2 was used least recently");
}

/// Asks for 4 when it is dropped.
struct Makes<'a>(&'a LruCache<u32, u32>);

impl Drop for Makes<'_> {
    fn drop(&mut self) {
        self.0.get_or_insert_with(4, || 40);
    }
}

#[test]
fn a_value_is_made_only_when_there_is_none() {
    let cache = holding(2, &[(1, 10), (2, 20)]);
    let made = Cell::new(0);
    let make = |value| {
        made.set(made.get() + 1);
        value
    };
    assert_eq!(cache.get_or_insert_with(1, || make(11)), 10, "1 has a value");
    assert_eq!((cache.keys(), made.get()), (vec![1, 2], 0), "keys, and values made, after a hit");
    assert_eq!(cache.get_or_insert_with(3, || make(30)), 30, "3 has none");
    assert_eq!((cache.keys(), made.get()), (vec![3, 1], 1), "keys, and values made, after a miss");
    assert_eq!((cache.get(&3), cache.get(&2)), (Some(30), None), "the values of 3 and 2");
    assert_eq!(cache.get_or_insert_with(3, || make(31)), 30, "3 has a value now");
    assert_eq!(cache.put(3, 32), Some(30), "what `put(3, 32)` replaced");
    assert_eq!(cache.get_or_insert_with(2, || make(21)), 21, "2 was evicted");
    assert_eq!((cache.keys(), cache.len(), made.get()), (vec![2, 3], 2, 2), "keys, entries, and values made");
    // A `make` that returns has not panicked, though its thread unwinds.
    let unwinding = panic::catch_unwind(AssertUnwindSafe(|| {
        let _makes = Makes(&cache);
        panic::resume_unwind(Box::new("of the check"));
    }));
    assert!(unwinding.is_err(), "a panic of the check was swallowed");
    assert_eq!(cache.get(&4), Some(40), "the value of 4, which was made by a thread that unwinds");
}

#[test]
fn looking_at_the_keys_is_no_use_of_them() {
    let cache = holding(3, &[(1, 10), (2, 20), (3, 30)]);
    for _ in 0..3 {
        assert_eq!(cache.keys(), [3, 2, 1], "the most recently used one first");
        assert_eq!((cache.len(), cache.is_empty(), cache.capacity()), (3, false, 3));
    }
    cache.put(4, 40);
    assert_eq!(cache.keys(), [4, 3, 2]);
}

#[test]
fn it_knows_its_size() {
    for capacity in [1, 2, 5, 100] {
        let cache = LruCache::new(room_for(capacity));
        assert_eq!((cache.len(), cache.is_empty(), cache.capacity()), (0, true, capacity), "a new cache");
        assert_eq!((cache.get(&0), cache.keys()), (None, vec![]), "what is in a new cache");
        for key in 0..2 * capacity {
            assert_eq!(cache.put(key, key), None, "`put` of a new key");
            assert_eq!(cache.len(), capacity.min(key + 1), "entries of {capacity} after {} keys", key + 1);
            assert_eq!((cache.is_empty(), cache.capacity()), (false, capacity));
        }
    }
}

#[test]
fn a_capacity_of_one_holds_one() {
    let cache = holding(1, &[(1, 10)]);
    assert_eq!(cache.get(&1), Some(10));
    assert_eq!(cache.put(1, 11), Some(10), "what `put` replaced");
    assert_eq!(cache.put(2, 20), None, "`put` of a new key");
    assert_eq!((cache.get(&1), cache.get(&2), cache.keys()), (None, Some(20), vec![2]));
    assert_eq!(cache.get_or_insert_with(3, || 30), 30);
    assert_eq!((cache.get(&2), cache.get(&3), cache.keys()), (None, Some(30), vec![3]));
    assert_eq!(cache.len(), 1);
}

#[test]
fn caches_have_nothing_to_do_with_each_other() {
    let (small, large) = (holding(1, &[(1, 10)]), holding(3, &[(1, 100), (2, 200)]));
    assert_eq!((small.get(&1), large.get(&1)), (Some(10), Some(100)));
    // The value for one cache comes from another one, which misses as well.
    let value = small.get_or_insert_with(3, || large.get_or_insert_with(3, || 300) + 1);
    assert_eq!((value, small.keys(), large.keys()), (301, vec![3], vec![3, 1, 2]));
    drop(small);
    assert_eq!(large.get(&3), Some(300));
}

/// A number; all of them have the same hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Colliding(pub u32);

impl Hash for Colliding {
    fn hash<H: Hasher>(&self, state: &mut H) {
        0.hash(state);
    }
}

/// Random calls, one after the other, on the cache and on the model.
fn follows_the_model<K: Clone + Eq + Hash + Debug>(
    rng: &mut Rng,
    capacity: usize,
    calls: usize,
    key: fn(u32) -> K,
) {
    let cache = LruCache::new(room_for(capacity));
    let mut model = Model::new(capacity);
    let keys = 2 * capacity as u64 + 1;
    let mut recent: Vec<Call<K>> = Vec::new();
    for value in 0..calls as u32 {
        let key = key(rng.below(keys) as u32);
        let call = match rng.below(100) {
            0..35 => Call::Get(key),
            35..70 => Call::Put(key, value),
            70..97 => Call::GetOrMake(key, value),
            97 => Call::Keys,
            98 => Call::Len,
            _ => Call::IsEmpty,
        };
        if recent.len() == 8 {
            recent.remove(0);
        }
        recent.push(call.clone());
        let (expected, answer) = (model.apply(&call), perform(&cache, &call));
        assert_eq!(
            answer, expected,
            "the answer to the last of these calls, capacity {capacity}: {recent:?}"
        );
        let (order, len) = (Answer::Keys(cache.keys()), cache.len());
        assert_eq!(
            order,
            model.apply(&Call::Keys),
            "the keys after these calls, capacity {capacity}: {recent:?}"
        );
        assert_eq!(Answer::Len(len), model.apply(&Call::Len), "the number of entries, capacity {capacity}");
    }
}

#[test]
fn long_random_sequences_follow_the_model() {
    let mut rng = Rng::new(seed());
    for (capacity, calls) in [(1, 1_000), (2, 2_000), (3, 4_000), (7, 6_000), (40, 10_000), (300, 2_000)] {
        follows_the_model(&mut rng, capacity, calls, |number| number);
    }
    follows_the_model(&mut rng, 5, 2_000, |number| format!("key {number}"));
}

/// Random hits, and nothing else for a long time: all of them count, the first and the last.
#[test]
fn a_long_run_of_hits_is_a_use_of_each() {
    let mut rng = Rng::new(seed());
    for (capacity, hits) in [(2, 100), (40, 300), (300, 1_000), (300, 10_000)] {
        let cache = LruCache::new(room_for(capacity));
        let mut order: Vec<u32> = (0..capacity as u32).collect();
        for &key in &order {
            assert_eq!(cache.put(key, key), None, "`put` of a new key");
        }
        for _ in 0..hits {
            let place = rng.below(capacity as u64) as usize;
            let key = order.remove(place);
            order.push(key);
            assert_eq!(cache.get(&key), Some(key), "`get` of a key that is there");
        }
        order.reverse();
        assert!(cache.keys() == order, "the order of {capacity} keys after {hits} hits without another call");
    }
}

#[test]
fn keys_with_the_same_hash_are_different_keys() {
    let mut rng = Rng::new(seed());
    for (capacity, calls) in [(1, 500), (2, 1_000), (6, 4_000)] {
        follows_the_model(&mut rng, capacity, calls, Colliding);
    }
}

/// Equal whatever the case.
#[derive(Debug, Clone)]
struct Name(&'static str);

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(other.0)
    }
}

impl Eq for Name {}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.to_ascii_lowercase().hash(state);
    }
}

#[test]
fn keys_are_compared_by_their_own_equality() {
    let cache = LruCache::new(room_for(2));
    assert_eq!(cache.put(Name("ada"), 1), None);
    assert_eq!(cache.put(Name("grace"), 2), None);
    assert_eq!(cache.put(Name("ADA"), 3), Some(1), "what an equal key replaced");
    assert_eq!((cache.get(&Name("Ada")), cache.len()), (Some(3), 2));
    assert_eq!(cache.get_or_insert_with(Name("GRACE"), || 4), 2);
    assert_eq!(cache.put(Name("barbara"), 5), None);
    assert_eq!(cache.keys(), [Name("barbara"), Name("grace")]);
    assert_eq!(cache.get(&Name("ada")), None, "it was evicted");
}

#[test]
fn keys_and_values_need_not_leave_their_thread() {
    let text = String::from("borrowed");
    let cache: LruCache<Rc<str>, &str> = LruCache::new(room_for(1));
    assert_eq!(cache.put(Rc::from("key"), &text), None);
    assert_eq!(cache.get(&Rc::from("key")), Some("borrowed"));
}
