//! More threads and calls than can be searched: in schedules that are sampled.

use std::sync::Arc;

use harness::model::choose;
use inventory::Inventory;

use crate::instruments::{finish, with};
use crate::sequential::Call::{self, Stock, Total, Transfer, UpdateStock, UpdateWith};
use crate::sequential::{Answer, explain, perform};

const SHELVES: usize = 4;
const ON_EACH: u32 = 4;

fn any_transfer() -> Call {
    Transfer(choose(SHELVES), choose(SHELVES), choose(6) as u32)
}

fn any_call() -> Call {
    let shelf = choose(SHELVES);
    match choose(8) {
        0 => Stock(shelf),
        1 => UpdateStock(shelf, 1 + choose(3) as i32),
        2 => UpdateStock(shelf, -1 - choose(5) as i32),
        3 => UpdateWith(shelf, choose(3) as i32),
        4 => Total,
        _ => any_transfer(),
    }
}

#[test]
fn four_threads_call_at_random() {
    let calls: Vec<Vec<Call>> = (0..4).map(|_| (0..3).map(|_| any_call()).collect()).collect();
    let calls: Vec<&[Call]> = calls.iter().map(Vec::as_slice).collect();
    explain(&[ON_EACH; SHELVES], &calls);
}

/// Each look at a shelf may find the item there, or neither does, whatever the other looks found.
fn one_moves_an_item_back_and_forth_while_one_counts() {
    let inventory = Arc::new(Inventory::new(&[1, 0]));
    let mover = with("mover", &inventory, |inventory| {
        for turn in 0..40 {
            perform(inventory, &Transfer(turn % 2, (turn + 1) % 2, 1));
        }
    });
    for _ in 0..12 {
        assert_eq!(Inventory::total(&inventory), 1, "a total while one item is moved back and forth");
    }
    finish(mover);
}

#[test]
fn eight_threads_move_items_while_two_count_them() {
    if choose(3) == 2 {
        return one_moves_an_item_back_and_forth_while_one_counts();
    }
    let inventory = Arc::new(Inventory::new(&[ON_EACH; SHELVES]));
    let movers: Vec<_> = (0..8)
        .map(|_| {
            let calls = [any_transfer(), any_transfer()];
            with("mover", &inventory, move |inventory| {
                for call in &calls {
                    perform(inventory, call);
                }
            })
        })
        .collect();
    let auditors = [(); 2]
        .map(|()| with("auditor", &inventory, |inventory| [(); 2].map(|()| Inventory::total(inventory))));
    let all = u64::from(ON_EACH) * SHELVES as u64;
    for totals in auditors.map(finish) {
        assert_eq!(totals, [all; 2], "two totals while items were moved");
    }
    movers.into_iter().for_each(finish);
    assert_eq!(Inventory::total(&inventory), all, "the total at the end");
}

#[test]
fn ten_threads_change_shelves_and_nothing_is_lost() {
    let inventory = Arc::new(Inventory::new(&[ON_EACH; SHELVES]));
    let threads: Vec<_> = (0..10)
        .map(|_| {
            let calls = [any_call(), any_call()];
            with("caller", &inventory, move |inventory| {
                let added = calls.iter().map(|call| match (call, perform(inventory, call)) {
                    (_, Answer::OutOfStock) => 0,
                    (UpdateStock(_, amount), _) => i64::from(*amount),
                    (UpdateWith(_, more), _) => i64::from(*more),
                    (Stock(_) | Transfer(..) | Total, _) => 0,
                });
                added.sum::<i64>()
            })
        })
        .collect();
    let added: i64 = threads.into_iter().map(finish).sum();
    let expected = i64::from(ON_EACH) * SHELVES as i64 + added;
    assert_eq!(
        i64::try_from(Inventory::total(&inventory)),
        Ok(expected),
        "what was there and what was added"
    );
}
