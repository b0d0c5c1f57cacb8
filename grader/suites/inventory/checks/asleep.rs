//! Threads that wait for a shelf are blocked: they use no processor time and do not poll.

use std::sync::{Arc, Barrier};

use harness::stress::{rest, until_others_sleep};
use inventory::Inventory;

use crate::instruments::{finish, with};

/// Two threads make each of these calls while a `change` of shelf 0 runs. Calls that do not wait are done at once.
fn they_sleep<const CALLS: usize>(calls: [fn(&Inventory); CALLS]) {
    they_sleep_on(&Arc::new(Inventory::new(&[50; 4])), calls, || ());
}

/// The same while a `change` of shelf 1 runs as well, in another thread.
fn they_sleep_while_two_are_changed<const CALLS: usize>(calls: [fn(&Inventory); CALLS]) {
    let inventory = Arc::new(Inventory::new(&[50; 4]));
    let [begun, end] = [(); 2].map(|()| Arc::new(Barrier::new(2)));
    let theirs = [Arc::clone(&begun), Arc::clone(&end)];
    let other = with("updater", &inventory, move |inventory| {
        Inventory::update_with(inventory, 1, |_| theirs.iter().for_each(|barrier| drop(barrier.wait())));
    });
    begun.wait();
    they_sleep_on(&inventory, calls, || drop(end.wait()));
    finish(other);
}

fn they_sleep_on<const CALLS: usize>(
    inventory: &Arc<Inventory>,
    calls: [fn(&Inventory); CALLS],
    end_the_others: impl FnOnce(),
) {
    let (rest, waiters) = Inventory::update_with(inventory, 0, |stock| {
        *stock += 1;
        let started = Arc::new(Barrier::new(2 * CALLS + 1));
        let waiters: Vec<_> = (0..2 * CALLS)
            .map(|number| {
                let started = Arc::clone(&started);
                with("waiter", inventory, move |inventory| {
                    started.wait();
                    calls[number % CALLS](inventory);
                })
            })
            .collect();
        started.wait();
        until_others_sleep();
        (rest(), waiters)
    });
    end_the_others();
    // The threads are joined before the verdict, so that a failure leaves none behind.
    waiters.into_iter().for_each(finish);
    rest.assert_quiet("the threads that waited for a shelf");
}

#[test]
fn threads_that_wait_to_change_the_shelf_sleep() {
    they_sleep([
        |inventory| drop(Inventory::update_stock(inventory, 0, 1)),
        |inventory| Inventory::update_with(inventory, 0, |stock| *stock += 1),
    ]);
}

#[test]
fn threads_that_wait_to_move_items_from_the_shelf_sleep() {
    they_sleep([|inventory| drop(Inventory::transfer(inventory, 0, 1, 1))]);
}

#[test]
fn threads_that_wait_to_move_items_to_the_shelf_sleep() {
    they_sleep([|inventory| drop(Inventory::transfer(inventory, 1, 0, 1))]);
}

#[test]
fn threads_that_wait_to_move_items_to_the_shelf_and_from_it_sleep() {
    they_sleep([
        |inventory| drop(Inventory::transfer(inventory, 1, 0, 1)),
        |inventory| drop(Inventory::transfer(inventory, 0, 2, 1)),
        |inventory| drop(Inventory::transfer(inventory, 0, 0, 1)),
    ]);
    they_sleep_while_two_are_changed([
        |inventory| drop(Inventory::transfer(inventory, 1, 0, 1)),
        |inventory| drop(Inventory::transfer(inventory, 0, 1, 1)),
    ]);
}

#[test]
fn threads_that_wait_to_see_the_shelf_sleep() {
    they_sleep([|inventory| drop(Inventory::stock(inventory, 0))]);
}

#[test]
fn threads_that_wait_for_a_total_sleep() {
    they_sleep([|inventory| drop(Inventory::total(inventory))]);
}
