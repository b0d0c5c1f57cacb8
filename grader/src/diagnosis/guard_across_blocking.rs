//! A thread waits for something else while it holds a lock that others need to go on.

use model_trace::{ObjectId, Place, StepId, Waiting};

use super::evidence::Evidence;
use super::finding::{Finding, cite};
use crate::report::{Citation, Recording, Role};

struct GuardAcrossBlocking {
    lock: ObjectId,
    /// Who holds the lock and waits for something else, and since when.
    holder: Waiting,
    acquired: StepId,
    /// Who waits for the lock.
    stuck: Waiting,
    /// Where the two begin to wait.
    blocked: Vec<StepId>,
    /// Where the helper is called in which it acquires the lock.
    site: Option<Place>,
}

pub(super) fn diagnose(evidence: &Evidence<'_>) -> Option<Box<dyn Finding>> {
    evidence.waiting().iter().find_map(|stuck| {
        let lock = stuck.lock()?;
        let holders = evidence.end.holders(lock);
        let waits_for_no_holder =
            |other: &Waiting| other.lock().is_none_or(|wanted| evidence.end.holders(wanted).is_empty());
        let mut others = evidence.waiting().iter();
        let holder = others.find(|other| holders.contains(&other.thread) && waits_for_no_holder(other))?;
        let acquired = evidence.held(holder.thread, lock)?.acquired;
        // What the check holds is its own business.
        if !evidence.is_submitted(acquired) {
            return None;
        }
        let blocked = [holder, stuck].into_iter().filter_map(|waiting| evidence.blocked(waiting.thread));
        let blocked = blocked.collect();
        let (holder, stuck) = (holder.clone(), stuck.clone());
        let site = evidence.site(acquired);
        Some(Box::new(GuardAcrossBlocking { lock, holder, acquired, stuck, blocked, site })
            as Box<dyn Finding>)
    })
}

impl Finding for GuardAcrossBlocking {
    fn steps(&self) -> Vec<Citation> {
        let blocked = self.blocked.iter().map(|step| cite(*step, Role::Waits));
        std::iter::once(cite(self.acquired, Role::Acquires)).chain(blocked).collect()
    }

    fn to_mend(&self) -> Vec<StepId> {
        std::iter::once(self.acquired).chain(self.blocked.first().copied()).collect()
    }

    fn sentence(&self, recording: &Recording) -> String {
        format!(
            "{holder} {waits} {here} while it holds {lock}, acquired at {there}. {stuck} waits for {lock} {needed}, and \
             cannot do its part until the wait of {holder} is over. Release the lock before you block: nothing in a \
             critical section should wait for other threads.",
            holder = recording.thread(self.holder.thread),
            waits = recording.waits(&self.holder, &recording.history().end()),
            here = recording.at(&self.holder.place),
            lock = recording.quoted(self.lock),
            there = recording.by_way_of(&recording.step(self.acquired).place, self.site.as_ref()),
            stuck = recording.thread(self.stuck.thread),
            needed = recording.at(&self.stuck.place),
        )
    }
}
