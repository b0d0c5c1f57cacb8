//! More threads than can be searched: in schedules that are sampled.

use std::sync::Arc;

use harness::model::choose;
use reentrant_lock::CachedRepository;

use crate::instruments::{Room, finish, is_free, with};

#[test]
fn ten_threads_come_again_and_again() {
    let room = Room::new();
    let threads: Vec<_> = (0..10)
        .map(|_| {
            let visits = [choose(4), choose(3)];
            with("visitor", &room, move |room| {
                for depth in visits {
                    if depth == 0 { room.try_visit() } else { room.visit(depth) }
                }
            })
        })
        .collect();
    threads.into_iter().for_each(finish);
    is_free(&room.lock);
}

#[test]
fn eight_threads_make_transactions_of_transactions() {
    const KEYS: [&str; 3] = ["a", "b", "c"];
    let repository = Arc::new(CachedRepository::new());
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let [from, to] = [choose(3), choose(3)];
            with("updater", &repository, move |repository| {
                CachedRepository::update(repository, KEYS[from], |_| {
                    CachedRepository::update(repository, KEYS[to], |balance| balance.unwrap_or(100) + 1);
                    // Read again: it may be the same key.
                    CachedRepository::get_or_set(repository, KEYS[from], 100) - 1
                });
            })
        })
        .collect();
    let sum = CachedRepository::update(&repository, "sum", |_| {
        KEYS.map(|key| CachedRepository::get_or_set(&repository, key, 100)).into_iter().sum::<i32>()
    });
    assert_eq!(sum, 300, "the sum of three balances, in one transaction beside others");
    threads.into_iter().for_each(finish);
    let balances = KEYS.map(|key| CachedRepository::get(&repository, key).unwrap_or(100));
    assert_eq!(balances.into_iter().sum::<i32>(), 300, "the sum of the balances at the end");
}
