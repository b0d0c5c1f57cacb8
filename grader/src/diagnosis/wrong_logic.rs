//! A wrong result for which no interleaving is to blame: calls that do not overlap, that keep one lock from beginning to
//! end, or that one thread makes, without a preemption.

mod given_up;

use std::collections::BTreeSet;

use model_trace::{Blocker, ObjectId, Operation, Place, Step, StepId};

use super::calls::{Call, Span, calls, spans};
use super::evidence::{Access, Evidence, after};
use super::finding::{Finding, cite};
use crate::report::{Citation, FailureKind, Recording, Role, SourceLine, in_std, in_submission, joined};

/// So many functions are named with the lines at which they begin.
const NAMED: usize = 5;

struct WrongLogic {
    /// The first call of each function, in order.
    functions: Vec<(String, StepId)>,
    /// Where each begins, in the source.
    beginnings: Vec<Place>,
    /// Other functions by way of which they may have been called.
    entrances: Vec<(String, Place)>,
    /// Where the function is that is to be looked at first, if it is one statement.
    only_line: Option<Place>,
    /// Where to look first.
    suspect: Option<SourceLine>,
    certain: Certain,
}

/// Why no interleaving is to blame.
enum Certain {
    /// One thread makes all the calls, and no other one runs anything of the learner's.
    Alone,
    /// Each call has ended before the next one begins.
    OneAfterTheOther,
    /// Each call holds this lock from its first look at the data to its last, except while it waits.
    Locked { lock: ObjectId },
    /// No other thread does anything while a call runs, except while that waits.
    Undisturbed,
    /// One thread calls, and neither it nor any of its own is preempted or waits for another one, but to join it.
    WithoutPreemption,
}

pub(super) fn diagnose(evidence: &Evidence<'_>) -> Option<Box<dyn Finding>> {
    given_up::diagnose(evidence).or_else(|| without_blame(evidence))
}

fn without_blame(evidence: &Evidence<'_>) -> Option<Box<dyn Finding>> {
    if evidence.steps().any(|(_, step)| depends_on_luck(step.operation)) {
        return None;
    }
    let mut calls = calls(evidence)?;
    let certain = certain(evidence, &calls, &spans(evidence, &calls))?;
    if let Certain::WithoutPreemption = certain {
        calls.retain(|call| call.from_outside);
    }
    let mut functions: Vec<(String, StepId)> = Vec::new();
    for call in &calls {
        if !functions.iter().any(|(function, _)| function == call.function) {
            functions.push((call.function.to_owned(), call.first));
        }
    }
    let beginning = |(function, first): &(String, StepId)| {
        evidence.code.beginning(function).unwrap_or_else(|| evidence.place(*first).clone())
    };
    let beginnings: Vec<Place> = functions.iter().map(beginning).collect();
    let entrances = entrances(evidence, &functions);
    // Who panics is in the call that is wrong, or that finds what is.
    let panics = calls.last().filter(|_| evidence.kind == FailureKind::Panic).map(|call| call.function);
    let suspect = panics.or_else(|| suspect(&calls, functions.len()));
    let suspect =
        functions.iter().zip(&beginnings).find(|((function, _), _)| Some(function.as_str()) == suspect);
    let only_line = suspect.and_then(|((function, _), _)| evidence.code.only_line(function));
    let suspect = panicked(evidence).or(only_line.clone()).or(suspect.map(|(_, place)| place.clone()));
    let suspect = suspect.map(|place| SourceLine { file: place.file.to_string(), line: place.line });
    Some(Box::new(WrongLogic { functions, beginnings, entrances, only_line, suspect, certain }))
}

/// Functions that can be called from outside and do nothing here themselves, but call one of these.
fn entrances(evidence: &Evidence<'_>, functions: &[(String, StepId)]) -> Vec<(String, Place)> {
    let called = functions.iter().flat_map(|(function, _)| evidence.code.entrances(function));
    let called: BTreeSet<&str> = called.collect();
    let others = called.into_iter().filter(|name| functions.iter().all(|(function, _)| function != name));
    others.filter_map(|name| Some((name.to_owned(), evidence.code.beginning(name)?))).collect()
}

/// Where the code panics that fails by that; in a call of `std`, where the thread was last before it.
fn panicked(evidence: &Evidence<'_>) -> Option<Place> {
    if evidence.kind != FailureKind::Panic {
        return None;
    }
    let (panic, step) = evidence.steps().rev().find(|(_, step)| step.operation == Operation::Panic)?;
    let mut own =
        evidence.within(StepId(0)..after(panic)).rev().filter(|(_, other)| other.thread == step.thread);
    let (_, last) = own.find(|(_, step)| !in_std(&step.place))?;
    in_submission(&last.place).cloned()
}

/// Whether a step may come out in another way although the calls run one after the other.
fn depends_on_luck(operation: Operation) -> bool {
    if let Operation::Load { reads, .. } | Operation::ExchangeFailed { reads, .. } = operation
        && reads.is_stale()
    {
        return true;
    }
    matches!(
        operation,
        Operation::ExchangeFailed { spurious: true, .. }
            | Operation::Store { before: Some(_), .. }
            | Operation::Update { before: Some(_), .. }
            | Operation::SpuriousWakeup { .. }
            | Operation::Unparked
    )
}

fn certain(evidence: &Evidence<'_>, calls: &[Call<'_>], spans: &[Span]) -> Option<Certain> {
    let one = calls.first()?.thread;
    let is_of_one = calls.iter().all(|call| call.thread == one);
    let is_own =
        |(id, step): (StepId, &Step)| evidence.is_submitted(id) && !evidence.is_a_caller(step.thread);
    if !evidence.steps().any(is_own) {
        if is_of_one {
            return Some(Certain::Alone);
        }
        let woken = |(_, step): (StepId, &Step)| matches!(step.operation, Operation::Notified { .. });
        let overlap = spans.iter().zip(spans.iter().skip(1)).any(|(one, next)| next.first <= one.last);
        if !overlap && !evidence.steps().any(woken) {
            return Some(Certain::OneAfterTheOther);
        }
        if let Some(lock) = locked(evidence, spans) {
            return Some(Certain::Locked { lock });
        }
        if spans.iter().all(|span| is_undisturbed(evidence, span)) {
            return Some(Certain::Undisturbed);
        }
    }
    // Who has to wait for another one in the middle of something is as good as preempted there.
    let is_held_up = |(id, step): (StepId, &Step)| {
        let waits = matches!(
            step.operation,
            Operation::Wait { .. } | Operation::Park { .. } | Operation::Block { on: Blocker::Object(_) }
        );
        step.operation == Operation::Preempted || waits && evidence.is_submitted(id)
    };
    (is_of_one && !evidence.steps().any(is_held_up)).then_some(Certain::WithoutPreemption)
}

/// The one lock that all data are behind, if no call releases it between two looks at them, other than to wait.
fn locked(evidence: &Evidence<'_>, spans: &[Span]) -> Option<ObjectId> {
    let submitted: Vec<&Access> =
        evidence.accesses.iter().filter(|access| evidence.is_submitted(access.at)).collect();
    let lock = submitted.first()?.object;
    let is_behind_it = |access: &&Access| access.object == lock && access.in_section;
    let keeps = |span: &Span| {
        let own = submitted.iter().filter(|access| {
            access.thread == span.thread && access.at >= span.first && access.at <= span.last
        });
        let own: Vec<&&Access> = own.collect();
        own.split_last().is_none_or(|(_, earlier)| earlier.iter().all(|access| access.waits))
    };
    // A cell, a channel or a barrier has data of its own.
    let has_others =
        evidence.steps().any(|(id, step)| evidence.is_submitted(id) && is_beside_locks(step.operation));
    (!has_others && submitted.iter().all(is_behind_it) && spans.iter().all(keeps)).then_some(lock)
}

/// Whether no other thread does anything in the submission while a call runs, except while it waits for a wakeup. Before
/// its first step it has seen nothing.
fn is_undisturbed(evidence: &Evidence<'_>, span: &Span) -> bool {
    let mut is_waiting = false;
    evidence.within(span.first..after(span.last)).all(|(id, step)| {
        if step.thread != span.thread {
            let acts = !matches!(step.operation, Operation::Block { .. } | Operation::Preempted);
            return is_waiting || !acts || !evidence.is_submitted(id);
        }
        // Whoever waits releases the lock after that.
        let begins = matches!(step.operation, Operation::Wait { .. } | Operation::Park { .. });
        is_waiting = begins || is_waiting && matches!(step.operation, Operation::Release { .. });
        true
    })
}

/// Whether threads learn something from each other by this that is behind no lock.
fn is_beside_locks(operation: Operation) -> bool {
    matches!(
        operation,
        Operation::Initialise { .. }
            | Operation::Initialised { .. }
            | Operation::FindInitialised { .. }
            | Operation::FindPoisoned { .. }
            | Operation::IsCompleted { .. }
            | Operation::Send { .. }
            | Operation::Receive { .. }
            | Operation::Arrive { .. }
    )
}

/// The function to look at first: of two, the one that was the last to change anything; of more, the first one.
fn suspect<'a>(calls: &[Call<'a>], functions: usize) -> Option<&'a str> {
    let last = calls.iter().rfind(|call| call.changes).or(calls.last());
    let suspect = if functions > 2 { calls.first() } else { last };
    suspect.map(|call| call.function)
}

impl Finding for WrongLogic {
    fn steps(&self) -> Vec<Citation> {
        self.functions.iter().take(NAMED).map(|(_, first)| cite(*first, Role::Calls)).collect()
    }

    fn to_mend(&self) -> Vec<StepId> {
        Vec::new()
    }

    fn first_line(&self) -> Option<SourceLine> {
        self.suspect.clone()
    }

    fn sentence(&self, recording: &Recording) -> String {
        let named = self.named(recording);
        let one = self.functions.len() == 1 && self.entrances.is_empty();
        let whose = if one { format!("`{}`", self.functions[0].0) } else { "one of these".to_owned() };
        let sentence = match self.certain {
            Certain::Alone => format!(
                "One thread alone calls your code here: {named}. So no interleaving is to blame: the mistake is in the \
                 logic of {whose}, in what it does or returns."
            ),
            Certain::OneAfterTheOther => format!(
                "In this schedule no step of one call of your code comes between two steps of another call: those of {named} \
                 come one after the other. So no interleaving is to blame: the mistake is in the logic of {whose}, in what \
                 it does or returns."
            ),
            Certain::Locked { lock } => format!(
                "All data are behind {lock}, and no call releases it between two looks at them, other than to wait: {named}. \
                 So no call sees what another one has half done. The mistake is in the logic of {whose}: in what it does or \
                 returns, or in the conditions on which it waits and goes on.",
                lock = recording.quoted(lock),
            ),
            Certain::Undisturbed => format!(
                "While a call of your code runs here, no other thread does anything in it, except while the call waits: {named}. \
                 So no unlucky moment between two steps of a call is to blame. The mistake is in the logic of {whose}: in what \
                 it does or returns, in what it has changed when it begins to wait, or in the conditions on which it waits \
                 and goes on."
            ),
            Certain::WithoutPreemption => format!(
                "One thread alone calls your code here, {named}, and no thread is preempted in this schedule, or waits for \
                 anything but the end of another one. So no unlucky moment is to blame: the mistake is in the logic of \
                 {whose} or of what it calls, in how it goes about its work."
            ),
        };
        match self.only_line.as_ref().filter(|_| one) {
            Some(place) => format!("{sentence} What it does is one statement, {}.", recording.at(place)),
            None => sentence,
        }
    }
}

impl WrongLogic {
    /// The functions, and where they begin, as long as they are few.
    fn named(&self, recording: &Recording) -> String {
        let are_few = self.functions.len() + self.entrances.len() <= NAMED;
        let name = |name: &str, place: &Place| {
            let location = are_few.then(|| format!(" ({})", recording.location(place)));
            format!("`{name}`{}", location.unwrap_or_default())
        };
        let all = |names: Vec<String>| joined(&names.iter().map(String::as_str).collect::<Vec<_>>());
        let functions = self.functions.iter().zip(&self.beginnings);
        let named = all(functions.map(|((function, _), place)| name(function, place)).collect());
        let entrances: Vec<String> =
            self.entrances.iter().map(|(function, place)| name(function, place)).collect();
        if entrances.is_empty() { named } else { format!("{named}, perhaps by way of {}", all(entrances)) }
    }
}

#[cfg(test)]
mod tests;
