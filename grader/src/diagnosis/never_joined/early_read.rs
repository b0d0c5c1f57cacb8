//! What a thread changes is read before that thread is joined.

use model_trace::{Blocker, ObjectId, Operation, StepId, ThreadId};

use super::super::evidence::{Access, Evidence};
use super::super::finding::{Finding, cite};
use crate::report::{Citation, Recording, Role, in_submission, number};

struct EarlyRead {
    spawn: StepId,
    thread: ThreadId,
    read: Access,
    change: Access,
    registers: Option<Registers>,
}

/// A thread announces itself, after another one has looked whether all have ended.
struct Registers {
    object: ObjectId,
    looked: StepId,
    raised: StepId,
}

pub(super) fn diagnose(evidence: &Evidence<'_>) -> Option<Box<dyn Finding>> {
    let fails = |(_, step): &(StepId, &model_trace::Step)| step.operation == Operation::Panic;
    let failing = evidence.steps().rev().find(fails)?.1.thread;
    let found = evidence.steps().find_map(|(spawn, step)| {
        let Operation::Spawn { thread } = step.operation else { return None };
        in_submission(&step.place)?;
        if step.thread != failing {
            return None;
        }
        let until = joined(evidence, failing, thread);
        let early = |read: &Access, change: &Access| {
            change.thread == thread && change.object == read.object && change.writes && change.at > read.end
        };
        let own = || {
            let of_parent = evidence.accesses.iter().filter(|access| access.thread == failing);
            of_parent.filter(|access| access.at > spawn && access.end < until)
        };
        let looks = own().filter(|access| access.reads && !access.writes && !access.waits);
        let mut looks = looks.rev().filter_map(|read| {
            let change = evidence.accesses.iter().find(|change| early(read, change))?;
            // Whoever looks once more in its own code has not missed it.
            let again = evidence.accesses.iter().any(|later| {
                later.thread == failing
                    && later.object == read.object
                    && later.at > change.at
                    && evidence.is_submitted(later.at)
            });
            (!again).then_some((read, change))
        });
        let (read, change) = looks.next()?;
        let registers = registers(evidence, thread, read.object, own());
        Some(EarlyRead { spawn, thread, read: *read, change: *change, registers })
    });
    Some(Box::new(found?))
}

/// Where a thread begins to join another one; the step after the last one, if it does not.
fn joined(evidence: &Evidence<'_>, by: ThreadId, thread: ThreadId) -> StepId {
    let joins = [Operation::Join { thread }, Operation::Block { on: Blocker::Thread(thread) }];
    let found = evidence.steps().find(|(_, step)| step.thread == by && joins.contains(&step.operation));
    found.map_or(evidence.over(), |(id, _)| id)
}

/// A count of running threads that one of them raises itself, after it was found to be zero.
fn registers<'a>(
    evidence: &Evidence<'_>,
    thread: ThreadId,
    read: ObjectId,
    own: impl DoubleEndedIterator<Item = &'a Access>,
) -> Option<Registers> {
    let mut zero = own.rev().filter(|access| {
        access.object != read && access.found == Some(0) && evidence.is_submitted(access.at)
    });
    zero.find_map(|look| {
        let first = evidence
            .accesses
            .iter()
            .find(|access| access.thread == thread && access.object == look.object && access.writes)?;
        let raises = first.at > look.end && first.found == Some(0) && first.left > Some(0);
        raises.then_some(Registers { object: look.object, looked: look.shown, raised: first.shown })
    })
}

impl Finding for EarlyRead {
    fn steps(&self) -> Vec<Citation> {
        let registers = self.registers.iter();
        let registers = registers.flat_map(|registers| {
            [cite(registers.looked, Role::Checks), cite(registers.raised, Role::Changes)]
        });
        [
            cite(self.spawn, Role::Spawns),
            cite(self.read.shown, Role::ReadsEarly),
            cite(self.change.last_use, Role::Changes),
        ]
        .into_iter()
        .chain(registers)
        .collect()
    }

    fn to_mend(&self) -> Vec<StepId> {
        match &self.registers {
            Some(registers) => vec![registers.raised, registers.looked],
            None => vec![self.read.shown, self.spawn],
        }
    }

    fn sentence(&self, recording: &Recording) -> String {
        let place = |id: StepId| &recording.step(id).place;
        let at = |id: StepId| recording.at(place(id));
        let thread = recording.thread(self.thread);
        let parent = recording.thread(recording.step(self.spawn).thread);
        let looks = match in_submission(place(self.read.shown)) {
            Some(_) => {
                let value = self.read.found.map(|value| format!(" {value}")).unwrap_or_default();
                let object = recording.quoted(self.read.object);
                format!("reads{value} from {object} {here}", here = at(self.read.shown))
            }
            // How the check counts is its own business.
            None => format!("asks for the result in step {}", number(self.read.shown)),
        };
        let changes = self.change.changes(recording);
        let changes = match in_submission(place(self.change.last_use)) {
            Some(_) => format!("{changes} it after that, {there}", there = at(self.change.last_use)),
            None => format!("{changes} it after that, in step {}", number(self.change.last_use)),
        };
        let too_late = match &self.registers {
            Some(Registers { object, looked, raised }) => format!(
                "{parent} has waited for {object} to become 0, and finds that {looked}: {thread} raises it itself, {raised}, \
                 and has not come to that yet. Raise it before the thread is started, or join the threads.",
                object = recording.quoted(*object),
                looked = at(*looked),
                raised = at(*raised),
            ),
            None => "Join all threads first, and read the result after that: whatever a thread does happens before its \
                     `join` returns. Inside of a scope, they may still be running."
                .to_owned(),
        };
        format!(
            "{parent} starts {thread} {spawn}, and {looks} before {thread} has finished: {thread} {changes}. {too_late}",
            spawn = at(self.spawn),
        )
    }
}
