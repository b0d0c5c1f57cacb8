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
    diagnosed_in(SOURCE, steps)
}

fn diagnosed_in(source: &str, steps: &[(u32, Operation, u32)]) -> Option<Diagnosis> {
    let objects = [("items", ObjectKind::Mutex), ("bell", ObjectKind::Condvar)];
    let mut recording = recording(&objects, steps);
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
        &Code::of(&Parsed::all(&[Source::new("src/lib.rs", source)])),
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
    assert_eq!(diagnosis.lines.first().map(|line| line.line), Some(3), "it was the last to change anything");
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
    assert!(after.message.starts_with("In this schedule no step of one call"), "{}", after.message);
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

/// The same source, with one more function.
fn with(function: &str) -> String {
    format!("{SOURCE}{function}")
}

/// `T1` puts an item, `main` looks how many there are, and `T1` puts another one.
fn put_twice(source: &str) -> Option<Diagnosis> {
    let put = [(T1, lock(0), 2), (T1, unlock_with(0, CHANGED), 3)];
    let looks = [(MAIN, lock(0), 6), (MAIN, unlock(0), 6)];
    let ends = [(MAIN, join(T1), 0), (MAIN, Operation::Panic, 0)];
    let all: Vec<_> =
        [(MAIN, spawn(T1), 0)].iter().chain(&put).chain(&looks).chain(&put).chain(&ends).copied().collect();
    diagnosed_in(source, &all)
}

#[test]
fn what_another_function_calls_may_have_been_called_by_way_of_that() {
    let source = with("pub fn is_empty(&self) -> bool {\n    self.len() == 0\n}\n");
    let diagnosis = put_twice(&source).expect("a diagnosis");
    assert_eq!(diagnosis.kind, Mistake::WrongLogic);
    let said = "those of `put` (line 1) and `len` (line 5), perhaps by way of `is_empty` (line 13) come one after the other";
    assert!(diagnosis.message.contains(said), "{}", diagnosis.message);
}

#[test]
fn two_calls_that_another_function_makes_may_be_parts_of_one() {
    let source = with("pub fn put_two(&self) {\n    self.put(1);\n    self.put(2);\n}\n");
    assert_eq!(put_twice(&source).map(|diagnosis| diagnosis.kind), None);
}

/// `T1` looks twice in `put_both` and waits after that, while `main` puts an item; before it waits, if it is `early`.
fn waits_in_the_end(early: bool) -> Option<Diagnosis> {
    let bell = model_trace::ObjectId(1);
    let first = [(MAIN, spawn(T1), 0), (T1, lock(0), 9), (T1, unlock(0), 9)];
    let second =
        [(T1, lock(0), 10), (T1, Operation::Wait { condvar: bell, timeout: None }, 10), (T1, unlock(0), 10)];
    let puts = [(MAIN, lock(0), 2), (MAIN, unlock_with(0, CHANGED), 3)];
    let woken = [
        (MAIN, Operation::NotifyOne { condvar: bell, woken: Some(model_trace::ThreadId(T1)) }, 3),
        (T1, Operation::Notified { condvar: bell }, 10),
        (T1, lock(0), 10),
        (T1, unlock(0), 10),
        (MAIN, join(T1), 0),
        (MAIN, Operation::Panic, 0),
    ];
    let [one, two]: [&[_]; 2] = if early { [&puts, &second] } else { [&second, &puts] };
    let all: Vec<_> = first.iter().chain(one).chain(two).chain(&woken).copied().collect();
    let source = SOURCE.replace(".push(1)", ".look()").replace(".push(2)", ".wait_while(bell)");
    diagnosed_in(&source, &all)
}

#[test]
fn whom_nobody_disturbs_except_while_it_waits_has_the_wrong_logic() {
    let diagnosis = waits_in_the_end(false).expect("a diagnosis");
    assert_eq!(diagnosis.kind, Mistake::WrongLogic);
    let said = "While a call of your code runs here, no other thread does anything in it, except while the call waits";
    assert!(diagnosis.message.starts_with(said), "{}", diagnosis.message);
    assert_eq!(waits_in_the_end(true).map(|diagnosis| diagnosis.kind), None);
}

#[test]
fn where_a_function_is_one_statement_its_line_is_named() {
    let steps = [(MAIN, lock(0), 6), (MAIN, unlock(0), 6), (MAIN, Operation::Panic, 0)];
    let diagnosis = diagnosed(&steps).expect("a diagnosis");
    assert!(
        diagnosis.message.ends_with("What it does is one statement, at line 6."),
        "{}",
        diagnosis.message
    );
    assert_eq!(diagnosis.lines.first().map(|line| line.line), Some(6));
    let two = [(MAIN, lock(0), 9), (MAIN, unlock(0), 9), (MAIN, Operation::Panic, 0)];
    let diagnosis = diagnosed(&two).expect("a diagnosis");
    assert!(!diagnosis.message.contains("one statement"), "{}", diagnosis.message);
    assert_eq!(diagnosis.lines.first().map(|line| line.line), Some(8));
}
