//! The contract, one function per item. The grader names the item in whose function rustc finds an error.

use std::error::Error;
use std::fmt::{Debug, Display};
use std::ops::Deref;

use reentrant_lock::{CachedRepository, NotOwner, RawReentrantLock, ReentrantGuard, ReentrantLock};

/// `#[derive(Debug, Clone, Copy, PartialEq, Eq)] pub struct NotOwner;`
fn not_owner() {
    fn derives<T: Debug + Clone + Copy + PartialEq + Eq>(_: T) {}
    derives(NotOwner);
}

/// `impl Display and Error for NotOwner`
fn not_owner_is_an_error() {
    fn error<T: Display + Error + 'static>() {}
    error::<NotOwner>();
}

/// `#[derive(Debug, Default)] pub struct RawReentrantLock`
fn raw_derives() {
    fn derives<T: Debug + Default>() {}
    derives::<RawReentrantLock>();
}

/// `RawReentrantLock: Send + Sync`
fn raw_is_shared() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<RawReentrantLock>();
}

/// `RawReentrantLock::new() -> RawReentrantLock`
fn raw_new() {
    let _: RawReentrantLock = RawReentrantLock::new();
}

/// `RawReentrantLock::lock(&self)`
fn raw_lock(lock: &RawReentrantLock) {
    let _: () = RawReentrantLock::lock(lock);
}

/// `RawReentrantLock::try_lock(&self) -> bool`
fn raw_try_lock(lock: &RawReentrantLock) {
    let _: bool = RawReentrantLock::try_lock(lock);
}

/// `RawReentrantLock::unlock(&self) -> Result<(), NotOwner>`
fn raw_unlock(lock: &RawReentrantLock) {
    let _: Result<(), NotOwner> = RawReentrantLock::unlock(lock);
}

/// `RawReentrantLock::depth(&self) -> usize`
fn raw_depth(lock: &RawReentrantLock) {
    let _: usize = RawReentrantLock::depth(lock);
}

/// `pub use guarded::ReentrantLock;`
fn reentrant_lock<T: Send + 'static>(lock: ReentrantLock<T>, data: T) {
    fn shared<T: Send + Sync + 'static>(_: T) {}
    shared(lock);
    shared::<ReentrantLock<T>>(ReentrantLock::new(data));
}

/// `pub use guarded::ReentrantGuard;`
fn reentrant_guard<'lock, T>(lock: &'lock ReentrantLock<T>) {
    fn derefs<T>(_: impl Deref<Target = T>) {}
    let guard: ReentrantGuard<'lock, T> = ReentrantLock::lock(lock);
    derefs::<T>(guard);
    let _: Option<ReentrantGuard<'lock, T>> = ReentrantLock::try_lock(lock);
}

/// `CachedRepository<V>: Send + Sync`
fn repository_is_shared<V: Send + Sync + 'static>() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<CachedRepository<V>>();
}

/// `CachedRepository::new() -> CachedRepository<V>`
fn repository_new<V: Clone>() {
    let _: CachedRepository<V> = CachedRepository::new();
}

/// `CachedRepository::get(&self, key: &str) -> Option<V>`
fn repository_get<V: Clone>(repository: &CachedRepository<V>, key: &str) {
    let _: Option<V> = CachedRepository::get(repository, key);
}

/// `CachedRepository::set(&self, key: &str, value: V)`
fn repository_set<V: Clone>(repository: &CachedRepository<V>, key: &str, value: V) {
    let _: () = CachedRepository::set(repository, key, value);
}

/// `CachedRepository::get_or_set(&self, key: &str, default: V) -> V`
fn repository_get_or_set<V: Clone>(repository: &CachedRepository<V>, key: &str, default: V) {
    let _: V = CachedRepository::get_or_set(repository, key, default);
}

/// `CachedRepository::update(&self, key: &str, change: impl FnOnce(Option<V>) -> V) -> V`
fn repository_update<V: Clone>(
    repository: &CachedRepository<V>,
    key: &str,
    change: impl FnOnce(Option<V>) -> V,
) {
    let _: V = CachedRepository::update(repository, key, change);
}
