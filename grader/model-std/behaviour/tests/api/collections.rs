// Collections.
// Included twice, once with each `std`: see `api.rs`.

use std::collections::hash_map::{Entry, RandomState};
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::hash::{BuildHasher, DefaultHasher, Hash, Hasher};

/// Every use, by name.
pub fn uses() -> Vec<(&'static str, fn())> {
    vec![("collections", collections), ("collections by path", by_path)]
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

fn by_path() {
    type Map = HashMap<i32, char>;
    type Set = HashSet<i32>;

    let mut map: Map = [(1, 'a'), (2, 'b')].into_iter().collect();
    assert_eq!(Some(&map).map_or(0, Map::len), 2);
    assert!(!Map::is_empty(&map) && Map::contains_key(&map, &1) && Map::capacity(&map) >= 2);
    assert_eq!((Map::get(&map, &1), Map::get_key_value(&map, &2)), (Some(&'a'), Some((&2, &'b'))));
    assert_eq!((Map::keys(&map).sum::<i32>(), Map::values(&map).count()), (3, 2));
    assert_eq!((Map::iter(&map).count(), Map::iter_mut(&mut map).count()), (2, 2));
    Map::values_mut(&mut map).for_each(|value| value.make_ascii_uppercase());
    assert_eq!(Map::insert(&mut map, 3, 'C'), None);
    *Map::entry(&mut map, 3).or_default() = 'D';
    *Map::get_mut(&mut map, &2).expect("it is there") = 'X';
    assert_eq!(Map::get_disjoint_mut(&mut map, [&2, &3]), [Some(&mut 'X'), Some(&mut 'D')]);
    assert_eq!((Map::remove(&mut map, &2), Map::remove_entry(&mut map, &3)), (Some('X'), Some((3, 'D'))));
    Map::retain(&mut map, |key, _| *key == 1);
    assert_eq!(Map::extract_if(&mut map, |_, _| false).count(), 0);
    Map::reserve(&mut map, 10);
    assert_eq!(Map::try_reserve(&mut map, 10), Ok(()));
    Map::shrink_to(&mut map, 5);
    Map::shrink_to_fit(&mut map);
    let _: &_ = Map::hasher(&map);
    assert_eq!(Map::drain(&mut map).collect::<Vec<_>>(), [(1, 'A')]);
    Map::clear(&mut map);
    assert_eq!((Map::into_keys(map.clone()).count(), Map::into_values(map).count()), (0, 0));

    let (mut set, other): (Set, Set) = ([1, 2].into_iter().collect(), [2, 3].into_iter().collect());
    assert_eq!((Set::len(&set), Set::is_empty(&set)), (2, false));
    assert!(Set::contains(&set, &1) && Set::capacity(&set) >= 2);
    assert_eq!((Set::get(&set, &1), Set::iter(&set).sum::<i32>()), (Some(&1), 3));
    assert_eq!(Set::difference(&set, &other).collect::<Vec<_>>(), [&1]);
    assert_eq!(Set::symmetric_difference(&set, &other).sum::<i32>(), 4);
    assert_eq!(Set::intersection(&set, &other).collect::<Vec<_>>(), [&2]);
    assert_eq!(Set::union(&set, &other).sum::<i32>(), 6);
    let related = [Set::is_disjoint, Set::is_subset, Set::is_superset].map(|is| is(&set, &other));
    assert_eq!(related, [false; 3]);
    assert!(Set::insert(&mut set, 4) && Set::remove(&mut set, &2));
    assert_eq!((Set::replace(&mut set, 4), Set::take(&mut set, &4)), (Some(4), Some(4)));
    Set::retain(&mut set, |item| *item == 1);
    assert_eq!(Set::extract_if(&mut set, |_| false).count(), 0);
    Set::reserve(&mut set, 10);
    assert_eq!(Set::try_reserve(&mut set, 10), Ok(()));
    Set::shrink_to(&mut set, 5);
    Set::shrink_to_fit(&mut set);
    let _: &_ = Set::hasher(&set);
    assert_eq!(Set::drain(&mut set).collect::<Vec<_>>(), [1]);
    Set::clear(&mut set);
}
