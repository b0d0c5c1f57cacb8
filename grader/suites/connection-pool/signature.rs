//! The contract, one function per item. The grader names the item in whose function rustc finds an error.

use std::error::Error;
use std::fmt::{Debug, Display};
use std::num::NonZeroUsize;
use std::ops::DerefMut;
use std::time::Duration;

use connection_pool::{ConnectionPool, OverRelease, PooledConnection, Semaphore, TimeoutError};

/// `#[derive(Debug, Clone, Copy, PartialEq, Eq)] pub struct TimeoutError;`
fn timeout_error() {
    fn derives<T: Debug + Clone + Copy + PartialEq + Eq>(_: T) {}
    derives(TimeoutError);
}

/// `impl Display and Error for TimeoutError`
fn timeout_error_is_an_error() {
    fn error<T: Display + Error + 'static>() {}
    error::<TimeoutError>();
}

/// `#[derive(Debug, Clone, Copy, PartialEq, Eq)] pub struct OverRelease;`
fn over_release() {
    fn derives<T: Debug + Clone + Copy + PartialEq + Eq>(_: T) {}
    derives(OverRelease);
}

/// `impl Display and Error for OverRelease`
fn over_release_is_an_error() {
    fn error<T: Display + Error + 'static>() {}
    error::<OverRelease>();
}

/// `Semaphore: Send + Sync`
fn semaphore_is_shared() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<Semaphore>();
}

/// `Semaphore::new(permits: usize) -> Semaphore`
fn semaphore_new(permits: usize) {
    let _: Semaphore = Semaphore::new(permits);
}

/// `Semaphore::acquire(&self)`
fn semaphore_acquire(semaphore: &Semaphore) {
    let _: () = Semaphore::acquire(semaphore);
}

/// `Semaphore::acquire_timeout(&self, timeout: Duration) -> Result<(), TimeoutError>`
fn semaphore_acquire_timeout(semaphore: &Semaphore, timeout: Duration) {
    let _: Result<(), TimeoutError> = Semaphore::acquire_timeout(semaphore, timeout);
}

/// `Semaphore::release(&self) -> Result<(), OverRelease>`
fn semaphore_release(semaphore: &Semaphore) {
    let _: Result<(), OverRelease> = Semaphore::release(semaphore);
}

/// `Semaphore::available(&self) -> usize`
fn semaphore_available(semaphore: &Semaphore) {
    let _: usize = Semaphore::available(semaphore);
}

/// `ConnectionPool<C>: Send + Sync`
fn pool_is_shared<C: Send + Sync + 'static>() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<ConnectionPool<C>>();
}

/// `ConnectionPool::new(max_size: NonZeroUsize, connect: impl Fn() -> C + Send + Sync + 'static) -> ConnectionPool<C>`
fn pool_new<C>(max_size: NonZeroUsize, connect: impl Fn() -> C + Send + Sync + 'static) {
    let _: ConnectionPool<C> = ConnectionPool::new(max_size, connect);
}

/// `ConnectionPool::acquire(&self) -> PooledConnection<'_, C>`
fn pool_acquire<'pool, C: 'static>(pool: &'pool ConnectionPool<C>) {
    let _: PooledConnection<'pool, C> = ConnectionPool::acquire(pool);
}

/// `ConnectionPool::acquire_timeout(&self, timeout: Duration) -> Result<PooledConnection<'_, C>, TimeoutError>`
fn pool_acquire_timeout<'pool, C: 'static>(pool: &'pool ConnectionPool<C>, timeout: Duration) {
    let _: Result<PooledConnection<'pool, C>, TimeoutError> = ConnectionPool::acquire_timeout(pool, timeout);
}

/// `ConnectionPool::available(&self) -> usize`
fn pool_available<C>(pool: &ConnectionPool<C>) {
    let _: usize = ConnectionPool::available(pool);
}

/// `PooledConnection<'_, C>: Deref<Target = C> + DerefMut`
fn connection_derefs<C>(connection: PooledConnection<'_, C>) {
    fn derefs<C>(_: impl DerefMut<Target = C>) {}
    derefs::<C>(connection);
}

/// `PooledConnection::release(self)`
fn connection_release<C>(connection: PooledConnection<'_, C>) {
    let _: () = PooledConnection::release(connection);
}
