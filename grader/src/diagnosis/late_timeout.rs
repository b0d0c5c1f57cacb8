//! A wait that starts anew with its whole timeout after every wakeup.

use std::ops::Range;
use std::time::Duration;

use model_trace::{Operation, Step, StepId, ThreadId};

use super::evidence::Evidence;
use super::finding::{Finding, cite};
use crate::report::{Citation, Recording, Role, in_submission};

struct LateTimeout {
    thread: ThreadId,
    timeout: Duration,
    first: StepId,
    again: StepId,
    /// Whether the first wait ended by its timeout.
    elapsed: bool,
}

pub(super) fn diagnose(evidence: &Evidence<'_>) -> Option<Box<dyn Finding>> {
    let timed = |(id, step): (StepId, _)| {
        let timeout = timeout(step)?;
        in_submission(&step.place).map(|_| (id, step, timeout))
    };
    let waits: Vec<(StepId, &Step, Duration)> = evidence.steps().filter_map(timed).collect();
    waits.iter().enumerate().find_map(|(index, (first, step, timeout))| {
        let (again, repeated, _) =
            waits[index + 1..].iter().find(|(_, later, _)| later.thread == step.thread)?;
        let same = repeated.operation == step.operation && repeated.place.line == step.place.line;
        // Without a time by which it has to be done, that is polling.
        let has_deadline = evidence.code.has_deadline(&step.place, evidence.called(*first));
        // A thread that calls back in between has come to the end of what it waited for: the next wait is another one.
        let ended = evidence
            .within(*first..*again)
            .any(|(_, between)| between.thread == step.thread && in_submission(&between.place).is_none());
        // So has one that begins again where it had begun.
        let functions = evidence.code.function_of(&step.place).into_iter().chain(evidence.called(*first));
        let ended =
            ended || functions.into_iter().any(|function| evidence.begins_again(function, *first, *again));
        if !same || !has_deadline || ended || !evidence.code.is_in_loop(&step.place) {
            return None;
        }
        // Whoever has looked at the clock and found that no time has elapsed has as much left as before.
        let none_elapsed = now(evidence, step.thread, *first..*again)
            .is_some_and(|later| now(evidence, step.thread, StepId(0)..*first) == Some(later));
        if none_elapsed {
            return None;
        }
        let elapsed = evidence.within(*first..*again).any(|(_, between)| {
            between.thread == step.thread && matches!(between.operation, Operation::TimedOut { .. })
        });
        let (thread, timeout, first, again) = (step.thread, *timeout, *first, *again);
        Some(Box::new(LateTimeout { thread, timeout, first, again, elapsed }) as Box<dyn Finding>)
    })
}

/// What a thread found last when it looked at the clock within a range.
fn now(evidence: &Evidence<'_>, thread: ThreadId, range: Range<StepId>) -> Option<Duration> {
    evidence
        .within(range)
        .rev()
        .filter(|(_, step)| step.thread == thread)
        .find_map(|(_, step)| if let Operation::Now { time } = step.operation { Some(time) } else { None })
}

fn timeout(step: &Step) -> Option<Duration> {
    if let Operation::Wait { timeout, .. } | Operation::Park { timeout } = step.operation {
        timeout
    } else {
        None
    }
}

impl Finding for LateTimeout {
    fn steps(&self) -> Vec<Citation> {
        vec![cite(self.first, Role::Waits), cite(self.again, Role::Waits)]
    }

    fn to_mend(&self) -> Vec<StepId> {
        vec![self.first]
    }

    fn sentence(&self, recording: &Recording) -> String {
        format!(
            "{thread} waits for {timeout:?} {here}, {ended}, and then waits for the whole {timeout:?} again: the timeout \
             starts anew with every wakeup. Compute the deadline once, before the loop, and wait only for what is \
             left of it.",
            thread = recording.thread(self.thread),
            timeout = self.timeout,
            here = recording.at(&recording.step(self.first).place),
            ended = if self.elapsed { "until that has elapsed" } else { "is woken before that has elapsed" },
        )
    }
}

#[cfg(test)]
mod tests;
