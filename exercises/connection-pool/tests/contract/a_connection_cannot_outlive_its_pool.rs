//! A connection goes back to its pool, so the pool must be there as long as the connection is used.

use std::num::NonZeroUsize;

use connection_pool::ConnectionPool;

fn main() {
    let connection;
    {
        let pool = ConnectionPool::new(NonZeroUsize::MIN, || 7);
        connection = pool.acquire();
    }
    println!("{}", *connection);
}
