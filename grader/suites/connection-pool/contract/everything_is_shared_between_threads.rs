//! The semaphore, the pool and a borrowed connection can be sent to and shared between threads.

use std::num::NonZeroUsize;
use std::thread;

use connection_pool::{ConnectionPool, OverRelease, PooledConnection, Semaphore, TimeoutError};

fn shared<T: Send + Sync>() {}

fn borrowed<'pool, C: Send + Sync + 'pool>() {
    shared::<PooledConnection<'pool, C>>();
}

fn main() {
    shared::<Semaphore>();
    shared::<TimeoutError>();
    shared::<OverRelease>();
    shared::<ConnectionPool<String>>();
    borrowed::<String>();
    let pool = ConnectionPool::new(NonZeroUsize::MIN, || 7);
    thread::scope(|scope| {
        let connection = pool.acquire();
        scope.spawn(move || connection.release());
    });
}
