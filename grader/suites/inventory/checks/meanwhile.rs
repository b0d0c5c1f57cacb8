//! What goes on while a `change` runs, which may block: here until other threads have done what they want.

use std::sync::Arc;
#[cfg(engine = "stress")]
use std::sync::Barrier;

#[cfg(engine = "model")]
use harness::model::choose;
#[cfg(engine = "stress")]
use harness::stress::until_others_sleep;
use inventory::{Inventory, OutOfStock};

#[cfg(engine = "model")]
use crate::instruments::holds;
use crate::instruments::{finish, with};
#[cfg(engine = "model")]
use crate::sequential::Call::{Total, Transfer, UpdateStock, UpdateWith};
#[cfg(engine = "model")]
use crate::sequential::perform;

/// While a `change` of shelf `held` runs, a thread makes these calls with the numbers of the two others.
fn beside_a_change(calls: fn(&Inventory, [usize; 2])) {
    for (held, others) in [(0, [1, 2]), (1, [0, 2]), (2, [0, 1])] {
        let inventory = Arc::new(Inventory::new(&[5; 3]));
        Inventory::update_with(&inventory, held, |stock| {
            *stock += 1;
            finish(with("other", &inventory, move |inventory| calls(inventory, others)));
        });
        assert_eq!(Inventory::stock(&inventory, held), 6, "the stock of the shelf that was changed");
    }
}

#[test]
fn other_shelves_are_asked_for() {
    beside_a_change(|inventory, others| {
        assert_eq!(others.map(|shelf| Inventory::stock(inventory, shelf)), [5; 2], "the stock of two others");
        assert_eq!(Inventory::shelves(inventory), 3, "the number of shelves");
    });
}

#[test]
fn other_shelves_are_changed() {
    beside_a_change(|inventory, [one, other]| {
        assert_eq!(Inventory::update_stock(inventory, one, 2), Ok(7), "`update_stock` by 2");
        assert_eq!(Inventory::update_stock(inventory, other, -6), Err(OutOfStock), "`update_stock` by -6");
        assert_eq!(
            Inventory::update_with(inventory, other, |stock| *stock),
            5,
            "the stock for `update_with`"
        );
    });
}

#[test]
fn items_are_moved_between_other_shelves() {
    beside_a_change(|inventory, [one, other]| {
        assert_eq!(Inventory::transfer(inventory, one, other, 5), Ok(()), "`transfer` of all");
        assert_eq!(Inventory::transfer(inventory, other, one, 10), Ok(()), "`transfer` of all");
        assert_eq!(Inventory::transfer(inventory, other, one, 1), Err(OutOfStock), "`transfer` of too many");
        assert_eq!(Inventory::transfer(inventory, one, one, 10), Ok(()), "`transfer` to the same shelf");
    });
}

/// Threads that wait for the shelf itself are not in the way of those that need another one. (What queues behind a
/// `transfer` or a `total` that waits for it is open.)
fn beside_one_that_waits(waiting: fn(&Inventory, usize)) {
    for (held, other) in [(0, 1), (1, 0)] {
        let inventory = Arc::new(Inventory::new(&[5; 2]));
        let waiter = Inventory::update_with(&inventory, held, |stock| {
            let waiter = with("waiter", &inventory, move |inventory| waiting(inventory, held));
            finish(with("other", &inventory, move |inventory| {
                assert_eq!(Inventory::update_stock(inventory, other, 1), Ok(6), "`update_stock` by 1");
                assert_eq!(Inventory::stock(inventory, other), 6, "the stock of another shelf");
            }));
            *stock += 1;
            waiter
        });
        finish(waiter);
    }
}

#[test]
fn a_thread_that_waits_to_change_the_shelf_is_in_nobodys_way() {
    beside_one_that_waits(|inventory, shelf| {
        assert_eq!(
            Inventory::update_stock(inventory, shelf, 1),
            Ok(7),
            "`update_stock` by 1, after the change"
        );
    });
}

#[test]
fn a_thread_that_waits_with_a_change_is_in_nobodys_way() {
    beside_one_that_waits(|inventory, shelf| {
        let stock = Inventory::update_with(inventory, shelf, |stock| *stock);
        assert_eq!(stock, 6, "the stock for `update_with`, after the change");
    });
}

#[test]
fn a_thread_that_waits_to_see_the_shelf_is_in_nobodys_way() {
    beside_one_that_waits(|inventory, shelf| {
        let stock = Inventory::stock(inventory, shelf);
        assert!([5, 6].contains(&stock), "the stock was 5, then 6, and a reader saw {stock}");
    });
}

/// Readers wait, or see the value before the change.
#[test]
fn the_stock_is_the_one_before_a_change_or_after_it() {
    let inventory = Arc::new(Inventory::new(&[5]));
    let reader = Inventory::update_with(&inventory, 0, |stock| {
        *stock = 99;
        let reader = with("reader", &inventory, |inventory| {
            (Inventory::stock(inventory, 0), Inventory::total(inventory))
        });
        *stock = 7;
        reader
    });
    let (stock, total) = finish(reader);
    assert!([5, 7].contains(&stock), "the stock was 5, then 7, and a reader saw {stock}");
    assert!([5, 7].contains(&total), "the total was 5, then 7, and a reader saw {total}");
    assert!(u64::from(stock) <= total, "a reader saw a stock of {stock}, and a total of {total} after it");
}

/// All kinds of calls that need the shelf. Whether they wait is not observed, but that they return is.
#[cfg(engine = "model")]
#[test]
fn who_waits_for_the_shelf_goes_on_afterwards() {
    let calls: [fn(&Inventory); 2] = [
        |inventory| assert_eq!(Inventory::transfer(inventory, 0, 1, 6), Ok(()), "`transfer` from the shelf"),
        |inventory| assert_eq!(Inventory::transfer(inventory, 1, 0, 5), Ok(()), "`transfer` to the shelf"),
    ];
    for call in calls {
        let inventory = Arc::new(Inventory::new(&[5, 5]));
        let (mover, auditor) = Inventory::update_with(&inventory, 0, |stock| {
            *stock += 1;
            (
                with("mover", &inventory, call),
                with("auditor", &inventory, |inventory| Inventory::total(inventory)),
            )
        });
        finish(mover);
        let total = finish(auditor);
        assert!([10, 11].contains(&total), "the total was 10, then 11, and an auditor saw {total}");
        assert_eq!(Inventory::total(&inventory), 11, "the total at the end");
    }
}

/// Two shelves, and a thread that waits for each of them: a wakeup for one is not for the other.
#[cfg(engine = "model")]
#[test]
fn who_waits_for_either_of_two_shelves_goes_on_afterwards() {
    let case = choose(4);
    if case > 0 {
        return who_waits_for_one_goes_on_before_the_other_one_ends(case);
    }
    let inventory = Arc::new(Inventory::new(&[5, 5]));
    let change =
        |shelf| with("holder", &inventory, move |inventory| Inventory::update_with(inventory, shelf, |_| ()));
    let holders = [0, 1].map(change);
    let waiter = with("updater", &inventory, |inventory| Inventory::update_stock(inventory, 1, 1));
    assert_eq!(Inventory::update_stock(&inventory, 0, 1), Ok(6), "`update_stock` by 1");
    assert_eq!(finish(waiter), Ok(6), "`update_stock` by 1");
    holders.map(finish);
    holds(&inventory, &[6, 6], "after one item was added to each");
}

/// The `change` of the other shelf ends when this one has been used. Nor are shelves in each other's way whose numbers
/// differ by a power of two, or which have the same number in two inventories.
#[cfg(engine = "model")]
fn who_waits_for_one_goes_on_before_the_other_one_ends(case: usize) {
    const SHELVES: usize = 65;
    let (which, other) = [(0, 1), (0, SHELVES - 1), (1, 0)][case - 1];
    let inventories = Arc::new([(); 2].map(|()| Inventory::new(&[5; SHELVES])));
    let add = |which: usize, shelf| {
        with("updater", &inventories, move |all| Inventory::update_stock(&all[which], shelf, 1))
    };
    let waiter = Inventory::update_with(&inventories[which], other, |_| {
        let waiter = add(which, other);
        let holder = with("holder", &inventories, |all| Inventory::update_with(&all[0], 0, |_| ()));
        assert_eq!(finish(add(0, 0)), Ok(6), "`update_stock` by 1");
        finish(holder);
        waiter
    });
    assert_eq!(finish(waiter), Ok(6), "`update_stock` by 1, after the change");
}

/// Two inventories share neither locks nor notes about who does what: inside of a `change` of one, the other one is used
/// as at any other time. Another thread waits for the first one, or uses the second one as well.
#[cfg(engine = "model")]
#[test]
fn another_inventory_is_used_inside_of_a_change() {
    let calls = [(0, Transfer(0, 1, 1)), (0, Total), (1, UpdateStock(1, 10)), (1, UpdateWith(1, 10))];
    let (which, call) = calls[choose(4)];
    let inventories = Arc::new([(); 2].map(|()| Inventory::new(&[5; 2])));
    let caller = Inventory::update_with(&inventories[0], 0, |_| {
        let caller = with("caller", &inventories, move |all| drop(perform(&all[which], &call)));
        for call in [UpdateWith(1, 3), Transfer(0, 1, 2), Total] {
            perform(&inventories[1], &call);
        }
        caller
    });
    finish(caller);
    let added = if which == 1 { 10 } else { 0 };
    holds(&inventories[1], &[3, 10 + added], "after what was done inside of a `change` of another inventory");
}

/// The virtual clock of a thread advances only when one of its timed waits expires, or when a thread is slow.
#[cfg(engine = "model")]
#[test]
fn who_waits_for_the_shelf_is_woken_and_does_not_poll() {
    use std::time::Instant;

    let calls: [fn(&Inventory); 4] = [
        |inventory| drop(Inventory::update_stock(inventory, 0, 1)),
        |inventory| Inventory::update_with(inventory, 0, |_| ()),
        |inventory| drop(Inventory::transfer(inventory, 1, 0, 1)),
        |inventory| drop(Inventory::transfer(inventory, 0, 1, 1)),
    ];
    for call in calls {
        let inventory = Arc::new(Inventory::new(&[5, 5]));
        let waiter = Inventory::update_with(&inventory, 0, |_| {
            with("waiter", &inventory, move |inventory| {
                let called = Instant::now();
                call(inventory);
                called.elapsed()
            })
        });
        let took = finish(waiter);
        assert!(took <= harness::model::lateness(), "timed waits took {took:?}: a release must end the wait");
    }
}

/// A lock of its own for each shelf: not one for every so many.
#[cfg(engine = "stress")]
#[test]
fn all_others_of_many_shelves_are_free() {
    const SHELVES: usize = 9_000;
    let inventory = Arc::new(Inventory::new(&[5; SHELVES]));
    for held in [0, 1_023, SHELVES - 1] {
        Inventory::update_with(&inventory, held, |_| {
            finish(with("other", &inventory, move |inventory| {
                for shelf in (0..SHELVES).filter(|shelf| *shelf != held) {
                    assert_eq!(Inventory::stock(inventory, shelf), 5, "the stock of shelf {shelf}");
                    assert_eq!(Inventory::update_stock(inventory, shelf, 0), Ok(5), "`update_stock` by 0");
                }
            }));
        });
    }
}

/// Two shelves so far apart that an order of a part of their numbers does not tell them apart. Transfers in both directions
/// wait, and the changes end one after the other.
#[cfg(engine = "stress")]
#[test]
fn transfers_that_wait_for_shelves_far_apart_go_on() {
    const FAR: usize = 1 << 16;
    let inventory = Arc::new(Inventory::new(&[5; FAR + 1]));
    for _ in 0..3 {
        let changes = [FAR, 0].map(|shelf| {
            let [begun, end] = [(); 2].map(|()| Arc::new(Barrier::new(2)));
            let theirs = [Arc::clone(&begun), Arc::clone(&end)];
            let updater = with("updater", &inventory, move |inventory| {
                Inventory::update_with(inventory, shelf, |_| {
                    theirs.iter().for_each(|barrier| drop(barrier.wait()))
                });
            });
            begun.wait();
            (updater, end)
        });
        let movers = [(0, FAR), (FAR, 0)].map(|(from, to)| {
            with("mover", &inventory, move |inventory| Inventory::transfer(inventory, from, to, 1))
        });
        for (updater, end) in changes {
            until_others_sleep();
            end.wait();
            finish(updater);
        }
        assert_eq!(movers.map(finish), [Ok(()); 2], "`transfer` between shelves 0 and {FAR}, and back");
    }
    let stocks = [0, FAR].map(|shelf| Inventory::stock(&inventory, shelf));
    assert_eq!(stocks, [5; 2], "the stock of shelves 0 and {FAR}");
}
