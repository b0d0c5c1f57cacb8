use model_trace::{AtomicType, Content, ObjectId, ObjectKind, Operation, Order, UpdateCall};

use crate::diagnosis::diagnose;
use crate::report::samples::{
    MAIN, T1, join, lock, lock_with, recording, replaces, spawn, unlock, unlock_with, word,
};
use crate::report::{Diagnosis, FailureKind, Mistake};
use crate::source::{Parsed, Source};
use crate::trace::Code;

const SOURCE: &str = "pub fn release(&self) -> bool {
    if self.free.fetch_add(1, SeqCst) >= self.permits {
        self.free.fetch_sub(1, SeqCst);
        return false;
    }
    true
}
pub fn total(&self) -> u64 {
    self.shelves.iter().map(|shelf| *shelf.lock().unwrap()).sum()
}
pub fn transfer(&self) {
    let (mut one, mut other) = self.both();
    *one -= 1;
    *other += 1;
}
pub fn update(&self) {
    let items = *self.shelf.lock().unwrap();
    *self.shelf.lock().unwrap() = items + 3;
}
pub fn add(&self) {
    *self.shelf.lock().unwrap() += 1;
}
pub fn make(&self) {
    let cell = self.state.lock().unwrap().reserve();
    cell.get_or_init(|| 7)
}
pub fn take(&self) {
    let is_there = self.state.lock().unwrap().find();
    self.state.lock().unwrap().remove(is_there)
}
";

fn diagnosed(objects: &[(&str, ObjectKind)], steps: &[(u32, Operation, u32)]) -> Option<Diagnosis> {
    let code = Code::of(&Parsed::all(&[Source::new("src/lib.rs", SOURCE)]));
    diagnose(&recording(objects, steps), FailureKind::Assertion, &code)
}

fn update(call: UpdateCall, old: u64, new: u64) -> Operation {
    let (old, new) = (word(old), word(new));
    Operation::Update { atomic: ObjectId(0), call, old, new, order: Order::SeqCst, before: None }
}

#[test]
fn who_adds_and_takes_back_shows_an_intermediate_state_and_loses_no_update() {
    let (add, sub) = (UpdateCall::FetchAdd, UpdateCall::FetchSub);
    let steps = [
        (MAIN, spawn(T1), 0),
        (MAIN, update(add, 1, 2), 2),
        (MAIN, Operation::Preempted, 3),
        (T1, update(add, 2, 3), 2),
        (T1, update(sub, 3, 2), 3),
        (MAIN, update(sub, 2, 1), 3),
        (MAIN, join(T1), 0),
        (MAIN, Operation::Panic, 0),
    ];
    let diagnosis =
        diagnosed(&[("free", ObjectKind::Atomic(AtomicType::Usize))], &steps).expect("a diagnosis");
    assert_eq!(diagnosis.kind, Mistake::TornOperation, "{}", diagnosis.message);
    let said = "main changes `free` at line 2, and its operation is not complete: the rest comes at line 3.";
    assert!(diagnosis.message.starts_with(said), "{}", diagnosis.message);
}

#[test]
fn a_look_at_each_item_is_not_one_look_at_all_of_them() {
    let steps = [
        (MAIN, spawn(T1), 0),
        (MAIN, lock_with(0, 5), 9),
        (MAIN, unlock(0), 9),
        (MAIN, Operation::Preempted, 9),
        (T1, lock_with(0, 5), 12),
        (T1, lock_with(1, 5), 12),
        (T1, replaces(1, 5, 6), 14),
        (T1, replaces(0, 5, 4), 14),
        (MAIN, lock_with(1, 6), 9),
        (MAIN, unlock(1), 9),
        (MAIN, join(T1), 0),
        (MAIN, Operation::Panic, 0),
    ];
    let shelves = [("one", ObjectKind::Mutex), ("other", ObjectKind::Mutex)];
    let diagnosis = diagnosed(&shelves, &steps).expect("a diagnosis");
    assert_eq!(diagnosis.kind, Mistake::TornOperation, "{}", diagnosis.message);
    let said = "main looks at `one` at line 9 and at `other` at line 9.";
    assert!(diagnosis.message.starts_with(said), "{}", diagnosis.message);
}

#[test]
fn what_was_made_before_the_lock_is_acquired_again_loses_an_update_by_whatever_it_differs() {
    let steps = [
        (MAIN, spawn(T1), 0),
        (MAIN, lock_with(0, 5), 17),
        (MAIN, unlock(0), 17),
        (MAIN, Operation::Preempted, 18),
        (T1, lock_with(0, 5), 21),
        (T1, replaces(0, 5, 6), 21),
        (MAIN, lock_with(0, 6), 18),
        (MAIN, replaces(0, 6, 8), 18),
        (MAIN, join(T1), 0),
        (MAIN, Operation::Panic, 0),
    ];
    let diagnosis = diagnosed(&[("shelf", ObjectKind::Mutex)], &steps).expect("a diagnosis");
    assert_eq!(diagnosis.kind, Mistake::LostUpdate, "{}", diagnosis.message);
    let said = "main reads 5 from `shelf` at line 17. Before it writes, T1 writes 6 at line 21. Then main writes 8 at \
                line 18";
    assert!(diagnosis.message.starts_with(said), "{}", diagnosis.message);
}

#[test]
fn a_cell_that_is_filled_after_it_can_be_found_is_an_intermediate_state() {
    let cell = ObjectId(1);
    let steps = [
        (MAIN, spawn(T1), 0),
        (MAIN, lock(0), 24),
        (MAIN, unlock_with(0, Content::Changed), 24),
        (MAIN, Operation::Preempted, 25),
        (T1, lock(0), 28),
        (T1, unlock(0), 28),
        (T1, Operation::IsCompleted { once: cell, completed: false }, 28),
        (MAIN, Operation::Initialise { once: cell }, 25),
        (MAIN, Operation::Initialised { once: cell, poisoned: false }, 25),
        (MAIN, join(T1), 0),
        (MAIN, Operation::Panic, 0),
    ];
    let objects = [("state", ObjectKind::Mutex), ("cell", ObjectKind::Once)];
    let diagnosis = diagnosed(&objects, &steps).expect("a diagnosis");
    assert_eq!(diagnosis.kind, Mistake::TornOperation, "{}", diagnosis.message);
    let said =
        "main changes `state` at line 24, and its operation is not complete: the rest comes at line 25.";
    assert!(diagnosis.message.starts_with(said), "{}", diagnosis.message);
}

#[test]
fn data_that_are_the_same_afterwards_are_not_said_to_be_changed() {
    let said = |content| {
        let steps = [
            (MAIN, spawn(T1), 0),
            (MAIN, lock(0), 28),
            (MAIN, unlock(0), 28),
            (MAIN, Operation::Preempted, 29),
            (T1, lock(0), 29),
            (T1, unlock_with(0, content), 29),
            (MAIN, lock(0), 29),
            (MAIN, unlock_with(0, Content::Changed), 29),
            (MAIN, join(T1), 0),
            (MAIN, Operation::Panic, 0),
        ];
        diagnosed(&[("state", ObjectKind::Mutex)], &steps).expect("a diagnosis").message
    };
    let changed = said(Content::Changed);
    assert!(changed.contains("Then T1 changes it at line 29."), "{changed}");
    let lent = said(Content::Lent);
    assert!(lent.contains("Then T1 works on it at line 29."), "{lent}");
}
