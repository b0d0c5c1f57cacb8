//! An execution as a check's process sends it, in the words of a report.

use model_trace::history::{Ending, History};
use model_trace::{
    Blocker, Cause, Content, Execution as Sent, ObjectId, Operation, Place, Received, Sent as Sending,
    ThreadId, UpdateCall, Wait, Word,
};

use super::protocol::MAX_WORD;
use crate::report::{Object, Reads, Step, Waiting, sanitised};
use crate::trace::Execution;

/// Longer ones do not occur: two characters for each of the choices of an execution.
const MAX_SCHEDULE: usize = 64 * 1024;

/// Every thread and object that `sent` refers to is there.
pub(super) fn execution(sent: &Sent) -> Execution {
    Execution {
        schedule: sanitised(&sent.schedule, MAX_SCHEDULE),
        trace: sent.steps.iter().zip(1..).map(|(told, number)| step(sent, told, number)).collect(),
        objects: sent.objects.iter().map(object).collect(),
        waiting: sent.waiting.iter().map(|told| waiting(sent, told)).collect(),
    }
}

/// What happened, in a sentence.
pub(super) fn message(cause: &Cause, sent: Option<&Sent>) -> String {
    let name_of = |id: ThreadId| sent.map_or_else(String::new, |sent| name(sent, id));
    match cause {
        Cause::Panic { message, thread: Some(thread), .. } if thread.index() > 0 => {
            format!("thread {} panicked: {message}", name_of(*thread))
        }
        Cause::Panic { message, .. } => message.clone(),
        Cause::Deadlock {} => {
            let waiting = sent.map(|sent| sent.waiting.iter().map(|told| blocked(sent, told)));
            waiting.into_iter().flatten().collect::<Vec<_>>().join("; ")
        }
        Cause::TooManySteps { limit, thread, .. } => format!(
            "after {limit} steps the test is still not done: {} runs on and on here, without progress",
            name_of(*thread)
        ),
    }
}

/// What a thread of a deadlock waits for.
fn blocked(sent: &Sent, told: &model_trace::Waiting) -> String {
    let (_, object, holders) = awaited(sent, told);
    let object = object.unwrap_or_default();
    let itself = name(sent, told.thread);
    let holders: Vec<&str> =
        holders.iter().map(|holder| if *holder == itself { "itself" } else { holder.as_str() }).collect();
    let held =
        if holders.is_empty() { String::new() } else { format!(", held by {},", holders.join(" and ")) };
    let waits = match told.wait {
        Wait::Ready | Wait::Sleep => "could run".to_owned(),
        Wait::Lock { .. } | Wait::Read { .. } => format!("waits for {object}{held}"),
        Wait::Notification { .. } => format!("waits for a notification of {object}"),
        Wait::Barrier { .. } => format!("waits at {object}"),
        Wait::Initialisation { .. } => format!("waits for the initialisation of {object}"),
        Wait::Join { .. } => format!("waits for the end of {object}"),
        Wait::Park => "is parked".to_owned(),
        Wait::Receive { .. } => format!("waits for a message from {object}"),
        Wait::Send { .. } => format!("waits for room in {object}"),
        Wait::Rendezvous { .. } => format!("waits for a receiver at {object}"),
    };
    format!("{itself} {waits} at {}", told.place)
}

/// What a thread waits in, for what, and who holds it.
fn awaited(sent: &Sent, told: &model_trace::Waiting) -> (&'static str, Option<String>, Vec<String>) {
    let object = |id: ObjectId| Some(sent.objects[id.index()].to_string());
    let (operation, object) = match told.wait {
        Wait::Ready => ("goes on", None),
        Wait::Sleep => ("sleep", None),
        Wait::Lock { lock } if sent.objects[lock.index()].kind == model_trace::ObjectKind::RwLock => {
            ("write", object(lock))
        }
        Wait::Lock { lock } => ("lock", object(lock)),
        Wait::Read { lock } => ("read", object(lock)),
        Wait::Notification { condvar: id }
        | Wait::Barrier { barrier: id }
        | Wait::Initialisation { once: id } => ("wait", object(id)),
        Wait::Join { thread } => ("join", Some(name(sent, thread))),
        Wait::Park => ("park", None),
        Wait::Receive { channel } => ("recv", object(channel)),
        Wait::Send { channel } | Wait::Rendezvous { channel } => ("send", object(channel)),
    };
    let holders = match told.wait {
        Wait::Lock { lock } | Wait::Read { lock } => {
            History::of(sent, Ending::Complete).end().holders(lock).to_vec()
        }
        Wait::Ready
        | Wait::Sleep
        | Wait::Notification { .. }
        | Wait::Barrier { .. }
        | Wait::Initialisation { .. }
        | Wait::Join { .. }
        | Wait::Park
        | Wait::Receive { .. }
        | Wait::Send { .. }
        | Wait::Rendezvous { .. } => Vec::new(),
    };
    (operation, object, holders.into_iter().map(|holder| name(sent, holder)).collect())
}

fn waiting(sent: &Sent, told: &model_trace::Waiting) -> Waiting {
    let (file, line, column) = place(&told.place);
    let (operation, object, holders) = awaited(sent, told);
    Waiting {
        thread: name(sent, told.thread),
        operation: operation.to_owned(),
        object,
        holders,
        file,
        line,
        column,
    }
}

fn object(told: &model_trace::Object) -> Object {
    let (file, line, column) = place(&told.created);
    let name = told.to_string();
    Object { kind: name.clone(), name, file, line, column }
}

fn step(sent: &Sent, told: &model_trace::Step, number: u64) -> Step {
    let (file, line, column) = place(&told.place);
    let (operation, value) = words(sent, told.operation);
    let about = told.operation.object().map(|id| sent.objects[id.index()].to_string());
    let object = match told.operation {
        Operation::Sleep { .. } | Operation::Now { .. } => Some("the clock".to_owned()),
        // The waiter that is woken is its value.
        Operation::NotifyOne { .. } => about,
        operation => about.or_else(|| operation.other_thread().map(|thread| name(sent, thread))),
    };
    let number_of = |store: model_trace::StepId| u64::from(store.0) + 1;
    Step {
        step: number,
        thread: name(sent, told.thread),
        operation: operation.to_owned(),
        object,
        value,
        ordering: told.operation.order().map(|order| order.as_str().to_owned()),
        reads: told
            .operation
            .reads()
            .map(|reads| Reads { from: reads.from.map(number_of), newest: reads.newest.map(number_of) }),
        file,
        line,
        column,
        source: None,
    }
}

/// The name of an operation, and its value or result.
fn words(sent: &Sent, operation: Operation) -> (&'static str, Option<String>) {
    let shown = |word: Option<Word>| word.map(|word| word.to_string());
    let text = |said: bool, text: &str| said.then(|| text.to_owned());
    match operation {
        Operation::Preempted => ("interrupted", None),
        Operation::Yield => ("yield", None),
        Operation::Block { on: Blocker::Object(_) } => ("waits for", None),
        Operation::Block { on: Blocker::Thread(_) } => ("waits for the end of", None),
        Operation::TimedOut { .. } => ("times out", None),
        Operation::SpuriousWakeup { .. } => ("wakes up for no reason", None),
        Operation::Panic => ("panics", None),
        Operation::Spawn { .. } => ("spawn", None),
        Operation::Join { .. } => ("join", None),
        Operation::IsFinished { finished, .. } => {
            ("is_finished", Some((if finished { "finished" } else { "still runs" }).to_owned()))
        }
        Operation::Park { timeout } => ("park", timeout.map(|timeout| format!("{timeout:?}"))),
        Operation::Unparked => ("unparked", None),
        Operation::Unpark { .. } => ("unpark", None),
        Operation::Sleep { duration } => ("sleep", Some(format!("{duration:?}"))),
        Operation::Now { time } => ("now", Some(format!("{time:?}"))),
        Operation::Acquire { call, content, .. } => (call.as_str(), shown(content)),
        Operation::WouldBlock { call, .. } => (call.as_str(), Some("would block".to_owned())),
        Operation::Release { call, content, .. } => {
            let name = match call {
                model_trace::ReleaseCall::Unlock => "unlock",
                model_trace::ReleaseCall::UnlockRead => "end of read",
                model_trace::ReleaseCall::UnlockWrite => "end of write",
            };
            (name, left(content))
        }
        Operation::Downgrade { content, .. } => ("downgrade", left(content)),
        Operation::IsPoisoned { poisoned, .. } => ("is_poisoned", Some(poisoned.to_string())),
        Operation::ClearPoison { .. } => ("clear_poison", None),
        Operation::Wait { timeout: None, .. } => ("wait", None),
        Operation::Wait { timeout: Some(timeout), .. } => ("wait_timeout", Some(format!("{timeout:?}"))),
        Operation::Notified { .. } => ("woken", None),
        Operation::NotifyOne { woken, .. } => {
            ("notify_one", Some(woken.map_or_else(|| "nobody waits".to_owned(), |woken| name(sent, woken))))
        }
        Operation::NotifyAll { woken, .. } => ("notify_all", text(woken == 0, "nobody waits")),
        Operation::Arrive { last, .. } => ("wait", text(last, "completes it")),
        Operation::Initialise { .. } | Operation::FindPoisoned { .. } => ("initialise", None),
        Operation::Initialised { poisoned, .. } => ("initialised", text(poisoned, "poisoned")),
        Operation::FindInitialised { .. } => ("already initialised", None),
        Operation::IsCompleted { completed, .. } => ("is_completed", Some(completed.to_string())),
        Operation::Send { call, result, .. } => {
            (call.as_str(), text(result != Sending::Sent, result.as_str()))
        }
        Operation::Receive { call, result, .. } => {
            let said = if result == Received::TimedOut { "times out" } else { result.as_str() };
            (call.as_str(), text(result != Received::Received, said))
        }
        Operation::Load { value, reads, .. } => {
            (if reads.is_stale() { "load (outdated)" } else { "load" }, Some(value.to_string()))
        }
        Operation::Store { value, .. } => ("store", Some(value.to_string())),
        Operation::Update { call, old, new, .. } => {
            let name = if call == UpdateCall::CompareExchange { "exchange" } else { call.as_str() };
            (name, Some(format!("{old} → {new}")))
        }
        Operation::ExchangeFailed { found, spurious, .. } => {
            let name = if spurious { "exchange fails for no reason" } else { "exchange fails" };
            (name, Some(found.to_string()))
        }
        Operation::Fence { order } => ("fence", Some(order.as_str().to_owned())),
    }
}

/// What happened to the data behind a lock.
fn left(content: Content) -> Option<String> {
    match content {
        Content::Unchanged => None,
        Content::Changed => Some("changed".to_owned()),
        Content::Replaced { old, new } => Some(format!("{old} → {new}")),
    }
}

/// Places outside of the submission are the check's, and stay unnamed.
fn place(told: &Place) -> (Option<String>, Option<u32>, Option<u32>) {
    if told.file.starts_with("src/") {
        (Some(sanitised(&told.file, MAX_WORD)), Some(told.line), Some(told.column))
    } else {
        (None, None, None)
    }
}

fn name(sent: &Sent, thread: ThreadId) -> String {
    sanitised(&sent.threads[thread.index()].name, MAX_WORD)
}
