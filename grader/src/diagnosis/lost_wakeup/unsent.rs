//! Wakeups that no thread sends: to a waiter that was not ready for them, or at all.

use model_trace::{ObjectId, Operation, Step, StepId};

use super::super::atomicity::{AtomicityViolation, violations};
use super::super::evidence::{Access, Evidence};
use super::unnotified::{Changer, Unnotified};
use super::{Loss, NeverSent, Waiter, WakeSource, awaited};

impl Waiter {
    /// What it looked at was changed by another thread before it had put down that it waits.
    pub(super) fn not_ready(
        self,
        evidence: &Evidence<'_>,
        stale: Option<AtomicityViolation>,
    ) -> Option<Loss> {
        let is_own = |violation: &AtomicityViolation| {
            violation.second.thread == self.thread
                && violation.second.at < self.began
                && !evidence.is_called_again(violation.first.shown, self.began)
        };
        let is_surely_changed = |violation: &AtomicityViolation| {
            let AtomicityViolation { first, other, second } = violation;
            first.reads
                && !first.changes
                && other.object == first.object
                && evidence.has_changed(other)
                && !other.leaves_all_as_it_was()
                && second.changes
                && evidence.is_submitted(other.at)
        };
        let stale = stale.filter(is_own)?;
        let sure = || violations(evidence).into_iter().rfind(|it| is_own(it) && is_surely_changed(it));
        // Of what methods of other types do it is not known whether it is a change. A waiter that has to be on a list first
        // was not there for anybody in between.
        let was_not_listed = || (self.source == WakeSource::Token && stale.other.writes).then_some(stale);
        let stale =
            if evidence.has_changed(&stale.other) { Some(stale) } else { sure().or_else(was_not_listed) };
        stale.map(Loss::NotReady)
    }

    /// What it looked at was changed by another thread before it had put down that it waits. Unlike an atomicity
    /// violation it need not have been preempted: it may have had to wait for a lock.
    pub(super) fn queued_too_late(self, evidence: &Evidence<'_>) -> Option<Loss> {
        evidence.called(self.began)?;
        let own = evidence.accesses.iter().filter(|access| {
            access.thread == self.thread
                && access.end < self.began
                && evidence.may_be_one_call(access.shown, self.began)
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

    pub(super) fn never_sent(self, evidence: &Evidence<'_>) -> Option<Loss> {
        let Unnotified { change, skipped, other } = self.unnotified(evidence, Changer::NotWoken)?;
        let in_the_call = |id: StepId| {
            evidence.step(id).thread == change.thread && evidence.may_be_one_call(id, change.written)
        };
        if let WakeSource::Condvar(_) | WakeSource::Token = self.source {
            let mut before = evidence.within(StepId(0)..change.at).rev();
            let first =
                before.find(|(id, step)| self.source.is_used_by(step, self.thread) && in_the_call(*id));
            if let Some((notification, _)) = first.filter(|(id, _)| {
                evidence.code.goes_on_at(evidence.place(*id), evidence.place(change.written))
            }) {
                return Some(Loss::NotifiedFirst { notification, change: *change });
            }
        }
        if let WakeSource::Condvar(_) = self.source
            && let Some((notification, notified)) = self.notified_instead(evidence, change)
        {
            let gone = gone(evidence, notified, notification);
            return Some(Loss::AnotherCondvar { notification, notified, change: *change, gone });
        }
        if let Some((look, registers)) = self.looked_for_waiters(evidence, change) {
            return Some(Loss::LookedForWaiters { look, registers, change: *change });
        }
        // A timed wait that has ended says by itself that something was missed only where a notification belongs to the
        // change: others may be for the condition, and this one for nothing.
        if self.until < evidence.over() && skipped.is_none() && self.is_notified_elsewhere(evidence, change) {
            return None;
        }
        if self.is_late(evidence) {
            return None;
        }
        let mut later = evidence.within(change.at..self.until);
        let panic =
            later.find(|(_, step)| step.thread == change.thread && step.operation == Operation::Panic);
        let panic = panic.map(|(id, _)| id);
        Some(Loss::NeverSent(NeverSent { change: *change, skipped, other: other.copied(), panic }))
    }

    /// Whether the wait has timed out, and the wakeup was on its way then: whoever sends it had begun the call that does.
    fn is_late(self, evidence: &Evidence<'_>) -> bool {
        let own_call = |id: StepId, thread| {
            let mut before = evidence.within(StepId(0)..self.until).rev();
            before
                .find(|(_, step)| step.thread == thread)
                .is_some_and(|(last, _)| evidence.may_be_one_call(last, id))
        };
        evidence
            .within(self.until..evidence.over())
            .take_while(|(_, step)| step.thread != self.thread || awaited(step.operation).is_none())
            .any(|(id, step)| self.source.is_used_by(step, self.thread) && own_call(id, step.thread))
    }

    /// Another waiter was woken, changed the data once more, and woke nobody in turn.
    pub(super) fn not_passed_on(self, evidence: &Evidence<'_>) -> Option<Loss> {
        let Unnotified { change, .. } = self.unnotified(evidence, Changer::Woken)?;
        let sent = NeverSent { change: *change, skipped: None, other: None, panic: None };
        change.changes.then_some(Loss::NeverSent(sent))
    }

    /// What the other thread looked at in its call before the change, and where this one changed that too late.
    fn looked_for_waiters(self, evidence: &Evidence<'_>, change: &Access) -> Option<(Access, Access)> {
        let mut looks = evidence.accesses.iter().rev().filter(|look| {
            look.thread == change.thread
                && look.object != change.object
                && look.reads
                && !look.changes
                && look.at < change.at
                && evidence.may_be_one_call(look.at, change.at)
                && evidence.code.may_come_to(evidence.place(look.shown), evidence.place(change.shown))
        });
        let registers = |look: &Access| {
            evidence.accesses.iter().find(|own| {
                own.thread == self.thread
                    && own.object == look.object
                    && own.changes
                    && own.at > look.end
                    && own.at < self.began
                    && evidence.may_be_one_call(own.at, self.began)
            })
        };
        looks.find_map(|look| Some((*look, *registers(look)?)))
    }

    /// Whether another function than the one that makes a change notifies the condition variable.
    fn is_notified_elsewhere(self, evidence: &Evidence<'_>, change: &Access) -> bool {
        let WakeSource::Condvar(condvar) = self.source else { return false };
        let name = evidence.recording.names[condvar.index()].as_deref();
        let own = evidence.code.function_of(evidence.place(change.last_use));
        name.is_some_and(|name| evidence.code.is_notified_outside(own, name))
    }

    /// A notification of another condition variable that the thread sent with its change, and that woke none.
    fn notified_instead(self, evidence: &Evidence<'_>, change: &Access) -> Option<(StepId, ObjectId)> {
        evidence.within(change.at..self.until).find_map(|(id, step)| {
            let (Operation::NotifyOne { condvar, woken: None } | Operation::NotifyAll { condvar, woken: 0 }) =
                step.operation
            else {
                return None;
            };
            let of_the_change = step.thread == change.thread && evidence.may_be_one_call(id, change.written);
            (of_the_change && WakeSource::Condvar(condvar) != self.source).then_some((id, condvar))
        })
    }
}

/// Where the last thread that had waited on a condition variable gave up before a step, if it did.
fn gone(evidence: &Evidence<'_>, condvar: ObjectId, before: StepId) -> Option<StepId> {
    let ends = |step: &Step| {
        [Operation::TimedOut { object: Some(condvar) }, Operation::Notified { condvar }]
            .contains(&step.operation)
    };
    let (last, step) = evidence.within(StepId(0)..before).rev().find(|(_, step)| ends(step))?;
    matches!(step.operation, Operation::TimedOut { .. }).then_some(last)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use model_trace::{ObjectKind, ThreadId};

    use super::*;
    use crate::diagnosis::diagnose;
    use crate::report::samples::{MAIN, T1, join, lock_with, recording, replaces, spawn, unlock};
    use crate::report::{FailureKind, Mistake};
    use crate::source::{Parsed, Source};
    use crate::trace::Code;

    const SOURCE: &str = "pub fn wait(&self, timeout: Duration) {
    let mut flag = self.flag.lock().unwrap();
    while *flag == 0 {
        flag = self.bell.wait_timeout(flag, timeout).unwrap().0;
    }
}
pub fn set(&self) {
    *self.flag.lock().unwrap() = 1;
    if self.is_needed {
        self.bell.notify_all();
    }
}
pub fn put(&self) {
    *self.flag.lock().unwrap() = 2;
}
";

    /// What is found where `main` changes the flag at a line while `T1` waits, and the time of `T1` elapses.
    fn found(source: &str, line: u32) -> Option<Mistake> {
        let bell = ObjectId(1);
        let timeout = Some(Duration::from_millis(100));
        let steps = [
            (MAIN, spawn(T1), 0),
            (T1, lock_with(0, 0), 2),
            (T1, Operation::Wait { condvar: bell, timeout }, 4),
            (T1, unlock(0), 4),
            (MAIN, lock_with(0, 0), line),
            (MAIN, replaces(0, 0, 1), line),
            (T1, Operation::TimedOut { object: Some(bell) }, 4),
            (T1, lock_with(0, 1), 4),
            (T1, unlock(0), 6),
            (MAIN, join(T1), 0),
            (MAIN, Operation::Panic, 0),
        ];
        kind(source, &steps)
    }

    fn kind(source: &str, steps: &[(u32, Operation, u32)]) -> Option<Mistake> {
        let mut recording = recording(&[("flag", ObjectKind::Mutex), ("bell", ObjectKind::Condvar)], steps);
        let function = |line: u32| match line {
            1..=6 => Some("wait"),
            7..=12 => Some("set"),
            13..=15 => Some("put"),
            _ => None,
        };
        recording.functions = steps.iter().map(|(_, _, line)| function(*line).map(str::to_owned)).collect();
        let code = Code::of(&Parsed::all(&[Source::new("src/lib.rs", source)]));
        diagnose(&recording, FailureKind::Assertion, &code).map(|diagnosis| diagnosis.kind)
    }

    #[test]
    fn a_timed_wait_has_missed_a_notification_that_its_change_skips() {
        assert_eq!(found(SOURCE, 8), Some(Mistake::LostWakeup));
    }

    #[test]
    fn a_wakeup_that_comes_after_the_timeout_is_late_and_not_lost() {
        let called_late = |notifies: bool| {
            let park = Operation::Park { timeout: Some(Duration::from_millis(100)) };
            let mut steps = vec![
                (MAIN, spawn(T1), 0),
                (T1, lock_with(0, 0), 2),
                (T1, unlock(0), 3),
                (T1, park, 4),
                (MAIN, lock_with(0, 0), 8),
                (MAIN, replaces(0, 0, 1), 8),
                (T1, Operation::TimedOut { object: None }, 4),
                (MAIN, Operation::Unpark { thread: ThreadId(T1) }, 10),
                (T1, lock_with(0, 1), 2),
                (T1, unlock(0), 6),
                (MAIN, join(T1), 0),
                (MAIN, Operation::Panic, 0),
            ];
            if !notifies {
                steps.remove(7);
            }
            kind(SOURCE, &steps)
        };
        assert_eq!(called_late(false), Some(Mistake::LostWakeup));
        assert_ne!(called_late(true), Some(Mistake::LostWakeup));
    }

    #[test]
    fn a_change_whose_function_notifies_nobody_need_not_be_what_a_timed_wait_is_for() {
        assert_ne!(found(SOURCE, 14), Some(Mistake::LostWakeup));
        // Where nothing else notifies it, a notification is missing whatever it waits for.
        let silent = SOURCE.replace("notify_all", "is_some");
        assert_eq!(found(&silent, 14), Some(Mistake::LostWakeup));
    }
}
