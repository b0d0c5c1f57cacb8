//! The semaphore, the pool and a borrowed connection can be sent to and shared between threads.

use connection_pool::{ConnectionPool, PooledConnection, Semaphore};

fn shared<T: Send + Sync>() {}

fn main() {
    shared::<Semaphore>();
    shared::<ConnectionPool<String>>();
    shared::<PooledConnection<'static, String>>();
}
