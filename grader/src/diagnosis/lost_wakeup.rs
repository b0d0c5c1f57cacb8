//! A thread waits, and the notification that it needs came too early, woke another thread, or was never sent.

mod sent;
mod telling;
mod unnotified;
mod unsent;

use std::cell::OnceCell;
use std::collections::BTreeSet;

use model_trace::history::{ObjectState, State};
use model_trace::{
    Blocker, ObjectId, ObjectKind, Operation, Place, SendCall, Step, StepId, ThreadId, Wait, Waiting, Word,
};

use super::atomicity::{AtomicityViolation, stale_action};
use super::evidence::{Access, Evidence, after};
use super::finding::Finding;
use crate::report::in_submission;

pub(super) fn diagnose(evidence: &Evidence<'_>) -> Option<Box<dyn Finding>> {
    let blocked = evidence.waiting().iter().filter(|waiting| is_to_be_woken(waiting));
    let mut blocked: Vec<&Waiting> = blocked.collect();
    // One whose end another one waits for is needed; others may be meant to wait on.
    blocked.sort_by_key(|waiting| !is_joined(evidence, waiting.thread));
    let blocked = blocked.into_iter().map(|waiting| (waiting.thread, evidence.over()));
    // A timed wait that ran out although there was something to wake it for.
    let timed_out =
        evidence.steps().rev().filter(|(_, step)| matches!(step.operation, Operation::TimedOut { .. }));
    let timed_out = timed_out.map(|(id, step)| (step.thread, id)).take(TIMED_OUT);
    let mut waiters =
        blocked.chain(timed_out).filter_map(|(thread, until)| Waiter::of(evidence, thread, until));
    // Found once, if it is needed at all: it is that of the execution.
    let violation = OnceCell::new();
    let loss = |waiter: Waiter| waiter.loss(evidence, &violation).map(|loss| (waiter, loss));
    let (waiter, loss) = waiters.find_map(loss)?;
    Some(Box::new(LostWakeup { waiter, loss }))
}

/// Of so many timed waits, the last ones, it is asked whether they should have been woken. Threads that poll have thousands.
const TIMED_OUT: usize = 16;

/// Whether a thread that is blocked waits for the end of this one.
fn is_joined(evidence: &Evidence<'_>, thread: ThreadId) -> bool {
    evidence.waiting().iter().any(|waiting| waiting.wait == Wait::Join { thread })
}

fn is_to_be_woken(waiting: &Waiting) -> bool {
    match waiting.wait {
        Wait::Notification { .. }
        | Wait::Barrier { .. }
        | Wait::Initialisation { .. }
        | Wait::Park
        | Wait::Receive { .. } => true,
        Wait::Ready
        | Wait::Sleep
        | Wait::Lock { .. }
        | Wait::Read { .. }
        | Wait::ReadBehind { .. }
        | Wait::Join { .. }
        | Wait::Send { .. }
        | Wait::Rendezvous { .. } => false,
    }
}

struct LostWakeup {
    waiter: Waiter,
    loss: Loss,
}

/// A thread that waited in vain.
#[derive(Clone, Copy)]
struct Waiter {
    thread: ThreadId,
    source: WakeSource,
    /// The step with which it begins to wait.
    began: StepId,
    /// The step with which its wait ended; the one after the last, if it did not.
    until: StepId,
}

/// What wakes a waiter.
#[derive(Clone, Copy, PartialEq, Eq)]
enum WakeSource {
    Condvar(ObjectId),
    Channel(ObjectId),
    Token,
}

/// How the wakeup got lost.
enum Loss {
    /// It came between the check of the condition and the wait.
    TooEarly { check: StepId, notification: StepId },
    /// What the waiter had checked was changed before it was ready to be woken.
    NotReady(AtomicityViolation),
    /// It woke another thread, which had no use for it.
    WokeAnother { other: ThreadId, notification: StepId, waits: bool },
    /// Another thread changed the data, and did not wake the waiter.
    NeverSent(NeverSent),
    /// It had looked whether there is anybody to wake before the waiter put down that it waits.
    LookedForWaiters { look: Access, registers: Access, change: Access },
    /// Another thread notified first, and changed the data afterwards.
    NotifiedFirst { notification: StepId, change: Access },
    /// It notified another condition variable, on which no thread waits.
    AnotherCondvar { notification: StepId, notified: ObjectId, change: Access, gone: Option<StepId> },
    /// It went to a thread that had stopped waiting for it.
    WentToTheGone { other: ThreadId, notification: StepId, gone: StepId },
    /// It woke the waiter, and another thread had changed the data again before that one looked. It may be the one that
    /// sent it, which has been called with the same function once more.
    TakenBack { notification: StepId, change: Access, look: StepId, comes_again: bool },
    /// It woke one thread, and that one went on alone.
    WokeOne { other: ThreadId, notification: StepId },
}

struct NeverSent {
    change: Access,
    /// The notification further down that its call did not come to.
    skipped: Option<Place>,
    /// Where another function has changed the data as well.
    other: Option<Access>,
    /// Where it panicked after the change.
    panic: Option<StepId>,
}

impl WakeSource {
    fn is_used_by(self, step: &Step, waiter: ThreadId) -> bool {
        match self {
            Self::Condvar(own) => {
                matches!(step.operation, Operation::NotifyOne { condvar, .. } | Operation::NotifyAll { condvar, .. } if condvar == own)
            }
            Self::Channel(own) => matches!(
                step.operation,
                Operation::Send { channel, call: SendCall::Send | SendCall::TrySend, .. } if channel == own
            ),
            Self::Token => step.operation == Operation::Unpark { thread: waiter },
        }
    }
}

impl Waiter {
    /// The wait of `thread` that ends at `until`. `None`: it waits for something that no other thread sends, such as
    /// a lock.
    fn of(evidence: &Evidence<'_>, thread: ThreadId, until: StepId) -> Option<Self> {
        let mut own = evidence.within(StepId(0)..until).rev().filter(|(_, step)| step.thread == thread);
        let (began, awaited) = own.find_map(|(id, step)| Some((id, awaited(step.operation)?)))?;
        // What the check waits at is its own business. An iterator over a channel waits in `std`.
        let is_own = awaited.is_some_and(|object| {
            in_submission(&evidence.recording.execution.objects[object.index()].created).is_some()
        });
        if !is_own && !evidence.is_submitted(began) {
            return None;
        }
        let source = match awaited {
            None => WakeSource::Token,
            Some(object) => match evidence.kind_of(object) {
                ObjectKind::Condvar => WakeSource::Condvar(object),
                ObjectKind::Channel => WakeSource::Channel(object),
                ObjectKind::Mutex
                | ObjectKind::RwLock
                | ObjectKind::Barrier
                | ObjectKind::Once
                | ObjectKind::Atomic(_) => return None,
            },
        };
        Some(Self { thread, source, began, until })
    }

    fn loss(self, evidence: &Evidence<'_>, violation: &OnceCell<Option<AtomicityViolation>>) -> Option<Loss> {
        let violation = || *violation.get_or_init(|| stale_action(evidence));
        if self.would_wait_again(evidence) {
            return self.taken_back(evidence);
        }
        let found = match self.source {
            WakeSource::Condvar(condvar) => self
                .too_early(evidence, condvar)
                .or_else(|| self.went_to_the_gone(evidence))
                .or_else(|| self.woke_another(evidence, condvar))
                .or_else(|| self.not_ready(evidence, violation()))
                .or_else(|| self.never_sent(evidence))
                .or_else(|| self.woke_one(evidence, condvar)),
            WakeSource::Channel(_) | WakeSource::Token => {
                let gone = || self.went_to_the_gone(evidence);
                gone()
                    .or_else(|| self.not_ready(evidence, violation()))
                    .or_else(|| self.queued_too_late(evidence))
                    .or_else(|| self.never_sent(evidence))
            }
        };
        found.or_else(|| self.taken_back(evidence)).or_else(|| self.not_passed_on(evidence))
    }

    /// Whether it is sure that the condition does not hold even now: then a notification would not help.
    fn would_wait_again(self, evidence: &Evidence<'_>) -> bool {
        self.until == evidence.over() && self.finds_the_same(evidence, &evidence.end)
    }

    /// Whether it is sure that the condition does not hold after a step of another thread.
    fn would_wait_again_at(self, evidence: &Evidence<'_>, step: StepId) -> bool {
        let history = evidence.recording.history();
        let mut state = history.start();
        evidence.within(StepId(0)..after(step)).for_each(|(id, _)| history.advance(&mut state, id));
        self.finds_the_same(evidence, &state)
    }

    /// Whether the thread would find what it found before it began to wait. It is sure where it had looked at
    /// primitive values alone, and they are the same as then.
    fn finds_the_same(self, evidence: &Evidence<'_>, state: &State<'_>) -> bool {
        let mut looked: Vec<(ObjectId, Option<Word>)> = Vec::new();
        let own = evidence.accesses.iter().rev().filter(|access| {
            access.thread == self.thread && access.at < self.began && evidence.is_submitted(access.at)
        });
        let own = own.take_while(|access| evidence.may_be_one_call(access.at, self.began));
        let looked_at = self.looked_at(evidence);
        for access in own.filter(|access| looked_at.contains(&access.object)) {
            // What it found last counts, and what it left there itself.
            if !looked.iter().any(|(object, _)| *object == access.object) {
                looked.push((access.object, evidence.after(access)));
            }
        }
        let is_same = |(object, then): &(ObjectId, Option<Word>)| {
            let now = match &state.objects[object.index()] {
                ObjectState::Lock(lock) => lock.content,
                ObjectState::Atomic { value } => *value,
                ObjectState::Condvar
                | ObjectState::Barrier { .. }
                | ObjectState::Once(_)
                | ObjectState::Channel { .. } => None,
            };
            then.is_some() && *then == now
        };
        !looked.is_empty() && looked.iter().all(is_same)
    }

    /// The objects that the thread has looked at in the call in which it waits: what it only changes there, such as the
    /// number of those who wait, it does not wait for, nor for what the loop around its wait does not look at.
    fn looked_at(self, evidence: &Evidence<'_>) -> BTreeSet<ObjectId> {
        let looks = evidence.accesses.iter().filter(|access| {
            access.thread == self.thread
                && access.at < self.began
                && access.reads
                && (access.in_section || !access.changes)
                && evidence.may_be_one_call(access.at, self.began)
        });
        let wait = evidence.place(self.began);
        // The lock that it gives up to wait is above the loop, and what it protects is looked at each time.
        let is_given_up = |access: &Access| access.end > self.began;
        let (again, once): (Vec<&Access>, Vec<&Access>) = looks.partition(|access| {
            // A helper may look on behalf of who calls it.
            let look = evidence.site(access.shown);
            let look = look.as_ref().unwrap_or(evidence.place(access.shown));
            is_given_up(access) || !evidence.code.is_above_loop(look, wait)
        });
        // Whoever parks may look at a mark of its own, which others set when they change what it found above.
        let looks = if again.iter().any(|access| is_given_up(access)) {
            again
        } else {
            again.into_iter().chain(once).collect()
        };
        looks.into_iter().map(|access| access.object).collect()
    }
}

/// The object that an operation begins to wait for; a token if that is `None` within.
fn awaited(operation: Operation) -> Option<Option<ObjectId>> {
    if let Operation::Wait { condvar: object, .. }
    | Operation::Arrive { barrier: object, .. }
    | Operation::Block { on: Blocker::Object(object) } = operation
    {
        Some(Some(object))
    } else if let Operation::Park { .. } = operation {
        Some(None)
    } else {
        None
    }
}

#[cfg(test)]
mod tests;
