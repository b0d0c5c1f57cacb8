use model_trace::{AtomicType, ObjectId, ObjectKind, Operation, Order, UpdateCall};

use crate::diagnosis::diagnose;
use crate::report::samples::{MAIN, T1, join, lock_with, recording, replaces, spawn, unlock, word};
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
