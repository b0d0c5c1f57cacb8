//! Many real threads.

use std::sync::{Arc, Barrier};

use harness::stress::{Rng, seed, until_others_sleep};
use inventory::Inventory;

use crate::instruments::{finish, holds, stocks, with};

const THREADS: u64 = 8;
const SHELVES: u64 = 5;
const ON_EACH: u32 = 100;

/// Transfers, and a total after each few of them; what each thread moved to and from every shelf is returned.
#[test]
fn eight_threads_move_items_in_all_directions() {
    const TRANSFERS: u64 = 4_000;
    let inventory = Arc::new(Inventory::new(&[ON_EACH; SHELVES as usize]));
    let start = Arc::new(Barrier::new(THREADS as usize));
    let threads: Vec<_> = (0..THREADS)
        .map(|number| {
            let start = Arc::clone(&start);
            with("mover", &inventory, move |inventory| {
                let mut rng = Rng::new(seed() + number);
                let mut moved = [0_i64; SHELVES as usize];
                start.wait();
                for turn in 0..TRANSFERS {
                    let [from, to] = [(); 2].map(|()| rng.below(SHELVES) as usize);
                    let amount = rng.below(u64::from(ON_EACH)) as u32;
                    if Inventory::transfer(inventory, from, to, amount).is_ok() {
                        moved[from] -= i64::from(amount);
                        moved[to] += i64::from(amount);
                    }
                    if turn % 16 == 0 {
                        let total = Inventory::total(inventory);
                        assert_eq!(total, u64::from(ON_EACH) * SHELVES, "the total while items are moved");
                    }
                }
                moved
            })
        })
        .collect();
    let mut expected = [i64::from(ON_EACH); SHELVES as usize];
    for moved in threads.into_iter().map(finish) {
        expected.iter_mut().zip(moved).for_each(|(expected, moved)| *expected += moved);
    }
    let expected: Vec<u32> =
        expected.iter().map(|stock| u32::try_from(*stock).expect("no stock is below zero")).collect();
    holds(&inventory, &expected, "after all transfers that succeeded");
}

#[test]
fn eight_threads_use_the_shelves_in_all_ways() {
    const TURNS: u64 = 3_000;
    let inventory = Arc::new(Inventory::new(&[ON_EACH; SHELVES as usize]));
    let start = Arc::new(Barrier::new(THREADS as usize));
    let threads: Vec<_> = (0..THREADS)
        .map(|number| {
            let start = Arc::clone(&start);
            with("caller", &inventory, move |inventory| {
                let mut rng = Rng::new(seed() + 100 + number);
                let mut added = 0;
                start.wait();
                for _ in 0..TURNS {
                    let [shelf, other] = [(); 2].map(|()| rng.below(SHELVES) as usize);
                    match rng.below(6) {
                        0 | 1 => {
                            let amount = rng.below(41) as i32 - 20;
                            let changed = Inventory::update_stock(inventory, shelf, amount).is_ok();
                            added += if changed { i64::from(amount) } else { 0 };
                        }
                        2 => {
                            Inventory::update_with(inventory, shelf, |stock| *stock += 1);
                            added += 1;
                        }
                        3 => drop(Inventory::transfer(inventory, shelf, other, rng.below(30) as u32)),
                        4 => drop(Inventory::stock(inventory, shelf)),
                        _ => drop(Inventory::total(inventory)),
                    }
                }
                added
            })
        })
        .collect();
    let added: i64 = threads.into_iter().map(finish).sum();
    let expected = i64::from(ON_EACH) * SHELVES as i64 + added;
    let total: i64 = stocks(&inventory).into_iter().map(i64::from).sum();
    assert_eq!(total, expected, "what was there and what was added");
    assert_eq!(i64::try_from(Inventory::total(&inventory)), Ok(expected), "the total at the end");
}

/// As many as a byte counts, and one less: whoever counts the threads in a byte, with its holder or without, has none.
#[test]
fn two_hundred_and_fifty_six_threads_wait_for_a_shelf() {
    for waiting in [256, 255] {
        let inventory = Arc::new(Inventory::new(&[0]));
        let waiters: Vec<_> = Inventory::update_with(&inventory, 0, |_| {
            let add = |inventory: &Inventory| Inventory::update_stock(inventory, 0, 1);
            let waiters = (0..waiting).map(|_| with("waiter", &inventory, add)).collect();
            until_others_sleep();
            waiters
        });
        for waiter in waiters {
            assert!(finish(waiter).is_ok(), "`update_stock` by 1 is refused");
        }
        assert_eq!(Inventory::stock(&inventory, 0), waiting, "the stock after each thread added one item");
    }
}
