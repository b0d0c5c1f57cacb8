//! An operation that is not atomic: another thread saw an intermediate state, or it saw two states itself.

mod below_zero;
mod crossed;

use model_trace::{Operation, Place, StepId};

use super::atomicity::{AtomicityViolation, intermediate_state};
use super::evidence::{Access, Evidence};
use super::finding::{Finding, cite};
use crate::report::{Citation, FailureKind, Recording, Role};

/// A sign that is surer than a wait which nobody ends.
pub(super) fn diagnose_counts(evidence: &Evidence<'_>) -> Option<Box<dyn Finding>> {
    below_zero::diagnose(evidence)
}

pub(super) fn diagnose(evidence: &Evidence<'_>) -> Option<Box<dyn Finding>> {
    // Why no thread can go on is another question.
    if evidence.kind == FailureKind::Deadlock {
        return None;
    }
    if let Some(unfinished) = unfinished(evidence) {
        return Some(Box::new(unfinished));
    }
    match intermediate_state(evidence) {
        Some(violation) => Some(Box::new(Preempted(violation))),
        None => crossed::diagnose(evidence),
    }
}

/// An operation that another thread, or the check, sees before it is complete.
struct Unfinished {
    done: Access,
    seen: Access,
    /// Where it would go on.
    next: Place,
}

fn unfinished(evidence: &Evidence<'_>) -> Option<Unfinished> {
    let callers = evidence.recording.execution.waiting.iter();
    callers.filter(|waiting| evidence.is_a_caller(waiting.thread)).find_map(|waiting| {
        let accesses = &evidence.accesses;
        let done = accesses.iter().rfind(|access| access.thread == waiting.thread)?;
        let seen = accesses.iter().find(|access| access.thread != waiting.thread && access.at > done.end)?;
        let (_, last) = evidence.steps().rev().find(|(_, step)| step.thread == waiting.thread)?;
        let is_suspended = last.operation == Operation::Preempted && done.end < evidence.over();
        let goes_on = evidence.code.goes_on_at(evidence.place(done.shown), &waiting.place);
        (done.writes && is_suspended && goes_on).then(|| Unfinished {
            done: *done,
            seen: *seen,
            next: waiting.place.clone(),
        })
    })
}

impl Finding for Unfinished {
    fn steps(&self) -> Vec<Citation> {
        vec![cite(self.done.written, Role::Changes), cite(self.seen.shown, Role::Observes)]
    }

    fn to_mend(&self) -> Vec<StepId> {
        vec![self.done.written]
    }

    fn sentence(&self, recording: &Recording) -> String {
        let at = |id| recording.at(&recording.step(id).place);
        format!(
            "{thread} {changes} {one} {here}, and its operation is not complete: it goes on {back}. Before that, {other} \
             looks at {seen} {there}, and sees an intermediate state. {CURE}",
            changes = self.done.changes(recording),
            thread = recording.thread(self.done.thread),
            one = recording.quoted(self.done.object),
            here = at(self.done.shown),
            back = recording.at(&self.next),
            other = recording.thread(self.seen.thread),
            seen = recording.quoted(self.seen.object),
            there = at(self.seen.shown),
        )
    }
}

const CURE: &str = "What belongs to one operation has to happen in one critical section, without releasing the lock in \
                    between.";

/// An operation that is preempted between two accesses.
struct Preempted(AtomicityViolation);

impl Finding for Preempted {
    fn steps(&self) -> Vec<Citation> {
        let AtomicityViolation { first, other, second } = self.0;
        if first.writes {
            vec![
                cite(first.written, Role::Changes),
                cite(other.shown, Role::Observes),
                cite(second.shown, Role::Acts),
            ]
        } else {
            vec![
                cite(first.shown, Role::Checks),
                cite(other.written, Role::Intervenes),
                cite(second.shown, Role::Checks),
            ]
        }
    }

    fn to_mend(&self) -> Vec<StepId> {
        vec![self.0.first.shown, self.0.second.shown]
    }

    fn sentence(&self, recording: &Recording) -> String {
        let AtomicityViolation { first, other, second } = self.0;
        let at = |id| recording.at(&recording.step(id).place);
        let (thread, intruder) = (recording.thread(first.thread), recording.thread(other.thread));
        let (here, there, back) = (at(first.shown), at(other.shown), at(second.shown));
        let [one, seen, two] = [first, other, second].map(|access| recording.quoted(access.object));
        if first.writes {
            format!(
                "{thread} {changes} {one} {here}, and its operation is not complete: the rest comes {back}. In between, \
                 {intruder} looks at {seen} {there}, and sees an intermediate state. {CURE}",
                changes = first.changes(recording),
            )
        } else if recording.step(first.shown).place == recording.step(second.shown).place && one == two {
            format!(
                "{thread} looks at {one} {here}, and in the next round of its loop once more. In between, {intruder} \
                 {changes} {seen} {there}: each look is at another moment, and together they may show a state that never \
                 existed. Look at all of it in one critical section.",
                changes = other.changes(recording),
            )
        } else {
            format!(
                "{thread} looks at {one} {here} and at {two} {back}. In between, {intruder} {changes} {seen} {there}: the \
                 two looks are at different moments, and together they may show a state that never existed. Look at both in \
                 one critical section.",
                changes = other.changes(recording),
            )
        }
    }
}
