//! Wakeups that were sent, and did not help: too early, to another thread, or for what was over again.

use model_trace::{ObjectId, Operation, Step, StepId, ThreadId};

use super::super::evidence::{Access, Evidence};
use super::unnotified::Changer;
use super::{Loss, Waiter, WakeSource};

impl Waiter {
    /// A wakeup while this thread waited, that went to one whose wait had ended by its timeout.
    pub(super) fn went_to_the_gone(self, evidence: &Evidence<'_>) -> Option<Loss> {
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

    pub(super) fn too_early(self, evidence: &Evidence<'_>, condvar: ObjectId) -> Option<Loss> {
        let notification = *evidence.notifications(condvar, StepId(0)..self.began).last()?;
        // Who is woken by it has not missed it, whatever it had looked at before.
        let is_woken = |(_, step): (StepId, &Step)| {
            step.thread == self.thread && step.operation == (Operation::Notified { condvar })
        };
        if evidence.within(notification..self.began).any(is_woken) {
            return None;
        }
        let own =
            |access: &&Access| access.thread == self.thread && !access.waits && access.end < notification;
        let look = evidence.accesses.iter().rfind(own)?;
        let check = look.shown;
        // A `wait_while` checks and begins to wait in one critical section: only what changes outside of the lock changes
        // in between.
        let changed_in_between = |access: &Access| {
            access.thread != self.thread
                && access.object == look.object
                && access.changes
                && access.at > look.at
                && access.at < notification
        };
        if evidence.code.checks_by_itself(evidence.place(self.began))
            && !evidence.accesses.iter().any(changed_in_between)
        {
            return None;
        }
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

    pub(super) fn woke_another(self, evidence: &Evidence<'_>, condvar: ObjectId) -> Option<Loss> {
        let notifications = evidence.notifications(condvar, self.began..self.until);
        let (notification, other) = self.last_notify_one(evidence, &notifications)?;
        let next = |access: &&Access| access.thread == other && access.at > notification;
        let next = evidence.accesses.iter().find(next)?;
        // What it was woken for is over because of a change that comes without a wakeup: that is what is missing.
        let is_overtaken = self.unnotified(evidence, Changer::NotWoken).is_some_and(|unnotified| {
            let change = unnotified.change;
            change.thread != other && change.at > notification && change.end < next.at
        });
        if is_overtaken {
            return None;
        }
        let is_of_no_use = !next.writes || next.leaves_all_as_it_was() || next.waits;
        is_of_no_use.then_some(Loss::WokeAnother { other, notification, waits: next.waits })
    }

    pub(super) fn woke_one(self, evidence: &Evidence<'_>, condvar: ObjectId) -> Option<Loss> {
        let notifications = evidence.notifications(condvar, self.began..self.until);
        let last = notifications.last()?;
        let (notification, other) = self.last_notify_one(evidence, std::slice::from_ref(last))?;
        Some(Loss::WokeOne { other, notification })
    }

    /// It was woken, and what it was woken for was over before it looked.
    pub(super) fn taken_back(self, evidence: &Evidence<'_>) -> Option<Loss> {
        let own = |(_, step): &(StepId, &Step)| step.thread == self.thread;
        let ends = |(_, step): &(StepId, &Step)| match self.source {
            WakeSource::Condvar(condvar) => step.operation == (Operation::Notified { condvar }),
            WakeSource::Token => step.operation == Operation::Unparked,
            WakeSource::Channel(_) => false,
        };
        let (woken, _) = evidence.within(StepId(0)..self.began).rev().filter(own).find(ends)?;
        let in_the_call = evidence.may_be_one_call(woken, self.began)
            && evidence.within(woken..self.began).filter(own).all(|(id, _)| evidence.is_submitted(id));
        let wakes = |(_, step): &(StepId, &Step)| {
            let is_for_another =
                matches!(step.operation, Operation::NotifyOne { woken, .. } if woken != Some(self.thread));
            self.source.is_used_by(step, self.thread) && !is_for_another
        };
        // A notification wakes whoever waits then: of several, the first one. A token may have been there before.
        let begins = |(_, step): &(StepId, &Step)| matches!(step.operation, Operation::Wait { .. });
        let mut before = evidence.within(StepId(0)..woken).rev();
        let waited = evidence.within(StepId(0)..woken).rev().filter(own).find(begins);
        let (notification, _) = match (self.source, waited) {
            (WakeSource::Condvar(_), Some((waited, _))) => evidence.within(waited..woken).find(wakes),
            (WakeSource::Condvar(_) | WakeSource::Channel(_) | WakeSource::Token, _) => before.find(wakes),
        }?;
        if !in_the_call {
            return None;
        }
        let looks = evidence.accesses.iter().filter(|access| {
            access.thread == self.thread && access.at > woken && access.at < self.began && access.reads
        });
        // Another one that waits for the same has been faster: that is what it looks again for. But whoever has sent
        // the wakeup is not done with what it was about.
        let comes_again = |access: &Access| {
            access.thread == evidence.step(notification).thread
                && evidence.called(access.shown) == evidence.called(notification)
                && !evidence.may_be_one_call(notification, access.shown)
        };
        let takes_back = |access: &Access| {
            let is_of_another = !access.waits
                && evidence.called(access.shown) != evidence.called(self.began)
                && evidence.has_changed(access);
            (is_of_another || access.writes && comes_again(access)) && !access.leaves_all_as_it_was()
        };
        let change = |look: &Access| {
            evidence.accesses.iter().rfind(|access| {
                access.thread != self.thread
                    && access.object == look.object
                    && access.at > notification
                    && access.end < look.at
                    && evidence.is_submitted(access.at)
                    && takes_back(access)
            })
        };
        let (look, change) = looks.filter_map(|look| Some((look, change(look)?))).next()?;
        let comes_again = comes_again(change);
        Some(Loss::TakenBack { notification, change: *change, look: look.shown, comes_again })
    }
}
