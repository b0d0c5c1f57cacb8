//! The rules against hand-written logs: what they see, and where they keep silent. What they make of real
//! failures is proved by `calibrate` and shown by `tests/counterexamples.rs`.

use super::*;
use crate::report::{FailureKind, Object, Step, Waiting};
use crate::source::{Parsed, Source};

const SOURCE: &str = "pub fn add(&self) {
    let seen = *self.count.lock().unwrap();
    *self.count.lock().unwrap() = seen + 1;
}
pub fn spin(&self) {
    while !self.ready.load(Relaxed) {}
}
";

fn code() -> Code {
    Code::of(&Parsed::all(&[Source::new("src/lib.rs", SOURCE)]))
}

/// `(thread, operation, object, value, line)`; line 0 is in the check.
type Entry = (&'static str, &'static str, &'static str, &'static str, u32);

fn step(number: u64, (thread, operation, object, value, line): Entry) -> Step {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Step {
        step: number,
        thread: thread.to_owned(),
        operation: operation.to_owned(),
        object: some(object),
        value: some(value),
        ordering: None,
        reads: None,
        file: (line > 0).then(|| "src/lib.rs".to_owned()),
        line: (line > 0).then_some(line),
        column: (line > 0).then_some(5),
        source: None,
    }
}

fn failure(kind: FailureKind, entries: &[Entry]) -> Failure {
    let object = |name: &str, kind: &str| Object {
        name: name.to_owned(),
        kind: kind.to_owned(),
        file: None,
        line: None,
        column: None,
    };
    Failure {
        kind,
        message: String::new(),
        explanation: String::new(),
        diagnosis: None,
        token: None,
        trace: (1..).zip(entries).map(|(number, entry)| step(number, *entry)).collect(),
        threads: Vec::new(),
        objects: vec![object("count", "Mutex #1"), object("ready", "AtomicBool #1")],
        waiting: Vec::new(),
    }
}

fn kind(failure: &Failure) -> Option<Mistake> {
    diagnose(failure, &code()).map(|diagnosis| diagnosis.kind)
}

const LOST: [Entry; 12] = [
    ("main", "spawn", "T1", "", 0),
    ("main", "lock", "count", "0", 2),
    ("main", "unlock", "count", "", 2),
    ("main", "interrupted", "", "", 3),
    ("T1", "lock", "count", "0", 2),
    ("T1", "unlock", "count", "", 2),
    ("T1", "lock", "count", "0", 3),
    ("T1", "unlock", "count", "0 → 1", 3),
    ("main", "lock", "count", "1", 3),
    ("main", "unlock", "count", "1 → 1", 3),
    ("main", "join", "T1", "", 0),
    ("main", "panics", "", "", 0),
];

#[test]
fn an_update_is_lost_even_if_both_write_the_same_number() {
    assert_eq!(kind(&failure(FailureKind::Assertion, &LOST)), Some(Mistake::LostUpdate));
}

#[test]
fn without_an_interruption_between_the_two_steps_nothing_is_torn() {
    let calm: Vec<Entry> = LOST.into_iter().filter(|entry| entry.1 != "interrupted").collect();
    assert_eq!(kind(&failure(FailureKind::Assertion, &calm)), None);
}

#[test]
fn two_calls_are_not_one() {
    // The second access is above the first one: `main` has called anew.
    let mut apart = LOST;
    apart[1].4 = 3;
    apart[2].4 = 3;
    apart[8].4 = 2;
    apart[9].4 = 2;
    assert_eq!(kind(&failure(FailureKind::Assertion, &apart)), None);
}

#[test]
fn a_loop_that_never_ends_is_told_with_what_it_asks() {
    let entries = [("T1", "load", "ready", "false", 6); 50];
    let failure = failure(FailureKind::TooManySteps, &entries);
    let diagnosis = diagnose(&failure, &code()).expect("a diagnosis");
    assert_eq!(diagnosis.kind, Mistake::BusyWait);
    assert!(diagnosis.message.contains("src/lib.rs:6"), "{}", diagnosis.message);
}

#[test]
fn a_lock_that_its_own_thread_waits_for_is_a_self_deadlock() {
    let entries = [("main", "lock", "count", "0", 2), ("main", "waits for", "count", "", 3)];
    let mut failure = failure(FailureKind::Deadlock, &entries);
    failure.waiting = vec![Waiting {
        thread: "main".to_owned(),
        operation: "lock".to_owned(),
        object: Some("count".to_owned()),
        holders: vec!["main".to_owned()],
        file: Some("src/lib.rs".to_owned()),
        line: Some(3),
        column: Some(5),
    }];
    assert_eq!(kind(&failure), Some(Mistake::SelfDeadlock));
}

#[test]
fn where_nothing_fits_there_is_no_diagnosis() {
    assert_eq!(kind(&failure(FailureKind::Assertion, &[])), None);
    let alone = [("main", "lock", "count", "0", 2), ("main", "unlock", "count", "0 → 1", 3)];
    assert_eq!(kind(&failure(FailureKind::Assertion, &alone)), None);
    assert_eq!(kind(&failure(FailureKind::Deadlock, &alone)), None);
}
