//! `total`: of all shelves at one instant, and never in a deadlock.

use std::sync::Arc;

use harness::model::choose;
use inventory::Inventory;

use crate::instruments::{finish, with};
use crate::sequential::Call::{Stock, Total, Transfer, UpdateStock, UpdateWith};
use crate::sequential::explain;

#[test]
fn a_total_beside_a_transfer_misses_nothing() {
    explain(&[5, 5], &[&[Transfer(0, 1, 2)], &[Total, Total]]);
}

#[test]
fn a_total_beside_a_transfer_back_counts_nothing_twice() {
    explain(&[5, 5], &[&[Transfer(1, 0, 2)], &[Total, Total]]);
}

#[test]
fn a_total_beside_transfers_in_both_directions_does_not_deadlock() {
    explain(&[5, 5], &[&[Transfer(0, 1, 2)], &[Transfer(1, 0, 3)], &[Total]]);
}

#[test]
fn a_total_of_three_shelves_beside_a_transfer_between_any_two() {
    explain(&[5, 5, 5], &[&[Transfer(0, 2, 2)], &[Total]]);
    explain(&[5, 5, 5], &[&[Transfer(2, 0, 2)], &[Total]]);
    explain(&[5, 5, 5], &[&[Transfer(2, 1, 2)], &[Total]]);
    explain(&[5, 5, 5], &[&[Transfer(1, 0, 2)], &[Total]]);
}

/// Whoever holds only a few of the locks at a time misses what moves between the others.
#[test]
fn a_total_of_many_shelves_beside_a_transfer() {
    let last = [4, 8, 16, 64][choose(4)];
    let (from, to) = if choose(2) == 0 { (0, last) } else { (last, 0) };
    if last < 64 {
        return explain(&[5; 17][..=last], &[&[Transfer(from, to, 2)], &[Total]]);
    }
    // Too many for a history that ends with the stock of each.
    let inventory = Arc::new(Inventory::new(&[5; 65]));
    let mover = with("mover", &inventory, move |inventory| Inventory::transfer(inventory, from, to, 2));
    assert_eq!(Inventory::total(&inventory), 5 * 65, "the total of 65 shelves while items are moved");
    assert_eq!(finish(mover), Ok(()), "`transfer` from {from} to {to}");
}

#[test]
fn a_total_is_of_one_instant_between_two_changes() {
    explain(&[5, 5], &[&[UpdateStock(0, 1), UpdateStock(1, 10)], &[Total]]);
    explain(&[5, 5], &[&[UpdateStock(1, 1), UpdateStock(0, 10)], &[Total]]);
}

#[test]
fn a_total_agrees_with_the_stock_asked_for_before() {
    explain(&[5, 5], &[&[UpdateStock(0, 2)], &[Stock(0), Total]]);
    explain(&[5, 5], &[&[UpdateStock(1, -2)], &[Stock(1), Total]]);
}

#[test]
fn a_total_agrees_with_the_stock_asked_for_afterwards() {
    explain(&[5, 5], &[&[UpdateStock(0, 2)], &[Total, Stock(0)]]);
    explain(&[5, 5], &[&[UpdateStock(1, -2)], &[Total, Stock(1)]]);
}

#[test]
fn a_total_counts_what_a_change_adds_or_takes_once() {
    explain(&[5, 5], &[&[UpdateWith(0, 3)], &[Stock(0), Total]]);
    explain(&[5, 5], &[&[UpdateWith(1, 3)], &[Total, Stock(1)]]);
    explain(&[5, 5], &[&[UpdateWith(0, -3)], &[Stock(0), Total]]);
    explain(&[5, 5], &[&[UpdateWith(1, -3)], &[Total, Stock(1)]]);
    explain(&[5, 5], &[&[UpdateWith(0, -3)], &[UpdateStock(1, 1)]]);
}

#[test]
fn a_total_beside_a_refusal_counts_nothing_missing() {
    explain(&[5, 5], &[&[Transfer(0, 1, 6)], &[Total]]);
    explain(&[5, 5], &[&[UpdateStock(1, -6)], &[Total]]);
    explain(&[5, 5], &[&[Transfer(1, 1, 5)], &[Total]]);
}

#[test]
fn two_totals_agree_on_the_order_of_changes() {
    explain(&[5, 5], &[&[UpdateStock(0, 1)], &[UpdateStock(1, 10)], &[Total], &[Total]]);
}

/// Whoever lets changes begin, and does not wait for their end, counts the second one without the first.
#[test]
fn a_total_agrees_with_the_order_in_which_changes_were_seen() {
    let change =
        if choose(2) == 0 { UpdateStock } else { UpdateWith };
    explain(&[5, 5], &[&[change(1, 10)], &[Total], &[change(0, 1), Stock(1)]]);
}

#[test]
fn two_totals_beside_a_transfer_do_not_deadlock() {
    explain(&[5, 5], &[&[Transfer(1, 0, 2)], &[Total], &[Total]]);
}

/// The items are back where they were, or not where they have not been yet, whenever a shelf is read.
#[test]
fn a_total_is_no_coincidence() {
    explain(&[5, 0], &[&[Transfer(0, 1, 5), Transfer(1, 0, 5), Transfer(0, 1, 5)], &[Total]]);
}
