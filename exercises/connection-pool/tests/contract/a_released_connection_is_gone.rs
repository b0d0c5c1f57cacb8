//! `release` takes the connection: it cannot be released twice.

use std::num::NonZeroUsize;

use connection_pool::{ConnectionPool, PooledConnection};

fn main() {
    let pool = ConnectionPool::new(NonZeroUsize::MIN, || 7);
    let connection = pool.acquire();
    // Called through a variable: so rustc's message does not depend on how `release` is written.
    let release = PooledConnection::release;
    release(connection);
    release(connection);
}
