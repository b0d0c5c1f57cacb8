//! A transaction of the repository is one step for all other threads.

use std::sync::Arc;
use std::thread;

use reentrant_lock::CachedRepository;

use crate::instruments::{finish, with};

type Repository = CachedRepository<u32>;

fn repository(entries: &[(&str, u32)]) -> Arc<Repository> {
    let repository = Arc::new(Repository::new());
    for (key, value) in entries {
        Repository::set(&repository, key, *value);
    }
    repository
}

fn add(repository: &Repository, key: &str, amount: u32) -> u32 {
    Repository::update(repository, key, |found| found.unwrap_or(0) + amount)
}

#[test]
fn two_updates_lose_nothing() {
    let repository = repository(&[("a", 5)]);
    let other = with("updater", &repository, |repository| add(repository, "a", 1));
    let mut stored = [add(&repository, "a", 10), finish(other)];
    stored.sort_unstable();
    assert!([[6, 16], [15, 16]].contains(&stored), "two updates of 5 by 1 and by 10 returned {stored:?}");
    assert_eq!(Repository::get(&repository, "a"), Some(16), "the value after two updates");
}

#[test]
fn an_update_and_a_set_take_effect_one_after_the_other() {
    let repository = repository(&[("a", 5)]);
    let other = with("setter", &repository, |repository| Repository::set(repository, "a", 100));
    let stored = add(&repository, "a", 1);
    finish(other);
    let found = Repository::get(&repository, "a");
    let proper = [(6, Some(100)), (101, Some(101))].contains(&(stored, found));
    assert!(
        proper,
        "an update of 5 by 1 returned {stored}, beside a `set` of 100, and then there was {found:?}"
    );
}

#[test]
fn two_that_miss_one_key_agree() {
    let repository = repository(&[]);
    let one = with("asker", &repository, |repository| {
        // The lock is busy for a moment, and free again before the transaction.
        Repository::get(repository, "b");
        Repository::get_or_set(repository, "a", 1)
    });
    let other = with("asker", &repository, |repository| Repository::get_or_set(repository, "a", 2));
    let [one, other] = [one, other].map(finish);
    assert_eq!(
        (one, Repository::get(&repository, "a")),
        (other, Some(other)),
        "what two threads got, and the value"
    );
}

#[test]
fn a_default_overwrites_no_set() {
    let repository = repository(&[]);
    let other = with("setter", &repository, |repository| Repository::set(repository, "a", 1));
    let mine = Repository::get_or_set(&repository, "a", 2);
    finish(other);
    let found = Repository::get(&repository, "a");
    assert_eq!(found, Some(1), "the value after a `set`, and a `get_or_set` that returned {mine}");
}

#[test]
fn a_default_overwrites_no_update() {
    let repository = repository(&[]);
    let other = with("updater", &repository, |repository| add(repository, "a", 1));
    let mine = Repository::get_or_set(&repository, "a", 10);
    let theirs = finish(other);
    let found = Repository::get(&repository, "a").expect("it was set");
    let proper = [(1, 1, 1), (10, 11, 11)].contains(&(mine, theirs, found));
    assert!(
        proper,
        "`get_or_set` with 10 returned {mine}, an update by 1 {theirs}, and then there was {found}"
    );
}

/// One of the ways to read a value.
type Read = fn(&Repository, &str) -> u32;

/// What is found where nothing should be missing.
const NOTHING: u32 = 99;

fn get(repository: &Repository, key: &str) -> u32 {
    Repository::get(repository, key).unwrap_or(NOTHING)
}

/// Two values that belong together, and a reader that asks for one after the other.
fn nothing_is_seen_before_the_end(reads: [(Read, &'static str); 2], transaction: fn(&Repository)) {
    let repository = repository(&[("a", 0), ("b", 0)]);
    let other = with("updater", &repository, transaction);
    let [one, two] = reads.map(|(read, key)| read(&repository, key));
    finish(other);
    let [(_, first), (_, second)] = reads;
    assert!([0, 1].contains(&one), "{first:?} was 0, then 1, and a reader saw {one}");
    assert!([0, 1].contains(&two), "{second:?} was 0, then 1, and a reader saw {two}");
    assert!(one <= two, "a reader saw {first:?} after the transaction, and then {second:?} before it");
    let found = ["a", "b"].map(|key| Repository::get(&repository, key));
    assert_eq!(found, [Some(1); 2], "the values at the end");
}

fn set_in_change(repository: &Repository) {
    Repository::update(repository, "a", |_| {
        Repository::set(repository, "b", 1);
        thread::yield_now();
        1
    });
}

fn set_twice_in_change(repository: &Repository) {
    Repository::update(repository, "a", |_| {
        Repository::set(repository, "a", 77);
        Repository::set(repository, "b", 77);
        Repository::set(repository, "b", 1);
        Repository::get_or_set(repository, "b", 77)
    });
}

fn nested(repository: &Repository) {
    Repository::update(repository, "b", |_| {
        Repository::update(repository, "a", |_| {
            Repository::update(repository, "b", |_| 66);
            1
        })
    });
}

#[test]
fn what_change_sets_is_seen_at_the_end() {
    nothing_is_seen_before_the_end([(get, "b"), (get, "a")], set_in_change);
}

#[test]
fn what_change_sets_and_sets_again_is_seen_at_the_end() {
    nothing_is_seen_before_the_end([(get, "b"), (get, "a")], set_twice_in_change);
}

#[test]
fn what_nested_updates_store_is_seen_at_the_end() {
    nothing_is_seen_before_the_end([(get, "a"), (get, "b")], nested);
}

/// Whoever reads does not get in before the end, whichever way it reads.
#[test]
fn all_that_begin_meanwhile_see_what_is_there_at_the_end() {
    let get_or_set: Read = |repository, key| Repository::get_or_set(repository, key, 88);
    let update: Read = |repository, key| Repository::update(repository, key, |value| value.unwrap_or(88));
    nothing_is_seen_before_the_end([(get_or_set, "b"), (update, "a")], set_in_change);
}

/// Each sets its own key to what follows the other's value: one of them is first, and the other one sees that.
#[test]
fn transactions_that_read_what_the_other_one_writes_are_in_order() {
    let repository = repository(&[("a", 0), ("b", 0)]);
    let follow = |repository: &Repository, key: &str, other: &str| {
        Repository::update(repository, key, |_| get(repository, other) + 1)
    };
    let other = with("updater", &repository, move |repository| follow(repository, "b", "a"));
    let a = follow(&repository, "a", "b");
    let b = finish(other);
    assert!([(1, 2), (2, 1)].contains(&(a, b)), "\"a\" became b + 1, {a}, and \"b\" became a + 1, {b}");
    let found = ["a", "b"].map(|key| get(&repository, key));
    assert_eq!(found, [a, b], "the values at the end");
}

/// Nobody sets what a transaction has read before that transaction has ended.
#[test]
fn a_transaction_reads_the_same_twice() {
    let repository = repository(&[("b", 5)]);
    let other = with("setter", &repository, |repository| {
        Repository::set(repository, "b", 6);
        Repository::set(repository, "c", 7);
    });
    let mut seen = Vec::new();
    Repository::update(&repository, "a", |_| {
        seen = ["b", "c", "b", "c"].map(|key| Repository::get(&repository, key)).to_vec();
        1
    });
    finish(other);
    assert_eq!(&seen[..2], &seen[2..], "what one transaction read, and then read again");
    assert!([Some(5), Some(6)].contains(&seen[0]), "a value was 5, then 6, and a transaction read {seen:?}");
}

/// While one sets a new key in its transaction, another one asks for it with a default of its own.
#[test]
fn a_default_is_not_stored_in_the_middle_of_a_transaction() {
    let repository = repository(&[]);
    let other = with("asker", &repository, |repository| Repository::get_or_set(repository, "b", 1));
    let seen = Repository::update(&repository, "a", |_| {
        let found = Repository::get(&repository, "b");
        let stored = Repository::get_or_set(&repository, "b", 2);
        assert_eq!(stored, found.unwrap_or(2), "what a transaction found, and then stored");
        stored
    });
    assert_eq!(finish(other), seen, "what two threads got for a key, one in a transaction");
}

/// Amounts move between two keys, each in one transaction made of two updates.
fn transfer(repository: &Repository, from: &str, to: &str, amount: u32) {
    Repository::update(repository, from, |balance| {
        add(repository, to, amount);
        balance.unwrap_or(0) - amount
    });
}

#[test]
fn transactions_in_both_directions_do_not_deadlock() {
    let repository = repository(&[("a", 10), ("b", 10)]);
    let other = with("updater", &repository, |repository| transfer(repository, "b", "a", 3));
    transfer(&repository, "a", "b", 5);
    finish(other);
    let found = ["a", "b"].map(|key| Repository::get(&repository, key));
    assert_eq!(found, [Some(8), Some(12)], "the balances after both transfers");
}

/// Inside its own transaction a thread sees no change of another one's.
#[test]
fn a_transaction_reads_one_state() {
    let repository = repository(&[("a", 10), ("b", 10)]);
    let other = with("updater", &repository, |repository| transfer(repository, "a", "b", 5));
    let sum = Repository::update(&repository, "sum", |_| {
        ["a", "b"].map(|key| get(&repository, key)).into_iter().sum()
    });
    finish(other);
    assert_eq!(sum, 20, "the sum of two balances in one transaction, beside a transfer");
}

#[test]
fn a_reader_sees_no_value_go_back() {
    let repository = repository(&[("a", 0)]);
    let other = with("updater", &repository, |repository| add(repository, "a", 1));
    let seen = [(); 2].map(|()| get(&repository, "a"));
    assert!([[0, 0], [0, 1], [1, 1]].contains(&seen), "a value was 0, then 1, and a reader saw {seen:?}");
    assert_eq!(finish(other), 1, "what an update returned");
}
