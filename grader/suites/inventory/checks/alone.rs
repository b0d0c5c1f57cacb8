//! One thread: what each call returns and changes.

use std::error::Error;

use harness::linearizability::Sequential;
use harness::stress::{Rng, seed};
use inventory::{Inventory, OutOfStock};

use crate::instruments::{holds, stocks};
use crate::sequential::Call::{Stock, Total, Transfer, UpdateStock, UpdateWith};
use crate::sequential::{Model, perform};

#[test]
fn a_new_inventory_holds_what_it_was_given() {
    for stock in [&[][..], &[0], &[7], &[3, 1, 4, 1, 5], &[u32::MAX, 0, u32::MAX]] {
        let inventory = Inventory::new(stock);
        assert_eq!(Inventory::shelves(&inventory), stock.len(), "the number of shelves");
        holds(&inventory, stock, "at the beginning");
    }
}

#[test]
fn a_change_returns_the_new_stock() {
    const MOST: u32 = i32::MAX as u32;
    let inventory = Inventory::new(&[5, 0, 3_000_000_000]);
    let changes = [
        (0, 3, 8),
        (0, 0, 8),
        (0, -1, 7),
        (0, -7, 0),
        (0, 0, 0),
        (1, i32::MAX, MOST),
        (1, i32::MAX, 2 * MOST),
        (1, 1, u32::MAX),
        (1, i32::MIN, MOST),
        (1, -i32::MAX, 0),
        (2, i32::MIN, 3_000_000_000 - MOST - 1),
        (2, i32::MAX, 2_999_999_999),
        (2, -1, 2_999_999_998),
        (2, 1_000_000_000, 3_999_999_998),
        (0, 1, 1),
    ];
    for (shelf, amount, new) in changes {
        let was = Inventory::stock(&inventory, shelf);
        let answer = Inventory::update_stock(&inventory, shelf, amount);
        assert_eq!(answer, Ok(new), "`update_stock` of a stock of {was} by {amount}");
        assert_eq!(Inventory::stock(&inventory, shelf), new, "the stock after `update_stock` by {amount}");
    }
    holds(&inventory, &[1, 0, 3_999_999_998], "after all changes");
}

#[test]
fn below_zero_it_is_refused_and_nothing_changes() {
    for (stock, amount) in
        [(0, -1), (0, i32::MIN), (4, -5), (4, i32::MIN), (i32::MAX as u32, i32::MIN), (1_000, -1_001)]
    {
        let inventory = Inventory::new(&[9, stock]);
        for _ in 0..2 {
            let answer = Inventory::update_stock(&inventory, 1, amount);
            assert_eq!(answer, Err(OutOfStock), "`update_stock` of a stock of {stock} by {amount}");
            holds(&inventory, &[9, stock], "after a refusal");
        }
    }
}

#[test]
fn update_with_gives_the_stock_and_gets_the_result() {
    let inventory = Inventory::new(&[5, 6]);
    let mut calls = 0;
    let text = Inventory::update_with(&inventory, 1, |stock| {
        calls += 1;
        let text = format!("it was {stock}");
        *stock = 60;
        *stock += 1;
        text
    });
    assert_eq!(
        (text.as_str(), calls),
        ("it was 6", 1),
        "what `change` returned, and how often it was called"
    );
    holds(&inventory, &[5, 61], "after `update_with`");
    Inventory::update_with(&inventory, 0, |stock| *stock = u32::MAX);
    Inventory::update_with(&inventory, 1, |stock| *stock = 0);
    holds(&inventory, &[u32::MAX, 0], "after `update_with`");
    assert_eq!(
        Inventory::update_with(&inventory, 0, |stock| *stock),
        u32::MAX,
        "the stock for `update_with`"
    );
    assert_eq!(Inventory::update_stock(&inventory, 1, 2), Ok(2), "`update_stock` by 2");
    assert_eq!(Inventory::transfer(&inventory, 0, 1, 3), Ok(()), "`transfer` of 3");
    holds(&inventory, &[u32::MAX - 3, 5], "after `update_with`, `update_stock` and `transfer`");
}

#[test]
fn a_transfer_moves_what_it_should_and_nothing_else() {
    let inventory = Inventory::new(&[10, 20, 30]);
    for (from, to, amount, expected) in [
        (0, 1, 1, [9, 21, 30]),
        (1, 0, 2, [11, 19, 30]),
        (0, 2, 11, [0, 19, 41]),
        (2, 0, 3, [3, 19, 38]),
        (1, 2, 19, [3, 0, 57]),
        (2, 1, 7, [3, 7, 50]),
        (1, 0, 0, [3, 7, 50]),
        (0, 1, 0, [3, 7, 50]),
        (0, 1, 3, [0, 10, 50]),
        (0, 1, 0, [0, 10, 50]),
    ] {
        let answer = Inventory::transfer(&inventory, from, to, amount);
        assert_eq!(answer, Ok(()), "`transfer` of {amount} from shelf {from} to shelf {to}");
        holds(&inventory, &expected, "after a transfer");
    }
    let inventory = Inventory::new(&[4_000_000_000, 294_967_295]);
    for (from, to, amount) in
        [(0, 1, 4_000_000_000), (1, 0, u32::MAX), (0, 1, 2_147_483_648), (0, 1, 2_147_483_647)]
    {
        let answer = Inventory::transfer(&inventory, from, to, amount);
        assert_eq!(answer, Ok(()), "`transfer` of {amount} from shelf {from} to shelf {to}");
    }
    holds(&inventory, &[0, u32::MAX], "after transfers of large amounts");
}

#[test]
fn a_transfer_of_too_many_is_refused_and_changes_nothing() {
    let stock = [4, 0, 3_000_000_000];
    let inventory = Inventory::new(&stock);
    for (from, to, amount) in
        [(0, 1, 5), (1, 0, 1), (0, 2, u32::MAX), (2, 0, 3_000_000_001), (2, 1, u32::MAX)]
    {
        for _ in 0..2 {
            let answer = Inventory::transfer(&inventory, from, to, amount);
            assert_eq!(answer, Err(OutOfStock), "`transfer` of {amount} from shelf {from} to shelf {to}");
            holds(&inventory, &stock, "after a refusal");
        }
    }
}

#[test]
fn a_transfer_to_the_same_shelf_changes_nothing() {
    let stock = [4, 0, u32::MAX];
    let inventory = Inventory::new(&stock);
    for (shelf, amount, enough) in [
        (0, 0, true),
        (0, 1, true),
        (0, 4, true),
        (0, 5, false),
        (0, u32::MAX, false),
        (1, 0, true),
        (1, 1, false),
        (2, u32::MAX, true),
        (2, 1, true),
    ] {
        let answer = Inventory::transfer(&inventory, shelf, shelf, amount);
        let expected = if enough { Ok(()) } else { Err(OutOfStock) };
        assert_eq!(answer, expected, "`transfer` of {amount} from shelf {shelf} to itself");
        holds(&inventory, &stock, "after a transfer from a shelf to itself");
    }
}

#[test]
fn a_total_may_be_larger_than_a_stock() {
    let inventory = Inventory::new(&[u32::MAX; 300]);
    assert_eq!(Inventory::total(&inventory), 300 * u64::from(u32::MAX), "the total of 300 full shelves");
    Inventory::update_with(&inventory, 299, |stock| *stock = 1);
    let expected = 299 * u64::from(u32::MAX) + 1;
    assert_eq!(Inventory::total(&inventory), expected, "the total of 299 full shelves and one with 1");
}

#[test]
fn many_shelves_are_all_different() {
    const SHELVES: u32 = 3_000;
    let stock: Vec<u32> = (0..SHELVES).collect();
    let inventory = Inventory::new(&stock);
    for shelf in 1..SHELVES as usize {
        assert_eq!(
            Inventory::transfer(&inventory, shelf, shelf - 1, shelf as u32),
            Ok(()),
            "`transfer` of all"
        );
    }
    let mut moved: Vec<u32> = (1..SHELVES).collect();
    moved.push(0);
    holds(&inventory, &moved, "after each stock was moved to the shelf before");
}

#[test]
fn random_calls_agree_with_a_list_of_numbers() {
    const SHELVES: u64 = 4;
    let mut rng = Rng::new(seed());
    for _ in 0..300 {
        let stock: Vec<u32> = (0..SHELVES).map(|_| rng.below(20) as u32).collect();
        let (inventory, mut model) = (Inventory::new(&stock), Model(stock));
        for _ in 0..60 {
            let [one, other] = [(); 2].map(|()| rng.below(SHELVES) as usize);
            let call = match rng.below(8) {
                0 => Stock(one),
                1 | 2 => UpdateStock(one, rng.below(41) as i32 - 20),
                3 => UpdateWith(one, rng.below(5) as i32),
                4..7 => Transfer(one, other, rng.below(15) as u32),
                _ => Total,
            };
            let expected = model.apply(&call);
            assert_eq!(perform(&inventory, &call), expected, "{call:?}");
            assert_eq!(stocks(&inventory), model.0, "the stock of each shelf, after {call:?}");
        }
    }
}

#[test]
fn one_inventory_knows_nothing_of_another() {
    let (one, other) = (Inventory::new(&[1, 2]), Inventory::new(&[30, 40, 50]));
    assert_eq!(Inventory::update_stock(&one, 0, 5), Ok(6), "`update_stock` by 5");
    assert_eq!(Inventory::transfer(&other, 2, 0, 10), Ok(()), "`transfer` of 10");
    let while_locked = Inventory::update_with(&one, 1, |stock| {
        *stock += 1;
        let changed = Inventory::update_with(&other, 1, |stock| std::mem::replace(stock, 41));
        (changed, Inventory::update_stock(&other, 1, 1), Inventory::transfer(&other, 1, 0, 1))
    });
    assert_eq!(while_locked, (40, Ok(42), Ok(())), "calls while a shelf of another inventory is changed");
    assert_eq!(Inventory::update_with(&one, 1, |stock| *stock), 3, "the stock for another `update_with`");
    holds(&one, &[6, 3], "of one of two inventories");
    holds(&other, &[41, 41, 40], "of the other of two inventories");
}

#[test]
fn its_error_says_what_happened() {
    let error: Box<dyn Error + Send + Sync> = Box::new(OutOfStock);
    assert!(!error.to_string().trim().is_empty(), "the message of `OutOfStock` is empty");
    assert!(!format!("{:?}", OutOfStock).is_empty(), "`OutOfStock` has no `Debug` text");
}
