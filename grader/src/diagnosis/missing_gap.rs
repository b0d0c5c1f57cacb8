//! A read and a write that no other thread can come between, where that should be possible.

use model_trace::{Operation, StepId, UpdateCall};

use super::atomicity::is_of_flag;
use super::evidence::{Access, Evidence};
use super::finding::{Finding, cite};
use crate::report::{Citation, Recording, Role, Verb};

struct MissingGap {
    access: Access,
    how: AtOnce,
}

/// What keeps the read and the write together.
#[derive(Clone, Copy)]
enum AtOnce {
    /// One read-modify-write.
    Update(UpdateCall),
    /// A critical section of this lock, which is released at this step.
    Section { released: StepId },
    /// A critical section around both of them.
    Around { acquired: StepId },
}

pub(super) fn diagnose(evidence: &Evidence<'_>) -> Option<Box<dyn Finding>> {
    // Where threads wait for a notification or for a time, something else is to be seen.
    let waits = |operation| {
        matches!(operation, Operation::Wait { .. } | Operation::Park { .. } | Operation::Sleep { .. })
    };
    if evidence.steps().any(|(_, step)| waits(step.operation)) {
        return None;
    }
    // What is to be seen is the race of two threads that change a number in the same way, which is read afterwards. A
    // check may ask for other things that happen in some interleaving.
    let is_change = |access: &Access| access.left.is_some() && !is_of_flag(evidence, access);
    let line = |access: &Access| evidence.place(access.shown).line;
    let shared = |access: &&Access| {
        let mut others = evidence.accesses.iter().filter(|other| other.object == access.object);
        let does_so_too =
            |other: &Access| other.thread != access.thread && is_change(other) && line(other) == line(access);
        let last = evidence.accesses.iter().rfind(|other| other.object == access.object);
        let is_read = last.is_some_and(|last| !last.writes && last.thread != access.thread);
        evidence.is_submitted(access.at) && is_read && others.any(does_so_too)
    };
    let mut writes = evidence.accesses.iter().filter(|access| is_change(access)).filter(shared);
    writes.find_map(|access| {
        let how = at_once(evidence, access)?;
        Some(Box::new(MissingGap { access: *access, how }) as Box<dyn Finding>)
    })
}

/// What keeps a write together with the read before it. `None`: nothing does.
fn at_once(evidence: &Evidence<'_>, access: &Access) -> Option<AtOnce> {
    if let Operation::Update { call, .. } = evidence.step(access.at).operation {
        return (call != UpdateCall::Swap).then_some(AtOnce::Update(call));
    }
    // A number that was read in an earlier critical section, or by a load, is read at another moment.
    let read_before = evidence.accesses.iter().rfind(|earlier| {
        earlier.thread == access.thread
            && earlier.object == access.object
            && earlier.at < access.at
            && evidence.code.may_come_to(evidence.place(earlier.shown), evidence.place(access.shown))
    });
    let around = evidence.sections.iter().find(|section| {
        let since = read_before.map_or(access.at, |read| read.at);
        section.thread == access.thread
            && section.lock != access.object
            && section.acquired < since
            && section.released.is_none_or(|released| released > access.end)
            && evidence.is_submitted(section.acquired)
    });
    if let Some(section) = around {
        return Some(AtOnce::Around { acquired: section.acquired });
    }
    let is_alone = access.in_section && read_before.is_none();
    is_alone.then_some(AtOnce::Section { released: access.last_use })
}

impl Finding for MissingGap {
    fn steps(&self) -> Vec<Citation> {
        let Access { at, .. } = self.access;
        match self.how {
            AtOnce::Update(_) => vec![cite(at, Role::AtOnce)],
            AtOnce::Section { released } => vec![cite(at, Role::Acquires), cite(released, Role::Changes)],
            AtOnce::Around { acquired } => vec![cite(acquired, Role::Acquires), cite(at, Role::Changes)],
        }
    }

    fn to_mend(&self) -> Vec<StepId> {
        match self.how {
            AtOnce::Update(_) | AtOnce::Section { .. } => vec![self.access.shown],
            AtOnce::Around { acquired } => vec![acquired, self.access.shown],
        }
    }

    fn sentence(&self, recording: &Recording) -> String {
        let step = recording.step(self.access.at);
        let object = recording.quoted(self.access.object);
        let here = recording.at(&recording.step(self.access.shown).place);
        let thread = recording.thread(step.thread);
        let how = match self.how {
            AtOnce::Update(UpdateCall::CompareExchange) => format!(
                "{thread} changes {object} {here} with a `compare_exchange`, which writes only if the value is still the \
                 one that was read: no update of another thread is overwritten"
            ),
            AtOnce::Update(_) => format!(
                "{thread} reads and writes {object} {here} in one step, a `{}`: no other thread can come between the two",
                Verb::of(step.operation).as_str()
            ),
            AtOnce::Section { .. } => format!(
                "{thread} reads and writes {object} in one critical section, which it enters {here}: no other thread can \
                 come between the two"
            ),
            AtOnce::Around { acquired } => {
                let acquired = recording.step(acquired);
                let lock = acquired.operation.object().map(|lock| recording.quoted(lock));
                format!(
                    "{thread} reads and writes {object} {here} in a critical section of {lock}, entered {there}: no \
                     other thread can come between the two",
                    lock = lock.unwrap_or_else(|| "a lock".to_owned()),
                    there = recording.at(&acquired.place),
                )
            }
        };
        format!(
            "{how}. There is no race condition to show. Read the value in one atomic step, and write what you make of it in \
             another one: a `load` and a `store`."
        )
    }
}
