//! Which change it was that a waiter should have been woken for, where several came without a wakeup.

use std::collections::{BTreeMap, BTreeSet};

use model_trace::{Operation, Place, StepId, ThreadId};

use super::super::evidence::{Access, Evidence};
use super::{Waiter, WakeSource};
use crate::report::{FailureKind, in_submission};

/// Who changes what others wait for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Changer {
    NotWoken,
    /// Somebody who has been woken before. That one may be done with it, or have to wake the next.
    Woken,
}

/// A change by another thread while the waiter waits, after which no wakeup is sent.
pub(super) struct Unnotified<'a> {
    pub change: &'a Access,
    /// The notification further down that its call did not come to.
    pub skipped: Option<Place>,
    /// The last one that another function has made, where that may be the one just as well.
    pub other: Option<&'a Access>,
}

/// Of so many changes, the last ones, it is asked which one the waiter needs. Threads that poll make thousands.
const CONSIDERED: usize = 16;

/// How likely the waiter's condition holds by a change. The likeliest comes first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Suspicion {
    /// Its call has notified before it.
    NotifiesFirst,
    /// Its function has a notification further down, and did not come to it: it is known to be owed.
    Skips,
    /// Its call wakes nobody.
    WakesNobody,
    /// Its function waits itself, or its call wakes others: it rather takes what is waited for, or gives something else.
    Other,
}

impl Waiter {
    /// The change to which a wakeup is missing. `None`: there is none, or a wakeup comes after the last one.
    pub(super) fn unnotified<'a>(self, evidence: &'a Evidence<'_>, by: Changer) -> Option<Unnotified<'a>> {
        let changes = self.changes(evidence, by);
        let last = changes.last()?;
        // Whoever notifies before it releases the lock has done its duty.
        let mut waits = evidence.within(self.began..self.until).rev();
        let wakeup = waits.find(|(_, step)| self.source.is_used_by(step, self.thread)).map(|(id, _)| id);
        let is_followed = |change: &Access| wakeup.is_some_and(|wakeup| change.at <= wakeup);
        if is_followed(last) {
            return None;
        }
        let since = changes.iter().rev().take_while(|change| !is_followed(change)).take(CONSIDERED);
        let since: Vec<&Access> = since.copied().collect();
        let possible =
            since.into_iter().rev().filter(|change| !self.would_wait_again_at(evidence, change.end));
        let possible: Vec<(Suspicion, &Access)> =
            possible.map(|change| (self.suspicion(evidence, change), change)).collect();
        // Of those that are alike, the first: what a later one changes may be something else, or undo it.
        let Some((worst, first)) = possible.iter().min_by_key(|(suspicion, _)| *suspicion) else {
            return Some(Unnotified { change: last, skipped: None, other: None });
        };
        let is_of_one = |change: &Access| function(evidence, change) == function(evidence, first);
        let own = possible.iter().rfind(|(suspicion, change)| suspicion == worst && is_of_one(change));
        let other =
            possible.iter().rfind(|(suspicion, change)| *suspicion != Suspicion::Other && !is_of_one(change));
        let change = own.map_or(*first, |(_, change)| change);
        Some(Unnotified { change, skipped: self.skipped(evidence, change), other: other.map(|(_, it)| *it) })
    }

    /// The notification after a change that its call did not come to.
    fn skipped(self, evidence: &Evidence<'_>, change: &Access) -> Option<Place> {
        let WakeSource::Condvar(condvar) = self.source else { return None };
        let name = evidence.recording.names[condvar.index()].as_deref()?;
        let entered = function(evidence, change);
        let site = evidence.code.notifies_after(evidence.place(change.last_use), entered, name)?;
        let later = || {
            let later = evidence.within(change.end..evidence.over()).filter(|(id, _)| *id > change.last_use);
            later.filter(|(_, step)| step.thread == change.thread)
        };
        // It comes to the notification, and notifies others there, each on a condition variable of its own.
        let comes_for_others = later().any(|(id, step)| {
            let place = evidence.place(id);
            let notifies =
                matches!(step.operation, Operation::NotifyOne { .. } | Operation::NotifyAll { .. });
            notifies
                && (&place.file, place.line) == (&site.file, site.line)
                && is_of_the_call(evidence, change, id)
        });
        let comes_late = comes_for_others
            || later().any(|(id, step)| {
                self.source.is_used_by(step, self.thread) && is_of_the_call(evidence, change, id)
            });
        // Where all are blocked, whoever is not has finished.
        let ended = evidence.kind == FailureKind::Deadlock && evidence.blocked(change.thread).is_none();
        let is_over = ended || later().any(|(id, _)| !is_of_the_call(evidence, change, id));
        (is_over && !comes_late).then_some(site)
    }

    fn suspicion(self, evidence: &Evidence<'_>, change: &Access) -> Suspicion {
        let mut before = evidence.within(StepId(0)..change.at).rev();
        let notifies_first = before.any(|(id, step)| {
            self.source.is_used_by(step, self.thread)
                && is_of_the_call(evidence, change, id)
                && evidence.code.goes_on_at(evidence.place(id), evidence.place(change.written))
        });
        if notifies_first {
            return Suspicion::NotifiesFirst;
        }
        if self.skipped(evidence, change).is_some() {
            return Suspicion::Skips;
        }
        let wakes = evidence.steps().any(|(id, step)| {
            let wakes = matches!(
                step.operation,
                Operation::NotifyOne { .. } | Operation::NotifyAll { .. } | Operation::Unpark { .. }
            );
            wakes && is_of_the_call(evidence, change, id)
        });
        let waits = function(evidence, change).is_some_and(|function| evidence.code.waits(function));
        if wakes || waits { Suspicion::Other } else { Suspicion::WakesNobody }
    }

    /// Where other threads change data in the learner's code while this one waits, other than by beginning to wait
    /// themselves.
    fn changes<'a>(self, evidence: &'a Evidence<'_>, by: Changer) -> Vec<&'a Access> {
        // What another waiter does after it was woken is no news.
        let mut woken: BTreeMap<ThreadId, StepId> = BTreeMap::new();
        for (id, step) in evidence.steps() {
            if matches!(step.operation, Operation::Notified { .. }) {
                woken.entry(step.thread).or_insert(id);
            }
        }
        let was_woken = |thread: ThreadId, before: StepId| woken.get(&thread).is_some_and(|id| *id < before);
        // At the line at which this thread looked, and then waited, another one may have found nothing either.
        let line = |id: StepId| (&evidence.place(id).file, evidence.place(id).line);
        let end = |access: &Access| if access.end < evidence.over() { access.end } else { access.shown };
        let own = evidence.accesses.iter().filter(|own| own.thread == self.thread && own.at < self.began);
        let (looks, ends): (BTreeSet<_>, BTreeSet<_>) =
            own.map(|own| (line(own.shown), line(end(own)))).unzip();
        let is_its_own_look =
            |access: &Access| looks.contains(&line(access.shown)) || ends.contains(&line(end(access)));
        let looked_at = self.looked_at(evidence);
        let changes = evidence.accesses.iter().filter(|access| {
            access.thread != self.thread
                && access.writes
                && !access.waits
                && access.end > self.began
                && access.end < self.until
                && in_submission(evidence.place(access.at)).is_some()
                && looked_at.contains(&access.object)
                && !access.leaves_all_as_it_was()
                && (by == Changer::Woken) == was_woken(access.thread, access.at)
                && (access.changes || !is_its_own_look(access))
        });
        let changes: Vec<&Access> = changes.collect();
        // Who calls the same function as the waiter, and need not wait, is not the one who makes its condition true.
        let is_alike = |access: &&&Access| {
            evidence.called(access.shown).is_some_and(|called| evidence.called(self.began) == Some(called))
        };
        let others: Vec<&Access> = changes.iter().filter(|access| !is_alike(access)).copied().collect();
        if others.is_empty() { changes } else { others }
    }
}

/// Whether a step may be of the call in which a change is made.
fn is_of_the_call(evidence: &Evidence<'_>, change: &Access, id: StepId) -> bool {
    evidence.step(id).thread == change.thread && evidence.may_be_one_call(id, change.written)
}

/// The function that makes a change: the one that was called, or else the one that it is in.
fn function<'a>(evidence: &Evidence<'a>, change: &Access) -> Option<&'a str> {
    evidence.called(change.last_use).or_else(|| evidence.code.function_of(evidence.place(change.last_use)))
}
