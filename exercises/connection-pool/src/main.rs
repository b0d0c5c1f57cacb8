//! Six workers share a pool of two connections; one of them has little patience. Given.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use connection_pool::ConnectionPool;

const WORKERS: usize = 6;
const POOL_SIZE: NonZeroUsize = NonZeroUsize::new(2).unwrap();
const OPENING_TAKES: Duration = Duration::from_millis(60);
const QUERY_TAKES: Duration = Duration::from_millis(40);
const IMPATIENCE: Duration = Duration::from_millis(30);

/// Stands for a connection to a database.
struct Connection {
    number: usize,
    queries: usize,
}

impl Connection {
    fn query(&mut self) {
        thread::sleep(QUERY_TAKES);
        self.queries += 1;
    }
}

fn main() {
    static OPENED: AtomicUsize = AtomicUsize::new(0);
    let pool = ConnectionPool::new(POOL_SIZE, || {
        thread::sleep(OPENING_TAKES);
        Connection { number: OPENED.fetch_add(1, Ordering::Relaxed) + 1, queries: 0 }
    });
    println!("{WORKERS} workers, at most {POOL_SIZE} connections\n");
    println!("{:<10}{:>12}{:>12}{:>12}", "worker", "waited", "connection", "its query");
    let start = Instant::now();
    thread::scope(|scope| {
        for worker in 1..=WORKERS {
            let pool = &pool;
            scope.spawn(move || work(worker, pool));
        }
    });
    println!(
        "\n{} connections opened, {} available, done after {} ms",
        OPENED.load(Ordering::Relaxed),
        pool.available(),
        start.elapsed().as_millis()
    );
}

/// Waits for a connection, uses it, and prints one line. The last worker gives up early.
fn work(worker: usize, pool: &ConnectionPool<Connection>) {
    let start = Instant::now();
    let connection = if worker == WORKERS { pool.acquire_timeout(IMPATIENCE) } else { Ok(pool.acquire()) };
    let waited = format!("{} ms", start.elapsed().as_millis());
    match connection {
        Ok(mut connection) => {
            connection.query();
            println!(
                "{worker:<10}{waited:>12}{:>12}{:>12}",
                format!("#{}", connection.number),
                connection.queries
            );
        }
        Err(timeout) => println!("{worker:<10}{waited:>12}  {timeout}"),
    }
}
