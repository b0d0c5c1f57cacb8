//! The calls of the learner's code that an execution consists of.

use std::collections::BTreeMap;

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
/// Two calls of which it is not sure that they are two are one here, unless another function may have made both: then
/// they are of one [`Span`].
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
    // What a `Drop` calls may be a part of whatever drops it. A helper stands for whatever was called from outside.
    let is_dropped = calls
        .iter()
        .any(|call| evidence.code.is_public(call.function) && evidence.code.is_called_by_drop(call.function));
    calls.sort_by_key(|call| call.first);
    (!is_dropped).then_some(calls)
}

/// What a thread does from the beginning of a call to its end. Where a function that can be called from outside may have
/// made several of the calls, they are one span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub thread: ThreadId,
    pub first: StepId,
    pub last: StepId,
}

/// The spans of the calls, in the order in which they begin.
pub(super) fn spans(evidence: &Evidence<'_>, calls: &[Call<'_>]) -> Vec<Span> {
    let mut threads: Vec<ThreadId> = calls.iter().map(|call| call.thread).collect();
    threads.sort_unstable();
    threads.dedup();
    let mut spans = Vec::new();
    for thread in threads {
        let own: Vec<&Call<'_>> = calls.iter().filter(|call| call.thread == thread).collect();
        // Of each function, the last call: whatever may belong to that reaches up to it.
        let last: BTreeMap<&str, usize> =
            own.iter().enumerate().map(|(index, call)| (call.function, index)).collect();
        let reach: BTreeMap<&str, usize> = last
            .keys()
            .map(|function| {
                let others = last.iter().filter(|(other, _)| evidence.code.may_call_both(function, other));
                (*function, others.map(|(_, index)| *index).max().unwrap_or_default())
            })
            .collect();
        let mut open: Option<(usize, Span)> = None;
        for (index, call) in own.iter().enumerate() {
            let until = reach.get(call.function).copied().unwrap_or_default().max(index);
            open = match open {
                Some((end, span)) if index <= end => {
                    Some((end.max(until), Span { last: span.last.max(call.last), ..span }))
                }
                done => {
                    spans.extend(done.map(|(_, span)| span));
                    Some((until, Span { thread, first: call.first, last: call.last }))
                }
            };
        }
        spans.extend(open.map(|(_, span)| span));
    }
    spans.sort_by_key(|span| span.first);
    spans
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
