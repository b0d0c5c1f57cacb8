//! Four workers move items between shelves in all directions, while an auditor counts everything. Given.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use inventory::Inventory;

const SHELVES: usize = 6;
const ON_EACH: u32 = 1_000;
const WORKERS: u64 = 4;
const TRANSFERS: u64 = 50_000;
const COUNTING_BY_HAND_TAKES: Duration = Duration::from_millis(50);

/// What one thread did, for its line of the table.
struct Work {
    moved: u64,
    refused: u64,
}

fn main() {
    let inventory = Inventory::new(&[ON_EACH; SHELVES]);
    let expected = u64::from(ON_EACH) * SHELVES as u64;
    println!("{SHELVES} shelves with {expected} items, {WORKERS} workers, {TRANSFERS} transfers each\n");
    println!("{:<10}{:>10}{:>20}", "worker", "moved", "not enough in stock");
    let done = AtomicBool::new(false);
    let start = Instant::now();
    let (totals, wrong) = thread::scope(|scope| {
        let auditor = scope.spawn(|| audit(&inventory, expected, &done));
        let inventory = &inventory;
        let workers: Vec<_> =
            (1..=WORKERS).map(|number| scope.spawn(move || work(number, inventory))).collect();
        for (number, worker) in (1..).zip(workers) {
            let Work { moved, refused } = worker.join().expect("no worker panics");
            println!("{number:<10}{moved:>10}{refused:>20}");
        }
        done.store(true, Ordering::Relaxed);
        auditor.join().expect("the auditor does not panic")
    });
    println!("\n{totals} totals taken meanwhile, {wrong} of them wrong, done after {:.0?}", start.elapsed());
    let meanwhile = while_a_shelf_is_counted(&inventory);
    println!("{meanwhile} changes of other shelves while one shelf was counted by hand");
}

/// Moves items between shelves that look random.
fn work(number: u64, inventory: &Inventory) -> Work {
    let mut work = Work { moved: 0, refused: 0 };
    let mut random = number;
    let mut below = |limit: u64| {
        // A linear congruential generator; its upper bits are the good ones.
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) % limit
    };
    for _ in 0..TRANSFERS {
        let [from, to] = [(); 2].map(|()| below(SHELVES as u64) as usize);
        match inventory.transfer(from, to, below(u64::from(ON_EACH)) as u32) {
            Ok(()) => work.moved += 1,
            Err(_) => work.refused += 1,
        }
    }
    work
}

/// Takes totals until the workers are done. Transfers change no total.
fn audit(inventory: &Inventory, expected: u64, done: &AtomicBool) -> (u64, u64) {
    let (mut totals, mut wrong) = (0, 0);
    while !done.load(Ordering::Relaxed) {
        totals += 1;
        wrong += u64::from(inventory.total() != expected);
    }
    (totals, wrong)
}

/// How often other shelves change while the lock of the first one is held.
fn while_a_shelf_is_counted(inventory: &Inventory) -> u64 {
    let counting = AtomicBool::new(true);
    thread::scope(|scope| {
        let other = scope.spawn(|| {
            let mut changes = 0;
            while counting.load(Ordering::Relaxed) {
                inventory.update_stock(1, 1).expect("adding is never refused");
                inventory.update_stock(1, -1).expect("it was added before");
                changes += 2;
            }
            changes
        });
        inventory.update_with(0, |_| thread::sleep(COUNTING_BY_HAND_TAKES));
        counting.store(false, Ordering::Relaxed);
        other.join().expect("no worker panics")
    })
}
