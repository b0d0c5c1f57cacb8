use std::time::Duration;

use model_trace::{AtomicType, Content, ObjectId, ObjectKind, Operation, ThreadId};

use crate::diagnosis::diagnose;
use crate::report::samples::{
    MAIN, T1, join, load, lock, recording, replaces, spawn, store, unlock, unlock_with, word,
};
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

const TIMED: &str = "pub fn take(&self, timeout: Duration) -> Option<u32> {
    let until = Instant::now() + timeout;
    let mut items = self.items.lock().unwrap();
    loop {
        if let Some(item) = items.pop() { return Some(item); }
        let left = until - Instant::now();
        (items, _) = self.filled.wait_timeout(items, left / 2).unwrap();
        if self.gives_up() { return None; }
    }
}
";

/// What a spurious wakeup of a timed wait shows that began at 10 ms, for 50 ms.
fn woken_early(then: &[(u32, Operation, u32)]) -> Option<Diagnosis> {
    let now = |millis| Operation::Now { time: Duration::from_millis(millis) };
    let filled = ObjectId(1);
    let waits = [
        (MAIN, spawn(T1), 0),
        (T1, lock(0), 3),
        (T1, now(10), 6),
        (T1, Operation::Wait { condvar: filled, timeout: Some(Duration::from_millis(50)) }, 7),
        (T1, unlock(0), 7),
        (T1, Operation::SpuriousWakeup { object: Some(filled) }, 7),
        (T1, lock(0), 7),
    ];
    let ends = [(MAIN, join(T1), 0), (MAIN, Operation::Panic, 0)];
    let steps: Vec<_> = waits.iter().chain(then).chain(&ends).copied().collect();
    let count = ObjectKind::Atomic(AtomicType::Usize);
    let objects = [
        ("items", ObjectKind::Mutex),
        ("filled", ObjectKind::Condvar),
        ("count", count),
        ("over", ObjectKind::Once),
    ];
    let mut recording = recording(&objects, &steps);
    let of_the_call = |(_, _, line): &(u32, Operation, u32)| (*line > 0).then(|| "take".to_owned());
    recording.functions = steps.iter().map(of_the_call).collect();
    let code = Code::of(&Parsed::all(&[Source::new("src/lib.rs", TIMED)]));
    diagnose(&recording, FailureKind::Assertion, &code)
}

#[test]
fn a_timed_wait_is_not_over_with_a_spurious_wakeup() {
    let leaves = (T1, unlock(0), 8);
    let now = |millis| (T1, Operation::Now { time: Duration::from_millis(millis) }, 6);
    let says = |then: &[(u32, Operation, u32)], said: &str| {
        woken_early(then).is_some_and(|it| it.kind == Mistake::MissingRecheck && it.message.contains(said))
    };
    assert!(says(&[leaves], "it has not looked at the clock"));
    assert!(says(&[now(30), leaves], "that time is not over yet"));
    assert!(!says(&[now(60), leaves], "gives up early"), "the time is over");
    let waits = Operation::Wait { condvar: ObjectId(1), timeout: Some(Duration::from_millis(30)) };
    assert!(!says(&[now(30), (T1, waits, 7), (T1, unlock(0), 7)], "gives up early"), "it waits on");
}

const TAKEN_FOR_GRANTED: &str = "pub fn get(&self) {
    let mut state = self.state.lock().unwrap();
    while state.is_made() {
        state = self.made.wait(state).unwrap();
    }
    state.value.take().unwrap();
}
pub fn put(&self) {
    self.state.lock().unwrap().values.push(1);
}
";

/// `main` is notified, `T1` changes the data before `main` has the lock again, and `main` does this.
fn woken_for(then: &[(u32, Operation, u32)]) -> Option<Mistake> {
    let made = ObjectId(1);
    let notified = [
        (MAIN, spawn(T1), 0),
        (MAIN, lock(0), 2),
        (MAIN, Operation::Wait { condvar: made, timeout: None }, 4),
        (MAIN, unlock(0), 4),
        (T1, Operation::NotifyAll { condvar: made, woken: 1 }, 0),
        (T1, lock(0), 9),
        (T1, unlock_with(0, Content::Changed), 9),
        (MAIN, Operation::Notified { condvar: made }, 4),
        (MAIN, lock(0), 4),
    ];
    let steps: Vec<_> = notified.iter().chain(then).copied().collect();
    let objects = [("state", ObjectKind::Mutex), ("made", ObjectKind::Condvar)];
    let code = Code::of(&Parsed::all(&[Source::new("src/lib.rs", TAKEN_FOR_GRANTED)]));
    diagnose(&recording(&objects, &steps), FailureKind::Panic, &code).map(|diagnosis| diagnosis.kind)
}

#[test]
fn a_loop_may_check_another_condition_than_the_one_that_has_to_hold() {
    let panics = (MAIN, Operation::Panic, 6);
    assert_eq!(woken_for(&[panics, (MAIN, unlock(0), 6)]), Some(Mistake::MissingRecheck));
    // Once it has released the lock, it may panic for another reason.
    assert_ne!(woken_for(&[(MAIN, unlock(0), 6), panics]), Some(Mistake::MissingRecheck));
}

#[test]
fn a_timed_wait_that_ends_for_a_reason_has_not_given_up() {
    let leaves = (T1, unlock(0), 8);
    let gives_up = |then: &[(u32, Operation, u32)]| {
        woken_early(then).is_some_and(|diagnosis| diagnosis.message.contains("gives up early"))
    };
    assert!(gives_up(&[leaves]));
    let over = Operation::Initialised { once: ObjectId(3), poisoned: false };
    assert!(gives_up(&[(T1, over, 8), leaves]), "it says so to others");
    assert!(!gives_up(&[(T1, replaces(0, 3, 2), 5)]), "it takes something");
    assert!(!gives_up(&[(2, store(2, 1), 0), leaves]), "something has changed");
    assert!(!gives_up(&[(T1, Operation::Panic, 8), leaves]), "it panics");
}
