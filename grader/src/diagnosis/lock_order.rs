//! Threads hold a lock each and wait for each other's: a cycle.

use model_trace::{ObjectId, Place, StepId, Waiting};

use super::evidence::Evidence;
use super::finding::{Finding, cite};
use crate::report::{Citation, Recording, Role, in_submission};

struct LockOrder {
    /// Each waits for the lock that the next one holds, and the last one for that of the first.
    cycle: Vec<Link>,
}

/// A thread of the cycle.
struct Link {
    waiting: Waiting,
    wants: ObjectId,
    holds: ObjectId,
    acquired: StepId,
    blocked: Option<StepId>,
    /// Where the helpers are called in which it acquires the one lock and waits for the other one.
    sites: [Option<Place>; 2],
}

pub(super) fn diagnose(evidence: &Evidence<'_>) -> Option<Box<dyn Finding>> {
    let cycle = cycle(evidence)?;
    let links = cycle.into_iter().map(|(waiting, holds)| {
        let acquired = evidence.held(waiting.thread, holds)?.acquired;
        let blocked = evidence.blocked(waiting.thread);
        // What the check holds is its own business.
        if !evidence.is_submitted(acquired) {
            return None;
        }
        let sites = [evidence.site(acquired), blocked.and_then(|blocked| evidence.site(blocked))];
        Some(Link { waiting: waiting.clone(), wants: waiting.lock()?, holds, acquired, blocked, sites })
    });
    Some(Box::new(LockOrder { cycle: links.collect::<Option<_>>()? }))
}

/// The threads that wait for each other's locks, each with the lock that the one before it wants.
fn cycle<'a>(evidence: &Evidence<'a>) -> Option<Vec<(&'a Waiting, ObjectId)>> {
    let waiting = evidence.waiting();
    waiting.iter().find_map(|start| {
        let mut cycle: Vec<(&Waiting, ObjectId)> = Vec::new();
        let mut current = start;
        while cycle.len() < waiting.len() {
            let wanted = current.lock()?;
            let holders = evidence.end.holders(wanted);
            let next = waiting.iter().find(|other| holders.contains(&other.thread))?;
            cycle.push((next, wanted));
            if std::ptr::eq(next, start) {
                return (cycle.len() > 1).then_some(cycle);
            }
            current = next;
        }
        None
    })
}

impl Finding for LockOrder {
    fn steps(&self) -> Vec<Citation> {
        let of_link = |link: &Link| {
            let blocked = link.blocked.map(|step| cite(step, Role::Waits));
            std::iter::once(cite(link.acquired, Role::Acquires)).chain(blocked)
        };
        self.cycle.iter().flat_map(of_link).collect()
    }

    fn to_mend(&self) -> Vec<StepId> {
        self.cycle.iter().flat_map(|link| std::iter::once(link.acquired).chain(link.blocked)).collect()
    }

    fn sentence(&self, recording: &Recording) -> String {
        let links = self.cycle.iter().map(|link| {
            format!(
                "{thread} has held {holds} since {there} and waits for {wants} {at} {here}.",
                thread = recording.thread(link.waiting.thread),
                holds = recording.quoted(link.holds),
                there = recording.by_way_of(&recording.step(link.acquired).place, link.sites[0].as_ref()),
                wants = recording.quoted(link.wants),
                at = if in_submission(&link.waiting.place).is_some() { "at" } else { "in" },
                here = recording.by_way_of(&link.waiting.place, link.sites[1].as_ref()),
            )
        });
        format!(
            "{}\nEach waits for a lock that another one of them holds: the waits form a cycle, and none of these \
             threads can go on. Threads that hold several locks at once must acquire them in one and the same \
             order.",
            links.collect::<Vec<_>>().join("\n")
        )
    }
}
