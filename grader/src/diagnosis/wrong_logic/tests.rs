use model_trace::{ObjectKind, Operation};

use crate::diagnosis::diagnose;
use crate::report::samples::{MAIN, T1, join, lock, recording, spawn, unlock, unlock_with};
use crate::report::{Diagnosis, FailureKind, Mistake};
use crate::source::{Parsed, Source};
use crate::trace::Code;
use model_trace::Content;

const SOURCE: &str = "pub fn put(&self, item: u32) {
    let mut items = self.items.lock().unwrap();
    items.push(item);
}
pub fn len(&self) -> usize {
    self.items.lock().unwrap().len()
}
pub fn put_both(&self) {
    self.items.lock().unwrap().push(1);
    self.items.lock().unwrap().push(2);
}
fn helper() {}
";

const CHANGED: Content = Content::Changed;

fn diagnosed(steps: &[(u32, Operation, u32)]) -> Option<Diagnosis> {
    let mut recording = recording(&[("items", ObjectKind::Mutex)], steps);
    let function = |line: u32| match line {
        1..=4 => Some("put"),
        5..=7 => Some("len"),
        8..=11 => Some("put_both"),
        _ => None,
    };
    recording.functions = steps.iter().map(|(_, _, line)| function(*line).map(str::to_owned)).collect();
    diagnose(
        &recording,
        FailureKind::Assertion,
        &Code::of(&Parsed::all(&[Source::new("src/lib.rs", SOURCE)])),
    )
}

#[test]
fn one_thread_alone_is_no_race() {
    let steps = [
        (MAIN, lock(0), 2),
        (MAIN, unlock_with(0, CHANGED), 3),
        (MAIN, lock(0), 6),
        (MAIN, unlock(0), 6),
        (MAIN, Operation::Panic, 0),
    ];
    let diagnosis = diagnosed(&steps).expect("a diagnosis");
    assert_eq!(diagnosis.kind, Mistake::WrongLogic);
    let said = "One thread alone calls your code here: `put` (line 1) and `len` (line 5).";
    assert!(diagnosis.message.starts_with(said), "{}", diagnosis.message);
    assert_eq!(diagnosis.lines.first().map(|line| line.line), Some(1), "it was the last to change anything");
}

/// `T1` calls `put_both`, and `main` calls `len`, after so many of the steps of that.
fn looked_after(steps: usize) -> Option<Diagnosis> {
    let puts = [
        (T1, lock(0), 9),
        (T1, unlock_with(0, CHANGED), 9),
        (T1, lock(0), 10),
        (T1, unlock_with(0, CHANGED), 10),
    ];
    let (before, after) = puts.split_at(steps);
    let looks = [(MAIN, lock(0), 6), (MAIN, unlock(0), 6)];
    let ends = [(MAIN, join(T1), 0), (MAIN, Operation::Panic, 0)];
    let all: Vec<_> = [(MAIN, spawn(T1), 0)]
        .iter()
        .chain(before)
        .chain(&looks)
        .chain(after)
        .chain(&ends)
        .copied()
        .collect();
    diagnosed(&all)
}

#[test]
fn calls_one_after_the_other_are_no_race_and_one_within_the_other_may_be() {
    let after = looked_after(4).expect("a diagnosis");
    assert_eq!(after.kind, Mistake::WrongLogic);
    assert!(after.message.starts_with("No two calls of your code overlap"), "{}", after.message);
    assert_eq!(looked_after(2).map(|diagnosis| diagnosis.kind), None);
}

#[test]
fn who_holds_the_lock_to_the_end_shows_nothing_half_done() {
    let steps = [
        (MAIN, spawn(T1), 0),
        (T1, lock(0), 2),
        (MAIN, Operation::Block { on: model_trace::Blocker::Object(model_trace::ObjectId(0)) }, 6),
        (T1, unlock_with(0, CHANGED), 3),
        (MAIN, lock(0), 6),
        (MAIN, unlock(0), 6),
        (MAIN, join(T1), 0),
        (MAIN, Operation::Panic, 0),
    ];
    let diagnosis = diagnosed(&steps).expect("a diagnosis");
    assert_eq!(diagnosis.kind, Mistake::WrongLogic);
    let said = "All data are behind `items`, and no call releases it between two looks at them";
    assert!(diagnosis.message.starts_with(said), "{}", diagnosis.message);
}
