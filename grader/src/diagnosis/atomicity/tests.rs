use model_trace::{AtomicType, Content, ObjectId, ObjectKind, Operation, Order, Reads, StepId, UpdateCall};

use crate::diagnosis::diagnose;
use crate::report::samples::{
    MAIN, T1, T2, join, load, lock, lock_with, recording, replaces, spawn, unlock, unlock_with, word,
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
pub fn wait(&self) {
    let before = *self.shelf.lock().unwrap();
    let shelf = self.shelf.lock().unwrap();
    drop(self.bell.wait_while(shelf, |now| *now == before));
}
pub fn both(&self) -> bool {
    let before = *self.shelf.lock().unwrap();
    before == *self.shelf.lock().unwrap()
}
pub fn make(&self) {
    let cell = self.state.lock().unwrap().reserve();
    cell.get_or_init(|| 7)
}
pub fn all(&self) -> Vec<u64> {
    let mut all = Vec::new();
    while let Some(number) = self.shelf.lock().unwrap().next() {
        all.push(number);
    }
    all
}
fn draw(&self) -> (u64, u64) {
    let item = self.items.lock().unwrap().next();
    (item, self.number.lock().unwrap().next())
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
    let taken = (T1, replaces(0, 5, 4));
    let steps = [
        (MAIN, spawn(T1), 0),
        (MAIN, lock_with(0, 5), 9),
        (MAIN, unlock(0), 9),
        (MAIN, Operation::Preempted, 9),
        (T1, lock_with(0, 5), 12),
        (T1, lock_with(1, 5), 12),
        (T1, replaces(1, 5, 6), 14),
        (taken.0, taken.1, 14),
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
    // What was found at the first one is still there: so both are as they are at the second look.
    let alone: Vec<_> = steps.into_iter().filter(|(thread, step, _)| (*thread, *step) != taken).collect();
    assert_eq!(diagnosed(&shelves, &alone).map(|diagnosis| diagnosis.kind), None);
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
fn who_waits_looks_at_the_same_once_more() {
    let looks = |first: u32, second: u32, called: &str| {
        let steps = [
            (MAIN, spawn(T1), 0),
            (MAIN, lock_with(0, 3), first),
            (MAIN, unlock(0), first),
            (MAIN, Operation::Preempted, second),
            (T1, lock_with(0, 3), 20),
            (T1, replaces(0, 3, 4), 20),
            (MAIN, lock_with(0, 4), second),
            (MAIN, unlock(0), second),
            (MAIN, join(T1), 0),
            (MAIN, Operation::Panic, 0),
        ];
        let mut recording = recording(&[("shelf", ObjectKind::Mutex)], &steps);
        let name = |line: u32| if line == 20 { "add".to_owned() } else { called.to_owned() };
        recording.functions = steps.iter().map(|(_, _, line)| (*line > 0).then(|| name(*line))).collect();
        let code = Code::of(&Parsed::all(&[Source::new("src/lib.rs", SOURCE)]));
        diagnose(&recording, FailureKind::Assertion, &code).map(|diagnosis| diagnosis.kind)
    };
    assert_eq!(looks(28, 29, "both"), Some(Mistake::TornOperation));
    assert_ne!(looks(23, 24, "wait"), Some(Mistake::TornOperation));
}

#[test]
fn an_exchange_that_fails_finds_out_that_a_look_is_out_of_date() {
    let (end, found) = (ObjectId(0), word(2));
    let fails = Operation::ExchangeFailed {
        atomic: end,
        found,
        order: Order::SeqCst,
        reads: Reads { from: Some(StepId(3)), newest: Some(StepId(3)) },
        spurious: false,
    };
    let kind = |finds_out: bool| {
        let mut steps = vec![
            (MAIN, spawn(T1), 0),
            (MAIN, load(0, word(0), None, None), 28),
            (MAIN, Operation::Preempted, 29),
            (T1, update(UpdateCall::CompareExchange, 0, 2), 2),
            (MAIN, lock(1), 29),
            (MAIN, unlock(1), 29),
            (MAIN, join(T1), 0),
            (MAIN, Operation::Panic, 0),
        ];
        if finds_out {
            steps.insert(5, (MAIN, fails, 29));
        }
        let objects = [("end", ObjectKind::Atomic(AtomicType::Usize)), ("round", ObjectKind::Mutex)];
        diagnosed(&objects, &steps).map(|diagnosis| diagnosis.kind)
    };
    assert_eq!(kind(false), Some(Mistake::TornOperation));
    assert_ne!(kind(true), Some(Mistake::TornOperation));
}

#[test]
fn a_cell_that_is_filled_after_it_can_be_found_is_an_intermediate_state() {
    let cell = ObjectId(1);
    let steps = [
        (MAIN, spawn(T1), 0),
        (MAIN, lock(0), 33),
        (MAIN, unlock_with(0, Content::Changed), 33),
        (MAIN, Operation::Preempted, 34),
        (T1, lock(0), 33),
        (T1, unlock(0), 33),
        (T1, Operation::IsCompleted { once: cell, completed: false }, 0),
        (MAIN, Operation::Initialise { once: cell }, 34),
        (MAIN, Operation::Initialised { once: cell, poisoned: false }, 34),
        (MAIN, join(T1), 0),
        (MAIN, Operation::Panic, 0),
    ];
    let objects = [("state", ObjectKind::Mutex), ("cell", ObjectKind::Once)];
    let diagnosis = diagnosed(&objects, &steps).expect("a diagnosis");
    assert_eq!(diagnosis.kind, Mistake::TornOperation, "{}", diagnosis.message);
    let said =
        "main changes `state` at line 33, and its operation is not complete: the rest comes at line 34.";
    assert!(diagnosis.message.starts_with(said), "{}", diagnosis.message);
}

#[test]
fn what_a_loop_collects_look_by_look_is_of_several_moments() {
    let looks = |line: u32| {
        let steps = [
            (MAIN, spawn(T1), 0),
            (MAIN, lock_with(0, 3), line),
            (MAIN, unlock(0), line),
            (MAIN, Operation::Preempted, line),
            (T1, lock_with(0, 3), 21),
            (T1, replaces(0, 3, 4), 21),
            (MAIN, lock_with(0, 4), line),
            (MAIN, unlock(0), line),
            (MAIN, join(T1), 0),
            (MAIN, Operation::Panic, 0),
        ];
        diagnosed(&[("shelf", ObjectKind::Mutex)], &steps)
    };
    let diagnosis = looks(38).expect("a diagnosis");
    assert_eq!(diagnosis.kind, Mistake::TornOperation, "{}", diagnosis.message);
    let said = "main looks at `shelf` at line 38, and in the next round of its loop once more.";
    assert!(diagnosis.message.starts_with(said), "{}", diagnosis.message);
    // Without a loop, it has been called twice.
    assert_ne!(looks(28).map(|diagnosis| diagnosis.kind), Some(Mistake::TornOperation));
}

/// `T1` draws an item and then a number, and `T2` draws both in between, if it is as `fast`.
fn drawn(fast: bool) -> Option<Diagnosis> {
    let items = |thread| [(thread, lock(0), 44), (thread, unlock_with(0, Content::Changed), 44)];
    let number =
        |thread, old: u64| [(thread, lock_with(1, old), 45), (thread, replaces(1, old, old + 1), 45)];
    let starts = [(MAIN, spawn(T1), 43), (MAIN, spawn(T2), 43)];
    let gap = [(T1, Operation::Preempted, 45)];
    let ends = [(MAIN, join(T1), 43), (MAIN, join(T2), 43), (MAIN, Operation::Panic, 0)];
    let (one, two) = if fast { (T2, T1) } else { (T1, T2) };
    let steps = [&starts[..], &items(T1), &gap, &items(T2), &number(one, 0), &number(two, 1), &ends].concat();
    diagnosed(&[("items", ObjectKind::Mutex), ("number", ObjectKind::Mutex)], &steps)
}

#[test]
fn what_two_threads_draw_in_different_orders_is_put_together_wrongly() {
    let diagnosis = drawn(true).expect("a diagnosis");
    assert_eq!(diagnosis.kind, Mistake::TornOperation, "{}", diagnosis.message);
    let said = "In between, T2 comes to both lines: after T1 at `items`, and before it at `number`.";
    assert!(diagnosis.message.contains(said), "{}", diagnosis.message);
    assert_eq!(drawn(false).map(|diagnosis| diagnosis.kind), None, "they come in one order");
}
