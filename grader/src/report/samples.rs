//! Executions for tests, written by hand, and reports with what a test leaves open.

use std::time::Duration;

use model_trace::history::Ending;
use model_trace::{
    AcquireCall, Blocker, Content, Execution, Format, Object, ObjectId, ObjectKind, Operation, Order, Place,
    Reads, ReceiveCall, Received, ReleaseCall, SendCall, Sent, Step, StepId, Thread, ThreadId, UpdateCall,
    Word,
};

use super::{
    CheckReport, CheckStatus, Engine, ExerciseReport, Failure, FailureKind, Recording, Report, Sandbox,
    Verdict, groups,
};

pub(crate) const MAIN: u32 = 0;
pub(crate) const T1: u32 = 1;
pub(crate) const T2: u32 = 2;

/// A place in the submission; on line 0, in the check.
pub(crate) fn place(line: u32) -> Place {
    let file = if line == 0 { "check/main.rs" } else { "src/lib.rs" };
    Place { file: file.into(), line: line.max(1), column: 5 }
}

/// An execution of three threads: objects with the learner's names, and steps with their threads and lines.
pub(crate) fn recording(objects: &[(&str, ObjectKind)], steps: &[(u32, Operation, u32)]) -> Recording {
    recording_of(3, objects, steps)
}

/// The same of so many threads.
pub(crate) fn recording_of(
    threads: u32,
    objects: &[(&str, ObjectKind)],
    steps: &[(u32, Operation, u32)],
) -> Recording {
    let name = |thread: u32| if thread == MAIN { "main".to_owned() } else { format!("T{thread}") };
    let object =
        |((_, kind), number): (&(&str, ObjectKind), u32)| Object { kind: *kind, number, created: place(1) };
    let step = |(thread, operation, line): &(u32, Operation, u32)| Step {
        thread: ThreadId(*thread),
        operation: *operation,
        place: place(*line),
    };
    let execution = Execution {
        schedule: String::new(),
        threads: (0..threads).map(|thread| Thread { name: name(thread) }).collect(),
        objects: objects.iter().zip(1..).map(object).collect(),
        steps: steps.iter().map(step).collect(),
        panics: Vec::new(),
        waiting: Vec::new(),
    };
    assert!(execution.is_complete(), "the execution refers to what is not there");
    Recording {
        ending: Ending::Stopped,
        names: objects.iter().map(|(name, _)| Some((*name).to_owned())).collect(),
        calls: vec![Vec::new(); execution.threads.len()],
        lines: vec![None; execution.steps.len()],
        functions: vec![None; execution.steps.len()],
        context: vec![Vec::new(); execution.steps.len()],
        sources: std::collections::BTreeMap::new(),
        execution,
    }
}

pub(crate) fn word(bits: u64) -> Word {
    Word { bits, format: Format::Unsigned }
}

pub(crate) fn spawn(thread: u32) -> Operation {
    Operation::Spawn { thread: ThreadId(thread) }
}

pub(crate) fn join(thread: u32) -> Operation {
    Operation::Join { thread: ThreadId(thread) }
}

pub(crate) fn lock(object: u32) -> Operation {
    Operation::Acquire { lock: ObjectId(object), call: AcquireCall::Lock, content: None, poisoned: false }
}

/// Locks data of which the value is known.
pub(crate) fn lock_with(object: u32, value: u64) -> Operation {
    let content = Some(word(value));
    Operation::Acquire { lock: ObjectId(object), call: AcquireCall::Lock, content, poisoned: false }
}

pub(crate) fn unlock(object: u32) -> Operation {
    unlock_with(object, Content::Unchanged)
}

pub(crate) fn unlock_with(object: u32, content: Content) -> Operation {
    Operation::Release { lock: ObjectId(object), call: ReleaseCall::Unlock, content, poisons: false }
}

/// Unlocks data of which the value is known before and after.
pub(crate) fn replaces(object: u32, old: u64, new: u64) -> Operation {
    unlock_with(object, Content::Replaced { old: word(old), new: word(new) })
}

pub(crate) fn load(object: u32, value: Word, from: Option<u32>, newest: Option<u32>) -> Operation {
    let reads = Reads { from: from.map(StepId), newest: newest.map(StepId) };
    Operation::Load { atomic: ObjectId(object), value, order: Order::Relaxed, reads }
}

pub(crate) fn store(object: u32, value: u64) -> Operation {
    Operation::Store { atomic: ObjectId(object), value: word(value), order: Order::Relaxed, before: None }
}

/// An operation of every shape, on these.
pub(crate) fn operations(
    object: ObjectId,
    thread: ThreadId,
    store: Option<StepId>,
    timeout: Duration,
) -> Vec<Operation> {
    let (value, order) = (word(7), Order::AcqRel);
    let reads = Reads { from: store, newest: None };
    let content = Content::Replaced { old: word(7), new: word(u64::MAX) };
    let acquire = |call, content, poisoned| Operation::Acquire { lock: object, call, content, poisoned };
    let release = |call, content, poisons| Operation::Release { lock: object, call, content, poisons };
    vec![
        Operation::Preempted,
        Operation::Delayed { by: timeout },
        Operation::Yield,
        Operation::Block { on: Blocker::Object(object) },
        Operation::Block { on: Blocker::Thread(thread) },
        Operation::TimedOut { object: Some(object) },
        Operation::TimedOut { object: None },
        Operation::SpuriousWakeup { object: Some(object) },
        Operation::SpuriousWakeup { object: None },
        Operation::Panic,
        Operation::Spawn { thread },
        Operation::Join { thread },
        Operation::IsFinished { thread, finished: true },
        Operation::Park { timeout: None },
        Operation::Park { timeout: Some(timeout) },
        Operation::Unparked,
        Operation::Unpark { thread },
        Operation::Sleep { duration: timeout },
        Operation::Now { time: timeout },
        acquire(AcquireCall::Lock, Some(value), false),
        acquire(AcquireCall::TryRead, None, true),
        acquire(AcquireCall::Write, None, false),
        Operation::WouldBlock { lock: object, call: AcquireCall::TryLock },
        release(ReleaseCall::Unlock, content, false),
        release(ReleaseCall::UnlockRead, Content::Changed, true),
        release(ReleaseCall::UnlockWrite, Content::Unchanged, false),
        Operation::Downgrade { lock: object, content },
        Operation::IsPoisoned { lock: object, poisoned: true },
        Operation::ClearPoison { lock: object },
        Operation::Wait { condvar: object, timeout: None },
        Operation::Wait { condvar: object, timeout: Some(timeout) },
        Operation::Notified { condvar: object },
        Operation::NotifyOne { condvar: object, woken: Some(thread) },
        Operation::NotifyOne { condvar: object, woken: None },
        Operation::NotifyAll { condvar: object, woken: 0 },
        Operation::NotifyAll { condvar: object, woken: u32::MAX },
        Operation::Arrive { barrier: object, last: false },
        Operation::Arrive { barrier: object, last: true },
        Operation::Initialise { once: object },
        Operation::Initialised { once: object, poisoned: true },
        Operation::FindInitialised { once: object },
        Operation::FindPoisoned { once: object },
        Operation::IsCompleted { once: object, completed: true },
        Operation::Send { channel: object, call: SendCall::Send, result: Sent::Sent },
        Operation::Send { channel: object, call: SendCall::TrySend, result: Sent::Full },
        Operation::Receive { channel: object, call: ReceiveCall::Recv, result: Received::Received },
        Operation::Receive { channel: object, call: ReceiveCall::RecvTimeout, result: Received::TimedOut },
        Operation::Load { atomic: object, value, order, reads },
        Operation::Store { atomic: object, value, order, before: None },
        Operation::Update {
            atomic: object,
            call: UpdateCall::FetchAdd,
            old: value,
            new: word(u64::MAX),
            order,
            before: None,
        },
        Operation::ExchangeFailed { atomic: object, found: value, order, reads, spurious: false },
        Operation::ExchangeFailed { atomic: object, found: value, order, reads, spurious: true },
        Operation::Fence { order },
    ]
}

/// A check that fails in a way of which nothing else is known.
pub(crate) fn failed(name: &str, engine: Engine, kind: FailureKind) -> CheckReport {
    CheckReport {
        name: name.to_owned(),
        title: name.to_owned(),
        engine,
        status: CheckStatus::Failed,
        points: 0,
        max_points: 1,
        duration_ms: 0,
        coverage: None,
        failure: Some(Failure::of(kind, String::new())),
        example: None,
        second_opinion: None,
    }
}

/// A rejected exercise with these checks, and nothing else.
pub(crate) fn exercise(slug: &str, checks: Vec<CheckReport>) -> ExerciseReport {
    ExerciseReport {
        exercise: slug.to_owned(),
        sha256: None,
        verdict: Verdict::Rejected,
        points: checks.iter().map(|check| check.points).sum(),
        max_points: checks.iter().map(|check| check.max_points).sum(),
        diagnostics: Vec::new(),
        groups: groups(&checks),
        checks,
        reference_counts: Vec::new(),
        sources: Vec::new(),
    }
}

/// A report on these exercises, always of the same day.
pub(crate) fn report(exercises: Vec<ExerciseReport>) -> Report {
    Report {
        schema: 1,
        grader: "0.1.0".to_owned(),
        toolchain: "rustc 1.95.0".to_owned(),
        sandbox: Sandbox::Full,
        submission: "work".to_owned(),
        learner: None,
        graded_at: "2026-10-01T12:00:00Z".to_owned(),
        grade: None,
        points: exercises.iter().map(|exercise| exercise.points).sum(),
        max_points: exercises.iter().map(|exercise| exercise.max_points).sum(),
        duration_ms: 2_345,
        exercises,
    }
}
