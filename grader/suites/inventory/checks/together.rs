//! Two or three threads at once: whatever the interleaving, the history of their calls must be linearizable.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use harness::model::choose;
use inventory::Inventory;

use crate::instruments::{finish, holds, with};
use crate::sequential::Call::{Stock, Transfer, UpdateStock, UpdateWith};
use crate::sequential::explain;

#[test]
fn two_changes_of_a_shelf_lose_nothing() {
    explain(&[5], &[&[UpdateStock(0, 1)], &[UpdateStock(0, 2)]]);
}

#[test]
fn two_threads_take_the_last_item_once() {
    explain(&[1], &[&[UpdateStock(0, -1)], &[UpdateStock(0, -1)]]);
}

#[test]
fn three_threads_share_what_there_is() {
    explain(&[3], &[&[UpdateStock(0, -2)], &[UpdateStock(0, -2)], &[UpdateStock(0, 1)]]);
}

#[test]
fn update_with_loses_no_other_change() {
    explain(&[5], &[&[UpdateWith(0, 3)], &[UpdateStock(0, 1)]]);
    explain(&[5], &[&[UpdateWith(0, 3)], &[UpdateWith(0, 1)]]);
}

#[test]
fn update_with_loses_no_transfer() {
    explain(&[5, 5], &[&[UpdateWith(0, 3)], &[Transfer(0, 1, 4)]]);
    explain(&[5, 5], &[&[UpdateWith(1, 3)], &[Transfer(0, 1, 4)]]);
}

#[test]
fn a_change_is_seen_whole_or_not_at_all() {
    explain(&[5, 5], &[&[UpdateWith(0, 3)], &[Stock(0), Stock(0)]]);
    explain(&[5, 5], &[&[UpdateWith(0, 3)], &[Stock(1), Stock(0)]]);
}

/// Two numbers that only `change` touches.
#[derive(Default)]
struct Beside {
    occupied: AtomicBool,
    count: AtomicU32,
}

/// The count is relaxed: only the lock of the shelf can make one change happen before the next one.
#[test]
fn changes_of_one_shelf_exclude_each_other() {
    let shared = Arc::new((Inventory::new(&[5]), Beside::default()));
    let change = |shared: &(Inventory, Beside)| {
        let (inventory, beside) = shared;
        Inventory::update_with(inventory, 0, |stock| {
            let together = beside.occupied.swap(true, Ordering::SeqCst);
            beside.count.store(beside.count.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
            *stock += 1;
            beside.occupied.store(false, Ordering::SeqCst);
            together
        })
    };
    let other = with("updater", &shared, change);
    let together = change(&shared) | finish(other);
    assert!(!together, "two changes of one shelf ran at the same time");
    holds(&shared.0, &[7], "after two changes that add 1");
}

#[test]
fn what_one_change_wrote_the_next_one_reads() {
    let shared = Arc::new((Inventory::new(&[5]), AtomicU32::new(0)));
    let change = |shared: &(Inventory, AtomicU32)| {
        let (inventory, beside) = shared;
        Inventory::update_with(inventory, 0, |_| {
            beside.store(beside.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        });
    };
    let other = with("updater", &shared, change);
    change(&shared);
    finish(other);
    assert_eq!(shared.1.load(Ordering::Relaxed), 2, "what two changes of one shelf counted beside it");
}

#[test]
fn two_transfers_move_the_last_item_once() {
    explain(&[1, 0, 0], &[&[Transfer(0, 1, 1)], &[Transfer(0, 2, 1)]]);
}

#[test]
fn two_transfers_to_one_shelf_both_arrive() {
    explain(&[5, 5, 0], &[&[Transfer(0, 2, 1)], &[Transfer(1, 2, 3)]]);
    explain(&[0, 5, 5], &[&[Transfer(1, 0, 1)], &[Transfer(2, 0, 3)]]);
}

#[test]
fn transfers_in_both_directions_do_not_deadlock() {
    explain(&[5, 5], &[&[Transfer(0, 1, 2)], &[Transfer(1, 0, 3)]]);
}

#[test]
fn transfers_in_a_circle_do_not_deadlock() {
    explain(&[5, 5, 5], &[&[Transfer(0, 1, 1)], &[Transfer(1, 2, 2)], &[Transfer(2, 0, 3)]]);
}

#[test]
fn transfers_among_three_shelves_do_not_deadlock() {
    explain(&[5, 5, 5], &[&[Transfer(0, 2, 1)], &[Transfer(2, 1, 2)], &[Transfer(1, 0, 3)]]);
    explain(&[5, 5, 5], &[&[Transfer(2, 0, 1)], &[Transfer(1, 2, 2)], &[Transfer(0, 2, 3)]]);
}

/// An order of remainders, of groups or of bits may not tell two shelves apart that are far from each other.
#[test]
fn transfers_between_shelves_far_apart_do_not_deadlock() {
    let (near, far) = [(0, 2), (1, 3), (0, 3), (0, 4), (1, 9), (0, 16), (3, 35), (0, 64), (1, 257)][choose(9)];
    let inventory = Arc::new(Inventory::new(&[5; 258]));
    let back = with("mover", &inventory, move |inventory| Inventory::transfer(inventory, far, near, 3));
    assert_eq!(Inventory::transfer(&inventory, near, far, 2), Ok(()), "`transfer` from {near} to {far}");
    assert_eq!(finish(back), Ok(()), "`transfer` from {far} to {near}");
    let stocks = [near, far].map(|shelf| Inventory::stock(&inventory, shelf));
    assert_eq!(stocks, [6, 4], "the stock of shelves {near} and {far}");
}

#[test]
fn transfers_that_are_refused_do_not_deadlock() {
    explain(&[0, 0], &[&[Transfer(0, 1, 1)], &[Transfer(1, 0, 1)]]);
    explain(&[1, 0], &[&[Transfer(0, 1, 2)], &[Transfer(1, 0, 1)], &[Transfer(0, 1, 1)]]);
}

#[test]
fn a_transfer_is_seen_whole_by_who_asks_for_its_source_first() {
    explain(&[5, 5], &[&[Transfer(0, 1, 2)], &[Stock(0), Stock(1)]]);
    explain(&[5, 5], &[&[Transfer(1, 0, 2)], &[Stock(1), Stock(0)]]);
}

#[test]
fn a_transfer_is_seen_whole_by_who_asks_for_its_target_first() {
    explain(&[5, 5], &[&[Transfer(0, 1, 2)], &[Stock(1), Stock(0)]]);
    explain(&[5, 5], &[&[Transfer(1, 0, 2)], &[Stock(0), Stock(1)]]);
}

#[test]
fn a_transfer_meets_a_change_of_its_source() {
    explain(&[5, 5], &[&[Transfer(0, 1, 4)], &[UpdateStock(0, -3)]]);
    explain(&[5, 5], &[&[Transfer(1, 0, 4)], &[UpdateStock(1, -3)]]);
}

#[test]
fn a_transfer_meets_a_change_of_its_target() {
    explain(&[5, 5], &[&[Transfer(0, 1, 4)], &[UpdateStock(1, -7), UpdateStock(1, 1)]]);
    explain(&[5, 5], &[&[Transfer(1, 0, 4)], &[UpdateStock(0, -7), UpdateStock(0, 1)]]);
}

#[test]
fn a_transfer_that_is_refused_leaves_no_trace() {
    explain(&[1, 5], &[&[Transfer(0, 1, 2)], &[Stock(1), Stock(0), UpdateStock(0, -1)]]);
    explain(&[5, 1], &[&[Transfer(1, 0, 2)], &[Stock(0), Stock(1), UpdateStock(1, -1)]]);
}

#[test]
fn a_change_that_is_refused_leaves_no_trace() {
    explain(&[1], &[&[UpdateStock(0, -2)], &[Stock(0), UpdateStock(0, -1)]]);
}

#[test]
fn a_transfer_to_the_same_shelf_meets_a_change() {
    explain(&[5], &[&[Transfer(0, 0, 4)], &[UpdateStock(0, -3), Stock(0)]]);
    explain(&[5, 5], &[&[Transfer(1, 1, 4)], &[Transfer(1, 0, 3), Transfer(0, 1, 1)]]);
}

#[test]
fn what_was_moved_is_moved_on() {
    explain(&[5, 0, 0], &[&[Transfer(0, 1, 5)], &[Transfer(1, 2, 5)], &[Stock(2), Stock(0)]]);
}

#[test]
fn two_readers_agree_on_the_order_of_changes() {
    explain(
        &[5, 5],
        &[&[UpdateStock(0, 1)], &[UpdateStock(1, 1)], &[Stock(0), Stock(1)], &[Stock(1), Stock(0)]],
    );
}

#[test]
fn what_one_thread_sees_it_does_not_unsee() {
    explain(&[5, 5], &[&[UpdateStock(0, 1), UpdateStock(1, 1)], &[Stock(1), Stock(0), Stock(1)]]);
}
