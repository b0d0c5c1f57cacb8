//! `release` takes the connection: it cannot be used afterwards, or released twice.

use std::num::NonZeroUsize;

use connection_pool::ConnectionPool;

fn main() {
    let pool = ConnectionPool::new(NonZeroUsize::MIN, || 7);
    let connection = pool.acquire();
    connection.release();
    println!("{}", *connection);
}
