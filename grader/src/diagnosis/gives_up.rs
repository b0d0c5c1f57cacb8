//! A thread takes it for an answer that another one is just busy: its attempt fails, and it does not try again.

use model_trace::{AcquireCall, ObjectId, Operation, Step, StepId, ThreadId};

use super::evidence::{Evidence, after};
use super::finding::{Finding, cite, the_call};
use crate::report::{Citation, Recording, Role};

struct GivesUp {
    thread: ThreadId,
    /// The attempt that fails.
    attempt: StepId,
    object: ObjectId,
    function: Option<String>,
    reason: Reason,
}

enum Reason {
    /// Another thread holds the lock for a moment.
    Held {
        call: AcquireCall,
        holder: ThreadId,
        acquired: StepId,
    },
    /// Another thread has changed the value since it was loaded.
    Changed {
        loaded: StepId,
    },
    Spurious,
}

pub(super) fn diagnose(evidence: &Evidence<'_>) -> Option<Box<dyn Finding>> {
    evidence.steps().rev().find_map(|(attempt, step)| {
        if !evidence.is_submitted(attempt) {
            return None;
        }
        let (object, reason) = failed(evidence, attempt, step)?;
        let function = evidence.called(attempt).map(str::to_owned);
        let gives_up = GivesUp { thread: step.thread, attempt, object, function, reason };
        let goes_on = tries_again(evidence, attempt, step) || goes_another_way(evidence, attempt, step);
        (!goes_on).then(|| Box::new(gives_up) as Box<dyn Finding>)
    })
}

/// Why an attempt fails, if it is not that what it asks for cannot be had.
fn failed(evidence: &Evidence<'_>, attempt: StepId, step: &Step) -> Option<(ObjectId, Reason)> {
    if let Operation::WouldBlock { lock, call } = step.operation {
        let holder = evidence.sections.iter().rfind(|section| {
            section.lock == lock
                && section.thread != step.thread
                && section.acquired < attempt
                && section.released.is_none_or(|released| released > attempt)
        })?;
        // Who keeps a lock from one call to the next means what it says.
        let end = holder.released.unwrap_or(evidence.over());
        let mut within = evidence.within(holder.acquired..end);
        let keeps = within.any(|(id, within)| within.thread == holder.thread && !evidence.is_submitted(id));
        let reason = Reason::Held { call, holder: holder.thread, acquired: holder.acquired };
        return (!keeps && evidence.is_submitted(holder.acquired)).then_some((lock, reason));
    }
    let Operation::ExchangeFailed { atomic, spurious, .. } = step.operation else { return None };
    if spurious {
        return Some((atomic, Reason::Spurious));
    }
    // What it had not looked at, it may as well find otherwise.
    let mut before =
        evidence.within(StepId(0)..attempt).rev().filter(|(_, other)| other.thread == step.thread);
    let (loaded, _) = before.find(|(_, other)| other.operation.object() == Some(atomic))?;
    let is_load = matches!(evidence.step(loaded).operation, Operation::Load { .. });
    let in_the_call = evidence.code.in_one_call(evidence.place(loaded), &step.place);
    (is_load && in_the_call).then_some((atomic, Reason::Changed { loaded }))
}

/// Whether the thread comes back to what it could not have, in the same call.
fn tries_again(evidence: &Evidence<'_>, attempt: StepId, step: &Step) -> bool {
    let mut later = evidence.within(after(attempt)..evidence.over());
    let own = later.find(|(_, later)| {
        later.thread == step.thread && later.operation.object() == step.operation.object()
    });
    own.is_some_and(|(id, next)| {
        evidence.is_submitted(id)
            && evidence.called(id) == evidence.called(attempt)
            && evidence.code.may_come_to(&step.place, &next.place)
    })
}

/// Whether the call makes a change elsewhere after an exchange that fails: that may be what it could not do there.
fn goes_another_way(evidence: &Evidence<'_>, attempt: StepId, step: &Step) -> bool {
    matches!(step.operation, Operation::ExchangeFailed { .. })
        && evidence.accesses.iter().any(|access| {
            access.thread == step.thread
                && access.at > attempt
                && access.writes
                && !access.leaves_all_as_it_was()
                && evidence.is_submitted(access.at)
                && evidence.may_be_one_call(attempt, access.at)
        })
}

impl Finding for GivesUp {
    fn steps(&self) -> Vec<Citation> {
        let fails = cite(self.attempt, Role::Fails);
        match self.reason {
            Reason::Held { acquired, .. } => vec![cite(acquired, Role::Acquires), fails],
            Reason::Changed { loaded } => vec![cite(loaded, Role::Checks), fails],
            Reason::Spurious => vec![fails],
        }
    }

    fn to_mend(&self) -> Vec<StepId> {
        vec![self.attempt]
    }

    fn sentence(&self, recording: &Recording) -> String {
        let at = |id: StepId| recording.at(&recording.step(id).place);
        let thread = recording.thread(self.thread);
        let object = recording.quoted(self.object);
        let (here, function) = (at(self.attempt), the_call(self.function.as_deref()));
        match self.reason {
            Reason::Held { call, holder, acquired } => format!(
                "The `{call}` of {object} by {thread} {here} fails: {holder} holds the lock, acquired {there}, if only for a \
                 moment. {thread} does not try again: {function} goes on without having looked at what the lock \
                 protects. That a lock is held says nothing about the data behind it. Wait for it, with `{wait}`.",
                call = call.as_str(),
                holder = recording.thread(holder),
                there = at(acquired),
                wait = waiting(call).as_str(),
            ),
            Reason::Changed { loaded } => format!(
                "{thread} loads {object} {there}, and its `compare_exchange` {here} fails: another thread has changed \
                 {object} in between. {thread} does not try again: {function} goes on, although its change has not been \
                 made. Try again with the value that the failed exchange returned, until it succeeds or there is \
                 nothing to be had: that is what a `fetch_update` does.",
                there = at(loaded),
            ),
            Reason::Spurious => format!(
                "The `compare_exchange_weak` of {object} by {thread} {here} fails spuriously, as it may. {thread} does not \
                 try again: {function} goes on, although its change has not been made. Use it in a loop, or \
                 `compare_exchange`."
            ),
        }
    }
}

/// The call that waits for the lock.
fn waiting(call: AcquireCall) -> AcquireCall {
    match call {
        AcquireCall::Lock | AcquireCall::TryLock => AcquireCall::Lock,
        AcquireCall::Read | AcquireCall::TryRead => AcquireCall::Read,
        AcquireCall::Write | AcquireCall::TryWrite => AcquireCall::Write,
    }
}

#[cfg(test)]
mod tests;
