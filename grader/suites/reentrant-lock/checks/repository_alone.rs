//! The repository, used by one thread.

use std::collections::HashMap;

use harness::stress::{Rng, seed};
use reentrant_lock::CachedRepository;

/// All different: some are not far apart, and the last ones are pairs with the same hash code, as Java computes it,
/// by FNV-1a and by CRC-32.
const KEYS: [&str; 17] =
    ["", "a", "A", "ab", " a", "schlüssel", "a\0", "a\0b", "a/b", "key, with spaces, and longer than 32", "key, with spaces, and longer than 3", "Aa", "BB", "costarring", "liquid", "plumless", "buckeroo"];

#[test]
fn what_is_set_is_found() {
    let repository = CachedRepository::new();
    for key in KEYS {
        assert_eq!(CachedRepository::get(&repository, key), None, "the value of a key that was never set");
    }
    for (number, key) in KEYS.into_iter().enumerate() {
        CachedRepository::set(&repository, key, number);
    }
    for (number, key) in KEYS.into_iter().enumerate() {
        assert_eq!(CachedRepository::get(&repository, key), Some(number), "the value of {key:?}");
    }
    CachedRepository::set(&repository, "a", 100);
    assert_eq!(CachedRepository::get(&repository, "a"), Some(100), "the value after it was set again");
    assert_eq!(CachedRepository::get(&repository, "ab"), Some(3), "the value of another key");
    // Two keys of 3,000 letters, and 3,000 keys.
    let [long, longer] = [3_000, 3_001].map(|length| "k".repeat(length));
    for number in 0..3_000 {
        CachedRepository::update(&repository, &number.to_string(), |found| found.unwrap_or(number));
    }
    CachedRepository::set(&repository, &long, 1);
    CachedRepository::set(&repository, &longer, 2);
    for number in 0..3_000 {
        let found = CachedRepository::get(&repository, &number.to_string());
        assert_eq!(found, Some(number), "the value of one of 3,000 keys");
    }
    let found = [long, longer].map(|key| CachedRepository::get(&repository, &key));
    assert_eq!(found, [Some(1), Some(2)], "the values of two long keys");
}

/// Lists, which are cloned and not copied: what a caller does to its own changes none that is stored.
#[test]
fn a_value_is_cloned_and_stays() {
    let repository = CachedRepository::new();
    CachedRepository::set(&repository, "a", vec![1]);
    for _ in 0..3 {
        let mut found = CachedRepository::get(&repository, "a").expect("it was set");
        found.push(2);
        let mut found = CachedRepository::get_or_set(&repository, "a", Vec::new());
        found.push(3);
        assert_eq!(
            CachedRepository::get(&repository, "a"),
            Some(vec![1]),
            "the value after its clones changed"
        );
    }
    let mut stored = CachedRepository::update(&repository, "a", |found| {
        let mut inner = CachedRepository::update(&repository, "b", |_| vec![4]);
        inner.extend(found.into_iter().flatten());
        inner
    });
    stored.clear();
    let found = ["a", "b"].map(|key| CachedRepository::get(&repository, key));
    assert_eq!(found, [Some(vec![4, 1]), Some(vec![4])], "the values after two updates");
}

#[test]
fn a_default_is_for_what_is_not_there() {
    let repository = CachedRepository::new();
    let get_or_set = |key, default| CachedRepository::get_or_set(&repository, key, default);
    assert_eq!(get_or_set("a", 1), 1, "`get_or_set` of a new key with 1");
    assert_eq!(get_or_set("a", 2), 1, "`get_or_set` with 2 of a key that has 1");
    assert_eq!(CachedRepository::get(&repository, "a"), Some(1), "the value after `get_or_set`");
    CachedRepository::set(&repository, "b", 3);
    assert_eq!(get_or_set("b", 4), 3, "`get_or_set` with 4 of a key that has 3");
    assert_eq!(CachedRepository::get(&repository, "b"), Some(3), "the value after `get_or_set`");
}

#[test]
fn an_update_gets_the_value_and_stores_the_result() {
    let repository = CachedRepository::new();
    let mut seen = Vec::new();
    let stored = CachedRepository::update(&repository, "a", |found: Option<String>| {
        seen.push(found.clone());
        "one".to_owned()
    });
    assert_eq!(stored, "one", "what `update` returned");
    let stored = CachedRepository::update(&repository, "a", |found| {
        seen.push(found.clone());
        found.unwrap_or_default() + ", two"
    });
    assert_eq!(stored, "one, two", "what `update` returned");
    assert_eq!(seen, [None, Some("one".to_owned())], "what `change` was called with");
    assert_eq!(
        CachedRepository::get(&repository, "a").as_deref(),
        Some("one, two"),
        "the value after `update`"
    );
    assert_eq!(CachedRepository::get(&repository, "b"), None, "the value of another key");
}

#[test]
fn a_change_may_read_the_repository() {
    let repository = CachedRepository::new();
    CachedRepository::set(&repository, "a", 1);
    CachedRepository::set(&repository, "b", 10);
    let stored = CachedRepository::update(&repository, "a", |found| {
        assert_eq!(found, Some(1), "what `change` was called with");
        assert_eq!(CachedRepository::get(&repository, "a"), Some(1), "`get` of the key itself, in `change`");
        let b =
            CachedRepository::get(&repository, "b").expect("`get` of another key that was set, in `change`");
        assert_eq!(
            CachedRepository::get(&repository, "c"),
            None,
            "`get` of a key that is not there, in `change`"
        );
        b + CachedRepository::get_or_set(&repository, "a", 50)
    });
    assert_eq!((stored, CachedRepository::get(&repository, "a")), (11, Some(11)), "what was stored");
}

#[test]
fn a_change_may_write_the_repository() {
    let repository = CachedRepository::new();
    CachedRepository::set(&repository, "a", 1);
    let stored = CachedRepository::update(&repository, "a", |found| {
        CachedRepository::set(&repository, "b", 2);
        assert_eq!(
            CachedRepository::get_or_set(&repository, "c", 3),
            3,
            "`get_or_set` of a new key, in `change`"
        );
        assert_eq!(CachedRepository::get(&repository, "b"), Some(2), "what `change` has set itself");
        found.unwrap_or(0) + 4
    });
    assert_eq!(stored, 5, "what `update` returned");
    let found = ["a", "b", "c"].map(|key| CachedRepository::get(&repository, key));
    assert_eq!(found, [Some(5), Some(2), Some(3)], "the values of three keys after `update`");
    // Its own key has no value before the end, unless it is given one.
    let stored = CachedRepository::update(&repository, "d", |_| {
        let found = CachedRepository::get_or_set(&repository, "d", 6);
        assert_eq!(found, 6, "`get_or_set` of the new key that is updated, in `change`");
        CachedRepository::get(&repository, "d").unwrap_or(0) + 1
    });
    assert_eq!(stored, 7, "what `update` returned, after `change` had stored 6 in its own key");
}

#[test]
fn what_change_returns_is_stored_last() {
    let repository = CachedRepository::new();
    CachedRepository::set(&repository, "a", 1);
    for found_before in [Some(1), Some(7)] {
        let stored = CachedRepository::update(&repository, "a", |found| {
            assert_eq!(found, found_before, "what `change` was called with");
            CachedRepository::set(&repository, "a", 100);
            assert_eq!(CachedRepository::get(&repository, "a"), Some(100), "what `change` has set itself");
            7
        });
        let found = CachedRepository::get(&repository, "a");
        assert_eq!((stored, found), (7, Some(7)), "what `change` returned, after it had set another value");
    }
    let stored = CachedRepository::update(&repository, "new", |_| {
        CachedRepository::set(&repository, "new", 100);
        8
    });
    assert_eq!((stored, CachedRepository::get(&repository, "new")), (8, Some(8)), "the same with a new key");
}

#[test]
fn updates_may_be_nested() {
    let repository = CachedRepository::new();
    let stored = CachedRepository::update(&repository, "a", |_| {
        let inner = CachedRepository::update(&repository, "b", |_| {
            let innermost = CachedRepository::update(&repository, "c", |found| found.unwrap_or(1) + 1);
            innermost + CachedRepository::update(&repository, "a", |found| found.unwrap_or(10) + 10)
        });
        assert_eq!(CachedRepository::get(&repository, "a"), Some(20), "what an inner `update` has stored");
        inner + 100
    });
    assert_eq!(stored, 122, "what the outermost `update` returned");
    let found = ["a", "b", "c"].map(|key| CachedRepository::get(&repository, key));
    assert_eq!(found, [Some(122), Some(22), Some(2)], "the values after nested updates");
    // Of one key, which was set in between.
    let stored = CachedRepository::update(&repository, "a", |outer| {
        CachedRepository::set(&repository, "a", 3);
        let inner =
            [(); 2].map(|()| CachedRepository::update(&repository, "a", |found| found.unwrap_or(0) + 1));
        assert_eq!(
            (outer, inner),
            (Some(122), [4, 5]),
            "what an update got, and what two inside of it returned"
        );
        6
    });
    assert_eq!((stored, CachedRepository::get(&repository, "a")), (6, Some(6)), "the outermost update");
}

/// As deep as a small integer cannot count.
#[test]
fn updates_may_be_nested_deeply() {
    fn nest(repository: &CachedRepository<usize>, depth: usize) -> usize {
        CachedRepository::update(repository, &depth.to_string(), |_| {
            if depth == 0 { 0 } else { nest(repository, depth - 1) + 1 }
        })
    }
    let repository = CachedRepository::new();
    assert_eq!(nest(&repository, 400), 400, "what 400 nested updates counted");
    for depth in [0, 1, 255, 256, 257, 400] {
        assert_eq!(
            CachedRepository::get(&repository, &depth.to_string()),
            Some(depth),
            "the value at this depth"
        );
    }
}

#[test]
fn one_repository_knows_nothing_of_another() {
    let (one, other) = (CachedRepository::new(), CachedRepository::new());
    CachedRepository::set(&one, "a", 1);
    assert_eq!(CachedRepository::get(&other, "a"), None, "the value in another repository");
    let stored = CachedRepository::update(&one, "a", |found| {
        CachedRepository::set(&other, "a", 2);
        found.unwrap_or(0) + CachedRepository::update(&other, "b", |_| 10)
    });
    assert_eq!(stored, 11, "what `update` returned");
    assert_eq!(CachedRepository::get(&one, "a"), Some(11), "the value in the one repository");
    assert_eq!(CachedRepository::get(&other, "a"), Some(2), "the value in the other repository");
}

#[test]
fn random_calls_agree_with_a_map() {
    let mut rng = Rng::new(seed());
    for _ in 0..100 {
        let (repository, mut map) = (CachedRepository::new(), HashMap::new());
        for _ in 0..60 {
            let (key, value) = (["a", "b", "c", "d"][rng.below(4) as usize], rng.below(100));
            let (answer, expected) = match rng.below(4) {
                0 => (CachedRepository::get(&repository, key), map.get(key).copied()),
                1 => {
                    CachedRepository::set(&repository, key, value);
                    map.insert(key, value);
                    (None, None)
                }
                2 => {
                    let found = CachedRepository::get_or_set(&repository, key, value);
                    (Some(found), Some(*map.entry(key).or_insert(value)))
                }
                _ => {
                    let stored =
                        CachedRepository::update(&repository, key, |found| found.unwrap_or(0) + value);
                    let entry = map.entry(key).or_insert(0);
                    *entry += value;
                    (Some(stored), Some(*entry))
                }
            };
            assert_eq!(answer, expected, "a call with {key:?} and {value}");
            assert_eq!(
                CachedRepository::get(&repository, key),
                map.get(key).copied(),
                "the value of {key:?}"
            );
        }
    }
}
