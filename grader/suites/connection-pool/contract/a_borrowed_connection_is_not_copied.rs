//! Two holders of one connection: a borrowed connection is not `Clone`, even if the connection is.

use connection_pool::PooledConnection;

fn cloned<T: Clone>() {}

fn main() {
    cloned::<PooledConnection<'static, u32>>();
}
