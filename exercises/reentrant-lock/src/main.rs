//! Four threads move amounts between the accounts of a repository, in transactions made of its own methods. Given.

use std::thread;
use std::time::Instant;

use reentrant_lock::{CachedRepository, RawReentrantLock};

const THREADS: usize = 4;
const TRANSFERS: usize = 20_000;
const ACCOUNTS: [&str; 3] = ["ada", "grace", "barbara"];
const AT_FIRST: i64 = 1_000;

fn main() {
    who_may_come_again();
    let repository = CachedRepository::new();
    for account in ACCOUNTS {
        repository.set(account, AT_FIRST);
    }
    println!("\n{THREADS} threads, {TRANSFERS} transfers each, {AT_FIRST} on each account at first\n");
    let start = Instant::now();
    thread::scope(|scope| {
        for number in 0..THREADS {
            let repository = &repository;
            scope.spawn(move || {
                for turn in 0..TRANSFERS {
                    let from = ACCOUNTS[(number + turn) % ACCOUNTS.len()];
                    let to = ACCOUNTS[(number + 2 * turn + 1) % ACCOUNTS.len()];
                    transfer(repository, from, to, 1 + (turn % 7) as i64);
                }
            });
        }
    });
    println!("{:<10}{:>10}", "account", "balance");
    let balances = ACCOUNTS.map(|account| repository.get_or_set(account, 0));
    for (account, balance) in ACCOUNTS.iter().zip(balances) {
        println!("{account:<10}{balance:>10}");
    }
    let sum: i64 = balances.iter().sum();
    let expected = AT_FIRST * ACCOUNTS.len() as i64;
    println!("{:<10}{sum:>10}, expected {expected}, done after {:.0?}", "together", start.elapsed());
}

/// One update inside of another one: with a lock that is not reentrant, the thread would wait for itself.
fn transfer(repository: &CachedRepository<i64>, from: &str, to: &str, amount: i64) {
    if from == to {
        return;
    }
    repository.update(from, |balance| {
        repository.update(to, |balance| balance.unwrap_or(0) + amount);
        balance.unwrap_or(0) - amount
    });
}

/// The lock itself: depths, and a second thread.
fn who_may_come_again() {
    let lock = RawReentrantLock::new();
    let step = |what: &str, result: String| println!("{what:<34}{result:<16}depth {}", lock.depth());
    lock.lock();
    step("lock", "at once".to_owned());
    lock.lock();
    step("lock", "at once".to_owned());
    step("try_lock", lock.try_lock().to_string());
    let others = thread::scope(|scope| {
        scope.spawn(|| (lock.try_lock(), lock.unlock(), lock.depth())).join().expect("it does not panic")
    });
    step("another thread: try_lock, unlock", format!("{}, {:?}", others.0, others.1.is_ok()));
    for _ in 0..4 {
        step("unlock", lock.unlock().map_or_else(|error| format!("{error:?}"), |()| "done".to_owned()));
    }
}
