//! A thread waits, and the notification that it needs came too early, woke another thread, or was never sent.

use std::cell::OnceCell;

use model_trace::{
    Blocker, ObjectId, ObjectKind, Operation, SendCall, Step, StepId, ThreadId, Wait, Waiting,
};

use super::atomicity::{AtomicityViolation, stale_action};
use super::evidence::{Access, Evidence};
use super::finding::{Finding, cite};
use crate::report::{Citation, Recording, Role, in_submission};

pub(super) fn diagnose(evidence: &Evidence<'_>) -> Option<Box<dyn Finding>> {
    let blocked = evidence.waiting().iter().filter(|waiting| is_to_be_woken(waiting));
    let blocked = blocked.map(|waiting| (waiting.thread, evidence.over()));
    // A timed wait that ran out although there was something to wake it for.
    let timed_out =
        evidence.steps().rev().filter(|(_, step)| matches!(step.operation, Operation::TimedOut { .. }));
    let timed_out = timed_out.map(|(id, step)| (step.thread, id));
    let mut waiters =
        blocked.chain(timed_out).filter_map(|(thread, until)| Waiter::of(evidence, thread, until));
    // Found once, if it is needed at all: it is that of the execution.
    let violation = OnceCell::new();
    let loss = |waiter: Waiter| waiter.loss(evidence, &violation).map(|loss| (waiter, loss));
    let (waiter, loss) = waiters.find_map(loss)?;
    Some(Box::new(LostWakeup { waiter, loss }))
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
#[derive(Clone, Copy)]
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
    NeverSent { change: Access },
    /// It woke one thread, and that one went on alone.
    WokeOne { other: ThreadId, notification: StepId },
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
        match self.source {
            WakeSource::Condvar(condvar) => self
                .too_early(evidence, condvar)
                .or_else(|| self.woke_another(evidence, condvar))
                .or_else(|| self.not_ready(violation()))
                .or_else(|| self.never_sent(evidence))
                .or_else(|| self.woke_one(evidence, condvar)),
            WakeSource::Channel(_) | WakeSource::Token => {
                self.not_ready(violation()).or_else(|| self.never_sent(evidence))
            }
        }
    }

    fn too_early(self, evidence: &Evidence<'_>, condvar: ObjectId) -> Option<Loss> {
        let notification = *evidence.notifications(condvar, StepId(0)..self.began).last()?;
        let own =
            |access: &&Access| access.thread == self.thread && !access.waits && access.end < notification;
        let check = evidence.accesses.iter().rfind(own)?.shown;
        let one_call = evidence.code.in_one_call(evidence.place(check), evidence.place(self.began));
        let by_another = evidence.step(notification).thread != self.thread;
        (by_another && one_call).then_some(Loss::TooEarly { check, notification })
    }

    fn not_ready(self, violation: Option<AtomicityViolation>) -> Option<Loss> {
        let is_own = |violation: &AtomicityViolation| {
            violation.second.thread == self.thread && violation.second.at < self.began
        };
        violation.filter(is_own).map(Loss::NotReady)
    }

    /// The last `notify_one` that wakes a thread while this one waits, and that thread.
    fn last_notify_one(
        self,
        evidence: &Evidence<'_>,
        notifications: &[StepId],
    ) -> Option<(StepId, ThreadId)> {
        notifications.iter().rev().find_map(|id| {
            let Operation::NotifyOne { woken, .. } = evidence.step(*id).operation else { return None };
            woken.filter(|other| *other != self.thread).map(|other| (*id, other))
        })
    }

    fn woke_another(self, evidence: &Evidence<'_>, condvar: ObjectId) -> Option<Loss> {
        let notifications = evidence.notifications(condvar, self.began..self.until);
        let (notification, other) = self.last_notify_one(evidence, &notifications)?;
        let next = |access: &&Access| access.thread == other && access.at > notification;
        let next = evidence.accesses.iter().find(next)?;
        let is_of_no_use = !next.writes || next.waits;
        is_of_no_use.then_some(Loss::WokeAnother { other, notification, waits: next.waits })
    }

    fn woke_one(self, evidence: &Evidence<'_>, condvar: ObjectId) -> Option<Loss> {
        let notifications = evidence.notifications(condvar, self.began..self.until);
        let last = notifications.last()?;
        let (notification, other) = self.last_notify_one(evidence, std::slice::from_ref(last))?;
        Some(Loss::WokeOne { other, notification })
    }

    fn never_sent(self, evidence: &Evidence<'_>) -> Option<Loss> {
        let change = self.last_change(evidence)?;
        // Whoever notifies before it releases the lock has done its duty.
        let mut since = evidence.within(change.at..self.until);
        let is_sent = since.any(|(_, step)| self.source.is_used_by(step, self.thread));
        (!is_sent).then_some(Loss::NeverSent { change: *change })
    }

    /// Where another thread last changed data in the learner's code while this one waited, other than by
    /// beginning to wait itself.
    fn last_change<'a>(self, evidence: &'a Evidence<'_>) -> Option<&'a Access> {
        let checked = |object: ObjectId| {
            let own = |access: &Access| {
                access.thread == self.thread && access.object == object && access.at < self.began
            };
            evidence.accesses.iter().any(own)
        };
        // What another waiter does after it was woken is no news.
        let was_woken = |thread: ThreadId, before: StepId| {
            let mut earlier = evidence.within(StepId(0)..before);
            earlier.any(|(_, step)| {
                step.thread == thread && matches!(step.operation, Operation::Notified { .. })
            })
        };
        evidence.accesses.iter().rfind(|access| {
            access.thread != self.thread
                && access.writes
                && !access.waits
                && access.end > self.began
                && access.end < self.until
                && in_submission(evidence.place(access.at)).is_some()
                && checked(access.object)
                && !was_woken(access.thread, access.at)
        })
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

impl Finding for LostWakeup {
    fn steps(&self) -> Vec<Citation> {
        let waits = cite(self.waiter.began, Role::Waits);
        match self.loss {
            Loss::TooEarly { check, notification } => {
                vec![cite(check, Role::Checks), cite(notification, Role::Notifies), waits]
            }
            Loss::NotReady(AtomicityViolation { first, other, second }) => vec![
                cite(first.shown, Role::Checks),
                cite(other.written, Role::Intervenes),
                cite(second.written, Role::Acts),
                waits,
            ],
            Loss::WokeAnother { notification, .. } | Loss::WokeOne { notification, .. } => {
                vec![waits, cite(notification, Role::Notifies)]
            }
            Loss::NeverSent { change } => vec![waits, cite(change.written, Role::Changes)],
        }
    }

    fn sentence(&self, recording: &Recording) -> String {
        let at = |id: StepId| recording.at(&recording.step(id).place);
        let by = |id: StepId| recording.thread(recording.step(id).thread);
        let Waiter { thread, source, began, .. } = self.waiter;
        let (thread, here) = (recording.thread(thread), at(began));
        let waits = match source {
            WakeSource::Condvar(condvar) => format!("waits on {}", recording.quoted(condvar)),
            WakeSource::Channel(channel) => format!("waits for a message from {}", recording.quoted(channel)),
            WakeSource::Token => "parks".to_owned(),
        };
        match self.loss {
            Loss::TooEarly { check, notification } => format!(
                "{thread} checks its condition {looked} and decides to wait. Before it does, {notifier} notifies {there}: \
                 {thread} does not wait yet, so that does not wake it. Then {thread} {waits} {here}, and no later \
                 notification wakes it: a lost wakeup. Check the condition and begin to wait in one critical section \
                 of the lock under which the others change it.",
                looked = at(check),
                notifier = by(notification),
                there = at(notification),
            ),
            Loss::NotReady(AtomicityViolation { first, other, second }) => format!(
                "{thread} checks {object} {looked} and decides to wait. Before it is ready to be woken, {ready}, {other} \
                 changes {changed} {there}: too early to wake it. Then {thread} {waits} {here}, and nothing wakes it: a \
                 lost wakeup. Checking and getting ready to be woken must be one atomic step: one critical section.",
                object = recording.quoted(first.object),
                looked = at(first.shown),
                ready = at(second.shown),
                other = recording.thread(other.thread),
                changed = recording.quoted(other.object),
                there = at(other.shown),
            ),
            Loss::WokeAnother { other, notification, waits: waits_again } => format!(
                "{thread} {waits} {here}. The `notify_one` by {notifier} {there} wakes {other} instead, which {reaction}; \
                 no later notification wakes {thread}: a lost wakeup. `notify_one` may wake any waiter: it is right only \
                 where all waiters wait for the same condition, and one of them can use it. Otherwise use \
                 `notify_all`, or a condition variable for each condition.",
                notifier = by(notification),
                there = at(notification),
                other = recording.thread(other),
                reaction = if waits_again { "only waits again" } else { "changes nothing then" },
            ),
            Loss::NeverSent { change } => format!(
                "{thread} {waits} {here}. After that, {other} changes {object} {there} {without}, and {thread} is not woken: \
                 a lost wakeup. Whoever changes what others wait for has to wake them.",
                other = recording.thread(change.thread),
                object = recording.quoted(change.object),
                there = at(change.shown),
                without = match source {
                    WakeSource::Condvar(_) => "without a notification".to_owned(),
                    WakeSource::Channel(_) => "without sending a message".to_owned(),
                    WakeSource::Token => format!("without unparking {thread}"),
                },
            ),
            Loss::WokeOne { other, notification } => format!(
                "{thread} {waits} {here}. The last notification is the `notify_one` by {notifier} {there}: it wakes one \
                 thread, {other}, and none wakes {thread} after that. If both of them can go on, both have to be \
                 woken: by `notify_all`, or by {other}, which notifies the next one.",
                notifier = by(notification),
                there = at(notification),
                other = recording.thread(other),
            ),
        }
    }
}
