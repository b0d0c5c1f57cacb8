//! The words that formats share: for verdicts, failures and searches, for what a step does, and for the states of
//! threads and objects.

use model_trace::history::{LockState, ObjectState, OnceState, State, ThreadStatus};
use model_trace::{Blocker, Content, ObjectId, ObjectKind, Operation, Reads, Step, ThreadId};

use crate::report::{Failure, FailureKind, Group, Recording, Role, Sandbox, Verb, Verdict, number, value};

/// A number with its noun.
pub(super) fn plural(count: usize, noun: &str) -> String {
    if count == 1 { format!("{count} {noun}") } else { format!("{count} {noun}s") }
}

/// How many other checks a story is about, and how they ended.
pub(super) fn others_as_well(group: &Group, others: usize) -> String {
    let ended = match (group.has_failed(), others) {
        (true, 1) => "fails",
        (true, _) => "fail",
        (false, 1) => "was not run",
        (false, _) => "were not run",
    };
    let how =
        if group.has_a_reason() || !group.has_failed() { "for the same reason" } else { "in the same way" };
    format!("{} {ended} {how}", plural(others, "more check"))
}

/// How many other checks may fail because of a story.
pub(super) fn others_that_follow(others: usize) -> String {
    let fail = if others == 1 { "fails" } else { "fail" };
    format!("{} {fail}, which may follow from this", plural(others, "more check"))
}

pub(super) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Accepted => "accepted",
        Verdict::Rejected => "rejected",
        Verdict::NotStarted => "not started",
        Verdict::CompileError => "does not compile",
        Verdict::Forbidden => "forbidden",
        Verdict::Interrupted => "interrupted",
        Verdict::InternalError => "internal error",
    }
}

/// What the verdict means, where the word alone does not say what to do.
pub(super) fn advice(verdict: Verdict) -> Option<&'static str> {
    match verdict {
        Verdict::Accepted | Verdict::Rejected => None,
        Verdict::NotStarted => {
            Some("This is still the stub. Its README says what to do; `todo!()` marks where.")
        }
        Verdict::CompileError => Some("Nothing was run, because of this:"),
        Verdict::Forbidden => Some("Nothing was compiled or run, because of this:"),
        Verdict::Interrupted => Some("The grading was interrupted, so this is only a part of it."),
        Verdict::InternalError => Some(
            "The grader could not judge all of this. That is not your fault, and costs no points; please report it.",
        ),
    }
}

/// What separates the submission from the machine.
pub(super) fn sandbox(sandbox: Sandbox) -> &'static str {
    match sandbox {
        Sandbox::Full => "full",
        Sandbox::LandlockAndSeccomp => "landlock+seccomp",
        Sandbox::LimitsOnly => "limits only",
    }
}

/// What kind of failure it is, before the message.
pub(super) fn lead(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::Panic => "The code panicked: ",
        FailureKind::NotImplemented => "Not implemented: ",
        FailureKind::Deadlock => "Deadlock: ",
        FailureKind::TooManySteps => "No progress: ",
        FailureKind::NeverHappens => "Never observed: ",
        FailureKind::Crash => "Crash: ",
        FailureKind::Timeout => "Timeout: ",
        FailureKind::Requirement => "Not run: ",
        FailureKind::MemoryLimit
        | FailureKind::CpuLimit
        | FailureKind::ThreadLimit
        | FailureKind::OutputLimit
        | FailureKind::FileLimit => "Limit exceeded: ",
        FailureKind::ForbiddenCall => "Not allowed: ",
        FailureKind::Forged => "Forged: ",
        FailureKind::Assertion
        | FailureKind::Compiles
        | FailureKind::DoesNotCompile
        | FailureKind::EndedEarly
        | FailureKind::Unsupported => "",
    }
}

/// What there is to say of a failure without its schedule, in lines of plain text.
pub(super) fn plain_failure(failure: &Failure) -> String {
    let mut text = format!("{}{}", lead(failure.kind), failure.message);
    if let Some(diagnosis) = &failure.diagnosis {
        text.push('\n');
        text.push_str(&diagnosis.message);
    }
    if !failure.explanation.is_empty() {
        text.push('\n');
        text.push_str(&unwrapped(&failure.explanation));
    }
    text
}

/// Explanations are written over several lines; blank lines alone separate paragraphs.
pub(super) fn unwrapped(text: &str) -> String {
    text.split("\n\n")
        .map(|paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect::<Vec<_>>()
        .join("\n")
}

/// What a step does, in a few words: `lock state = 3`, `blocked on state`.
pub(super) fn action(recording: &Recording, step: &Step) -> String {
    action_on(recording, step, |object| recording.object(object).into_owned())
}

/// The same where the text alone has to tell a name from a word: a condition variable may be called `returned`.
pub(super) fn action_in_text(recording: &Recording, step: &Step) -> String {
    action_on(recording, step, |object| match recording.execution.objects[object.index()].kind {
        ObjectKind::Condvar => recording.quoted(object),
        ObjectKind::Mutex
        | ObjectKind::RwLock
        | ObjectKind::Barrier
        | ObjectKind::Once
        | ObjectKind::Channel
        | ObjectKind::Atomic(_) => recording.object(object).into_owned(),
    })
}

fn action_on(recording: &Recording, step: &Step, name: impl Fn(ObjectId) -> String) -> String {
    let operation = step.operation;
    let object = operation.object().map(name);
    let thread = operation.other_thread().map(|thread| recording.thread(thread).to_owned());
    let on = |what: &str| object.as_ref().map_or(what.to_owned(), |object| format!("{what} on {object}"));
    if let Operation::Block { on: Blocker::Thread(_) } = operation {
        format!("blocked on {}", thread.unwrap_or_default())
    } else if let Operation::Block { on: Blocker::Object(_) } = operation {
        on("blocked")
    } else if let Operation::TimedOut { .. } = operation {
        on("timed out")
    } else if let Operation::SpuriousWakeup { .. } = operation {
        on("spurious wakeup")
    } else if let Operation::Notified { .. } = operation {
        on("notified")
    } else {
        let about = object.or(thread).map(|name| format!(" {name}")).unwrap_or_default();
        let value = value(operation, recording).map(|value| separated(operation, &value));
        format!("{}{about}{}", Verb::of(operation).as_str(), value.unwrap_or_default())
    }
}

/// A value with what stands before it.
fn separated(operation: Operation, value: &str) -> String {
    match operation {
        Operation::NotifyOne { woken: None, .. } | Operation::NotifyAll { woken: 0, .. } => {
            " → none".to_owned()
        }
        Operation::NotifyOne { .. } | Operation::NotifyAll { .. } => format!(" → {value}"),
        Operation::Acquire { poisoned: true, .. }
        | Operation::Release { poisons: true, .. }
        | Operation::Release { content: Content::Changed | Content::MaybeChanged, .. }
        | Operation::Downgrade { content: Content::Changed | Content::MaybeChanged, .. } => {
            format!(", {value}")
        }
        Operation::Sleep { .. } | Operation::Fence { .. } => format!(" {value}"),
        Operation::Delayed { .. } => format!(" by {value}"),
        Operation::Park { .. } | Operation::Wait { .. } => format!(" ({value})"),
        Operation::Arrive { .. }
        | Operation::WouldBlock { .. }
        | Operation::Initialised { .. }
        | Operation::Send { .. }
        | Operation::Receive { .. } => format!(": {value}"),
        Operation::Preempted
        | Operation::Yield
        | Operation::Block { .. }
        | Operation::TimedOut { .. }
        | Operation::SpuriousWakeup { .. }
        | Operation::Panic
        | Operation::Spawn { .. }
        | Operation::Join { .. }
        | Operation::IsFinished { .. }
        | Operation::Unparked
        | Operation::Unpark { .. }
        | Operation::Now { .. }
        | Operation::Acquire { poisoned: false, .. }
        | Operation::Release { .. }
        | Operation::Downgrade { .. }
        | Operation::IsPoisoned { .. }
        | Operation::ClearPoison { .. }
        | Operation::Notified { .. }
        | Operation::Initialise { .. }
        | Operation::FindInitialised { .. }
        | Operation::FindPoisoned { .. }
        | Operation::IsCompleted { .. }
        | Operation::Load { .. }
        | Operation::Store { .. }
        | Operation::Update { .. }
        | Operation::ExchangeFailed { .. } => format!(" = {value}"),
    }
}

/// What a stale load has to do with the stores of others.
pub(super) fn stale(reads: Reads) -> String {
    let store = |step| match step {
        Some(step) => format!("step {}", number(step)),
        None => "initial value".to_owned(),
    };
    format!("stale: {}, not {}", store(reads.from), store(reads.newest))
}

/// What a step has to do with the mistake that a diagnosis names.
pub(super) fn role(role: Role) -> &'static str {
    match role {
        Role::Acquires => "it acquires the lock",
        Role::Waits => "it begins to wait",
        Role::Wakes => "it ends the wait",
        Role::GivesUp => "it gives up",
        Role::Notifies => "it notifies",
        Role::Checks => "it checks",
        Role::Intervenes => "it intervenes",
        Role::Acts => "it acts on what no longer holds",
        Role::Observes => "it sees an intermediate state",
        Role::Changes => "it makes a change",
        Role::Fails => "it fails",
        Role::Repeats => "it is repeated",
        Role::Reads => "it reads an older value",
        Role::Stores => "it stores the newest value",
        Role::Unordered => "it orders nothing else",
        Role::Panics => "it panics",
        Role::Spawns => "it starts a thread",
        Role::ReadsEarly => "it reads before the thread has finished",
        Role::AtOnce => "it reads and writes in one step",
        Role::Calls => "it calls your code",
    }
}

/// What a thread does.
pub(super) fn thread_state(recording: &Recording, state: &State<'_>, thread: ThreadId) -> String {
    match state.threads[thread.index()].status {
        ThreadStatus::NotStarted => "has not started".to_owned(),
        ThreadStatus::Runnable => "can run".to_owned(),
        ThreadStatus::Blocked(Blocker::Object(object)) => {
            format!("blocked {}", awaited(recording, state, object))
        }
        ThreadStatus::Blocked(Blocker::Thread(other)) => {
            format!("blocked until {} finishes", recording.thread(other))
        }
        ThreadStatus::Parked => "parked".to_owned(),
        ThreadStatus::Sleeping => "sleeping".to_owned(),
        ThreadStatus::Woken => "woken, and has not run since".to_owned(),
        ThreadStatus::Unwinding => "has panicked".to_owned(),
        ThreadStatus::Finished => "has finished".to_owned(),
    }
}

fn awaited(recording: &Recording, state: &State<'_>, object: ObjectId) -> String {
    let name = recording.object(object);
    match &state.objects[object.index()] {
        ObjectState::Lock(LockState { holders, .. }) if holders.is_empty() => {
            format!("on {name}, which is free now")
        }
        ObjectState::Lock(LockState { holders, .. }) => {
            format!("on {name}, held by {}", recording.thread_names(holders))
        }
        ObjectState::Condvar => format!("on {name}, until it is notified"),
        ObjectState::Channel { messages: 0 } => format!("on {name}, until a message arrives"),
        ObjectState::Channel { .. } => format!("on {name}, until a message is received"),
        ObjectState::Once(_) => format!("on the initialisation of {name}"),
        ObjectState::Barrier { .. } => format!("at {name}"),
        ObjectState::Atomic { .. } => format!("on {name}"),
    }
}

/// What an object is or contains. Nothing, of a condition variable.
pub(super) fn object_state(recording: &Recording, state: &ObjectState) -> String {
    match state {
        ObjectState::Lock(lock) => {
            let held = match (lock.holders.is_empty(), lock.shared) {
                (true, _) => "free",
                (false, true) => "locked for reading",
                (false, false) => "locked",
            };
            let content = lock.content.map(|value| format!(", value {value}")).unwrap_or_default();
            let poisoned = if lock.poisoned { ", poisoned" } else { "" };
            format!("{held}{content}{poisoned}")
        }
        ObjectState::Channel { messages: 0 } => "empty".to_owned(),
        ObjectState::Channel { messages } => plural(*messages, "message"),
        ObjectState::Atomic { value: Some(value) } => value.to_string(),
        ObjectState::Atomic { value: None } => "not known yet".to_owned(),
        ObjectState::Once(OnceState::Incomplete) => "not initialised".to_owned(),
        ObjectState::Once(OnceState::Running(thread)) => {
            format!("being initialised by {}", recording.thread(*thread))
        }
        ObjectState::Once(OnceState::Complete) => "initialised".to_owned(),
        ObjectState::Once(OnceState::Poisoned) => "poisoned".to_owned(),
        ObjectState::Barrier { arrived } => format!("{arrived} arrived"),
        ObjectState::Condvar => String::new(),
    }
}
