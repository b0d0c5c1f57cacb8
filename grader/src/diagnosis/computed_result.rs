//! A result that a function computes from what it was called with, and does not read from what its threads have
//! done.

use model_trace::{Operation, StepId};

use super::evidence::Evidence;
use super::finding::{Finding, cite};
use crate::report::{Citation, Recording, Role, SourceLine, joined};
use crate::trace::Computed;

struct ComputedResult {
    computed: Computed,
    /// Where the function starts the threads that it does not ask.
    spawns: Vec<StepId>,
}

pub(super) fn diagnose(evidence: &Evidence<'_>) -> Option<Box<dyn Finding>> {
    let spawns = evidence.steps().filter_map(|(id, step)| {
        let Operation::Spawn { thread } = step.operation else { return None };
        let changes =
            |thread| evidence.accesses.iter().any(|access| access.thread == thread && access.writes);
        evidence.is_submitted(id).then_some((id, changes(thread)))
    });
    let spawns: Vec<(StepId, bool)> = spawns.collect();
    // Threads that change nothing may as well not be asked.
    if !spawns.iter().any(|(_, changes)| *changes) {
        return None;
    }
    let (last, _) = spawns.last()?;
    let computed = evidence.code.computed(evidence.called(*last)?)?.clone();
    let spawns = spawns.into_iter().map(|(id, _)| id);
    let own = spawns.filter(|id| evidence.called(*id) == Some(computed.function.as_str()));
    Some(Box::new(ComputedResult { spawns: own.collect(), computed }))
}

impl Finding for ComputedResult {
    fn steps(&self) -> Vec<Citation> {
        self.spawns.iter().map(|spawn| cite(*spawn, Role::Spawns)).collect()
    }

    fn to_mend(&self) -> Vec<StepId> {
        self.spawns.clone()
    }

    fn first_line(&self) -> Option<SourceLine> {
        let place = &self.computed.place;
        Some(SourceLine { file: place.file.to_string(), line: place.line })
    }

    fn sentence(&self, recording: &Recording) -> String {
        let Computed { function, place, from } = &self.computed;
        let from: Vec<String> = from.iter().map(|name| format!("`{name}`")).collect();
        format!(
            "`{function}` computes its result from {from}, {here}. It reads nothing there that its threads have changed: \
             whatever they do, the result is the same. Read it from what they have changed, once all of them are joined.",
            from = joined(&from.iter().map(String::as_str).collect::<Vec<_>>()),
            here = recording.at(place),
        )
    }
}
