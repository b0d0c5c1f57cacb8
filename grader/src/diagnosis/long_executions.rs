//! Executions of tens of thousands of steps, as those of threads that poll are: each rule comes to an end, and says of a
//! long one what it says of a short one.

use std::time::Duration;

use model_trace::{AtomicType, ObjectId, ObjectKind, Operation, Order, UpdateCall};
use strum::VariantArray as _;

use super::{Evidence, RULES};
use crate::report::samples::{MAIN, T1, load, lock_with, recording, replaces, spawn, unlock, word};
use crate::report::{FailureKind, Mistake};
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
    let mut flag = self.flag();
    self.sleepers.fetch_add(1, SeqCst);
    while *flag == 0 {
        flag = self.bell.wait_timeout(flag, SOON).unwrap().0;
    }
}
fn flag(&self) -> MutexGuard<'_, u64> {
    self.flag.lock().unwrap()
}
pub fn spin(&self) {
    while self.sleepers.load(SeqCst) > 0 {
        let flag = self.flag();
    }
}
";

const FLAG: u32 = 0;
const BELL: u32 = 1;
const SLEEPERS: u32 = 2;

type Steps = Vec<(u32, Operation, u32)>;

fn update(old: u64) -> Operation {
    Operation::Update {
        atomic: ObjectId(SLEEPERS),
        call: UpdateCall::FetchAdd,
        old: word(old),
        new: word(old + 1),
        order: Order::SeqCst,
        before: None,
    }
}

/// One thread waits again and again in one call, and another one sets and clears.
fn polls(rounds: usize) -> Steps {
    let condvar = ObjectId(BELL);
    let wait = Operation::Wait { condvar, timeout: Some(Duration::from_millis(1)) };
    let mut steps = vec![(MAIN, spawn(T1), 0), (T1, lock_with(FLAG, 0), 18), (T1, update(0), 13)];
    for _ in 0..rounds {
        steps.extend([
            (T1, wait, 15),
            (T1, unlock(FLAG), 15),
            (MAIN, load(SLEEPERS, word(1), None, None), 2),
            (MAIN, Operation::Preempted, 3),
            (T1, Operation::TimedOut { object: Some(condvar) }, 15),
            (MAIN, lock_with(FLAG, 0), 3),
            (MAIN, replaces(FLAG, 0, 1), 3),
            (MAIN, lock_with(FLAG, 1), 9),
            (MAIN, replaces(FLAG, 1, 0), 9),
            (T1, lock_with(FLAG, 0), 15),
        ]);
    }
    steps.extend([(T1, wait, 15), (T1, unlock(FLAG), 15)]);
    steps
}

/// Two threads spin, with a helper that locks.
fn spins(rounds: usize) -> Steps {
    let mut steps = vec![(MAIN, spawn(T1), 0)];
    for _ in 0..rounds {
        for thread in [MAIN, T1] {
            steps.extend([
                (thread, load(SLEEPERS, word(1), None, None), 21),
                (thread, lock_with(FLAG, 0), 18),
                (thread, unlock(FLAG), 22),
            ]);
        }
    }
    steps
}

/// A thread calls one function after the other, many times each.
fn calls(rounds: usize) -> Steps {
    let mut steps = vec![(MAIN, spawn(T1), 0)];
    for round in 0..rounds {
        let thread = if round % 3 == 0 { T1 } else { MAIN };
        steps.extend([
            (thread, load(SLEEPERS, word(0), None, None), 2),
            (thread, lock_with(FLAG, 0), 3),
            (thread, replaces(FLAG, 0, 1), 3),
            (thread, lock_with(FLAG, 1), 9),
            (thread, replaces(FLAG, 1, 0), 9),
        ]);
    }
    steps.push((MAIN, Operation::Panic, 0));
    steps
}

/// What each rule finds in an execution of each kind.
fn found(steps: &Steps) -> Vec<(FailureKind, Mistake)> {
    let counter = ObjectKind::Atomic(AtomicType::U64);
    let objects = [("flag", ObjectKind::Mutex), ("bell", ObjectKind::Condvar), ("sleepers", counter)];
    let recording = recording(&objects, steps);
    let code = Code::of(&Parsed::all(&[Source::new("src/lib.rs", SOURCE)]));
    let mut found = Vec::new();
    for &kind in FailureKind::VARIANTS {
        let evidence = Evidence::of(&recording, kind, &code);
        let fitting = RULES.iter().filter(|(mistake, _)| mistake.fits(kind));
        let findings = fitting.filter_map(|(mistake, rule)| Some((*mistake, rule(&evidence)?)));
        found.extend(findings.map(|(mistake, finding)| {
            assert!(!finding.sentence(&recording).is_empty());
            (kind, mistake)
        }));
    }
    found
}

#[test]
fn rules_say_of_a_long_execution_what_they_say_of_a_short_one() {
    for execution in [polls, spins, calls] {
        let (short, long) = (execution(30), execution(2_000));
        assert!(long.len() >= 10_000, "{} steps", long.len());
        assert_eq!(found(&long), found(&short));
    }
}
