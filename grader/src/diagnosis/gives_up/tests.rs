use model_trace::{AcquireCall, AtomicType, ObjectId, ObjectKind, Operation, Order, Reads};

use crate::diagnosis::diagnose;
use crate::report::samples::{MAIN, T1, join, load, lock, recording, spawn, unlock, word};
use crate::report::{Diagnosis, FailureKind, Mistake};
use crate::source::{Parsed, Source};
use crate::trace::Code;

const SOURCE: &str = "pub fn len(&self) -> usize {
    self.items.try_lock().map_or(0, |items| items.len())
}
pub fn push(&self) {
    self.items.lock().unwrap().push(1);
}
pub fn take(&self) -> bool {
    let free = self.free.load(Relaxed);
    free > 0 && self.free.compare_exchange(free, free - 1, Relaxed, Relaxed).is_ok()
}
pub fn take_in_the_end(&self) -> bool {
    loop {
        let free = self.free.load(Relaxed);
        if self.free.compare_exchange(free, free - 1, Relaxed, Relaxed).is_ok() { return true; }
    }
}
";

const FAILS: Operation = Operation::WouldBlock { lock: ObjectId(0), call: AcquireCall::TryLock };

fn diagnosed(steps: &[(u32, Operation, u32)], functions: &[(u32, &str)]) -> Option<Diagnosis> {
    let free = ObjectKind::Atomic(AtomicType::Usize);
    let objects = [("items", ObjectKind::Mutex), ("free", free), ("more", free)];
    let mut recording = recording(&objects, steps);
    recording.functions = steps
        .iter()
        .map(|(_, _, line)| functions.iter().find(|(at, _)| at == line).map(|(_, name)| (*name).to_owned()))
        .collect();
    diagnose(
        &recording,
        FailureKind::Assertion,
        &Code::of(&Parsed::all(&[Source::new("src/lib.rs", SOURCE)])),
    )
}

const FUNCTIONS: [(u32, &str); 6] =
    [(2, "len"), (5, "push"), (8, "take"), (9, "take"), (13, "take_in_the_end"), (14, "take_in_the_end")];

#[test]
fn that_a_lock_is_held_is_no_answer() {
    let steps = [
        (MAIN, spawn(T1), 0),
        (T1, lock(0), 5),
        (T1, Operation::Preempted, 5),
        (MAIN, FAILS, 2),
        (T1, unlock(0), 5),
        (MAIN, join(T1), 0),
        (MAIN, Operation::Panic, 0),
    ];
    let diagnosis = diagnosed(&steps, &FUNCTIONS).expect("a diagnosis");
    assert_eq!(diagnosis.kind, Mistake::GivesUpOnContention);
    let said = "The `try_lock` of `items` by main at line 2 fails: T1 holds the lock, acquired at line 5";
    assert!(diagnosis.message.starts_with(said), "{}", diagnosis.message);
    assert!(diagnosis.message.contains("`len` goes on without having looked"), "{}", diagnosis.message);
    assert_eq!(diagnosis.lines.first().map(|line| line.line), Some(2));
}

#[test]
fn who_keeps_a_lock_from_call_to_call_refuses_the_others_rightly() {
    let steps = [
        (MAIN, spawn(T1), 0),
        (T1, lock(0), 5),
        (T1, load(1, word(0), None, None), 0),
        (MAIN, FAILS, 2),
        (T1, unlock(0), 5),
        (MAIN, join(T1), 0),
        (MAIN, Operation::Panic, 0),
    ];
    let kind = diagnosed(&steps, &FUNCTIONS).map(|diagnosis| diagnosis.kind);
    assert_ne!(kind, Some(Mistake::GivesUpOnContention));
}

#[test]
fn who_makes_the_change_elsewhere_has_not_given_up() {
    let other = Operation::Store { atomic: ObjectId(2), value: word(3), order: Order::Relaxed, before: None };
    assert_ne!(exchanged_and(8, &[(MAIN, other, 9)]), Some(Mistake::GivesUpOnContention));
}

fn exchanged(line: u32, again: bool) -> Option<Mistake> {
    let looks_again = (MAIN, load(1, word(1), None, None), line);
    exchanged_and(line, if again { std::slice::from_ref(&looks_again) } else { &[] })
}

/// What an exchange that fails shows, with what comes after it.
fn exchanged_and(line: u32, then: &[(u32, Operation, u32)]) -> Option<Mistake> {
    let reads = Reads { from: None, newest: None };
    let found = word(1);
    let fails = Operation::ExchangeFailed {
        atomic: ObjectId(1),
        found,
        order: Order::Relaxed,
        reads,
        spurious: false,
    };
    let looks = load(1, word(2), None, None);
    let mut steps = vec![(MAIN, spawn(T1), 0), (MAIN, looks, line), (MAIN, fails, line + 1)];
    steps.extend(then);
    steps.extend([(MAIN, join(T1), 0), (MAIN, Operation::Panic, 0)]);
    diagnosed(&steps, &FUNCTIONS).map(|diagnosis| diagnosis.kind)
}

#[test]
fn one_exchange_that_fails_is_no_answer_and_several_are_an_attempt() {
    assert_eq!(exchanged(8, false), Some(Mistake::GivesUpOnContention));
    assert_ne!(exchanged(13, true), Some(Mistake::GivesUpOnContention));
}
