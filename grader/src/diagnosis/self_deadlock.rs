//! A thread waits for a lock that it holds.

use model_trace::{ObjectId, Place, StepId, Wait, Waiting};

use super::evidence::Evidence;
use super::finding::{Finding, cite};
use crate::report::{Citation, Recording, Role, WaitVerb, in_submission};

struct SelfDeadlock {
    waiting: Waiting,
    lock: ObjectId,
    acquired: StepId,
    blocked: Option<StepId>,
    /// Where the helpers are called in which it acquires the lock and waits for it.
    sites: [Option<Place>; 2],
}

pub(super) fn diagnose(evidence: &Evidence<'_>) -> Option<Box<dyn Finding>> {
    let (waiting, lock) = evidence.waiting().iter().find_map(|waiting| {
        let lock = waiting.lock()?;
        evidence.end.holders(lock).contains(&waiting.thread).then_some((waiting, lock))
    })?;
    let acquired = evidence.held(waiting.thread, lock)?.acquired;
    in_submission(&waiting.place)?;
    let blocked = evidence.blocked(waiting.thread);
    let sites = [evidence.site(acquired), blocked.and_then(|blocked| evidence.site(blocked))];
    Some(Box::new(SelfDeadlock { waiting: waiting.clone(), lock, acquired, blocked, sites }))
}

impl Finding for SelfDeadlock {
    fn steps(&self) -> Vec<Citation> {
        let blocked = self.blocked.map(|step| cite(step, Role::Waits));
        std::iter::once(cite(self.acquired, Role::Acquires)).chain(blocked).collect()
    }

    fn to_mend(&self) -> Vec<StepId> {
        self.blocked.into_iter().chain([self.acquired]).collect()
    }

    fn sentence(&self, recording: &Recording) -> String {
        let behind = if matches!(self.waiting.wait, Wait::ReadBehind { .. }) {
            "A writer waits for it, too, and an `RwLock` may let it go before readers that come later. "
        } else {
            ""
        };
        format!(
            "{thread} waits for {lock} at {here}, and has held it itself since {there}. {behind}The locks of `std` are not \
             reentrant: the second `{call}` waits until the first guard is dropped, and only the thread that waits \
             could drop it. Drop the guard before the second `{call}`, or work with the guard that is there.",
            thread = recording.thread(self.waiting.thread),
            lock = recording.quoted(self.lock),
            here = recording.by_way_of(&self.waiting.place, self.sites[1].as_ref()),
            there = recording.by_way_of(&recording.step(self.acquired).place, self.sites[0].as_ref()),
            call = WaitVerb::of(self.waiting.wait, recording).as_str(),
        )
    }
}
