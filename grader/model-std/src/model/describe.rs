//! The words for failures and their steps: made last, from data.

use core::fmt;
use real::format;
use real::string::{String, ToString};
use real::vec::Vec;

use model_trace::history::{Ending, History};

use super::{
    Blocker, Cause, Content, Execution, Failure, InternalError, ObjectId, Operation, Received, Sent, Step,
    StepId, ThreadId, Unsupported, Wait, Waiting, Word,
};

/// How many steps are shown from the beginning and from the end of a long execution.
const HEAD: usize = 60;
const TAIL: usize = 40;

impl Failure {
    /// What happened, in a sentence.
    #[must_use]
    pub fn message(&self) -> String {
        let execution = &self.execution;
        match &self.cause {
            Cause::Panic { message, thread: Some(thread), .. } if thread.index() > 0 => {
                format!("thread {} panicked: {message}", name(execution, *thread))
            }
            Cause::Panic { message, .. } => message.clone(),
            Cause::Deadlock {} => {
                let waits: Vec<String> =
                    execution.waiting.iter().map(|waiting| wait(execution, waiting)).collect();
                waits.join("; ")
            }
            Cause::TooManySteps { limit, thread, .. } => format!(
                "the test has not finished after {limit} steps: {} takes steps here without progress (livelock)",
                name(execution, *thread)
            ),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Failure { cause, execution, coverage, preemptions, .. } = self;
        let (kind, place) = match cause {
            Cause::Panic { place, .. } => ("panic", place.as_ref()),
            // The test's own thread is the first one, and the one that cannot finish.
            Cause::Deadlock {} => ("deadlock", execution.waiting.first().map(|waiting| &waiting.place)),
            Cause::TooManySteps { place, .. } => ("too many steps", Some(place)),
        };
        let place = place.map(|place| format!(" at {place}")).unwrap_or_default();
        writeln!(f, "{kind}{place}: {}", self.message())?;
        let plural = if *preemptions == 1 { "" } else { "s" };
        let executions = coverage.executions;
        writeln!(f, "found after {executions} executions, in one with {preemptions} preemption{plural}:")?;
        let count = execution.steps.len();
        for (index, step) in execution.steps.iter().enumerate() {
            // A program that makes no progress repeats itself.
            if count > HEAD + TAIL && (HEAD..count - TAIL).contains(&index) {
                if index == HEAD {
                    writeln!(f, "      … {} steps …", count - HEAD - TAIL)?;
                }
                continue;
            }
            let Step { thread, operation, place } = step;
            let operation = self::operation(execution, *operation);
            writeln!(f, "{:>4}  {:<10} {operation:<38} {place}", index + 1, name(execution, *thread))?;
        }
        Ok(())
    }
}

impl fmt::Display for InternalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let InternalError { message, place, schedule } = self;
        write!(
            f,
            "the explorer itself panicked at {place}: {message}. This is not a verdict on the code: please report it, \
             with the schedule that led to it: {schedule}"
        )
    }
}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Unsupported { call, message, place, most_threads: _ } = self;
        write!(f, "{call} at {place} cannot be modelled: {message}. This is not a verdict on the code")
    }
}

fn name(execution: &Execution, thread: ThreadId) -> &str {
    &execution.threads[thread.index()].name
}

fn object(execution: &Execution, object: ObjectId) -> String {
    execution.objects[object.index()].to_string()
}

/// What a thread waits for, and where.
fn wait(execution: &Execution, Waiting { thread, wait, place }: &Waiting) -> String {
    let object = |id: ObjectId| object(execution, id);
    let waits = match *wait {
        Wait::Ready => "could run".to_string(),
        Wait::Sleep => "sleeps".to_string(),
        Wait::Lock { lock } | Wait::Read { lock } => {
            format!("waits for {}{}", object(lock), holders(execution, lock, *thread))
        }
        Wait::ReadBehind { lock } => {
            format!("waits for {} behind a waiting writer{}", object(lock), holders(execution, lock, *thread))
        }
        Wait::Notification { condvar } => format!("waits for a notification of {}", object(condvar)),
        Wait::Barrier { barrier } => format!("waits at {}", object(barrier)),
        Wait::Initialisation { once } => format!("waits for the initialisation of {}", object(once)),
        Wait::Join { thread } => format!("waits for {} to finish", name(execution, thread)),
        Wait::Park => "is parked".to_string(),
        Wait::Receive { channel } => format!("waits for a message from {}", object(channel)),
        Wait::Send { channel } => format!("waits for room in {}", object(channel)),
        Wait::Rendezvous { channel } => format!("waits for a receiver at {}", object(channel)),
    };
    format!("{} {waits} at {place}", name(execution, *thread))
}

/// Who holds what a thread waits for.
fn holders(execution: &Execution, lock: ObjectId, waiting: ThreadId) -> String {
    let end = History::of(execution, Ending::Complete).end();
    let holders = end.holders(lock);
    if holders.is_empty() {
        return String::new();
    }
    let names: Vec<&str> = holders
        .iter()
        .map(|&holder| if holder == waiting { "itself" } else { name(execution, holder) })
        .collect();
    format!(", held by {},", names.join(" and "))
}

/// What a thread did in one step.
fn operation(execution: &Execution, operation: Operation) -> String {
    let object = |id: ObjectId| object(execution, id);
    let name = |thread: ThreadId| name(execution, thread);
    let of = |id: Option<ObjectId>| id.map(|id| format!(" of {}", object(id))).unwrap_or_default();
    let shown = |word: Option<Word>| word.map(|word| format!(" = {word}")).unwrap_or_default();
    match operation {
        Operation::Preempted => "preempted".to_string(),
        Operation::Delayed { by } => format!("delayed by {by:?}"),
        Operation::Yield => "yield".to_string(),
        Operation::Block { on: Blocker::Object(id) } => format!("blocks on {}", object(id)),
        Operation::Block { on: Blocker::Thread(thread) } => format!("waits for {} to finish", name(thread)),
        Operation::TimedOut { object: id } => format!("timeout{}", of(id)),
        Operation::SpuriousWakeup { object: id } => format!("spurious wakeup{}", of(id)),
        Operation::Panic => "panics".to_string(),
        Operation::Spawn { thread } => format!("spawn {}", name(thread)),
        Operation::Join { thread } => format!("join {}", name(thread)),
        Operation::IsFinished { thread, finished } => format!("is_finished {} = {finished}", name(thread)),
        Operation::Park { timeout: None } => "park".to_string(),
        Operation::Park { timeout: Some(timeout) } => format!("park_timeout {timeout:?}"),
        Operation::Unparked => "unparked".to_string(),
        Operation::Unpark { thread } => format!("unpark {}", name(thread)),
        Operation::Sleep { duration } => format!("sleep {duration:?}"),
        Operation::Now { time } => format!("now = {time:?}"),
        Operation::Acquire { lock, call, content, poisoned } => {
            let poisoned = if poisoned { " (poisoned)" } else { "" };
            format!("{} {}{}{poisoned}", call.as_str(), object(lock), shown(content))
        }
        Operation::WouldBlock { lock, call } => format!("{} {} would block", call.as_str(), object(lock)),
        Operation::Release { lock, call, content, poisons } => {
            let poisons = if poisons { " (poisons it)" } else { "" };
            format!("{} {}{}{poisons}", call.as_str(), object(lock), changed(content))
        }
        Operation::Downgrade { lock, content } => format!("downgrade {}{}", object(lock), changed(content)),
        Operation::IsPoisoned { lock, poisoned } => format!("is_poisoned {} = {poisoned}", object(lock)),
        Operation::ClearPoison { lock } => format!("clear_poison {}", object(lock)),
        Operation::Wait { condvar, timeout: None } => format!("wait {}", object(condvar)),
        Operation::Wait { condvar, timeout: Some(timeout) } => {
            format!("wait_timeout {} {timeout:?}", object(condvar))
        }
        Operation::Notified { condvar } => format!("notified by {}", object(condvar)),
        Operation::NotifyOne { condvar, woken: Some(thread) } => {
            format!("notify_one {} wakes {}", object(condvar), name(thread))
        }
        Operation::NotifyOne { condvar, woken: None } => format!("notify_one {}: no waiter", object(condvar)),
        Operation::NotifyAll { condvar, woken: 0 } => format!("notify_all {}: no waiter", object(condvar)),
        Operation::NotifyAll { condvar, woken } => format!("notify_all {} wakes {woken}", object(condvar)),
        Operation::Arrive { barrier, last } => {
            format!("wait {}{}", object(barrier), if last { " (the last to arrive)" } else { "" })
        }
        Operation::Initialise { once } => format!("begins to initialise {}", object(once)),
        Operation::Initialised { once, poisoned: false } => format!("has initialised {}", object(once)),
        Operation::Initialised { once, poisoned: true } => format!("poisons {}", object(once)),
        Operation::FindInitialised { once } => format!("finds {} initialised", object(once)),
        Operation::FindPoisoned { once } => format!("finds {} poisoned", object(once)),
        Operation::IsCompleted { once, completed } => format!("is_completed {} = {completed}", object(once)),
        Operation::Send { channel, call, result } => {
            let result = if result == Sent::Sent { String::new() } else { format!(": {}", result.as_str()) };
            format!("{} {}{result}", call.as_str(), object(channel))
        }
        Operation::Receive { channel, call, result } => {
            let received = result == Received::Received;
            let result = if received { String::new() } else { format!(": {}", result.as_str()) };
            format!("{} {}{result}", call.as_str(), object(channel))
        }
        Operation::Load { atomic, value, order, reads } => {
            let stale = if reads.is_stale() { " (stale)" } else { "" };
            format!("load {} {order} = {value}{stale}", object(atomic))
        }
        Operation::Store { atomic, value, order, before } => {
            format!("store {} {order} = {value}{}", object(atomic), placed(before))
        }
        Operation::Update { atomic, call, old, new, order, before } => {
            format!("{} {} {order} = {old} → {new}{}", call.as_str(), object(atomic), placed(before))
        }
        Operation::ExchangeFailed { atomic, found, order, spurious, reads: _ } => {
            let why = if spurious { "fails spuriously" } else { "fails" };
            format!("compare_exchange {} {order} {why}, = {found}", object(atomic))
        }
        Operation::Fence { order } => format!("fence {order}"),
    }
}

/// The place of a store that does not become the newest one.
fn placed(before: Option<StepId>) -> String {
    before.map(|step| format!(" (before that of {})", step.0 + 1)).unwrap_or_default()
}

/// What happened to the data behind a lock.
fn changed(content: Content) -> String {
    match content {
        Content::Unchanged => String::new(),
        Content::Changed | Content::MaybeChanged => " = changed".to_string(),
        Content::Replaced { old, new } => format!(" = {old} → {new}"),
    }
}
