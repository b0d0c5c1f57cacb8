//! The methods of hash maps and sets by their own names, for programs that call them by path, such as
//! `map_or(0, HashMap::len)`: `Deref` is for calls on a value alone. All of them are std's.

use core::borrow::Borrow;
use real::collections::{TryReserveError, hash_map as map, hash_set as set};
use real::hash::{BuildHasher, Hash};

use super::{HashMap, HashSet};

macro_rules! of_both {
    ($name:ident [$($parameter:ident)*] of $key:ident) => {
        impl<$($parameter,)* S> $name<$($parameter,)* S> {
            /// See std's function of the same name.
            pub fn capacity(&self) -> usize {
                self.0.capacity()
            }

            /// See std's function of the same name.
            pub fn len(&self) -> usize {
                self.0.len()
            }

            /// See std's function of the same name.
            pub fn is_empty(&self) -> bool {
                self.0.is_empty()
            }

            /// See std's function of the same name.
            pub fn clear(&mut self) {
                self.0.clear();
            }

            /// See std's function of the same name.
            pub fn hasher(&self) -> &S {
                self.0.hasher()
            }
        }

        impl<$($parameter,)* S: BuildHasher> $name<$($parameter,)* S>
        where
            $key: Eq + Hash,
        {
            /// See std's function of the same name.
            pub fn reserve(&mut self, additional: usize) {
                self.0.reserve(additional);
            }

            /// See std's function of the same name.
            ///
            /// # Errors
            /// When there is not enough memory.
            pub fn try_reserve(&mut self, additional: usize) -> Result<(), TryReserveError> {
                self.0.try_reserve(additional)
            }

            /// See std's function of the same name.
            pub fn shrink_to_fit(&mut self) {
                self.0.shrink_to_fit();
            }

            /// See std's function of the same name.
            pub fn shrink_to(&mut self, min_capacity: usize) {
                self.0.shrink_to(min_capacity);
            }
        }
    };
}

of_both!(HashMap [K V] of K);
of_both!(HashSet [T] of T);

impl<K, V, S> HashMap<K, V, S> {
    /// See std's function of the same name.
    pub fn keys(&self) -> map::Keys<'_, K, V> {
        self.0.keys()
    }

    /// See std's function of the same name.
    pub fn values(&self) -> map::Values<'_, K, V> {
        self.0.values()
    }

    /// See std's function of the same name.
    pub fn values_mut(&mut self) -> map::ValuesMut<'_, K, V> {
        self.0.values_mut()
    }

    /// See std's function of the same name.
    pub fn iter(&self) -> map::Iter<'_, K, V> {
        self.0.iter()
    }

    /// See std's function of the same name.
    pub fn iter_mut(&mut self) -> map::IterMut<'_, K, V> {
        self.0.iter_mut()
    }

    /// See std's function of the same name.
    pub fn drain(&mut self) -> map::Drain<'_, K, V> {
        self.0.drain()
    }

    /// See std's function of the same name.
    pub fn extract_if<F: FnMut(&K, &mut V) -> bool>(&mut self, pred: F) -> map::ExtractIf<'_, K, V, F> {
        self.0.extract_if(pred)
    }

    /// See std's function of the same name.
    pub fn retain<F: FnMut(&K, &mut V) -> bool>(&mut self, f: F) {
        self.0.retain(f);
    }
}

impl<K: Eq + Hash, V, S: BuildHasher> HashMap<K, V, S> {
    /// See std's function of the same name.
    pub fn entry(&mut self, key: K) -> map::Entry<'_, K, V> {
        self.0.entry(key)
    }

    /// See std's function of the same name.
    pub fn get<Q: Hash + Eq + ?Sized>(&self, k: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.0.get(k)
    }

    /// See std's function of the same name.
    pub fn get_key_value<Q: Hash + Eq + ?Sized>(&self, k: &Q) -> Option<(&K, &V)>
    where
        K: Borrow<Q>,
    {
        self.0.get_key_value(k)
    }

    /// See std's function of the same name.
    pub fn get_mut<Q: Hash + Eq + ?Sized>(&mut self, k: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        self.0.get_mut(k)
    }

    /// See std's function of the same name.
    pub fn get_disjoint_mut<Q: Hash + Eq + ?Sized, const N: usize>(
        &mut self,
        ks: [&Q; N],
    ) -> [Option<&mut V>; N]
    where
        K: Borrow<Q>,
    {
        self.0.get_disjoint_mut(ks)
    }

    /// See std's function of the same name.
    pub fn contains_key<Q: Hash + Eq + ?Sized>(&self, k: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.0.contains_key(k)
    }

    /// See std's function of the same name.
    pub fn insert(&mut self, k: K, v: V) -> Option<V> {
        self.0.insert(k, v)
    }

    /// See std's function of the same name.
    pub fn remove<Q: Hash + Eq + ?Sized>(&mut self, k: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.0.remove(k)
    }

    /// See std's function of the same name.
    pub fn remove_entry<Q: Hash + Eq + ?Sized>(&mut self, k: &Q) -> Option<(K, V)>
    where
        K: Borrow<Q>,
    {
        self.0.remove_entry(k)
    }
}

impl<T, S> HashSet<T, S> {
    /// See std's function of the same name.
    pub fn iter(&self) -> set::Iter<'_, T> {
        self.0.iter()
    }

    /// See std's function of the same name.
    pub fn drain(&mut self) -> set::Drain<'_, T> {
        self.0.drain()
    }

    /// See std's function of the same name.
    pub fn extract_if<F: FnMut(&T) -> bool>(&mut self, pred: F) -> set::ExtractIf<'_, T, F> {
        self.0.extract_if(pred)
    }

    /// See std's function of the same name.
    pub fn retain<F: FnMut(&T) -> bool>(&mut self, f: F) {
        self.0.retain(f);
    }
}

impl<T: Eq + Hash, S: BuildHasher> HashSet<T, S> {
    /// See std's function of the same name.
    pub fn difference<'a>(&'a self, other: &'a HashSet<T, S>) -> set::Difference<'a, T, S> {
        self.0.difference(&other.0)
    }

    /// See std's function of the same name.
    pub fn symmetric_difference<'a>(
        &'a self,
        other: &'a HashSet<T, S>,
    ) -> set::SymmetricDifference<'a, T, S> {
        self.0.symmetric_difference(&other.0)
    }

    /// See std's function of the same name.
    pub fn intersection<'a>(&'a self, other: &'a HashSet<T, S>) -> set::Intersection<'a, T, S> {
        self.0.intersection(&other.0)
    }

    /// See std's function of the same name.
    pub fn union<'a>(&'a self, other: &'a HashSet<T, S>) -> set::Union<'a, T, S> {
        self.0.union(&other.0)
    }

    /// See std's function of the same name.
    pub fn is_disjoint(&self, other: &HashSet<T, S>) -> bool {
        self.0.is_disjoint(&other.0)
    }

    /// See std's function of the same name.
    pub fn is_subset(&self, other: &HashSet<T, S>) -> bool {
        self.0.is_subset(&other.0)
    }

    /// See std's function of the same name.
    pub fn is_superset(&self, other: &HashSet<T, S>) -> bool {
        self.0.is_superset(&other.0)
    }

    /// See std's function of the same name.
    pub fn contains<Q: Hash + Eq + ?Sized>(&self, value: &Q) -> bool
    where
        T: Borrow<Q>,
    {
        self.0.contains(value)
    }

    /// See std's function of the same name.
    pub fn get<Q: Hash + Eq + ?Sized>(&self, value: &Q) -> Option<&T>
    where
        T: Borrow<Q>,
    {
        self.0.get(value)
    }

    /// See std's function of the same name.
    pub fn insert(&mut self, value: T) -> bool {
        self.0.insert(value)
    }

    /// See std's function of the same name.
    pub fn replace(&mut self, value: T) -> Option<T> {
        self.0.replace(value)
    }

    /// See std's function of the same name.
    pub fn remove<Q: Hash + Eq + ?Sized>(&mut self, value: &Q) -> bool
    where
        T: Borrow<Q>,
    {
        self.0.remove(value)
    }

    /// See std's function of the same name.
    pub fn take<Q: Hash + Eq + ?Sized>(&mut self, value: &Q) -> Option<T>
    where
        T: Borrow<Q>,
    {
        self.0.take(value)
    }
}
