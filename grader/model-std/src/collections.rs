//! `std::collections`, with hash maps and sets whose order is the same in every execution.
//!
//! Both are std's own, with another default for the hasher. They are types of their own because
//! `HashMap::new` exists for std's `RandomState` alone.

pub use real::collections::*;

mod by_name;

use core::borrow::Borrow;
use core::fmt;
use core::ops::{BitAnd, BitOr, BitXor, Deref, DerefMut, Index, Sub};
use real::collections::{hash_map as map, hash_set as set};
use real::hash::{BuildHasher, Hash};
use real::panic::UnwindSafe;

use crate::hash::RandomState;

/// `std::collections::hash_map`.
pub mod hash_map {
    #[doc(inline)]
    pub use super::HashMap;
    #[doc(inline)]
    pub use crate::hash::RandomState;
    pub use real::collections::hash_map::*;
}

/// `std::collections::hash_set`.
pub mod hash_set {
    #[doc(inline)]
    pub use super::HashSet;
    pub use real::collections::hash_set::*;
}

/// See [`std`](real::collections::HashMap).
#[derive(Clone)]
pub struct HashMap<K, V, S = RandomState>(map::HashMap<K, V, S>);

/// See [`std`](real::collections::HashSet).
#[derive(Clone)]
pub struct HashSet<T, S = RandomState>(set::HashSet<T, S>);

/// What both have: construction, and everything else by `Deref`.
macro_rules! collection {
    ($name:ident [$($parameter:ident)*] in $module:ident) => {
        impl<$($parameter),*> $name<$($parameter),*> {
            /// See std's function of the same name.
            #[must_use]
            pub fn new() -> Self {
                Self::with_hasher(RandomState::new())
            }

            /// See std's function of the same name.
            #[must_use]
            pub fn with_capacity(capacity: usize) -> Self {
                Self::with_capacity_and_hasher(capacity, RandomState::new())
            }
        }

        impl<$($parameter,)* S> $name<$($parameter,)* S> {
            /// See std's function of the same name.
            pub const fn with_hasher(hasher: S) -> Self {
                $name($module::$name::with_hasher(hasher))
            }

            /// See std's function of the same name.
            pub fn with_capacity_and_hasher(capacity: usize, hasher: S) -> Self {
                $name($module::$name::with_capacity_and_hasher(capacity, hasher))
            }
        }

        impl<$($parameter,)* S> Deref for $name<$($parameter,)* S> {
            type Target = $module::$name<$($parameter,)* S>;

            fn deref(&self) -> &Self::Target {
                &self.0
            }
        }

        impl<$($parameter,)* S> DerefMut for $name<$($parameter,)* S> {
            fn deref_mut(&mut self) -> &mut Self::Target {
                &mut self.0
            }
        }

        impl<$($parameter,)* S: Default> Default for $name<$($parameter,)* S> {
            fn default() -> Self {
                Self::with_hasher(S::default())
            }
        }

        impl<$($parameter,)* S> UnwindSafe for $name<$($parameter,)* S> where $module::$name<$($parameter,)* S>: UnwindSafe {}

        impl<$($parameter,)* S> fmt::Debug for $name<$($parameter,)* S>
        where
            $module::$name<$($parameter,)* S>: fmt::Debug,
        {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl<$($parameter,)* S> PartialEq for $name<$($parameter,)* S>
        where
            $module::$name<$($parameter,)* S>: PartialEq,
        {
            fn eq(&self, other: &Self) -> bool {
                self.0 == other.0
            }
        }

        impl<$($parameter,)* S> Eq for $name<$($parameter,)* S> where $module::$name<$($parameter,)* S>: Eq {}

        impl<$($parameter,)* S, I> FromIterator<I> for $name<$($parameter,)* S>
        where
            $module::$name<$($parameter,)* S>: FromIterator<I>,
        {
            fn from_iter<Items: IntoIterator<Item = I>>(items: Items) -> Self {
                $name(items.into_iter().collect())
            }
        }

        impl<$($parameter,)* S, I> Extend<I> for $name<$($parameter,)* S>
        where
            $module::$name<$($parameter,)* S>: Extend<I>,
        {
            fn extend<Items: IntoIterator<Item = I>>(&mut self, items: Items) {
                self.0.extend(items);
            }
        }

        impl<$($parameter,)* S> IntoIterator for $name<$($parameter,)* S> {
            type Item = <$module::$name<$($parameter,)* S> as IntoIterator>::Item;
            type IntoIter = <$module::$name<$($parameter,)* S> as IntoIterator>::IntoIter;

            fn into_iter(self) -> Self::IntoIter {
                self.0.into_iter()
            }
        }

        impl<'a, $($parameter,)* S> IntoIterator for &'a $name<$($parameter,)* S> {
            type Item = <&'a $module::$name<$($parameter,)* S> as IntoIterator>::Item;
            type IntoIter = <&'a $module::$name<$($parameter,)* S> as IntoIterator>::IntoIter;

            fn into_iter(self) -> Self::IntoIter {
                (&self.0).into_iter()
            }
        }
    };
}

collection!(HashMap [K V] in map);
collection!(HashSet [T] in set);

impl<K, V, S> HashMap<K, V, S> {
    /// See [`std`](real::collections::HashMap::into_keys).
    pub fn into_keys(self) -> map::IntoKeys<K, V> {
        self.0.into_keys()
    }

    /// See [`std`](real::collections::HashMap::into_values).
    pub fn into_values(self) -> map::IntoValues<K, V> {
        self.0.into_values()
    }
}

impl<'a, K, V, S> IntoIterator for &'a mut HashMap<K, V, S> {
    type Item = (&'a K, &'a mut V);
    type IntoIter = map::IterMut<'a, K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter_mut()
    }
}

impl<K: Eq + Hash, V, const N: usize> From<[(K, V); N]> for HashMap<K, V> {
    fn from(entries: [(K, V); N]) -> Self {
        entries.into_iter().collect()
    }
}

impl<T: Eq + Hash, const N: usize> From<[T; N]> for HashSet<T> {
    fn from(items: [T; N]) -> Self {
        items.into_iter().collect()
    }
}

impl<K, V, S, Q> Index<&Q> for HashMap<K, V, S>
where
    K: Eq + Hash + Borrow<Q>,
    Q: Eq + Hash + ?Sized,
    S: BuildHasher,
{
    type Output = V;

    fn index(&self, key: &Q) -> &V {
        &self.0[key]
    }
}

macro_rules! set_operations {
    ($($operator:ident $method:ident)*) => { $(
        impl<T: Eq + Hash + Clone, S: BuildHasher + Default> $operator<&HashSet<T, S>> for &HashSet<T, S> {
            type Output = HashSet<T, S>;

            fn $method(self, other: &HashSet<T, S>) -> HashSet<T, S> {
                HashSet((&self.0).$method(&other.0))
            }
        }
    )* };
}

set_operations!(BitAnd bitand BitOr bitor BitXor bitxor Sub sub);
