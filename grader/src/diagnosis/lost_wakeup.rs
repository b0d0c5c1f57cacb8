//! A thread waits, and the notification that it needs came too early, woke another thread, or was never sent.

mod telling;

use std::cell::OnceCell;

use model_trace::history::ObjectState;
use model_trace::{
    Blocker, ObjectId, ObjectKind, Operation, SendCall, Step, StepId, ThreadId, Wait, Waiting, Word,
};

use super::atomicity::{AtomicityViolation, stale_action};
use super::evidence::{Access, Evidence};
use super::finding::Finding;
use crate::report::in_submission;

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
#[derive(Clone, Copy, PartialEq, Eq)]
enum WakeSource {
    Condvar(ObjectId),
    Channel(ObjectId),
    Token,
}

/// How the wakeup got lost.
#[expect(clippy::large_enum_variant, reason = "there is one at a time")]
enum Loss {
    /// It came between the check of the condition and the wait.
    TooEarly { check: StepId, notification: StepId },
    /// What the waiter had checked was changed before it was ready to be woken.
    NotReady(AtomicityViolation),
    /// It woke another thread, which had no use for it.
    WokeAnother { other: ThreadId, notification: StepId, waits: bool },
    /// Another thread changed the data, and did not wake the waiter. It may have panicked after the change.
    NeverSent { change: Access, panic: Option<StepId> },
    /// Another thread notified first, and changed the data afterwards.
    NotifiedFirst { notification: StepId, change: Access },
    /// It notified another condition variable, on which no thread waits.
    AnotherCondvar { notification: StepId, notified: ObjectId, change: Access },
    /// It went to a thread that had stopped waiting for it.
    WentToTheGone { other: ThreadId, notification: StepId, gone: StepId },
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
        if self.would_wait_again(evidence) {
            return None;
        }
        match self.source {
            WakeSource::Condvar(condvar) => self
                .too_early(evidence, condvar)
                .or_else(|| self.went_to_the_gone(evidence))
                .or_else(|| self.woke_another(evidence, condvar))
                .or_else(|| self.not_ready(violation()))
                .or_else(|| self.never_sent(evidence))
                .or_else(|| self.woke_one(evidence, condvar)),
            WakeSource::Channel(_) | WakeSource::Token => {
                let gone = || self.went_to_the_gone(evidence);
                gone()
                    .or_else(|| self.not_ready(violation()))
                    .or_else(|| self.queued_too_late(evidence))
                    .or_else(|| self.never_sent(evidence))
            }
        }
    }

    /// Whether it is sure that the condition does not hold even now: then a notification would not help. It is where
    /// the thread had looked at numbers alone, and they are the same as then.
    fn would_wait_again(self, evidence: &Evidence<'_>) -> bool {
        let mut looked: Vec<(ObjectId, Option<i128>)> = Vec::new();
        let own = evidence.accesses.iter().rev().filter(|access| {
            access.thread == self.thread && access.at < self.began && evidence.is_submitted(access.at)
        });
        let called = evidence.called(self.began);
        for access in own.take_while(|access| evidence.called(access.at) == called) {
            // What it found last counts, and what it left there itself.
            if !looked.iter().any(|(object, _)| *object == access.object) {
                looked.push((access.object, access.left.or(access.found)));
            }
        }
        let is_same = |(object, then): &(ObjectId, Option<i128>)| {
            let now = match &evidence.end.objects[object.index()] {
                ObjectState::Lock(lock) => lock.content,
                ObjectState::Atomic { value } => *value,
                ObjectState::Condvar
                | ObjectState::Barrier { .. }
                | ObjectState::Once(_)
                | ObjectState::Channel { .. } => None,
            };
            then.is_some() && *then == now.and_then(Word::number)
        };
        self.until == evidence.over() && !looked.is_empty() && looked.iter().all(is_same)
    }

    /// A wakeup while this thread waited, that went to one whose wait had ended by its timeout.
    fn went_to_the_gone(self, evidence: &Evidence<'_>) -> Option<Loss> {
        evidence.within(self.began..self.until).rev().find_map(|(id, step)| {
            let other = match (self.source, step.operation) {
                (WakeSource::Condvar(own), Operation::NotifyOne { condvar, woken: Some(other) })
                    if own == condvar =>
                {
                    other
                }
                (WakeSource::Token, Operation::Unpark { thread }) => thread,
                (WakeSource::Condvar(_) | WakeSource::Channel(_) | WakeSource::Token, _) => return None,
            };
            if other == self.thread || !evidence.is_submitted(id) {
                return None;
            }
            let is_end = |step: &Step| {
                step.thread == other
                    && matches!(
                        step.operation,
                        Operation::TimedOut { .. } | Operation::Notified { .. } | Operation::Unparked
                    )
            };
            // A token may come too late, a notification goes to a thread that waits.
            let gone = match self.source {
                WakeSource::Token => evidence.within(StepId(0)..id).rev().find(|(_, step)| {
                    is_end(step) || step.thread == other && matches!(step.operation, Operation::Park { .. })
                }),
                WakeSource::Condvar(_) | WakeSource::Channel(_) => {
                    evidence.within(id..self.until).find(|(_, step)| is_end(step))
                }
            };
            let (gone, _) = gone.filter(|(_, step)| matches!(step.operation, Operation::TimedOut { .. }))?;
            Some(Loss::WentToTheGone { other, notification: id, gone })
        })
    }

    fn too_early(self, evidence: &Evidence<'_>, condvar: ObjectId) -> Option<Loss> {
        let notification = *evidence.notifications(condvar, StepId(0)..self.began).last()?;
        let own =
            |access: &&Access| access.thread == self.thread && !access.waits && access.end < notification;
        let check = evidence.accesses.iter().rfind(own)?.shown;
        let one_call = evidence.code.in_one_call(evidence.place(check), evidence.place(self.began));
        let by_another = evidence.step(notification).thread != self.thread;
        // Whoever looks once more after the notification has not missed it.
        let looks_again = |access: &Access| {
            access.thread == self.thread
                && !access.waits
                && access.at > notification
                && access.at < self.began
                && evidence.is_submitted(access.at)
        };
        let one_call = one_call && !evidence.accesses.iter().any(looks_again);
        (by_another && one_call).then_some(Loss::TooEarly { check, notification })
    }

    fn not_ready(self, violation: Option<AtomicityViolation>) -> Option<Loss> {
        let is_own = |violation: &AtomicityViolation| {
            violation.second.thread == self.thread && violation.second.at < self.began
        };
        violation.filter(is_own).map(Loss::NotReady)
    }

    /// What it looked at was changed by another thread before it had put down that it waits. Unlike an atomicity
    /// violation it need not have been preempted: it may have had to wait for a lock.
    fn queued_too_late(self, evidence: &Evidence<'_>) -> Option<Loss> {
        let called = evidence.called(self.began)?;
        let own = evidence.accesses.iter().filter(|access| {
            access.thread == self.thread
                && access.end < self.began
                && evidence.called(access.shown) == Some(called)
        });
        let own: Vec<&Access> = own.collect();
        let second = own.iter().rfind(|access| access.changes)?;
        let mut looks = own.iter().filter(|access| access.object != second.object && !access.changes);
        looks.find_map(|first| {
            let changes = |other: &&Access| {
                other.thread != self.thread
                    && other.object == first.object
                    && other.changes
                    && other.at > first.end
                    && other.at < second.at
                    && evidence.is_submitted(other.at)
            };
            let other = evidence.accesses.iter().rfind(changes)?;
            Some(Loss::NotReady(AtomicityViolation { first: **first, other: *other, second: **second }))
        })
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
        if is_sent {
            return None;
        }
        let in_the_call = |id: StepId| {
            evidence.step(id).thread == change.thread
                && evidence.called(id) == evidence.called(change.written)
        };
        if let WakeSource::Condvar(condvar) = self.source {
            let first = evidence
                .notifications(condvar, StepId(0)..change.at)
                .into_iter()
                .rfind(|id| in_the_call(*id));
            if let Some(notification) = first
                .filter(|id| evidence.code.goes_on_at(evidence.place(*id), evidence.place(change.written)))
            {
                return Some(Loss::NotifiedFirst { notification, change: *change });
            }
            if let Some((notification, notified)) = self.notified_instead(evidence, change) {
                return Some(Loss::AnotherCondvar { notification, notified, change: *change });
            }
        }
        let mut later = evidence.within(change.at..self.until);
        let panic =
            later.find(|(_, step)| step.thread == change.thread && step.operation == Operation::Panic);
        Some(Loss::NeverSent { change: *change, panic: panic.map(|(id, _)| id) })
    }

    /// A notification of another condition variable that the thread sent with its change, and that woke none.
    fn notified_instead(self, evidence: &Evidence<'_>, change: &Access) -> Option<(StepId, ObjectId)> {
        evidence.within(change.at..self.until).find_map(|(id, step)| {
            let (Operation::NotifyOne { condvar, woken: None } | Operation::NotifyAll { condvar, woken: 0 }) =
                step.operation
            else {
                return None;
            };
            let of_the_change =
                step.thread == change.thread && evidence.called(id) == evidence.called(change.written);
            (of_the_change && WakeSource::Condvar(condvar) != self.source).then_some((id, condvar))
        })
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
        // At the line at which this thread looked, and then waited, another one may have found nothing either.
        let is_its_own_look = |access: &Access| {
            let line = |id: StepId| (&evidence.place(id).file, evidence.place(id).line);
            let end = |access: &Access| if access.end < evidence.over() { access.end } else { access.shown };
            evidence.accesses.iter().any(|own| {
                own.thread == self.thread
                    && own.at < self.began
                    && (line(own.shown) == line(access.shown) || line(end(own)) == line(end(access)))
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
                && (access.changes || !is_its_own_look(access))
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
