// Collections.
// Included twice, once with each `std`: see `api.rs`.

use std::collections::hash_map::{Entry, RandomState};
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::hash::{BuildHasher, DefaultHasher, Hash, Hasher};

/// Every use, by name.
pub fn uses() -> Vec<(&'static str, fn())> {
    vec![("collections", collections)]
}

fn collections() {
    let mut map: HashMap<String, u32> = HashMap::new();
    map.insert(String::from("a"), 1);
    *map.entry(String::from("a")).or_insert(0) += 1;
    if let Entry::Vacant(vacant) = map.entry(String::from("b")) {
        vacant.insert(5);
    }
    assert_eq!((map["a"], map.get("b"), map.len()), (2, Some(&5), 2));
    for (_, value) in &mut map {
        *value += 1;
    }
    map.retain(|_, value| *value > 3);
    assert_eq!(map, HashMap::from([(String::from("b"), 6)]));
    assert_eq!(map.iter().count() + (&map).into_iter().count(), 2);
    map.extend([(String::from("c"), 7)]);
    let sorted: BTreeMap<String, u32> = map.clone().into_iter().collect();
    assert_eq!(sorted.len(), map.clone().into_values().len());
    let keys: HashSet<String> = map.into_keys().collect();
    let other = HashSet::from([String::from("c")]);
    assert_eq!((&keys & &other, (&keys - &other).len(), (&keys | &other).len()), (other, 1, 2));
    assert!(HashMap::<u8, u8>::with_capacity(8).capacity() >= 8);
    let state = RandomState::new();
    assert_eq!(state.hash_one(5), state.hash_one(5));
    let mut hasher = DefaultHasher::new();
    5.hash(&mut hasher);
    assert_ne!(hasher.finish(), 0);
    assert_eq!(VecDeque::from([1, 2]).pop_front(), Some(1));
    assert_eq!(format!("{:?}", HashMap::from([(1, 2)])), "{1: 2}");
    let nested: HashMap<u8, HashMap<u8, Vec<u8>>> = HashMap::default();
    assert!(nested.is_empty());
}
