//! Two threads that change the same two things, each of them in an order of its own.

use super::super::atomicity::{AtomicityViolation, violations};
use super::super::evidence::{Access, Evidence};
use super::super::finding::{Finding, cite};
use crate::report::{Citation, Recording, Role};
use model_trace::StepId;

/// A thread is the first one at one object, and the second one at the other.
struct Crossed {
    first: Access,
    /// What the other one does in between, at the same two lines.
    others: [Access; 2],
    second: Access,
}

/// Two changes that every thread makes one after the other, and between which another thread has made both.
pub(super) fn diagnose(evidence: &Evidence<'_>) -> Option<Box<dyn Finding>> {
    let line = |access: &Access| {
        let place = evidence.place(access.shown);
        (&place.file, place.line)
    };
    let is_change = |access: &Access| access.writes && !access.leaves_all_as_it_was() && !access.waits;
    violations(evidence).into_iter().rev().find_map(|AtomicityViolation { first, other, second }| {
        let is_pair = first.object != second.object
            && other.object == first.object
            && line(&first) == line(&other)
            && [first, other, second].iter().all(is_change);
        let also = evidence.accesses.iter().find(|access| {
            access.thread == other.thread
                && access.object == second.object
                && line(access) == line(&second)
                && is_change(access)
                && access.at > other.at
                && access.end < second.at
                && evidence.may_be_one_call(other.shown, access.shown)
        });
        let also = also.filter(|_| is_pair && evidence.is_submitted(first.at))?;
        Some(Box::new(Crossed { first, others: [other, *also], second }) as Box<dyn Finding>)
    })
}

impl Finding for Crossed {
    fn steps(&self) -> Vec<Citation> {
        let [other, also] = &self.others;
        vec![
            cite(self.first.written, Role::Changes),
            cite(other.written, Role::Intervenes),
            cite(also.written, Role::Intervenes),
            cite(self.second.written, Role::Acts),
        ]
    }

    fn to_mend(&self) -> Vec<StepId> {
        vec![self.first.shown, self.second.shown]
    }

    fn sentence(&self, recording: &Recording) -> String {
        let Self { first, others: [other, _], second } = self;
        let at = |access: &Access| recording.at(&recording.step(access.shown).place);
        let [one, two] = [first, second].map(|access| recording.quoted(access.object));
        format!(
            "{thread} {changes} {one} {here}, and {two} only {there}. In between, {intruder} comes to both lines: after \
             {thread} at {one}, and before it at {two}. So the orders of the two differ. Where the one has to match the other, do \
             both in one critical section, or keep with each what it belongs to.",
            thread = recording.thread(first.thread),
            changes = first.changes(recording),
            here = at(first),
            there = at(second),
            intruder = recording.thread(other.thread),
        )
    }
}
