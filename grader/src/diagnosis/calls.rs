//! The calls of the learner's code that an execution consists of.

use model_trace::{Operation, Place, Step, StepId, ThreadId};

use super::evidence::Evidence;

/// A call that a check makes: what a thread does in the learner's code until it is back in the check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Call<'a> {
    pub thread: ThreadId,
    pub function: &'a str,
    /// Its first step that does anything.
    pub first: StepId,
    pub last: StepId,
    /// Whether it is sure that the check makes it: the thread was in the check before.
    pub from_outside: bool,
    /// Whether it changes anything that others see.
    pub changes: bool,
}

/// The calls, in the order in which they begin; what threads of the learner's own do is no call. `None`: where one ends
/// and the next one begins is not known.
///
/// Two calls of which it is not sure that they are two are one here.
pub(super) fn calls<'a>(evidence: &'a Evidence<'_>) -> Option<Vec<Call<'a>>> {
    let mut calls: Vec<Call<'a>> = Vec::new();
    let threads =
        evidence.recording.acting_threads().into_iter().filter(|thread| evidence.is_a_caller(*thread));
    for thread in threads {
        let own = evidence.steps().filter(|(_, step)| step.thread == thread && acts(step.operation));
        let mut is_back = true;
        let begins_at = calls.len();
        for (id, step) in own {
            if !evidence.is_submitted(id) {
                is_back = true;
                continue;
            }
            let function = evidence.called(id)?;
            // A guard may be dropped by the check, or within a call.
            if function == DROP && evidence.code.function_of(&step.place) != Some(DROP) {
                return None;
            }
            let earlier = calls[begins_at..].iter().rposition(|call| goes_on(evidence, call, id, step));
            // What was not called from the check was not called in between.
            let earlier = earlier.filter(|earlier| {
                calls[begins_at + earlier + 1..].iter().all(|between| between.from_outside)
            });
            if let Some(earlier) = earlier {
                // What it has called in between, through the check, belongs to it.
                calls.truncate(begins_at + earlier + 1);
                calls[begins_at + earlier].last = id;
            } else if !is_back && function == DROP && calls.len() > begins_at {
                calls.last_mut()?.last = id;
            } else {
                calls.push(Call {
                    thread,
                    function,
                    first: id,
                    last: id,
                    from_outside: is_back,
                    changes: false,
                });
            }
            is_back = false;
        }
        let unfinished = evidence.recording.execution.waiting.iter().any(|waiting| waiting.thread == thread);
        if unfinished && !is_back {
            calls.last_mut()?.last = evidence.over();
        }
        for call in &mut calls[begins_at..] {
            call.changes = evidence.accesses.iter().any(|access| {
                access.thread == thread && access.writes && access.at >= call.first && access.at <= call.last
            });
        }
    }
    // A function that another one calls may be a part of that. A helper stands for whatever was called from outside.
    let nested = calls.iter().any(|call| {
        evidence.code.is_public(call.function) && evidence.code.is_called_by_another(call.function)
    });
    calls.sort_by_key(|call| call.first);
    (!nested).then_some(calls)
}

/// The function that is called where something goes out of scope.
const DROP: &str = "drop";

/// Whether a step does anything, and does not only say when a thread has its turn.
fn acts(operation: Operation) -> bool {
    !matches!(
        operation,
        Operation::Preempted | Operation::Delayed { .. } | Operation::Yield | Operation::Panic
    )
}

/// Whether a step may still be of the call. It is of another one only where that is sure: the thread is at the
/// beginning of the function again.
fn goes_on(evidence: &Evidence<'_>, call: &Call<'_>, id: StepId, step: &Step) -> bool {
    if evidence.called(id) != Some(call.function) {
        return false;
    }
    let last = evidence.place(call.last);
    let is_itself = |place: &Place| evidence.code.function_of(place) == Some(call.function);
    // Within a line it is not sure.
    let same_line = (&last.file, last.line) == (&step.place.file, step.place.line);
    let begins_again = is_itself(last)
        && is_itself(&step.place)
        && !same_line
        && !evidence.code.may_come_to(last, &step.place);
    !(begins_again || evidence.begins_again(call.function, call.first, id))
}
