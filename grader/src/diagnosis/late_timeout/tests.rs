use std::time::Duration;

use model_trace::{ObjectId, ObjectKind, Operation};

use crate::diagnosis::diagnose;
use crate::report::samples::{MAIN, T1, lock, recording, spawn, unlock};
use crate::report::{FailureKind, Mistake};
use crate::source::{Parsed, Source};
use crate::trace::Code;

const SOURCE: &str = "pub fn wait_timeout(&self, timeout: Duration) {
    let mut state = self.state.lock().unwrap();
    while !state.is_set {
        (state, _) = self.happened.wait_timeout(state, timeout).unwrap();
    }
}
";

const STATE: u32 = 0;
const HAPPENED: u32 = 1;

/// T1 waits twice for the same time, and does something in between.
fn waits_again(kind: FailureKind, meanwhile: &[(u32, Operation, u32)]) -> Option<Mistake> {
    let condvar = ObjectId(HAPPENED);
    let wait = Operation::Wait { condvar, timeout: Some(Duration::from_secs(1)) };
    let begins = [(MAIN, spawn(T1), 0), (T1, lock(STATE), 2), (T1, wait, 4), (T1, unlock(STATE), 4)];
    let wakes = [(T1, Operation::Notified { condvar }, 4), (T1, lock(STATE), 4)];
    let again = [(T1, wait, 4), (T1, unlock(STATE), 4)];
    let ends = [(MAIN, Operation::Panic, 0)];
    let steps: Vec<_> =
        begins.iter().chain(&wakes).chain(meanwhile).chain(&again).chain(&ends).copied().collect();
    let objects = [("state", ObjectKind::Mutex), ("happened", ObjectKind::Condvar)];
    let code = Code::of(&Parsed::all(&[Source::new("src/lib.rs", SOURCE)]));
    diagnose(&recording(&objects, &steps), kind, &code).map(|diagnosis| diagnosis.kind)
}

#[test]
fn a_timeout_that_starts_again_is_late() {
    assert_eq!(waits_again(FailureKind::Assertion, &[]), Some(Mistake::LateTimeout));
}

#[test]
fn a_wait_after_a_callback_is_another_one() {
    let calls_back =
        [(T1, unlock(STATE), 4), (T1, lock(STATE), 0), (T1, unlock(STATE), 0), (T1, lock(STATE), 2)];
    assert_eq!(waits_again(FailureKind::Assertion, &calls_back), None);
}

#[test]
fn where_no_thread_can_go_on_time_is_not_what_is_missing() {
    assert_eq!(waits_again(FailureKind::Deadlock, &[]), None);
}

#[test]
fn a_wait_of_the_next_call_is_another_one() {
    let returns_and_is_called_again = [(T1, unlock(STATE), 4), (T1, lock(STATE), 2)];
    assert_eq!(waits_again(FailureKind::Assertion, &returns_and_is_called_again), None);
}

#[test]
fn as_long_as_no_time_has_elapsed_all_of_it_is_left() {
    let now = |millis| (T1, Operation::Now { time: Duration::from_millis(millis) }, 4);
    let looks_twice = |first, again| {
        let condvar = ObjectId(HAPPENED);
        let wait = Operation::Wait { condvar, timeout: Some(Duration::from_secs(1)) };
        let steps = [
            (MAIN, spawn(T1), 0),
            (T1, lock(STATE), 2),
            now(first),
            (T1, wait, 4),
            (T1, unlock(STATE), 4),
            (T1, Operation::SpuriousWakeup { object: Some(condvar) }, 4),
            (T1, lock(STATE), 4),
            now(again),
            (T1, wait, 4),
            (T1, unlock(STATE), 4),
            (MAIN, Operation::Panic, 0),
        ];
        let objects = [("state", ObjectKind::Mutex), ("happened", ObjectKind::Condvar)];
        let code = Code::of(&Parsed::all(&[Source::new("src/lib.rs", SOURCE)]));
        diagnose(&recording(&objects, &steps), FailureKind::Assertion, &code).map(|diagnosis| diagnosis.kind)
    };
    assert_eq!(looks_twice(0, 0), None);
    assert_eq!(looks_twice(0, 500), Some(Mistake::LateTimeout));
}
