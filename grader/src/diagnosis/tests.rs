//! The rules against hand-written executions: what they see, and where they keep silent. What they make of real
//! failures is proved by `calibrate` and shown by `tests/counterexamples.rs`.

use model_trace::history::Ending;
use model_trace::{
    AtomicType, Blocker, Content, Format, ObjectId, ObjectKind, Operation, Order, Reads, ReleaseCall,
    ThreadId, UpdateCall, Wait, Waiting, Word,
};

use super::*;
use crate::report::samples::{
    MAIN, T1, join, load, lock, lock_with, place, recording, replaces, spawn, unlock, word,
};
use crate::report::{Role, number};
use crate::source::{Parsed, Source};
use strum::VariantArray as _;

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

const COUNT: u32 = 0;
const READY: u32 = 1;

fn recorded(steps: &[(u32, Operation, u32)]) -> Recording {
    let flag = ObjectKind::Atomic(AtomicType::Bool);
    recording(&[("count", ObjectKind::Mutex), ("ready", flag)], steps)
}

fn diagnosed(kind: FailureKind, steps: &[(u32, Operation, u32)]) -> Option<Diagnosis> {
    diagnose(&recorded(steps), kind, &code())
}

fn kind(kind: FailureKind, steps: &[(u32, Operation, u32)]) -> Option<Mistake> {
    diagnosed(kind, steps).map(|diagnosis| diagnosis.kind)
}

/// `main` is preempted between the two critical sections of `add`, and `T1` calls it.
fn lost() -> Vec<(u32, Operation, u32)> {
    vec![
        (MAIN, spawn(T1), 0),
        (MAIN, lock_with(COUNT, 0), 2),
        (MAIN, unlock(COUNT), 2),
        (MAIN, Operation::Preempted, 3),
        (T1, lock_with(COUNT, 0), 2),
        (T1, unlock(COUNT), 2),
        (T1, lock_with(COUNT, 0), 3),
        (T1, replaces(COUNT, 0, 1), 3),
        (MAIN, lock_with(COUNT, 1), 3),
        (MAIN, replaces(COUNT, 1, 1), 3),
        (MAIN, join(T1), 0),
        (MAIN, Operation::Panic, 0),
    ]
}

#[test]
fn an_update_is_lost_even_if_both_write_the_same_number() {
    let diagnosis = diagnosed(FailureKind::Assertion, &lost()).expect("a diagnosis");
    assert_eq!(diagnosis.kind, Mistake::LostUpdate);
    let cited: Vec<_> = diagnosis.steps.iter().map(|cited| (number(cited.step), cited.role)).collect();
    assert_eq!(cited, [(2, Role::Checks), (8, Role::Intervenes), (10, Role::Acts)]);
    assert!(diagnosis.message.starts_with("main reads 0 from `count` at line 2."), "{}", diagnosis.message);
}

#[test]
fn nobody_comes_between_without_changing_anything() {
    let unchanged: Vec<_> = lost()
        .into_iter()
        .map(|step| match step {
            (T1, Operation::Release { .. }, 3) => (T1, replaces(COUNT, 0, 0), 3),
            (MAIN, Operation::Acquire { .. }, 3) => (MAIN, lock_with(COUNT, 0), 3),
            (MAIN, Operation::Release { .. }, 3) => (MAIN, replaces(COUNT, 0, 1), 3),
            other => other,
        })
        .collect();
    assert_eq!(kind(FailureKind::Assertion, &unchanged), None);
}

#[test]
fn without_a_preemption_between_the_two_steps_nothing_is_torn() {
    let calm: Vec<_> = lost().into_iter().filter(|step| step.1 != Operation::Preempted).collect();
    assert_eq!(kind(FailureKind::Assertion, &calm), None);
}

#[test]
fn two_calls_are_not_one() {
    // The second access is above the first one: `main` has called anew.
    let mut apart = lost();
    apart[1].2 = 3;
    apart[2].2 = 3;
    apart[8].2 = 2;
    apart[9].2 = 2;
    assert_eq!(kind(FailureKind::Assertion, &apart), None);
}

#[test]
fn a_busy_wait_is_told_with_what_it_asks() {
    let no = Word { bits: 0, format: Format::Bool };
    let diagnosis = diagnosed(FailureKind::TooManySteps, &[(T1, load(READY, no, None, None), 6); 50]);
    let diagnosis = diagnosis.expect("a diagnosis");
    assert_eq!(diagnosis.kind, Mistake::BusyWait);
    assert!(diagnosis.message.contains("line 6: `load` of `ready`"), "{}", diagnosis.message);
}

#[test]
fn a_lock_that_its_own_thread_waits_for_is_a_self_deadlock() {
    let blocked = Operation::Block { on: Blocker::Object(ObjectId(COUNT)) };
    let mut recording = recorded(&[(MAIN, lock(COUNT), 2), (MAIN, blocked, 3)]);
    let wait = Wait::Lock { lock: ObjectId(COUNT) };
    recording.execution.waiting = vec![Waiting { thread: ThreadId(MAIN), wait, place: place(3) }];
    recording.ending = Ending::Complete;
    let diagnosis = diagnose(&recording, FailureKind::Deadlock, &code()).expect("a diagnosis");
    assert_eq!(diagnosis.kind, Mistake::SelfDeadlock);
    assert!(
        diagnosis
            .message
            .starts_with("main waits for `count` at line 3, and has held it itself since line 2."),
        "{}",
        diagnosis.message
    );
}

#[test]
fn no_mistake_explains_an_outcome_that_it_does_not_fit() {
    let blocked = Operation::Block { on: Blocker::Object(ObjectId(COUNT)) };
    let no = Word { bits: 0, format: Format::Bool };
    let executions = [
        lost(),
        vec![(T1, load(READY, no, None, None), 6); 50],
        vec![(MAIN, lock(COUNT), 2), (MAIN, blocked, 3)],
    ];
    let mut found = 0;
    for steps in &executions {
        let mut recording = recorded(steps);
        let wait = Wait::Lock { lock: ObjectId(COUNT) };
        recording.execution.waiting = vec![Waiting { thread: ThreadId(MAIN), wait, place: place(3) }];
        for outcome in FailureKind::VARIANTS {
            if let Some(diagnosis) = diagnose(&recording, *outcome, &code()) {
                found += 1;
                assert!(diagnosis.kind.fits(*outcome), "{diagnosis:?} for {outcome:?}");
            }
        }
    }
    assert!(found >= 3, "{found}");
    // What is no execution that fails is explained by none of the mistakes.
    let judged = |kind: &&FailureKind| Mistake::VARIANTS.iter().any(|mistake| mistake.fits(**kind));
    let judged: Vec<FailureKind> = FailureKind::VARIANTS.iter().filter(judged).copied().collect();
    use FailureKind::{Assertion, Deadlock, NeverHappens, Panic, TooManySteps};
    assert_eq!(judged, [Assertion, Panic, Deadlock, TooManySteps, NeverHappens]);
    assert!(!Mistake::LostUpdate.fits(NeverHappens) && !Mistake::CheckThenAct.fits(Deadlock));
}

#[test]
fn an_exchange_that_is_given_up_is_a_lost_update_whatever_is_read_afterwards() {
    let source = "pub fn add(&self) {
    let old = self.number.load(SeqCst);
    let _ = self.number.compare_exchange(old, old + 1, SeqCst, SeqCst);
}
pub fn value(&self) -> u64 {
    self.number.load(SeqCst)
}
";
    let reads = Reads { from: None, newest: None };
    let failed = Operation::ExchangeFailed {
        atomic: ObjectId(0),
        found: word(1),
        order: Order::SeqCst,
        reads,
        spurious: false,
    };
    let recording = recording(
        &[("number", ObjectKind::Atomic(AtomicType::U64))],
        &[
            (MAIN, spawn(T1), 0),
            (MAIN, load(0, word(0), None, None), 2),
            (MAIN, Operation::Preempted, 3),
            (T1, crate::report::samples::store(0, 1), 3),
            (MAIN, failed, 3),
            (MAIN, load(0, word(1), None, None), 6),
            (MAIN, Operation::Panic, 0),
        ],
    );
    let code = Code::of(&Parsed::all(&[Source::new("src/lib.rs", source)]));
    let diagnosis = diagnose(&recording, FailureKind::Assertion, &code).expect("a diagnosis");
    assert_eq!(diagnosis.kind, Mistake::LostUpdate);
    assert!(diagnosis.message.contains("main does not try again"), "{}", diagnosis.message);
}

const HAMMER: &str = "pub fn hammer(threads: usize) -> u64 {
    scope(|scope| {
        scope.spawn(|| {
            self.running.fetch_add(1, SeqCst);
            self.total.fetch_add(1, SeqCst);
        });
        while self.running.load(SeqCst) > 0 {}
        total = self.total.load(SeqCst);
    });
    threads as u64
}
";

/// `main` starts `T1`, looks whether it runs, reads the total if it `reads`, and joins it.
fn hammered(reads: bool) -> Option<Diagnosis> {
    let number = ObjectKind::Atomic(AtomicType::U64);
    let add = |atomic: u32| Operation::Update {
        atomic: ObjectId(atomic),
        call: UpdateCall::FetchAdd,
        old: word(0),
        new: word(1),
        order: Order::SeqCst,
        before: None,
    };
    let mut steps = vec![(MAIN, spawn(T1), 3)];
    if reads {
        steps.extend([(MAIN, load(0, word(0), None, None), 7), (MAIN, load(1, word(0), None, None), 8)]);
    }
    steps.extend([(T1, add(0), 4), (T1, add(1), 5), (MAIN, join(T1), 2), (MAIN, Operation::Panic, 0)]);
    let mut recording = recording(&[("running", number), ("total", number)], &steps);
    recording.functions = vec![Some("hammer".to_owned()); steps.len()];
    let source = if reads { HAMMER.replace("threads as u64", "total") } else { HAMMER.to_owned() };
    let code = Code::of(&Parsed::all(&[Source::new("src/lib.rs", &source)]));
    diagnose(&recording, FailureKind::Assertion, &code)
}

#[test]
fn what_is_read_before_the_join_may_be_too_early() {
    let early = hammered(true).expect("a diagnosis");
    assert_eq!(early.kind, Mistake::NeverJoined);
    for said in ["reads 0 from `total` at line 8 before T1 has finished", "T1 raises it itself, at line 4"] {
        assert!(early.message.contains(said), "{}", early.message);
    }
    assert_eq!(early.lines.first().map(|line| line.line), Some(4));
}

#[test]
fn a_result_that_is_made_of_parameters_is_read_from_nothing() {
    let computed = hammered(false).expect("a diagnosis");
    assert_eq!(computed.kind, Mistake::ComputedResult);
    assert!(
        computed.message.starts_with("`hammer` computes its result from `threads`, at line 10."),
        "{}",
        computed.message
    );
    assert_eq!(computed.lines.first().map(|line| line.line), Some(10));
}

#[test]
fn a_read_modify_write_has_no_gap() {
    let add = Operation::Update {
        atomic: ObjectId(READY),
        call: UpdateCall::FetchAdd,
        old: word(0),
        new: word(1),
        order: Order::Relaxed,
        before: None,
    };
    let found = |steps: &[(u32, Operation, u32)]| diagnosed(FailureKind::NeverHappens, steps);
    let adds = [(MAIN, spawn(T1), 0), (MAIN, add, 2), (T1, add, 2)];
    let read = [&adds[..], &[(MAIN, load(READY, word(1), None, None), 2)]].concat();
    // Something else is to be seen where nothing is made of the number.
    assert_eq!(found(&adds), None);
    let together = found(&read).expect("a diagnosis");
    assert_eq!(together.kind, Mistake::MissingGap);
    assert!(together.message.contains("in one step, a `fetch_add`"), "{}", together.message);
    assert!(found(&lost()).is_none_or(|diagnosis| diagnosis.kind != Mistake::LostUpdate));
    let store = crate::report::samples::store;
    let apart = [
        (MAIN, load(READY, word(0), None, None), 2),
        (T1, load(READY, word(0), None, None), 2),
        (T1, store(READY, 1), 3),
        (MAIN, store(READY, 1), 3),
    ];
    assert_eq!(found(&apart), None);
}

#[test]
fn a_poisoned_lock_is_one_whose_next_holder_panics() {
    let unwinds = Operation::Release {
        lock: ObjectId(COUNT),
        call: ReleaseCall::Unlock,
        content: Content::Unchanged,
        poisons: true,
    };
    let again = Operation::Acquire {
        lock: ObjectId(COUNT),
        call: model_trace::AcquireCall::Lock,
        content: None,
        poisoned: true,
    };
    let mut steps = vec![
        (MAIN, lock(COUNT), 2),
        (MAIN, Operation::Panic, 0),
        (MAIN, unwinds, 2),
        (T1, again, 3),
        (T1, Operation::Panic, 3),
    ];
    assert_eq!(kind(FailureKind::Assertion, &steps), Some(Mistake::Poisoned));
    // Whoever takes the data as they are has no use for the diagnosis.
    steps.insert(4, (T1, unlock(COUNT), 3));
    assert_eq!(kind(FailureKind::Assertion, &steps), None);
}

#[test]
fn where_nothing_fits_there_is_no_diagnosis() {
    assert_eq!(kind(FailureKind::Assertion, &[]), None);
    let alone = [(MAIN, lock_with(COUNT, 0), 2), (MAIN, replaces(COUNT, 0, 1), 3)];
    assert_eq!(kind(FailureKind::Assertion, &alone), None);
    assert_eq!(kind(FailureKind::Deadlock, &alone), None);
}

const EXCHANGES: &str = "pub fn add(&self, amount: u64) {
    let mut seen = self.number.load(Relaxed);
    let sum = seen + amount;
    while let Err(now) = self.number.compare_exchange(seen, sum, Relaxed, Relaxed) { seen = now; }
}
";

fn exchanged(new: u64) -> Option<Diagnosis> {
    let number = ObjectId(0);
    let order = Order::Relaxed;
    let update = |old, new| {
        let call = UpdateCall::CompareExchange;
        Operation::Update { atomic: number, call, old: word(old), new: word(new), order, before: None }
    };
    let reads = Reads { from: None, newest: None };
    let failed =
        Operation::ExchangeFailed { atomic: number, found: word(100), order, reads, spurious: false };
    let recording = recording(
        &[("number", ObjectKind::Atomic(AtomicType::U64))],
        &[
            (MAIN, spawn(T1), 0),
            (MAIN, load(0, word(0), None, None), 2),
            (MAIN, Operation::Preempted, 4),
            (T1, load(0, word(0), None, None), 2),
            (T1, update(0, 100), 4),
            (MAIN, failed, 4),
            (MAIN, update(100, new), 4),
            (MAIN, join(T1), 0),
            (MAIN, Operation::Panic, 0),
        ],
    );
    diagnose(
        &recording,
        FailureKind::Assertion,
        &Code::of(&Parsed::all(&[Source::new("src/lib.rs", EXCHANGES)])),
    )
}

#[test]
fn a_failed_exchange_is_no_look_at_another_moment() {
    let lost = exchanged(1).expect("a diagnosis");
    assert_eq!(lost.kind, Mistake::LostUpdate);
    assert!(lost.message.starts_with("main reads 0 from `number` at line 2."), "{}", lost.message);
    // What it writes was made of what the failed exchange had found.
    assert_eq!(exchanged(101).map(|diagnosis| diagnosis.kind), None);
}
