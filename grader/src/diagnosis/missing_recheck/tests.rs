use model_trace::{AtomicType, ObjectKind, Operation, ThreadId};

use crate::diagnosis::diagnose;
use crate::report::samples::{MAIN, T1, load, recording, spawn, store, word};
use crate::report::{Diagnosis, FailureKind, Mistake};
use crate::source::{Parsed, Source};
use crate::trace::Code;

const SOURCE: &str = "pub fn wait(&self) {
    if !self.ready.load(Acquire) {
        thread::park();
    }
}
pub fn wait_again(&self) {
    while !self.ready.load(Acquire) {
        thread::park();
    }
}
pub fn wait_with_help(&self) {
    while !self.ready.load(Acquire) {
        self.sleep();
    }
}
fn sleep(&self) {
    thread::park();
}
";

/// `main` parks, and T1 does something before it unparks it.
fn parked(line: u32, meanwhile: &[(u32, Operation, u32)]) -> Option<Diagnosis> {
    let looks = [(MAIN, spawn(T1), 0), (MAIN, load(0, word(0), None, None), line)];
    let wakes = [
        (T1, Operation::Unpark { thread: ThreadId(MAIN) }, 0),
        (MAIN, Operation::Park { timeout: None }, line + 1),
        (MAIN, Operation::Unparked, line + 1),
        (MAIN, Operation::Panic, 0),
    ];
    let steps: Vec<_> = looks.iter().chain(meanwhile).chain(&wakes).copied().collect();
    let ready = ObjectKind::Atomic(AtomicType::Bool);
    diagnose(
        &recording(&[("ready", ready)], &steps),
        FailureKind::Assertion,
        &Code::of(&Parsed::all(&[Source::new("src/lib.rs", SOURCE)])),
    )
}

#[test]
fn to_be_unparked_is_no_condition() {
    let diagnosis = parked(2, &[]).expect("a diagnosis");
    assert_eq!(diagnosis.kind, Mistake::MissingRecheck);
    let unchanged =
        "is unparked by T1 in the check; but `ready` is still as it was when it looked at line 2.";
    assert!(diagnosis.message.contains(unchanged), "{}", diagnosis.message);
}

#[test]
fn who_looks_again_has_not_missed_anything() {
    assert_eq!(parked(7, &[]).map(|diagnosis| diagnosis.kind), None);
}

#[test]
fn nothing_is_said_to_be_as_it_was_where_it_was_changed() {
    let message = parked(2, &[(T1, store(0, 1), 0)]).map(|diagnosis| diagnosis.message).unwrap_or_default();
    assert!(!message.contains("still as it was"), "{message}");
}

#[test]
fn the_loop_may_be_around_the_call_of_the_helper_that_waits() {
    assert_eq!(parked(16, &[]).map(|diagnosis| diagnosis.kind), None);
}

#[test]
fn a_panic_of_the_check_says_nothing_about_the_loop() {
    let woken_for_nothing = |panics_at: u32| {
        let steps = [
            (MAIN, load(0, word(0), None, None), 7),
            (MAIN, Operation::Park { timeout: None }, 8),
            (MAIN, Operation::SpuriousWakeup { object: None }, 8),
            (MAIN, Operation::Panic, panics_at),
        ];
        let ready = ("ready", ObjectKind::Atomic(AtomicType::Bool));
        let code = Code::of(&Parsed::all(&[Source::new("src/lib.rs", SOURCE)]));
        diagnose(&recording(&[ready], &steps), FailureKind::Assertion, &code).map(|diagnosis| diagnosis.kind)
    };
    assert_eq!(woken_for_nothing(0), None);
    assert_eq!(woken_for_nothing(9), Some(Mistake::MissingRecheck));
}
