use model_trace::history::Ending;
use model_trace::{
    AtomicType, Blocker, ObjectId, ObjectKind, Operation, Order, ThreadId, UpdateCall, Wait, Waiting,
};

use crate::diagnosis::diagnose;
use crate::report::samples::{
    MAIN, T1, load, lock_with, place, recording, replaces, spawn, store, unlock, word,
};
use crate::report::{Diagnosis, FailureKind, Mistake};
use crate::source::{Parsed, Source};
use crate::trace::Code;

const SOURCE: &str = "pub fn set(&self) {
    let anybody = self.sleepers.load(SeqCst) > 0;
    *self.flag.lock().unwrap() = 1;
    if anybody {
        self.bell.notify_all();
    }
}
pub fn clear(&self) {
    *self.flag.lock().unwrap() = 0;
}
pub fn wait(&self) {
    let mut flag = self.flag.lock().unwrap();
    self.sleepers.fetch_add(1, SeqCst);
    while *flag == 0 {
        flag = self.bell.wait(flag).unwrap();
    }
}
pub fn raise(&self) {
    self.sleepers.store(1, SeqCst);
    self.bell.notify_all();
}
pub fn until_raised(&self) {
    let flag = self.flag.lock().unwrap();
    let waits = |_: &mut usize| self.sleepers.load(SeqCst) == 0;
    drop(self.bell.wait_while(flag, waits));
}
pub fn meet(&self) {
    let mut flag = self.flag.lock().unwrap();
    *flag += 1;
    if *flag == 2 {
        *flag = 0;
        self.bell.notify_all();
        return;
    }
    while *flag != 0 {
        flag = self.bell.wait(flag).unwrap();
    }
}
pub fn set_if_still_set(&self) {
    *self.flag.lock().unwrap() = 2;
    if *self.flag.lock().unwrap() == 2 {
        self.bell.notify_all();
    }
}
pub fn put(&self) {
    *self.flag.lock().unwrap() = 3;
}
pub fn notify_and_set(&self) {
    self.bell.notify_all();
    *self.flag.lock().unwrap() = 4;
}
pub fn wait_once_it_is_asked(&self) {
    let asked = self.sleepers.load(SeqCst);
    let mut flag = self.flag.lock().unwrap();
    while *flag == 0 {
        flag = self.bell.wait(flag).unwrap();
    }
}
";

const FLAG: u32 = 0;
const SLEEPERS: u32 = 1;
const BELL: ObjectId = ObjectId(2);
const ANOTHER_BELL: ObjectId = ObjectId(3);

/// `T1` waits, and `main` calls `set` and `clear`, or `raise`.
fn diagnosed(steps: &[(u32, Operation, u32)]) -> Diagnosis {
    let joins = (MAIN, Operation::Block { on: Blocker::Thread(ThreadId(T1)) }, 0);
    let steps: Vec<_> = [(MAIN, spawn(T1), 0)].iter().chain(steps).chain([&joins]).copied().collect();
    let sleepers = ObjectKind::Atomic(AtomicType::Usize);
    let (bell, another) = (("bell", ObjectKind::Condvar), ("bell #2", ObjectKind::Condvar));
    let objects = [("flag", ObjectKind::Mutex), ("sleepers", sleepers), bell, another];
    let mut recording = recording(&objects, &steps);
    let function = |line: u32| match line {
        1..=7 => Some("set"),
        8..=10 => Some("clear"),
        11..=17 => Some("wait"),
        18..=21 => Some("raise"),
        22..=26 => Some("until_raised"),
        27..=38 => Some("meet"),
        39..=44 => Some("set_if_still_set"),
        45..=47 => Some("put"),
        48..=51 => Some("notify_and_set"),
        _ => None,
    };
    recording.functions = steps.iter().map(|(_, _, line)| function(*line).map(str::to_owned)).collect();
    let waits = steps.iter().rfind(|(_, operation, _)| *operation == WAITS).map_or(0, |(_, _, line)| *line);
    recording.execution.waiting = vec![
        Waiting { thread: ThreadId(MAIN), wait: Wait::Join { thread: ThreadId(T1) }, place: place(0) },
        Waiting { thread: ThreadId(T1), wait: Wait::Notification { condvar: BELL }, place: place(waits) },
    ];
    recording.ending = Ending::Complete;
    let code = Code::of(&Parsed::all(&[Source::new("src/lib.rs", SOURCE)]));
    diagnose(&recording, FailureKind::Deadlock, &code).expect("a diagnosis")
}

fn registers() -> Operation {
    Operation::Update {
        atomic: ObjectId(SLEEPERS),
        call: UpdateCall::FetchAdd,
        old: word(0),
        new: word(1),
        order: Order::SeqCst,
        before: None,
    }
}

/// `T1` waits, and is woken by `set`. Then it goes on like this.
fn woken_by_set(then: &[(u32, Operation, u32)]) -> Diagnosis {
    let woken = [
        (T1, lock_with(FLAG, 0), 12),
        (T1, registers(), 13),
        (T1, WAITS, 15),
        (T1, unlock(FLAG), 15),
        (MAIN, lock_with(FLAG, 0), 3),
        (MAIN, replaces(FLAG, 0, 1), 3),
        (MAIN, Operation::NotifyAll { condvar: BELL, woken: 1 }, 5),
    ];
    diagnosed(&woken.iter().chain(then).copied().collect::<Vec<_>>())
}

const WAITS: Operation = Operation::Wait { condvar: BELL, timeout: None };

#[test]
fn who_looks_for_waiters_too_early_finds_none() {
    let diagnosis = diagnosed(&[
        (MAIN, load(SLEEPERS, word(0), None, None), 2),
        (MAIN, Operation::Preempted, 3),
        (T1, lock_with(FLAG, 0), 12),
        (T1, registers(), 13),
        (T1, WAITS, 15),
        (T1, unlock(FLAG), 15),
        (MAIN, lock_with(FLAG, 0), 3),
        (MAIN, replaces(FLAG, 0, 1), 3),
    ]);
    assert_eq!(diagnosis.kind, Mistake::LostWakeup);
    let said =
        "main looks at `sleepers` at line 2, before T1 changes it at line 13 and waits on `bell` at line 15.";
    assert!(diagnosis.message.starts_with(said), "{}", diagnosis.message);
    assert_eq!(diagnosis.lines.first().map(|line| line.line), Some(2));
}

#[test]
fn what_is_over_before_the_woken_one_looks_is_missed() {
    let diagnosis = woken_by_set(&[
        (MAIN, lock_with(FLAG, 1), 9),
        (MAIN, replaces(FLAG, 1, 0), 9),
        (T1, Operation::Notified { condvar: BELL }, 15),
        (T1, lock_with(FLAG, 0), 15),
        (T1, WAITS, 15),
        (T1, unlock(FLAG), 15),
    ]);
    assert_eq!(diagnosis.kind, Mistake::LostWakeup, "{}", diagnosis.message);
    let said = "main notifies at line 5, and that wakes T1. But before T1 has looked again, at line 15, main changes \
                `flag` at line 9.";
    assert!(diagnosis.message.starts_with(said), "{}", diagnosis.message);
}

#[test]
fn who_waits_in_its_next_call_has_not_looked_again_in_the_last_one() {
    let diagnosis = woken_by_set(&[
        (T1, Operation::Notified { condvar: BELL }, 15),
        (T1, lock_with(FLAG, 1), 15),
        (T1, unlock(FLAG), 15),
        (MAIN, lock_with(FLAG, 1), 9),
        (MAIN, replaces(FLAG, 1, 0), 9),
        (T1, lock_with(FLAG, 0), 12),
        (T1, registers(), 13),
        (T1, WAITS, 15),
        (T1, unlock(FLAG), 15),
    ]);
    assert_eq!(diagnosis.kind, Mistake::NobodyLeft, "{}", diagnosis.message);
    assert!(!diagnosis.message.contains("has woken it"), "{}", diagnosis.message);
}

#[test]
fn who_was_slower_than_another_waiter_has_missed_nothing() {
    let diagnosis = woken_by_set(&[
        (MAIN, lock_with(FLAG, 1), 12),
        (MAIN, replaces(FLAG, 1, 0), 12),
        (T1, Operation::Notified { condvar: BELL }, 15),
        (T1, lock_with(FLAG, 0), 15),
        (T1, WAITS, 15),
        (T1, unlock(FLAG), 15),
    ]);
    assert_eq!(diagnosis.kind, Mistake::NobodyLeft, "{}", diagnosis.message);
    let said = "main has woken it at line 5; it has looked again at line 15, and its condition did not hold.";
    assert!(diagnosis.message.contains(said), "{}", diagnosis.message);
}

#[test]
fn to_leave_all_as_it_was_is_no_change_that_needs_a_wakeup() {
    let diagnosis = diagnosed(&[
        (T1, lock_with(FLAG, 0), 12),
        (T1, registers(), 13),
        (T1, WAITS, 15),
        (T1, unlock(FLAG), 15),
        (MAIN, lock_with(FLAG, 0), 9),
        (MAIN, replaces(FLAG, 0, 0), 9),
    ]);
    assert_eq!(diagnosis.kind, Mistake::NobodyLeft, "{}", diagnosis.message);
}

#[test]
fn what_is_above_the_loop_is_not_waited_for() {
    let diagnosis = diagnosed(&[
        (T1, load(SLEEPERS, word(0), None, None), 53),
        (T1, lock_with(FLAG, 0), 54),
        (T1, WAITS, 56),
        (T1, unlock(FLAG), 56),
        (MAIN, store(SLEEPERS, 1), 19),
    ]);
    assert_eq!(diagnosis.kind, Mistake::NobodyLeft, "{}", diagnosis.message);
}

#[test]
fn what_changes_outside_of_the_lock_changes_between_a_look_and_its_wait() {
    let diagnosis = diagnosed(&[
        (T1, lock_with(FLAG, 0), 23),
        (T1, load(SLEEPERS, word(0), None, None), 24),
        (T1, Operation::Preempted, 25),
        (MAIN, store(SLEEPERS, 1), 19),
        (MAIN, Operation::NotifyAll { condvar: BELL, woken: 0 }, 20),
        (T1, WAITS, 25),
        (T1, unlock(FLAG), 25),
    ]);
    assert_eq!(diagnosis.kind, Mistake::LostWakeup, "{}", diagnosis.message);
    let said =
        "T1 checks its condition at line 24 and decides to wait. Before it does, main notifies at line 20";
    assert!(diagnosis.message.starts_with(said), "{}", diagnosis.message);
}

#[test]
fn the_one_who_wakes_may_be_back_before_the_woken_one_looks() {
    let diagnosis = diagnosed(&[
        (T1, lock_with(FLAG, 0), 28),
        (T1, WAITS, 36),
        (T1, replaces(FLAG, 0, 1), 36),
        (MAIN, lock_with(FLAG, 1), 28),
        (MAIN, Operation::NotifyAll { condvar: BELL, woken: 1 }, 32),
        (MAIN, replaces(FLAG, 1, 0), 31),
        (MAIN, lock_with(FLAG, 0), 28),
        (MAIN, WAITS, 36),
        (MAIN, replaces(FLAG, 0, 1), 36),
        (T1, Operation::Notified { condvar: BELL }, 36),
        (T1, lock_with(FLAG, 1), 36),
        (T1, WAITS, 36),
        (T1, unlock(FLAG), 36),
    ]);
    assert_eq!(diagnosis.kind, Mistake::LostWakeup, "{}", diagnosis.message);
    let said = "But before T1 has looked again, at line 36, main is back in a critical section of `flag`";
    assert!(diagnosis.message.contains(said), "{}", diagnosis.message);
}

#[test]
fn of_several_changes_without_a_notification_the_one_counts_that_skips_its_own() {
    let diagnosis = diagnosed(&[
        (T1, lock_with(FLAG, 0), 12),
        (T1, WAITS, 15),
        (T1, unlock(FLAG), 15),
        (MAIN, lock_with(FLAG, 0), 40),
        (MAIN, replaces(FLAG, 0, 2), 40),
        (MAIN, Operation::Preempted, 41),
        (2, lock_with(FLAG, 2), 9),
        (2, replaces(FLAG, 2, 3), 9),
        (MAIN, lock_with(FLAG, 3), 41),
        (MAIN, unlock(FLAG), 41),
    ]);
    assert_eq!(diagnosis.kind, Mistake::LostWakeup, "{}", diagnosis.message);
    let said = "After that, main changes `flag` at line 40 without a notification, and T1 is not woken: a lost wakeup. Its \
                call does not come to the notification at line 42.";
    assert!(diagnosis.message.contains(said), "{}", diagnosis.message);
    assert!(diagnosis.message.contains("by T2 at line 9 either"), "{}", diagnosis.message);
    assert_eq!(diagnosis.lines.iter().map(|line| line.line).collect::<Vec<_>>(), [40, 9]);
}

#[test]
fn a_notification_of_others_is_come_to() {
    let diagnosis = diagnosed(&[
        (T1, lock_with(FLAG, 0), 12),
        (T1, WAITS, 15),
        (T1, unlock(FLAG), 15),
        (MAIN, lock_with(FLAG, 0), 3),
        (MAIN, replaces(FLAG, 0, 1), 3),
        (MAIN, Operation::NotifyAll { condvar: ANOTHER_BELL, woken: 1 }, 5),
    ]);
    assert_eq!(diagnosis.kind, Mistake::LostWakeup, "{}", diagnosis.message);
    assert!(!diagnosis.message.contains("does not come to"), "{}", diagnosis.message);
}

#[test]
fn a_wakeup_is_of_no_use_because_of_a_change_that_comes_without_one() {
    let said = |changed: bool| {
        let mut steps = vec![
            (T1, lock_with(FLAG, 0), 12),
            (T1, WAITS, 15),
            (T1, unlock(FLAG), 15),
            (2, lock_with(FLAG, 0), 12),
            (2, WAITS, 15),
            (2, unlock(FLAG), 15),
            (MAIN, lock_with(FLAG, 0), 3),
            (MAIN, replaces(FLAG, 0, 1), 3),
            (MAIN, Operation::NotifyOne { condvar: BELL, woken: Some(ThreadId(2)) }, 5),
        ];
        if changed {
            steps.extend([(MAIN, lock_with(FLAG, 1), 46), (MAIN, replaces(FLAG, 1, 3), 46)]);
        }
        let found = if changed { 3 } else { 1 };
        let woken = Operation::Notified { condvar: BELL };
        steps.extend([(2, woken, 15), (2, lock_with(FLAG, found), 15), (2, unlock(FLAG), 17)]);
        diagnosed(&steps).message
    };
    assert!(said(false).contains("wakes T2 instead, which changes nothing then"), "{}", said(false));
    assert!(said(true).contains("main changes `flag` at line 46 without a notification"), "{}", said(true));
}

#[test]
fn of_changes_whose_functions_notify_nobody_the_first_comes_first() {
    let diagnosis = diagnosed(&[
        (T1, lock_with(FLAG, 0), 12),
        (T1, WAITS, 15),
        (T1, unlock(FLAG), 15),
        (MAIN, lock_with(FLAG, 0), 9),
        (MAIN, replaces(FLAG, 0, 2), 9),
        (MAIN, lock_with(FLAG, 2), 46),
        (MAIN, replaces(FLAG, 2, 3), 46),
    ]);
    assert_eq!(diagnosis.lines.iter().map(|line| line.line).collect::<Vec<_>>(), [9, 46]);
}

#[test]
fn a_change_after_which_the_waiter_finds_what_it_found_is_not_the_one() {
    let diagnosis = diagnosed(&[
        (T1, lock_with(FLAG, 0), 12),
        (T1, WAITS, 15),
        (T1, unlock(FLAG), 15),
        (MAIN, lock_with(FLAG, 0), 3),
        (MAIN, replaces(FLAG, 0, 1), 3),
        (MAIN, lock_with(FLAG, 1), 9),
        (MAIN, replaces(FLAG, 1, 0), 9),
        (MAIN, store(SLEEPERS, 1), 19),
        (MAIN, lock_with(FLAG, 0), 3),
        (MAIN, replaces(FLAG, 0, 1), 3),
    ]);
    assert_eq!(diagnosis.kind, Mistake::LostWakeup, "{}", diagnosis.message);
    assert_eq!(diagnosis.lines.iter().map(|line| line.line).collect::<Vec<_>>(), [3]);
}

#[test]
fn who_notifies_before_the_change_comes_before_whoever_notifies_nobody() {
    let diagnosis = diagnosed(&[
        (T1, lock_with(FLAG, 0), 12),
        (T1, WAITS, 15),
        (T1, unlock(FLAG), 15),
        (MAIN, Operation::NotifyAll { condvar: BELL, woken: 1 }, 49),
        (T1, Operation::Notified { condvar: BELL }, 15),
        (T1, lock_with(FLAG, 0), 15),
        (T1, WAITS, 15),
        (T1, unlock(FLAG), 15),
        (MAIN, lock_with(FLAG, 0), 50),
        (MAIN, replaces(FLAG, 0, 4), 50),
        (MAIN, lock_with(FLAG, 4), 46),
        (MAIN, replaces(FLAG, 4, 3), 46),
    ]);
    assert_eq!(diagnosis.kind, Mistake::LostWakeup, "{}", diagnosis.message);
    assert_eq!(diagnosis.lines.iter().map(|line| line.line).collect::<Vec<_>>(), [49, 50]);
}

#[test]
fn who_is_woken_and_waits_again_has_not_missed_the_notification() {
    let diagnosis = diagnosed(&[
        (T1, lock_with(FLAG, 0), 12),
        (T1, registers(), 13),
        (T1, WAITS, 15),
        (T1, unlock(FLAG), 15),
        (MAIN, Operation::NotifyAll { condvar: BELL, woken: 1 }, 20),
        (T1, Operation::Notified { condvar: BELL }, 15),
        (T1, lock_with(FLAG, 0), 15),
        (T1, WAITS, 15),
        (T1, unlock(FLAG), 15),
    ]);
    assert_eq!(diagnosis.kind, Mistake::NobodyLeft, "{}", diagnosis.message);
    assert!(diagnosis.message.contains("main has woken it at line 20"), "{}", diagnosis.message);
}
