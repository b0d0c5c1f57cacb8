//! A `change` that panics: the panic reaches the caller, and the repository stays usable. What it has set before
//! stays, or is rolled back.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;

use reentrant_lock::CachedRepository;

use crate::instruments::{finish, with};

type Repository = CachedRepository<u32>;

/// A payload that nobody else makes.
struct OfTheCheck;

/// Makes `update` of "a" panic, after `before` has run inside of it.
fn panics(repository: &Repository, before: impl FnOnce()) {
    before_it_panics(repository, |_: &mut Option<()>| before());
}

/// Makes `update` of "a" panic with a local variable that is dropped while it unwinds.
fn panics_with<T>(repository: &Repository, local: T) {
    before_it_panics(repository, |slot| *slot = Some(local));
}

fn before_it_panics<T>(repository: &Repository, before: impl FnOnce(&mut Option<T>)) {
    let update = || {
        Repository::update(repository, "a", |_| {
            let mut local = None;
            before(&mut local);
            panic::resume_unwind(Box::new(OfTheCheck));
        })
    };
    let caught = panic::catch_unwind(AssertUnwindSafe(update));
    assert!(caught.is_err(), "the panic of `change` was swallowed");
}

/// Calls everything, and leaves "a" and "b" as they were.
fn is_usable(repository: &Repository) {
    let found = ["a", "b"].map(|key| Repository::get(repository, key));
    assert_eq!(Repository::update(repository, "a", |_| 70), 70, "`update` after a panic");
    Repository::set(repository, "b", 80);
    assert_eq!(Repository::get_or_set(repository, "b", 81), 80, "`get_or_set` after a panic");
    let stored = Repository::update(repository, "c", |_| Repository::get(repository, "a").unwrap_or(0) + 1);
    assert_eq!(stored, 71, "`update` that reads, after a panic");
    for (key, value) in ["a", "b"].into_iter().zip(found) {
        Repository::set(repository, key, value.unwrap_or(0));
    }
}

#[test]
fn its_panic_reaches_the_caller_and_the_repository_is_usable() {
    let repository = Arc::new(Repository::new());
    for times in 0..3 {
        panics(&repository, || ());
        if times == 0 {
            assert_eq!(
                Repository::get(&repository, "a"),
                None,
                "the value of a new key whose `change` panicked"
            );
        }
        is_usable(&repository);
        // From another thread: a lock that is still held would block it.
        finish(with("other", &repository, is_usable));
    }
    let repository = Repository::new();
    panics(&repository, || ());
    let stored = Repository::get_or_set(&repository, "a", 5);
    let found = Repository::get(&repository, "a");
    assert_eq!(
        (stored, found),
        (5, Some(5)),
        "`get_or_set` of a new key whose `change` panicked, and its value"
    );
}

#[test]
fn the_value_is_still_there() {
    let repository = Arc::new(Repository::new());
    Repository::set(&repository, "a", 5);
    panics(&repository, || ());
    let found = |when: &str, value: u32| {
        assert_eq!(
            Repository::get(&repository, "a"),
            Some(value),
            "the value of a key whose `change` panicked {when}"
        );
    };
    found("once", 5);
    // A transaction that was completed before, too.
    Repository::update(&repository, "a", |_| {
        Repository::set(&repository, "b", 7);
        6
    });
    panics(&repository, || ());
    found("twice", 6);
    assert_eq!(Repository::get(&repository, "b"), Some(7), "a value of an earlier transaction");
    finish(with("other", &repository, |repository| {
        assert_eq!(Repository::get(repository, "a"), Some(6), "the value of a key whose `change` panicked");
    }));
}

#[test]
fn what_it_has_set_stays_or_is_rolled_back() {
    let repository = Arc::new(Repository::new());
    Repository::set(&repository, "a", 5);
    Repository::set(&repository, "b", 6);
    panics(&repository, || {
        Repository::set(&repository, "a", 49);
        Repository::set(&repository, "a", 50);
        Repository::update(&repository, "b", |_| 60);
    });
    let found = ["a", "b"].map(|key| Repository::get(&repository, key));
    Repository::set(&repository, "z", 1);
    let later = ["a", "b"].map(|key| Repository::get(&repository, key));
    assert_eq!(found, later, "the values after a panic, and then after a `set` of another key");
    for ((key, before, set), found) in [("a", 5, 50), ("b", 6, 60)].into_iter().zip(found) {
        let proper = [Some(before), Some(set)].contains(&found);
        assert!(proper, "a change set {set} over {before}, and panicked: then there was {found:?}");
    }
    is_usable(&repository);
    finish(with("other", &repository, is_usable));
}

#[test]
fn a_panic_of_an_inner_update_ends_both() {
    let repository = Arc::new(Repository::new());
    let outer = || {
        Repository::update(&repository, "b", |_| Repository::update(&repository, "a", |_| panic!("check")))
    };
    assert!(panic::catch_unwind(AssertUnwindSafe(outer)).is_err(), "the panic of `change` was swallowed");
    is_usable(&repository);
    finish(with("other", &repository, is_usable));
}

/// The inner panic is caught in the outer `change`: the transaction goes on, and nobody else gets in.
#[test]
fn a_panic_that_is_caught_inside_ends_no_transaction() {
    let repository = Arc::new(Repository::new());
    Repository::set(&repository, "a", 1);
    let other = Repository::update(&repository, "b", |_| {
        panics(&repository, || ());
        2
    });
    assert_eq!((other, Repository::get(&repository, "b")), (2, Some(2)), "the value of the outer `update`");
    assert_eq!(Repository::get(&repository, "a"), Some(1), "the value of a key whose `change` panicked");
    finish(with("other", &repository, is_usable));
}

/// What the outer `change` had set, and the inner one had not, is not for the inner one to take back.
#[test]
fn a_panic_that_is_caught_inside_takes_nothing_from_the_outer_update() {
    let repository = Arc::new(Repository::new());
    Repository::set(&repository, "c", 1);
    Repository::update(&repository, "b", |_| {
        Repository::set(&repository, "c", 2);
        Repository::update(&repository, "d", |_| 3);
        panics(&repository, || ());
        let found = ["c", "d"].map(|key| Repository::get(&repository, key));
        assert_eq!(
            found,
            [Some(2), Some(3)],
            "what the outer `change` had stored before an inner one panicked"
        );
        Repository::set(&repository, "e", 4);
        5
    });
    let found = ["b", "c", "d", "e"].map(|key| Repository::get(&repository, key));
    assert_eq!(found, [Some(5), Some(2), Some(3), Some(4)], "the values after the outer `update`");
    finish(with("other", &repository, is_usable));
}

/// Updates "c" when it is dropped, and keeps what that returned: a panic would end the process, which unwinds already.
struct OnDrop<'a>(&'a Repository, &'a Cell<Option<u32>>);

impl Drop for OnDrop<'_> {
    fn drop(&mut self) {
        let update = || {
            Repository::update(self.0, "c", |found| {
                Repository::set(self.0, "d", 8);
                found.unwrap_or(0) + 7
            })
        };
        self.1.set(panic::catch_unwind(AssertUnwindSafe(update)).ok());
    }
}

/// An `update` that does not panic itself stores its value, although its thread unwinds meanwhile.
#[test]
fn an_update_while_a_panic_unwinds_is_one_like_any_other() {
    let repository = Arc::new(Repository::new());
    let stored = Cell::new(None);
    let unwound = panic::catch_unwind(AssertUnwindSafe(|| {
        let _updates = OnDrop(&repository, &stored);
        panic::resume_unwind(Box::new(OfTheCheck));
    }));
    assert!(unwound.is_err());
    assert_eq!(stored.get(), Some(7), "what an `update` returned that was called while its thread unwound");
    let found = ["c", "d"].map(|key| Repository::get(&repository, key));
    assert_eq!(found, [Some(7), Some(8)], "what that `update` stored");
    finish(with("other", &repository, is_usable));
}

/// The repository is called while a `change` unwinds: what that stores stays, or is rolled back with the rest.
#[test]
fn a_change_that_unwinds_may_call_the_repository() {
    let repository = Arc::new(Repository::new());
    Repository::set(&repository, "c", 1);
    let stored = Cell::new(None);
    panics_with(&repository, OnDrop(&repository, &stored));
    assert_eq!(stored.get(), Some(8), "what an `update` returned that was called while a `change` unwound");
    assert_eq!(Repository::get(&repository, "a"), None, "the value of a new key whose `change` panicked");
    let found = Repository::get(&repository, "c");
    let proper = [Some(1), Some(8)].contains(&found);
    assert!(proper, "a `change` made 8 of 1 while it unwound: then there was {found:?}");
    finish(with("other", &repository, is_usable));
}

#[cfg(engine = "model")]
#[test]
fn its_panic_wakes_those_who_wait() {
    let repository = Arc::new(Repository::new());
    let other = with("updater", &repository, |repository| {
        Repository::update(repository, "b", |found| found.unwrap_or(0) + 1)
    });
    panics(&repository, || Repository::set(&repository, "c", 1));
    finish(other);
    assert_eq!(Repository::get(&repository, "b"), Some(1), "what another thread added beside a panic");
}

/// Until the outermost call has ended, nobody else gets in, although an inner one panics.
#[cfg(engine = "model")]
#[test]
fn a_caught_panic_lets_nobody_in() {
    let repository = Arc::new(Repository::new());
    Repository::set(&repository, "c", 0);
    let reader = with("reader", &repository, |repository| Repository::get(repository, "c"));
    Repository::update(&repository, "b", |_| {
        Repository::set(&repository, "c", 66);
        panics(&repository, || ());
        Repository::set(&repository, "c", 2);
        2
    });
    let seen = finish(reader);
    assert!([Some(0), Some(2)].contains(&seen), "a value was 0, then 2, and a reader saw {seen:?}");
}
