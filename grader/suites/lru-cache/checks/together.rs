//! Two or three threads at once: whatever the interleaving, the history of their calls must be linearizable.

use std::iter;
use std::sync::Arc;

use crate::instruments::{finish, holding, with};
use crate::sequential::Call::{Get, IsEmpty, Keys, Len, Put};
use crate::sequential::explain;

const A: u32 = 1;
const B: u32 = 2;
const C: u32 = 3;
const D: u32 = 4;

/// `A` is the least recently used.
const TWO: &[(u32, u32)] = &[(A, 10), (B, 20)];

#[test]
fn a_hit_is_a_use_at_once() {
    explain(2, TWO, &[&[Get(A)], &[Put(C, 30)]]);
}

#[test]
fn two_new_keys_evict_two() {
    explain(2, TWO, &[&[Put(C, 30)], &[Put(D, 40)]]);
}

#[test]
fn the_last_place_is_taken_once() {
    explain(2, &[(A, 10)], &[&[Put(B, 20)], &[Put(C, 30)]]);
}

#[test]
fn two_puts_of_a_new_key_make_one_entry() {
    explain(2, &[(A, 10)], &[&[Put(B, 21)], &[Put(B, 22)]]);
}

#[test]
fn two_puts_of_a_key_replace_each_value_once() {
    explain(2, TWO, &[&[Put(A, 11)], &[Put(A, 12), Get(A)]]);
}

#[test]
fn a_replaced_key_is_used_and_not_evicted() {
    explain(2, TWO, &[&[Put(A, 11)], &[Put(C, 30), Get(A)]]);
}

#[test]
fn a_reader_sees_the_old_value_or_the_new_one() {
    explain(2, TWO, &[&[Put(A, 11)], &[Get(A), Get(A)]]);
}

#[test]
fn the_number_of_entries_is_a_snapshot() {
    explain(2, &[(A, 10)], &[&[Put(B, 20), Put(C, 30)], &[Len, Len]]);
}

#[test]
fn two_puts_count_for_two() {
    explain(3, &[(A, 10)], &[&[Put(B, 20)], &[Put(C, 30), Len]]);
}

#[test]
fn a_full_cache_is_never_empty() {
    explain(1, &[(A, 10)], &[&[Put(B, 20)], &[IsEmpty, Len]]);
}

#[test]
fn the_keys_are_a_snapshot() {
    explain(2, TWO, &[&[Put(C, 30), Get(B)], &[Keys, Keys]]);
}

/// Whoever lists them a few at a time shows several moments: the oldest key twice, or not at all.
#[test]
fn many_keys_are_a_snapshot() {
    const MANY: u32 = 66;
    let entries: Vec<_> = (0..MANY).map(|key| (key, key)).collect();
    let cache = Arc::new(holding(entries.len(), &entries));
    let getter = with("getter", &cache, |cache| cache.get(&0));
    let keys = cache.keys();
    assert_eq!(finish(getter), Some(0), "the value of the oldest key");
    let before: Vec<u32> = (0..MANY).rev().collect();
    let after: Vec<u32> = iter::once(0).chain((1..MANY).rev()).collect();
    assert!(keys == before || keys == after, "`keys`, while another thread uses the oldest one: {keys:?}");
}

#[test]
fn what_one_call_showed_the_next_one_does_not_take_back() {
    explain(2, &[(A, 10)], &[&[Put(B, 20)], &[Get(B), Len, Keys, Get(B)]]);
}

#[test]
fn three_threads_hit_and_evict() {
    explain(2, TWO, &[&[Get(A)], &[Get(B)], &[Put(C, 30)]]);
}

#[test]
fn a_hit_meets_two_evictions() {
    explain(2, TWO, &[&[Put(C, 30)], &[Put(D, 40)], &[Get(A)]]);
}

#[test]
fn a_hit_meets_an_eviction_and_a_new_value() {
    explain(2, TWO, &[&[Get(A)], &[Put(C, 30), Put(A, 11)]]);
}

#[test]
fn a_hit_is_listed_where_it_belongs() {
    explain(3, &[(A, 10), (C, 30), (B, 20)], &[&[Get(A)], &[Get(B), Keys]]);
}

#[test]
fn two_hits_of_one_key_meet_a_hit_of_the_other() {
    explain(2, TWO, &[&[Get(A)], &[Get(B), Get(A)]]);
}

#[test]
fn two_threads_evict_what_the_other_one_asks_for() {
    explain(2, TWO, &[&[Put(C, 30), Get(B)], &[Put(D, 40), Get(C)]]);
}

#[test]
fn two_threads_use_the_same_keys_in_other_orders() {
    explain(2, TWO, &[&[Get(A), Put(B, 21)], &[Get(B), Put(A, 11)]]);
}

#[test]
fn an_evicted_key_comes_back() {
    explain(1, &[(A, 10)], &[&[Put(B, 20), Put(A, 11)], &[Get(A), Get(A)]]);
}
