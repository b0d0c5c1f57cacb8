//! Many real threads.

use std::sync::{Arc, Barrier};
use std::thread;

use harness::stress::{Rng, seed, until_others_sleep};
use reentrant_lock::{CachedRepository, RawReentrantLock};

use crate::instruments::{Room, finish, hold, is_free, with};

const THREADS: u64 = 8;

#[test]
fn eight_threads_come_again_and_again() {
    const TURNS: u64 = 2_000;
    let room = Room::new();
    let start = Arc::new(Barrier::new(THREADS as usize));
    let threads: Vec<_> = (0..THREADS)
        .map(|number| {
            let start = Arc::clone(&start);
            with("visitor", &room, move |room| {
                let mut rng = Rng::new(seed() + number);
                start.wait();
                for _ in 0..TURNS {
                    match rng.below(4) {
                        0 => room.try_visit_twice(),
                        depth => room.visit(depth as usize),
                    }
                    if rng.below(16) == 0 {
                        thread::yield_now();
                    }
                }
            })
        })
        .collect();
    threads.into_iter().for_each(finish);
    is_free(&room.lock);
}

/// All of them try at the same moment, and those who were admitted leave when all have tried.
#[test]
fn of_those_who_try_at_once_one_is_admitted() {
    const ROUNDS: usize = 500;
    const TRIERS: usize = 4;
    let lock = Arc::new(RawReentrantLock::new());
    let all = Arc::new(Barrier::new(TRIERS));
    let triers = [(); TRIERS].map(|()| {
        let all = Arc::clone(&all);
        with("trier", &lock, move |lock| {
            (0..ROUNDS)
                .map(|_| {
                    all.wait();
                    let admitted = RawReentrantLock::try_lock(lock);
                    all.wait();
                    (admitted, RawReentrantLock::unlock(lock).is_ok())
                })
                .collect::<Vec<_>>()
        })
    });
    let rounds = triers.map(finish);
    let unlocked_wrongly = rounds.iter().flatten().find(|(admitted, unlocked)| admitted != unlocked);
    assert_eq!(unlocked_wrongly, None, "whether `try_lock`, and then `unlock`, succeeded");
    let times = |round: usize| rounds.iter().filter(|rounds| rounds[round].0).count();
    let wrong = (0..ROUNDS).map(times).find(|times| *times != 1);
    assert_eq!(wrong, None, "how many of {TRIERS} threads were admitted that tried at the same time");
    is_free(&lock);
}

/// More than a byte can count.
#[test]
fn three_hundred_that_wait_all_get_in() {
    let room = Room::new();
    let waiters: Vec<_> = hold(&room.lock, 2, || {
        let waiters = (0..300).map(|_| with("waiter", &room, |room| room.visit(2))).collect();
        until_others_sleep();
        waiters
    });
    waiters.into_iter().for_each(finish);
    is_free(&room.lock);
}

#[test]
fn eight_threads_make_transactions_of_transactions() {
    const TURNS: u64 = 1_500;
    const KEYS: [&str; 4] = ["a", "b", "c", "d"];
    let repository = Arc::new(CachedRepository::new());
    let start = Arc::new(Barrier::new(THREADS as usize));
    let threads: Vec<_> = (0..THREADS)
        .map(|number| {
            let start = Arc::clone(&start);
            with("updater", &repository, move |repository| {
                let mut rng = Rng::new(seed() + number);
                start.wait();
                for _ in 0..TURNS {
                    let [from, to] = [(); 2].map(|()| KEYS[rng.below(4) as usize]);
                    CachedRepository::update(repository, from, |_| {
                        CachedRepository::update(repository, to, |balance| balance.unwrap_or(0_i64) + 3);
                        CachedRepository::get_or_set(repository, from, 0) - 3
                    });
                    if rng.below(8) == 0 {
                        let sum = CachedRepository::update(repository, "sum", |_| {
                            KEYS.map(|key| CachedRepository::get_or_set(repository, key, 0)).into_iter().sum()
                        });
                        assert_eq!(sum, 0, "the sum of the balances in one transaction");
                    }
                }
            })
        })
        .collect();
    threads.into_iter().for_each(finish);
    let sum: i64 = KEYS.map(|key| CachedRepository::get(&repository, key).unwrap_or(0)).into_iter().sum();
    assert_eq!(sum, 0, "the sum of the balances at the end");
}
