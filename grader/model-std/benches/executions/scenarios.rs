//! What is searched: solutions with two or three threads, and no more steps than a search can complete. That of
//! `read-write-lock` is none of them: a file of the exercise has to stand beside it.

use core::num::NonZeroUsize;

use model_std::sync::Arc;
use model_std::thread;
use model_std::time::Duration;

#[allow(dead_code, missing_docs, reason = "it is written for learners, who use all of it")]
#[path = "../../../../solutions/connection-pool/src/lib.rs"]
mod connection_pool;
#[allow(dead_code, missing_docs, reason = "it is written for learners, who use all of it")]
#[path = "../../../../solutions/event/src/lib.rs"]
mod event;
#[allow(dead_code, missing_docs, reason = "it is written for learners, who use all of it")]
#[path = "../../../../solutions/inventory/src/lib.rs"]
mod inventory;
#[allow(dead_code, missing_docs, reason = "it is written for learners, who use all of it")]
#[path = "../../../../solutions/lru-cache/src/lib.rs"]
mod lru_cache;
#[allow(dead_code, missing_docs, reason = "it is written for learners, who use all of it")]
#[path = "../../../../solutions/producer-consumer/src/lib.rs"]
mod producer_consumer;
#[allow(dead_code, missing_docs, reason = "it is written for learners, who use all of it")]
#[path = "../../../../solutions/race-counter/src/lib.rs"]
mod race_counter;

use connection_pool::ConnectionPool;
use event::Event;
use inventory::Inventory;
use lru_cache::LruCache;
use producer_consumer::{Pipeline, run_pipeline};
use race_counter::{AtomicCounter, LockedCounter, hammer};

/// A test, by its name.
pub type Scenario = (&'static str, fn());

const ONE: NonZeroUsize = NonZeroUsize::MIN;

pub const SCENARIOS: [Scenario; 8] = [
    ("connection-pool", || {
        let pool = Arc::new(ConnectionPool::new(ONE, || 7));
        two(&pool, |pool| drop(pool.acquire()));
        assert_eq!(pool.available(), 1);
    }),
    ("connection-pool with timeouts", || {
        let pool = Arc::new(ConnectionPool::new(ONE, || 7));
        two(&pool, |pool| drop(pool.acquire_timeout(Duration::from_millis(10))));
        assert_eq!(pool.available(), 1);
    }),
    ("event", || {
        let event = Arc::new(Event::new());
        let waiters = [(); 2].map(|()| {
            let event = Arc::clone(&event);
            thread::spawn(move || event.wait())
        });
        event.set();
        waiters.into_iter().for_each(|waiter| waiter.join().unwrap());
    }),
    ("inventory", || {
        let inventory = Arc::new(Inventory::new(&[1, 1]));
        let theirs = Arc::clone(&inventory);
        let other = thread::spawn(move || theirs.transfer(0, 1, 1).unwrap());
        inventory.transfer(1, 0, 1).unwrap();
        assert_eq!(inventory.total(), 2);
        other.join().unwrap();
    }),
    ("lru-cache", || {
        let cache = Arc::new(LruCache::new(ONE));
        two(&cache, |cache| {
            cache.get_or_insert_with(1, || 2);
            cache.put(3, 4);
        });
        assert_eq!(cache.len(), 1);
    }),
    ("producer-consumer", || {
        let pipeline = Pipeline { producers: 1, consumers: 2, capacity: ONE, items_per_producer: 2 };
        assert_eq!(run_pipeline(&pipeline, |_, _| 1).squares, [1, 1]);
    }),
    ("race-counter with a mutex", || {
        assert_eq!(hammer(&LockedCounter::new(), 3, 2), 6);
    }),
    ("race-counter with an atomic", || {
        assert_eq!(hammer(&AtomicCounter::new(), 3, 2), 6);
    }),
];

/// Two threads do the same with what they share.
fn two<T: Send + Sync + 'static>(shared: &Arc<T>, act: fn(&T)) {
    let threads = [(); 2].map(|()| {
        let shared = Arc::clone(shared);
        thread::spawn(move || act(&shared))
    });
    threads.into_iter().for_each(|thread| thread.join().unwrap());
}
