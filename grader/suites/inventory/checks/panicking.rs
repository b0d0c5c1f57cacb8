//! Panics: a shelf that does not exist, a shelf without room, and a `change` that panics.

use std::cell::Cell;
use std::panic;
use std::sync::Arc;

use inventory::{Inventory, OutOfStock};

use crate::instruments::{attempt, finish, holds, with};

/// A call that must panic.
type Panics = fn(&Inventory);

/// Uses every shelf in every way, and leaves the stock as it was.
fn is_usable(inventory: &Inventory, stock: &[u32]) {
    holds(inventory, stock, "after a panic");
    for shelf in 0..stock.len() {
        let kept = Inventory::update_with(inventory, shelf, |stock| std::mem::replace(stock, 10));
        assert_eq!(kept, stock[shelf], "the stock for `update_with`, after a panic");
        assert_eq!(
            Inventory::update_stock(inventory, shelf, -10),
            Ok(0),
            "`update_stock` by -10, after a panic"
        );
        assert_eq!(
            Inventory::update_stock(inventory, shelf, -1),
            Err(OutOfStock),
            "`update_stock` by -1 of 0"
        );
        let next = (shelf + 1) % stock.len();
        assert_eq!(Inventory::transfer(inventory, shelf, next, 0), Ok(()), "`transfer` of 0, after a panic");
        Inventory::update_with(inventory, shelf, |stock| *stock = kept);
    }
    holds(inventory, stock, "after a panic");
}

#[cfg(engine = "stress")]
#[test]
fn a_shelf_that_does_not_exist_is_a_panic_with_its_number() {
    let calls: [(&str, Panics); 16] = [
        ("stock(77)", |inventory| drop(Inventory::stock(inventory, 77))),
        ("update_stock(77, 1)", |inventory| drop(Inventory::update_stock(inventory, 77, 1))),
        ("update_stock(77, 0)", |inventory| drop(Inventory::update_stock(inventory, 77, 0))),
        ("update_stock(77, -1)", |inventory| drop(Inventory::update_stock(inventory, 77, -1))),
        ("update_stock(77, i32::MIN)", |inventory| drop(Inventory::update_stock(inventory, 77, i32::MIN))),
        ("update_with(77, …)", |inventory| Inventory::update_with(inventory, 77, |_| ())),
        ("transfer(0, 77, 1)", |inventory| drop(Inventory::transfer(inventory, 0, 77, 1))),
        ("transfer(77, 0, 1)", |inventory| drop(Inventory::transfer(inventory, 77, 0, 1))),
        ("transfer(77, 77, 1)", |inventory| drop(Inventory::transfer(inventory, 77, 77, 1))),
        ("transfer(0, 77, 0)", |inventory| drop(Inventory::transfer(inventory, 0, 77, 0))),
        ("transfer(77, 0, 0)", |inventory| drop(Inventory::transfer(inventory, 77, 0, 0))),
        ("transfer(77, 77, 0)", |inventory| drop(Inventory::transfer(inventory, 77, 77, 0))),
        ("transfer(0, 77, 6)", |inventory| drop(Inventory::transfer(inventory, 0, 77, 6))),
        ("transfer(77, 1, 6)", |inventory| drop(Inventory::transfer(inventory, 77, 1, 6))),
        ("transfer(2, 77, u32::MAX)", |inventory| drop(Inventory::transfer(inventory, 2, 77, u32::MAX))),
        ("transfer(77, 2, u32::MAX)", |inventory| drop(Inventory::transfer(inventory, 77, 2, u32::MAX))),
    ];
    let stock = [5, 0, u32::MAX];
    for (name, call) in calls {
        let inventory = Inventory::new(&stock);
        let said = attempt(|| call(&inventory)).expect_err(&format!("`{name}` with 3 shelves did not panic"));
        assert!(
            said.contains("77"),
            "the panic of `{name}` with 3 shelves does not have the number: {said:?}"
        );
        is_usable(&inventory, &stock);
        attempt(|| call(&inventory)).expect_err(&format!("`{name}` with 3 shelves did not panic"));
        is_usable(&inventory, &stock);
    }
}

/// The first number that is too large, and an inventory without shelves.
#[cfg(engine = "stress")]
#[test]
fn the_number_after_the_last_is_too_large() {
    let inventory = Inventory::new(&[5; 33]);
    let calls: [Panics; 4] = [
        |inventory| drop(Inventory::stock(inventory, 33)),
        |inventory| drop(Inventory::update_stock(inventory, 33, 0)),
        |inventory| drop(Inventory::transfer(inventory, 33, 32, 0)),
        |inventory| drop(Inventory::transfer(inventory, 32, 33, 0)),
    ];
    for call in calls {
        let said = attempt(|| call(&inventory)).expect_err("shelf 33 of 33 shelves exists");
        assert!(said.contains("33"), "the panic for shelf 33 does not have its number: {said:?}");
    }
    for number in [usize::MAX, usize::MAX / 2 + 1, usize::MAX / 2 + 33] {
        let said = attempt(|| Inventory::stock(&inventory, number))
            .expect_err("a shelf far behind the last one exists");
        assert!(
            said.contains(&number.to_string()),
            "the panic for shelf {number} does not have its number: {said:?}"
        );
    }
    #[cfg(target_pointer_width = "64")]
    attempt(|| Inventory::stock(&inventory, 1 << 32)).expect_err("shelf 4,294,967,296 of 33 exists");
    assert_eq!(Inventory::stock(&inventory, 32), 5, "the stock of the last shelf");
    let none = Inventory::new(&[]);
    assert_eq!((Inventory::shelves(&none), Inventory::total(&none)), (0, 0), "without shelves");
    attempt(|| Inventory::stock(&none, 0)).expect_err("shelf 0 of no shelves exists");
    attempt(|| Inventory::transfer(&none, 0, 0, 0)).expect_err("shelf 0 of no shelves exists");
}

#[cfg(engine = "stress")]
#[test]
fn no_change_is_run_for_a_shelf_that_does_not_exist() {
    let inventory = Inventory::new(&[5]);
    let mut run = false;
    attempt(|| Inventory::update_with(&inventory, 77, |_| run = true)).expect_err("shelf 77 of 1 exists");
    assert!(!run, "`change` was run for a shelf that does not exist");
}

#[cfg(engine = "stress")]
#[test]
fn without_room_it_panics_before_anything_changes() {
    let calls: [(&str, Panics); 8] = [
        ("update_stock(1, 1)", |inventory| drop(Inventory::update_stock(inventory, 1, 1))),
        ("update_stock(1, i32::MAX)", |inventory| drop(Inventory::update_stock(inventory, 1, i32::MAX))),
        ("update_stock(2, 6)", |inventory| drop(Inventory::update_stock(inventory, 2, 6))),
        ("transfer(0, 1, 1)", |inventory| drop(Inventory::transfer(inventory, 0, 1, 1))),
        ("transfer(2, 1, 7)", |inventory| drop(Inventory::transfer(inventory, 2, 1, 7))),
        ("transfer(0, 2, 6)", |inventory| drop(Inventory::transfer(inventory, 0, 2, 6))),
        ("transfer(1, 2, u32::MAX)", |inventory| drop(Inventory::transfer(inventory, 1, 2, u32::MAX))),
        ("transfer(2, 1, u32::MAX - 5)", |inventory| {
            drop(Inventory::transfer(inventory, 2, 1, u32::MAX - 5))
        }),
    ];
    let stock = [6, u32::MAX, u32::MAX - 5];
    for (name, call) in calls {
        let inventory = Inventory::new(&stock);
        attempt(|| call(&inventory)).expect_err(&format!("`{name}` with {stock:?} did not panic"));
        is_usable(&inventory, &stock);
        attempt(|| call(&inventory)).expect_err(&format!("`{name}` with {stock:?} did not panic"));
        is_usable(&inventory, &stock);
    }
}

#[cfg(engine = "stress")]
#[test]
fn too_little_comes_before_no_room() {
    let stock = [4, u32::MAX];
    let inventory = Inventory::new(&stock);
    for amount in [5, 6, u32::MAX] {
        let answer = attempt(|| Inventory::transfer(&inventory, 0, 1, amount));
        assert_eq!(answer, Ok(Err(OutOfStock)), "`transfer` of {amount} from 4 to a full shelf");
    }
    is_usable(&inventory, &stock);
}

#[cfg(engine = "stress")]
#[test]
fn up_to_the_last_place_there_is_room() {
    let inventory = Inventory::new(&[5, u32::MAX - 5, 0]);
    assert_eq!(
        Inventory::transfer(&inventory, 0, 1, 5),
        Ok(()),
        "`transfer` of 5 to a shelf with room for 5"
    );
    assert_eq!(Inventory::transfer(&inventory, 0, 1, 0), Ok(()), "`transfer` of nothing to a full shelf");
    assert_eq!(
        Inventory::update_stock(&inventory, 1, 0),
        Ok(u32::MAX),
        "`update_stock` of a full shelf by 0"
    );
    assert_eq!(Inventory::transfer(&inventory, 1, 1, 9), Ok(()), "`transfer` from a full shelf to itself");
    assert_eq!(
        Inventory::transfer(&inventory, 1, 1, u32::MAX),
        Ok(()),
        "`transfer` from a full shelf to itself"
    );
    assert_eq!(Inventory::transfer(&inventory, 1, 2, u32::MAX), Ok(()), "`transfer` of a full shelf");
    holds(&inventory, &[0, 0, u32::MAX], "after everything was moved");
    assert_eq!(Inventory::update_stock(&inventory, 2, -1), Ok(u32::MAX - 1), "`update_stock` by -1");
    assert_eq!(Inventory::update_stock(&inventory, 2, 1), Ok(u32::MAX), "`update_stock` by 1");
}

/// Calls it when it is dropped.
struct OnDrop<F: Fn()>(F);

impl<F: Fn()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// Other shelves work afterwards, in this thread and in others; what the shelf itself does is open.
#[test]
fn after_a_panic_of_change_other_shelves_work() {
    for (broken, [one, other]) in [(0, [1, 2]), (1, [2, 0]), (2, [0, 1])] {
        let inventory = Arc::new(Inventory::new(&[5; 3]));
        let panicked = attempt(|| {
            Inventory::update_with(&inventory, broken, |_| panic::resume_unwind(Box::new("of the check")));
        });
        panicked.expect_err("the panic of `change` was swallowed");
        let use_others = move |inventory: &Inventory| {
            assert_eq!(Inventory::stock(inventory, one), 5, "the stock of another shelf");
            assert_eq!(
                Inventory::update_stock(inventory, one, 1),
                Ok(6),
                "`update_stock` of another shelf by 1"
            );
            assert_eq!(
                Inventory::transfer(inventory, one, other, 6),
                Ok(()),
                "`transfer` between other shelves"
            );
            assert_eq!(
                Inventory::transfer(inventory, other, one, 5),
                Ok(()),
                "`transfer` between other shelves"
            );
            let stock = Inventory::update_with(inventory, other, |stock| std::mem::replace(stock, 5));
            assert_eq!(stock, 6, "the stock of another shelf for `update_with`");
            // A `change` that has returned counts, also in a thread that unwinds.
            assert_eq!(
                Inventory::stock(inventory, other),
                5,
                "the stock of another shelf after `update_with`"
            );
            assert_eq!(Inventory::shelves(inventory), 3, "the number of shelves");
        };
        use_others(&inventory);
        finish(with("other", &inventory, use_others));
        // A thread that unwinds may use them as well.
        let inventory = Inventory::new(&[5; 3]);
        let used = Cell::new(false);
        let panicked = attempt(|| {
            let _uses = OnDrop(|| used.set(attempt(|| use_others(&inventory)).is_ok()));
            Inventory::update_with(&inventory, broken, |_| panic::resume_unwind(Box::new("of the check")));
        });
        panicked.expect_err("the panic of `change` was swallowed");
        assert!(used.get(), "calls for other shelves, in a thread that unwinds");
    }
}

/// While it unwinds, too.
#[cfg(engine = "model")]
#[test]
fn during_a_panic_of_change_other_shelves_work() {
    let inventory = Arc::new(Inventory::new(&[5; 3]));
    let broken = with("updater", &inventory, |inventory| {
        let change = |_: &mut u32| panic::resume_unwind(Box::new("of the check"));
        attempt(|| Inventory::update_with(inventory, 0, change))
    });
    assert_eq!(Inventory::update_stock(&inventory, 1, 1), Ok(6), "`update_stock` of another shelf by 1");
    assert_eq!(Inventory::transfer(&inventory, 1, 2, 6), Ok(()), "`transfer` between other shelves");
    finish(broken).expect_err("the panic of `change` was swallowed");
    assert_eq!(Inventory::stock(&inventory, 2), 11, "the stock of another shelf");
}

#[cfg(engine = "model")]
#[test]
fn a_panic_without_room_is_in_nobodys_way() {
    let inventory = Arc::new(Inventory::new(&[u32::MAX, 5]));
    let full = with("updater", &inventory, |inventory| attempt(|| Inventory::update_stock(inventory, 0, 2)));
    assert_eq!(
        Inventory::update_stock(&inventory, 0, -1),
        Ok(u32::MAX - 1),
        "`update_stock` of a full shelf by -1"
    );
    finish(full).expect_err("there was room for two more than u32::MAX - 1");
    holds(&inventory, &[u32::MAX - 1, 5], "after one item was taken");
}

#[cfg(engine = "model")]
#[test]
fn a_transfer_that_panics_is_in_nobodys_way() {
    let inventory = Arc::new(Inventory::new(&[u32::MAX, 5]));
    let full = with("mover", &inventory, |inventory| attempt(|| Inventory::transfer(inventory, 1, 0, 3)));
    assert_eq!(Inventory::transfer(&inventory, 0, 1, 1), Ok(()), "`transfer` from a full shelf");
    let total = Inventory::total(&inventory);
    finish(full).expect_err("there was room for three more than u32::MAX - 1");
    assert_eq!(total, u64::from(u32::MAX) + 5, "the total while a transfer panicked");
    holds(&inventory, &[u32::MAX - 1, 6], "after one item was moved");
}

#[cfg(engine = "model")]
#[test]
fn a_transfer_to_no_shelf_is_in_nobodys_way() {
    let inventory = Arc::new(Inventory::new(&[5, 5]));
    let lost = with("mover", &inventory, |inventory| attempt(|| Inventory::transfer(inventory, 0, 77, 3)));
    assert_eq!(Inventory::transfer(&inventory, 0, 1, 5), Ok(()), "`transfer` of all items");
    assert_eq!(Inventory::total(&inventory), 10, "the total");
    finish(lost).expect_err("shelf 77 of 2 exists");
    holds(&inventory, &[0, 10], "after all items were moved");
}
