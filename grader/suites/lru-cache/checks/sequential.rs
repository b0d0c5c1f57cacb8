//! The sequential specification of the cache, and histories that are compared with it.

use std::fmt::Debug;
use std::hash::Hash;
use std::sync::Arc;
use std::thread;

use harness::linearizability::{History, Sequential};
use lru_cache::LruCache;

use crate::instruments::{finish, holding};

/// The entries, the most recently used first. Every operation searches all of them.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Model<K> {
    capacity: usize,
    entries: Vec<(K, u32)>,
}

/// A call of the cache; `GetOrMake` makes the value it is given.
#[derive(Debug, Clone, Copy)]
pub enum Call<K> {
    Get(K),
    Put(K, u32),
    GetOrMake(K, u32),
    Keys,
    Len,
    IsEmpty,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Answer<K> {
    Value(Option<u32>),
    Keys(Vec<K>),
    Len(usize),
    IsEmpty(bool),
}

use Call::{Get, GetOrMake, IsEmpty, Keys, Len, Put};

impl<K: Clone + Eq> Model<K> {
    pub fn new(capacity: usize) -> Self {
        Self { capacity, entries: Vec::new() }
    }

    /// Whether there is an entry; this is no use of it.
    #[cfg(engine = "stress")]
    pub fn has(&self, key: &K) -> bool {
        self.entries.iter().any(|entry| entry.0 == *key)
    }

    /// Takes the entry out.
    fn take(&mut self, key: &K) -> Option<u32> {
        let position = self.entries.iter().position(|entry| entry.0 == *key)?;
        Some(self.entries.remove(position).1)
    }

    fn insert_first(&mut self, key: &K, value: u32) {
        self.entries.insert(0, (key.clone(), value));
        self.entries.truncate(self.capacity);
    }
}

impl<K: Clone + Eq + Hash + Debug> Sequential for Model<K> {
    type Call = Call<K>;
    type Return = Answer<K>;

    fn apply(&mut self, call: &Call<K>) -> Answer<K> {
        match call {
            Get(key) => {
                let found = self.take(key);
                if let Some(value) = found {
                    self.insert_first(key, value);
                }
                Answer::Value(found)
            }
            Put(key, value) => {
                let replaced = self.take(key);
                self.insert_first(key, *value);
                Answer::Value(replaced)
            }
            GetOrMake(key, made) => {
                let value = self.take(key).unwrap_or(*made);
                self.insert_first(key, value);
                Answer::Value(Some(value))
            }
            Keys => Answer::Keys(self.entries.iter().map(|entry| entry.0.clone()).collect()),
            Len => Answer::Len(self.entries.len()),
            IsEmpty => Answer::IsEmpty(self.entries.is_empty()),
        }
    }
}

/// The same call on the real cache.
pub fn perform<K: Clone + Eq + Hash>(cache: &LruCache<K, u32>, call: &Call<K>) -> Answer<K> {
    match call {
        Get(key) => Answer::Value(cache.get(key)),
        Put(key, value) => Answer::Value(cache.put(key.clone(), *value)),
        GetOrMake(key, made) => Answer::Value(Some(cache.get_or_insert_with(key.clone(), || *made))),
        Keys => Answer::Keys(cache.keys()),
        Len => Answer::Len(cache.len()),
        IsEmpty => Answer::IsEmpty(cache.is_empty()),
    }
}

/// The calls of the main thread when all others have ended: what is there, and whether index and order are
/// still consistent when everything is evicted.
fn aftermath(capacity: usize, threads: &[&[Call<u32>]]) -> Vec<Call<u32>> {
    let mut keys: Vec<u32> = threads
        .iter()
        .flat_map(|calls| calls.iter())
        .filter_map(|call| match call {
            Get(key) | Put(key, _) | GetOrMake(key, _) => Some(*key),
            Keys | Len | IsEmpty => None,
        })
        .collect();
    keys.sort_unstable();
    keys.dedup();
    let fresh = (0..capacity as u32).map(|number| Put(900 + number, number));
    let mut calls = vec![Keys, Len, IsEmpty];
    calls.extend(keys.into_iter().map(Get));
    calls.push(Keys);
    calls.extend(fresh);
    calls.extend([Keys, Len]);
    calls
}

/// Runs the calls of all threads concurrently, on a cache with these entries (least recently used first), and
/// checks that their history is linearizable. The last of `threads` is the main thread.
pub fn explain(capacity: usize, entries: &[(u32, u32)], threads: &[&[Call<u32>]]) {
    let cache = Arc::new(holding(capacity, entries));
    let mut model = Model::new(capacity);
    for &(key, value) in entries {
        model.apply(&Put(key, value));
    }
    let history = Arc::new(History::<Model<u32>>::new());
    let (mine, others) = threads.split_last().expect("a history has a thread");
    let others: Vec<_> = others
        .iter()
        .map(|calls| {
            let calls = calls.to_vec();
            let (cache, history) = (Arc::clone(&cache), Arc::clone(&history));
            harness::model::name_next_thread(role_of(&calls));
            thread::spawn(move || run(&cache, &history, &calls))
        })
        .collect();
    run(&cache, &history, mine);
    others.into_iter().for_each(finish);
    run(&cache, &history, &aftermath(capacity, threads));
    history.assert_linearizable(model);
}

/// The name in schedules of a thread that makes these calls: after the one that changes most.
fn role_of(calls: &[Call<u32>]) -> &'static str {
    let roles = calls.iter().map(|call| match call {
        GetOrMake(..) => (3, "maker"),
        Put(..) => (2, "putter"),
        Get(_) => (1, "getter"),
        Keys | Len | IsEmpty => (0, "asker"),
    });
    roles.max().map_or("asker", |(_, role)| role)
}

fn run(cache: &LruCache<u32, u32>, history: &History<Model<u32>>, calls: &[Call<u32>]) {
    for call in calls {
        let answer = history.call(*call, || perform(cache, call));
        if let Answer::Len(len) = answer {
            assert!(len <= cache.capacity(), "{len} entries in a cache for {}", cache.capacity());
        }
    }
}
