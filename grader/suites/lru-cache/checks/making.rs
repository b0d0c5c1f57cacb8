//! `get_or_insert_with`: no check-then-act, whatever the interleaving.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use harness::model::choose;
use lru_cache::LruCache;

use crate::instruments::{finish, with};
use crate::sequential::Call::{Get, GetOrMake, IsEmpty, Keys, Len, Put};
use crate::sequential::explain;

const A: u32 = 1;
const B: u32 = 2;
const C: u32 = 3;
const D: u32 = 4;

/// `A` is the least recently used.
const TWO: &[(u32, u32)] = &[(A, 10), (B, 20)];

/// A cache and how often a value was made for it.
struct Counted {
    cache: LruCache<u32, usize>,
    made: AtomicUsize,
}

impl Counted {
    fn new(capacity: usize) -> Arc<Self> {
        let capacity = NonZeroUsize::new(capacity).expect("a cache has room for something");
        Arc::new(Self { cache: LruCache::new(capacity), made: AtomicUsize::new(0) })
    }

    /// The first value made is 1, the second one 2.
    fn ask(&self, key: u32) -> usize {
        self.cache.get_or_insert_with(key, || self.made.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn made(&self) -> usize {
        self.made.load(Ordering::Relaxed)
    }
}

#[test]
fn two_that_miss_together_make_one_value() {
    let shared = Counted::new(2);
    let other = with("asker", &shared, |shared| shared.ask(A));
    let values = [shared.ask(A), finish(other)];
    assert_eq!(
        (values, shared.made()),
        ([1, 1], 1),
        "what two threads that asked for one key got, and how many values were made"
    );
    assert_eq!(shared.cache.get(&A), Some(1), "the value in the cache");
    assert_eq!(shared.cache.len(), 1, "the number of entries");
}

#[test]
fn three_that_miss_together_make_one_value() {
    let shared = Counted::new(2);
    let others = [(); 2].map(|()| with("asker", &shared, |shared| shared.ask(A)));
    let mine = shared.ask(A);
    let theirs = others.map(finish);
    assert_eq!((mine, theirs), (1, [1, 1]), "what three threads that asked for one key got");
    assert_eq!(shared.made(), 1, "how often it was made");
    assert_eq!(shared.cache.get(&A), Some(1), "the value in the cache");
}

#[test]
fn those_that_miss_two_keys_get_one_value_each() {
    let shared = Counted::new(2);
    let others = [A, B, B].map(|key| with("asker", &shared, move |shared| shared.ask(key)));
    let mine = shared.ask(A);
    let [a, b, also_b] = others.map(finish);
    assert_eq!((mine, b), (a, also_b), "what two pairs of threads that asked for two keys got");
    assert_eq!(shared.made(), 2, "how many values were made for two keys");
}

/// Asks the first of two caches, which makes its value by asking the second one.
fn ask_through(caches: &[Arc<Counted>; 2]) -> usize {
    caches[0].cache.get_or_insert_with(A, || {
        caches[0].made.fetch_add(1, Ordering::Relaxed);
        caches[1].ask(A)
    })
}

/// Neither who makes a value nor who waits for one is known to another cache, or to the thread.
#[test]
fn two_caches_make_their_values_independently() {
    let caches = Arc::new([(); 2].map(|()| Counted::new(1)));
    let other: fn(&[Arc<Counted>; 2]) -> usize = match choose(3) {
        0 => |caches| caches[1].ask(A),
        1 => ask_through,
        _ => return one_cache_waits_and_the_other_one_does_not(&caches),
    };
    let other = with("asker", &caches, other);
    let values = [ask_through(&caches), finish(other)];
    let made = || [0, 1].map(|which| caches[which].made());
    assert_eq!(
        (values, made()),
        ([1; 2], [1; 2]),
        "what two threads got, and how many values each cache has made"
    );
    caches[0].cache.put(B, 20);
    assert_eq!(
        (ask_through(&caches), made()),
        (1, [2, 1]),
        "a value that was evicted, and how many were made"
    );
}

/// While the first cache makes a value, another thread waits for it, and two ask the second cache.
fn one_cache_waits_and_the_other_one_does_not(caches: &Arc<[Arc<Counted>; 2]>) {
    let mut waiter = None;
    let mine = caches[0].cache.get_or_insert_with(A, || {
        waiter = Some(with("waiter", caches, |caches| caches[0].ask(A)));
        let others = [(); 2].map(|()| with("asker", caches, |caches| caches[1].ask(A)));
        assert_eq!(others.map(finish), [1; 2], "what two threads got that asked the second cache");
        10
    });
    let theirs = finish(waiter.expect("a value of a new key is made"));
    assert_eq!((mine, theirs), (10, 10), "what two threads got that asked the first cache");
}

#[test]
fn a_put_during_it_is_never_overwritten() {
    explain(2, &[(B, 20)], &[&[GetOrMake(A, 11)], &[Put(A, 12), Get(A)]]);
}

#[test]
fn a_put_and_two_that_miss_agree() {
    explain(2, &[], &[&[GetOrMake(A, 11)], &[GetOrMake(A, 12)], &[Put(A, 13)]]);
}

/// Two threads may wait until the value is there, and both go on.
#[test]
fn two_that_put_or_look_during_it_go_on() {
    match choose(2) {
        0 => explain(2, &[], &[&[Put(A, 12)], &[Put(A, 13)], &[GetOrMake(A, 11)]]),
        _ => explain(2, &[], &[&[Get(A)], &[Get(A)], &[GetOrMake(A, 11)]]),
    }
}

#[test]
fn a_reader_during_it_sees_a_whole_entry_or_none() {
    explain(2, TWO, &[&[GetOrMake(C, 30)], &[Get(C), Keys, Len]]);
}

#[test]
fn keys_during_it_are_keys_with_values() {
    explain(2, &[(A, 10)], &[&[GetOrMake(B, 20)], &[Keys, Get(B)]]);
}

#[test]
fn it_is_not_empty_before_it_has_an_entry() {
    explain(1, &[], &[&[GetOrMake(A, 10)], &[IsEmpty, Get(A)]]);
}

#[test]
fn a_hit_of_it_is_a_use_at_once() {
    explain(2, TWO, &[&[GetOrMake(A, 11)], &[Put(C, 30), Put(A, 12)]]);
}

#[test]
fn two_that_make_different_keys_evict_two() {
    explain(2, TWO, &[&[GetOrMake(C, 30)], &[GetOrMake(D, 40), Len]]);
}

#[test]
fn the_last_place_is_taken_once() {
    explain(1, &[], &[&[GetOrMake(A, 10)], &[GetOrMake(B, 20), Len]]);
}

#[test]
fn it_meets_a_put_that_evicts() {
    explain(1, &[(A, 10)], &[&[GetOrMake(A, 11)], &[Put(B, 20), Len]]);
}

#[test]
fn it_meets_a_hit_of_what_it_evicts() {
    explain(2, TWO, &[&[GetOrMake(C, 30)], &[Get(A), Keys]]);
}

#[test]
fn waiting_for_a_value_that_is_evicted_again_ends() {
    explain(1, &[], &[&[GetOrMake(A, 11)], &[GetOrMake(A, 12)], &[Put(B, 20)]]);
}

#[test]
fn what_was_evicted_does_not_come_back() {
    explain(1, &[], &[&[GetOrMake(A, 11)], &[GetOrMake(A, 12)], &[Get(A), Put(B, 20)]]);
}

#[test]
fn it_meets_a_put_and_an_eviction_of_the_same_key() {
    match choose(2) {
        0 => explain(1, &[], &[&[GetOrMake(A, 11), Get(A)], &[Put(A, 12), Put(B, 20), Get(A)]]),
        _ => explain(
            1,
            &[],
            &[&[GetOrMake(A, 11)], &[Put(A, 12), Put(B, 20), GetOrMake(A, 13)], &[GetOrMake(A, 14)]],
        ),
    }
}

#[test]
fn what_was_waited_for_is_not_used_again() {
    explain(2, &[], &[&[GetOrMake(A, 11)], &[GetOrMake(A, 12)], &[Put(A, 13), Put(B, 20)]]);
}
