//! Atomicity violations: two steps of one call that should have been atomic, and a step of another thread
//! between them.
//!
//! The patterns are the unserialisable access sequences of Lu, Tucek, Qin and Zhou ("AVIO: Detecting
//! Atomicity Violations via Access Interleaving Invariants", 2006). The search tries few preemptions first.
//! So a preemption in a failing execution is one without which it would not have failed, and only calls that
//! were preempted between two accesses count here.

use std::collections::HashMap;

use model_trace::{Format, ObjectKind, Operation, StepId, UpdateCall};

use super::evidence::{Access, Evidence};

/// Two accesses of one call, and the access of another thread between them.
#[derive(Debug, Clone, Copy)]
pub(super) struct AtomicityViolation {
    pub first: Access,
    pub other: Access,
    pub second: Access,
}

/// The last call that checked something, was preempted, and then acted on what no longer held.
pub(super) fn stale_action(evidence: &Evidence<'_>) -> Option<AtomicityViolation> {
    // Whoever has changed a number in a critical section, or in one step, has acted already. Of other data it is not known
    // for sure.
    let acted = |first: &Access| {
        let of_a_number = first.in_section && evidence.found(first.at).is_some();
        first.writes && (of_a_number || is_arithmetic(evidence, first) && first.changes)
    };
    let acts = |violation: &&AtomicityViolation| {
        let AtomicityViolation { first, other, second } = violation;
        let is_look = !(acted(first) || first.in_section && first.changes);
        first.reads
            && is_look
            && other.writes
            && !other.leaves_all_as_it_was()
            && !other.waits
            // Whoever initialises a cell finds out by that whether another one has.
            && evidence.kind_of(second.object) != ObjectKind::Once
            && (second.writes || panics_within(evidence, second))
            && !is_checked(evidence, violation)
    };
    let violations = violations(evidence);
    let mut found = violations.iter().filter(acts);
    // Or two things that belong together, if it is not one and the same.
    let two = |violation: &&AtomicityViolation| {
        let first = violation.first;
        // What is only added to does not depend on what was there.
        let depends = violation.other.object == first.object || !is_arithmetic(evidence, &violation.second);
        !violation.is_of_one_object() && !first.writes && depends && evidence.is_a_caller(first.thread)
    };
    found.clone().rfind(|violation| violation.is_of_one_object()).or_else(|| found.rfind(two)).copied()
}

/// Whether a thread panics within a critical section of its own accord: what it had looked at before does not hold.
fn panics_within(evidence: &Evidence<'_>, section: &Access) -> bool {
    section.in_section && evidence.has_panicked(section.thread, section.at..section.end)
}

/// Whether an access is a read-modify-write that makes its value of the newest one.
fn is_arithmetic(evidence: &Evidence<'_>, access: &Access) -> bool {
    let Operation::Update { call, .. } = evidence.step(access.at).operation else { return false };
    !matches!(call, UpdateCall::Swap | UpdateCall::CompareExchange)
}

/// Whether the second step has checked by itself that what it makes its value of is still there: an exchange, unless it
/// puts down what was made of an older value.
fn is_checked(evidence: &Evidence<'_>, violation: &AtomicityViolation) -> bool {
    let second = violation.second;
    let exchanges = matches!(
        evidence.step(second.at).operation,
        Operation::Update { call: UpdateCall::CompareExchange, .. }
    );
    exchanges && violation.is_of_one_object() && !violation.loses_an_update(evidence)
}

/// The last call that was preempted between two changes, so that another thread saw an intermediate state, or
/// between two checks, so that it saw two states itself.
pub(super) fn intermediate_state(evidence: &Evidence<'_>) -> Option<AtomicityViolation> {
    let shows_it = |violation: &&AtomicityViolation| {
        let AtomicityViolation { first, other, second } = violation;
        // Whoever waits because of what it sees is not misled by it, nor is whoever has waited until its time was over.
        let half_done = first.writes
            && !first.leaves_all_as_it_was()
            && other.reads
            && !other.waits
            && !has_timed_out(evidence, other);
        let two_moments = !first.writes && !second.writes && other.writes && !other.leaves_all_as_it_was();
        // Whoever waits looks at the same again, to see whether it has changed.
        let looks_again = || {
            let called = [first, second].map(|access| evidence.called(access.shown));
            violation.is_of_one_object()
                && called.into_iter().flatten().any(|function| evidence.code.is_to_wait(function))
        };
        // An exchange that failed in between has found out that the first look is out of date.
        let found_out = || {
            evidence.accesses.iter().any(|access| {
                access.thread == first.thread
                    && access.object == first.object
                    && (first.at..second.end).contains(&access.at)
                    && has_failed(evidence, access)
            })
        };
        // What the first look has found still holds at the second one: that shows both as they are then.
        let still_holds = || {
            !evidence.accesses.iter().any(|access| {
                access.thread != first.thread
                    && access.object == first.object
                    && access.writes
                    && (first.at..second.at).contains(&access.at)
                    && !access.leaves_all_as_it_was()
            })
        };
        (half_done || two_moments && !looks_again() && !found_out() && !still_holds())
            && !is_of_flag(evidence, first)
            && evidence.is_a_caller(first.thread)
    };
    violations(evidence).iter().rfind(shows_it).copied()
}

/// Whether a thread comes to an access out of a wait that has timed out.
fn has_timed_out(evidence: &Evidence<'_>, access: &Access) -> bool {
    let mut before = evidence.within(StepId(0)..access.at).rev();
    let last = before.find(|(_, step)| step.thread == access.thread);
    last.is_some_and(|(_, step)| matches!(step.operation, Operation::TimedOut { .. }))
}

/// Whether an access is to a flag that is loaded, stored or found: one that is up for a while is no intermediate
/// state.
pub(super) fn is_of_flag(evidence: &Evidence<'_>, access: &Access) -> bool {
    let operation = evidence.step(access.at).operation;
    let stored = if let Operation::Load { value, .. } | Operation::Store { value, .. } = operation {
        Some(value)
    } else {
        evidence.found(access.at)
    };
    stored.is_some_and(|word| word.format == Format::Bool)
}

/// Every call that was preempted between two accesses, with each access of others in between to one of the
/// two objects, in the order of the second accesses.
pub(super) fn violations(evidence: &Evidence<'_>) -> Vec<AtomicityViolation> {
    let accesses = &evidence.accesses;
    let mut violations = Vec::new();
    // The positions of the last accesses so far of each thread, and of each thread to each object.
    let mut last = HashMap::new();
    let mut last_of_object = HashMap::new();
    // What is done within a critical section is over before that is.
    let mut last_to_end: HashMap<_, usize> = HashMap::new();
    // An exchange that fails finds out by itself that something has changed: no look that is out of date. But what it
    // found is what a store puts down again.
    let mut last_failed = HashMap::new();
    for (index, second) in accesses.iter().enumerate() {
        let of_object = (second.thread, second.object);
        if has_failed(evidence, second) {
            last_failed.insert(of_object, index);
            continue;
        }
        let found_last = last_failed.get(&of_object).filter(|_| !second.reads);
        let before = [
            last_to_end.get(&second.thread),
            last.get(&second.thread),
            last_of_object.get(&of_object).max(found_last),
        ];
        for position in before.into_iter().flatten().copied() {
            let first: &Access = &accesses[position];
            if !is_preempted_between(evidence, first, second) {
                continue;
            }
            let between = accesses[position + 1..index].iter().filter(|access| {
                access.thread != second.thread
                    && (access.object == first.object || access.object == second.object)
            });
            let violation =
                |other: &Access| AtomicityViolation { first: *first, other: *other, second: *second };
            violations.extend(between.map(violation));
        }
        if !second.waits {
            let ends = last_to_end.entry(second.thread).or_insert(index);
            if accesses[*ends].end <= second.end {
                *ends = index;
            }
            last.insert(second.thread, index);
            last_of_object.insert(of_object, index);
        }
    }
    violations
}

/// Whether an access is an exchange that fails.
fn has_failed(evidence: &Evidence<'_>, access: &Access) -> bool {
    matches!(evidence.step(access.at).operation, Operation::ExchangeFailed { .. })
}

/// Whether two accesses are of one call that is preempted between them.
fn is_preempted_between(evidence: &Evidence<'_>, first: &Access, second: &Access) -> bool {
    // A lock that is still held keeps the two together.
    if first.end >= second.at {
        return false;
    }
    let (here, there) = (evidence.place(first.shown), evidence.place(second.shown));
    // One look after the other, at each item of a collection: they have the order in which they were made.
    let next_item = || {
        here == there
            && evidence.code.is_for_each(here)
            && !first.writes
            && !second.writes
            && first.object < second.object
    };
    // Or one look after the other at the same, in a loop that keeps what each of them has found.
    let one_by_one = || {
        here == there
            && first.object == second.object
            && [first, second].iter().all(|access| access.in_section && !access.writes)
            && evidence.code.is_collecting(here)
    };
    let one_call = evidence.code.in_one_call(here, there) || next_item() || one_by_one();
    // What is put back while a panic unwinds is no second half.
    let unwinds = || evidence.has_panicked(second.thread, first.end..second.at);
    // Or it is at the beginning of the function again, which has been called twice.
    let called_again = || evidence.is_called_again(first.shown, second.shown);
    one_call && !unwinds() && !called_again() && evidence.is_preempted(second.thread, first.end..second.at)
}

/// Whether the data that a critical section leaves were made before it began.
fn overwrites(evidence: &Evidence<'_>, section: &Access) -> bool {
    let (acquired, written) = (evidence.place(section.at), evidence.place(section.written));
    let function = |place| evidence.code.function_of(place);
    // The guard lives as long as the assignment: the lock is acquired at its line, or in a helper that is called there.
    let begins_there = acquired.line == written.line || function(acquired) != function(written);
    section.in_section && begins_there && evidence.code.overwrites(written)
}

impl AtomicityViolation {
    fn is_of_one_object(&self) -> bool {
        self.first.object == self.second.object
    }

    /// Whether the second step puts down what was made of what the first one had read, and not of what the
    /// other thread had left: then the other one's update is lost.
    pub(super) fn loses_an_update(&self, evidence: &Evidence<'_>) -> bool {
        let Self { first, second, .. } = self;
        let (Some(old), Some(new)) = (first.found, second.left) else { return false };
        if !self.is_of_one_object() || is_arithmetic(evidence, second) {
            return false;
        }
        // What a `swap` writes was made before it reads.
        let swaps = matches!(
            evidence.step(second.at).operation,
            Operation::Update { call: UpdateCall::Swap, new, .. } if new.format != Format::Bool
        );
        let blind = !second.reads || swaps && !first.writes;
        // A change of the newest value loses nothing, whatever had been read before.
        // The smaller change is the one that was meant.
        let of_the_old =
            second.found.is_some_and(|found| new == found || (new - old).abs() < (new - found).abs());
        blind || of_the_old || overwrites(evidence, second)
    }
}

#[cfg(test)]
mod tests;
