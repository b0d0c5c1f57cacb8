//! Fixture: a hash table and a ring of its own, in private modules; `Clone`, `contains` and `clear`; clears
//! poison.

use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};

use order::Order;
use table::Table;

/// Clones share one cache.
#[derive(Clone)]
pub struct LruCache<K, V> {
    shared: Arc<Shared<K, V>>,
}

struct Shared<K, V> {
    capacity: NonZeroUsize,
    state: Mutex<(Table<K, V>, Order<K>)>,
}

impl<K: Eq + Hash + Clone, V: Clone> LruCache<K, V> {
    pub fn new(capacity: NonZeroUsize) -> Self {
        Self { shared: Arc::new(Shared { capacity, state: Mutex::new((Table::new(), Order::new())) }) }
    }

    /// One more than the contract asks for.
    pub fn contains(&self, key: &K) -> bool {
        self.with(|table, _| table.find(key).is_some())
    }

    /// The same.
    pub fn clear(&self) {
        self.with(|table, order| (*table, *order) = (Table::new(), Order::new()));
    }

    fn with<R>(&self, work: impl FnOnce(&mut Table<K, V>, &mut Order<K>) -> R) -> R {
        let mut state = match self.shared.state.lock() {
            Ok(state) => state,
            Err(poisoned) => {
                self.shared.state.clear_poison();
                poisoned.into_inner()
            }
        };
        let (table, order) = &mut *state;
        work(table, order)
    }

    pub fn get(&self, key: &K) -> Option<V> {
        self.with(|table, order| {
            let (value, place) = table.find(key)?;
            order.to_front(*place);
            Some(value.clone())
        })
    }

    pub fn put(&self, key: K, value: V) -> Option<V> {
        let capacity = self.capacity();
        self.with(|table, order| {
            if let Some((old, place)) = table.find(&key) {
                order.to_front(*place);
                return Some(std::mem::replace(old, value));
            }
            insert(table, order, capacity, key, value);
            None
        })
    }

    pub fn get_or_insert_with(&self, key: K, make: impl FnOnce() -> V) -> V {
        let capacity = self.capacity();
        self.with(|table, order| {
            if let Some((value, place)) = table.find(&key) {
                order.to_front(*place);
                return value.clone();
            }
            let value = make();
            insert(table, order, capacity, key, value.clone());
            value
        })
    }

    pub fn keys(&self) -> Vec<K> {
        self.with(|_, order| order.keys())
    }

    pub fn len(&self) -> usize {
        self.with(|table, _| table.len())
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn capacity(&self) -> usize {
        self.shared.capacity.get()
    }
}

fn insert<K: Eq + Hash + Clone, V>(
    table: &mut Table<K, V>,
    order: &mut Order<K>,
    capacity: usize,
    key: K,
    value: V,
) {
    if table.len() == capacity {
        table.remove(&order.pop_last());
    }
    let place = order.push_front(key.clone());
    table.insert(key, value, place);
}

/// A hash table with chains.
mod table {
    use std::hash::{BuildHasher, Hash, RandomState};

    pub struct Table<K, V> {
        hasher: RandomState,
        chains: Vec<Vec<(K, (V, usize))>>,
        len: usize,
    }

    impl<K: Eq + Hash, V> Table<K, V> {
        pub fn new() -> Self {
            Self { hasher: RandomState::new(), chains: vec![Vec::new()], len: 0 }
        }

        pub fn len(&self) -> usize {
            self.len
        }

        fn chain(&self, key: &K) -> usize {
            self.hasher.hash_one(key) as usize & (self.chains.len() - 1)
        }

        pub fn find(&mut self, key: &K) -> Option<&mut (V, usize)> {
            let chain = self.chain(key);
            self.chains[chain].iter_mut().find(|entry| entry.0 == *key).map(|entry| &mut entry.1)
        }

        pub fn insert(&mut self, key: K, value: V, place: usize) {
            if self.len >= self.chains.len() {
                let chains = (0..2 * self.chains.len()).map(|_| Vec::new()).collect();
                for entry in std::mem::replace(&mut self.chains, chains).into_iter().flatten() {
                    let chain = self.chain(&entry.0);
                    self.chains[chain].push(entry);
                }
            }
            let chain = self.chain(&key);
            self.chains[chain].push((key, (value, place)));
            self.len += 1;
        }

        pub fn remove(&mut self, key: &K) {
            let chain = self.chain(key);
            let before = self.chains[chain].len();
            self.chains[chain].retain(|entry| entry.0 != *key);
            self.len -= before - self.chains[chain].len();
        }
    }
}

/// A ring of places: number 0 is the mark between the last and the first.
mod order {
    pub struct Order<K> {
        ring: Vec<(Option<K>, usize, usize)>,
        free: Vec<usize>,
    }

    impl<K: Clone> Order<K> {
        pub fn new() -> Self {
            Self { ring: vec![(None, 0, 0)], free: vec![] }
        }

        fn take_out(&mut self, place: usize) {
            let (_, before, after) = self.ring[place];
            self.ring[before].2 = after;
            self.ring[after].1 = before;
        }

        fn link(&mut self, place: usize) {
            let first = self.ring[0].2;
            self.ring[place].1 = 0;
            self.ring[place].2 = first;
            self.ring[first].1 = place;
            self.ring[0].2 = place;
        }

        pub fn to_front(&mut self, place: usize) {
            self.take_out(place);
            self.link(place);
        }

        pub fn push_front(&mut self, key: K) -> usize {
            let place = self.free.pop().unwrap_or_else(|| {
                self.ring.push((None, 0, 0));
                self.ring.len() - 1
            });
            self.ring[place].0 = Some(key);
            self.link(place);
            place
        }

        pub fn pop_last(&mut self) -> K {
            let last = self.ring[0].1;
            self.take_out(last);
            self.free.push(last);
            self.ring[last].0.take().expect("there is a last one in a full cache")
        }

        pub fn keys(&self) -> Vec<K> {
            let mut keys = vec![];
            let mut place = self.ring[0].2;
            while place != 0 {
                keys.extend(self.ring[place].0.clone());
                place = self.ring[place].2;
            }
            keys
        }
    }
}
