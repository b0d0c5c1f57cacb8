//! Two steps of one call that should have been one: between them, another thread came in.
//!
//! The patterns are the unserialisable access sequences of Lu, Tucek, Qin and Zhou ("AVIO: Detecting
//! Atomicity Violations via Access Interleaving Invariants", 2006). The search tries few preemptions first.
//! So a preemption in a failing execution is one without which it would not have failed, and only calls that
//! were preempted between two accesses count here.

use super::log::{Access, Log};

/// Two accesses of one call, and the access of another thread between them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Torn<'a> {
    pub first: Access<'a>,
    pub other: Access<'a>,
    pub second: Access<'a>,
}

/// The last call that looked at something, was preempted, and then acted on what was no longer so.
pub(super) fn outdated<'a>(log: &Log<'a>) -> Option<Torn<'a>> {
    let same = |torn: &Torn<'_>| torn.first.object == torn.second.object;
    // Whoever has changed a number under a lock has acted already. Of other data it is not known for sure.
    let acted = |first: &Access<'_>| first.writes && first.in_lock && log.step(first.at).value.is_some();
    let acts =
        |torn: &Torn<'_>| torn.first.reads && !acted(&torn.first) && torn.other.writes && torn.second.writes;
    let torn = torn(log);
    let mut found = torn.iter().filter(|torn| acts(torn));
    // Or two things that belong together, if it is not one and the same.
    let two = |torn: &&Torn<'_>| !same(torn) && !torn.first.writes && log.is_a_caller(torn.first.thread);
    found.clone().rfind(|torn| same(torn)).or_else(|| found.rfind(two)).copied()
}

/// The last call that was preempted between two changes, so that another thread saw half of it, or between
/// two looks, so that it saw two halves itself.
pub(super) fn in_halves<'a>(log: &Log<'a>) -> Option<Torn<'a>> {
    let halves = |torn: &&Torn<'_>| {
        let half_done = torn.first.writes && torn.other.reads;
        let two_moments = !torn.first.writes && !torn.second.writes && torn.other.writes;
        // A flag that is up for a while is no half of anything.
        let flag =
            log.step(torn.first.at).value.as_deref().is_some_and(|value| value.parse::<bool>().is_ok());
        (half_done || two_moments) && !flag && log.is_a_caller(torn.first.thread)
    };
    torn(log).iter().rfind(halves).copied()
}

/// Every call that was preempted between two accesses, with each access of others in between to one of the
/// two objects, in the order of the second accesses.
fn torn<'a>(log: &Log<'a>) -> Vec<Torn<'a>> {
    let accesses = log.accesses();
    let mut torn = Vec::new();
    for (index, second) in accesses.iter().enumerate() {
        let before = |access: &&Access<'_>| access.thread == second.thread && !access.waits;
        let same = accesses[..index].iter().filter(before).rfind(|access| access.object == second.object);
        let last = accesses[..index].iter().rfind(before);
        for first in [last, same].into_iter().flatten() {
            let one_call = log.code.in_one_call(log.step(first.shown), log.step(second.shown));
            // A lock that is still held keeps the two together.
            let apart = first.end < second.at;
            // What is put back while a panic unwinds is no other half.
            let unwinds = || {
                let between = &log.steps()[first.end.min(second.at)..second.at];
                between.iter().any(|step| step.thread == second.thread && step.operation == "panics")
            };
            if !one_call || !apart || unwinds() || !log.is_preempted(second.thread, first.end..second.at) {
                continue;
            }
            let between = accesses.iter().filter(|access| {
                access.thread != second.thread
                    && (access.object == first.object || access.object == second.object)
                    && access.at > first.at
                    && access.at < second.at
            });
            torn.extend(between.map(|other| Torn { first: *first, other: *other, second: *second }));
        }
    }
    torn
}

impl Torn<'_> {
    /// Whether the second step put down what was made of what the first one had read, and not of what the
    /// other thread had left: then the other one's change is gone.
    pub(super) fn loses_an_update(&self) -> bool {
        let Self { first, second, .. } = self;
        let (Some(old), Some(new)) = (first.found, second.left) else { return false };
        if first.object != second.object {
            return false;
        }
        let blind = !second.reads;
        // A change of the newest value loses nothing, whatever had been looked at before.
        // The smaller change is the one that was meant.
        let of_the_old =
            second.found.is_some_and(|found| new == found || (new - old).abs() < (new - found).abs());
        blind || of_the_old
    }
}
