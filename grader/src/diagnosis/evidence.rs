//! A failing execution, with what follows from its steps: its critical sections, and which steps read and wrote
//! what.

mod access;

use std::collections::BTreeMap;
use std::ops::Range;

use model_trace::history::{CriticalSection, State, critical_sections};
use model_trace::{Content, ObjectId, ObjectKind, Operation, Place, Step, StepId, ThreadId, Waiting, Word};

use access::{of_atomic, of_cell};

pub(super) use access::Access;

use super::visits::{KnownVisits, Visits};
use crate::report::{FailureKind, Recording, in_submission};
use crate::trace::Code;

/// A failing execution.
#[derive(Debug)]
pub(super) struct Evidence<'a> {
    pub recording: &'a Recording,
    pub kind: FailureKind,
    pub code: &'a Code,
    /// In the order in which the locks were acquired.
    pub sections: Vec<CriticalSection>,
    /// In order.
    pub accesses: Vec<Access>,
    /// What is so after the last step.
    pub end: State<'a>,
    preempted: Moments,
    panicked: Moments,
    visits: KnownVisits,
}

/// Steps of a kind, by their threads, in order.
#[derive(Debug)]
struct Moments(BTreeMap<ThreadId, Vec<StepId>>);

impl Moments {
    fn of(recording: &Recording, is_one: impl Fn(&Step) -> bool) -> Self {
        let mut moments: BTreeMap<ThreadId, Vec<StepId>> = BTreeMap::new();
        for (id, step) in recording.steps().filter(|(_, step)| is_one(step)) {
            moments.entry(step.thread).or_default().push(id);
        }
        Self(moments)
    }

    fn is_within(&self, thread: ThreadId, range: Range<StepId>) -> bool {
        let Some(steps) = self.0.get(&thread) else { return false };
        steps.get(steps.partition_point(|id| *id < range.start)).is_some_and(|id| *id < range.end)
    }
}

/// Whether others run before the thread goes on, of which its code knows nothing: it is preempted, or what it was given
/// to call gives way or waits.
fn lets_others_run(step: &Step) -> bool {
    match step.operation {
        Operation::Preempted => true,
        Operation::Yield | Operation::Block { .. } => in_submission(&step.place).is_none(),
        _ => false,
    }
}

impl<'a> Evidence<'a> {
    pub(super) fn of(recording: &'a Recording, kind: FailureKind, code: &'a Code) -> Self {
        let sections = critical_sections(&recording.execution);
        let end = recording.history().end();
        let mut evidence = Self {
            recording,
            kind,
            code,
            sections,
            accesses: Vec::new(),
            end,
            preempted: Moments::of(recording, lets_others_run),
            panicked: Moments::of(recording, |step| step.operation == Operation::Panic),
            visits: KnownVisits::default(),
        };
        evidence.accesses = evidence.accesses();
        evidence
    }

    pub(super) fn steps(&self) -> impl DoubleEndedIterator<Item = (StepId, &'a Step)> + Clone {
        self.recording.steps()
    }

    /// The steps within a range.
    pub(super) fn within(&self, range: Range<StepId>) -> impl DoubleEndedIterator<Item = (StepId, &'a Step)> {
        self.recording.within(range)
    }

    pub(super) fn step(&self, id: StepId) -> &'a Step {
        self.recording.step(id)
    }

    pub(super) fn place(&self, id: StepId) -> &'a Place {
        &self.recording.step(id).place
    }

    /// The step after the last one.
    pub(super) fn over(&self) -> StepId {
        self.recording.last().map_or(StepId(0), after)
    }

    /// The step with which a thread that has not finished begins to wait, if there is one.
    pub(super) fn blocked(&self, thread: ThreadId) -> Option<StepId> {
        let mut own = self.steps().rev().filter(|(_, step)| step.thread == thread);
        // Whoever waits at a condition variable releases its lock after that.
        let last = own.find(|(_, step)| !matches!(step.operation, Operation::Release { .. }));
        let waits = |step: &Step| {
            matches!(
                step.operation,
                Operation::Block { .. }
                    | Operation::Wait { .. }
                    | Operation::Arrive { .. }
                    | Operation::Park { .. }
            )
        };
        last.filter(|(_, step)| waits(step)).map(|(id, _)| id)
    }

    /// Who waits for whom, when no thread can go on.
    pub(super) fn waiting(&self) -> &'a [Waiting] {
        if self.kind == FailureKind::Deadlock { &self.recording.execution.waiting } else { &[] }
    }

    pub(super) fn kind_of(&self, object: ObjectId) -> ObjectKind {
        self.recording.execution.objects[object.index()].kind
    }

    fn accesses(&self) -> Vec<Access> {
        let mut accesses: Vec<Access> =
            self.sections.iter().map(|section| self.of_section(section)).collect();
        accesses
            .extend(self.steps().filter_map(|(id, step)| of_atomic(id, step).or_else(|| of_cell(id, step))));
        accesses.sort_by_key(|access| access.at);
        accesses
    }

    fn of_section(&self, section: &CriticalSection) -> Access {
        let left = match section.content {
            Content::Replaced { new, .. } => new.number(),
            Content::Unchanged | Content::Changed | Content::MaybeChanged => None,
        };
        let shown = self.shown(section);
        let is_at_the_same_line = |released: &StepId| {
            let line = |id: StepId| (&self.place(id).file, self.place(id).line);
            line(*released) == line(shown)
        };
        Access {
            thread: section.thread,
            object: section.lock,
            at: section.acquired,
            end: section.released.unwrap_or(self.over()),
            shown,
            last_use: section.released.unwrap_or(shown),
            written: section.released.filter(is_at_the_same_line).unwrap_or(shown),
            reads: true,
            writes: section.content != Content::Unchanged,
            changes: match section.content {
                Content::Unchanged | Content::MaybeChanged => false,
                Content::Replaced { old, new } => old != new,
                Content::Changed => section.released.is_some_and(|id| self.code.changes_data(self.place(id))),
            },
            found: self.found(section.acquired).and_then(Word::number),
            left,
            in_section: true,
            waits: section.waits,
        }
    }

    /// The data behind a lock that a step acquires, if they are a primitive value.
    pub(super) fn found(&self, acquired: StepId) -> Option<Word> {
        if let Operation::Acquire { content, .. } = self.step(acquired).operation { content } else { None }
    }

    /// The primitive value that an access leaves, or finds if it changes nothing.
    pub(super) fn after(&self, access: &Access) -> Option<Word> {
        match self.step(access.at).operation {
            Operation::Load { value, .. }
            | Operation::ExchangeFailed { found: value, .. }
            | Operation::Store { value, .. }
            | Operation::Update { new: value, .. } => Some(value),
            Operation::Acquire { content: found, .. } => {
                match self.recording.execution.steps.get(access.end.index()).map(|step| step.operation) {
                    Some(Operation::Release { content: Content::Replaced { new, .. }, .. }) => Some(new),
                    Some(Operation::Release {
                        content: Content::Changed | Content::MaybeChanged, ..
                    }) => None,
                    _ => found,
                }
            }
            _ => None,
        }
    }

    fn shown(&self, section: &CriticalSection) -> StepId {
        let function = |id: StepId| self.code.function_of(self.place(id));
        match section.released {
            Some(left) if function(left).is_some() && function(left) != function(section.acquired) => left,
            Some(_) | None => section.acquired,
        }
    }

    /// Whether an access has changed something, as far as its function tells: it had the data as `&mut`, and there is
    /// something on its way that is a change for sure.
    pub(super) fn has_changed(&self, access: &Access) -> bool {
        let on_its_way = || self.code.changes_between(self.place(access.at), self.place(access.last_use));
        access.changes || access.in_section && access.writes && on_its_way()
    }

    /// Whether a thread is preempted within a range, by the search or by what it was given to call.
    pub(super) fn is_preempted(&self, thread: ThreadId, range: Range<StepId>) -> bool {
        self.preempted.is_within(thread, range)
    }

    /// Whether a thread panics within a range.
    pub(super) fn has_panicked(&self, thread: ThreadId, range: Range<StepId>) -> bool {
        self.panicked.is_within(thread, range)
    }

    /// Whether a thread calls the learner's code from outside. What a thread of the learner's own does is no
    /// operation that others expect to be atomic.
    pub(super) fn is_a_caller(&self, thread: ThreadId) -> bool {
        let spawn = Operation::Spawn { thread };
        let started = self.steps().find(|(_, step)| step.operation == spawn);
        started.is_none_or(|(_, step)| in_submission(&step.place).is_none())
    }

    /// The last critical section of `lock` that `thread` has not left.
    pub(super) fn held(&self, thread: ThreadId, lock: ObjectId) -> Option<&CriticalSection> {
        self.sections
            .iter()
            .rfind(|section| section.thread == thread && section.lock == lock && section.released.is_none())
    }

    /// Whether a step is in the submission.
    pub(super) fn is_submitted(&self, id: StepId) -> bool {
        in_submission(self.place(id)).is_some()
    }

    /// The function that a thread has been called with when it takes a step.
    pub(super) fn called(&self, id: StepId) -> Option<&'a str> {
        self.recording.functions[id.index()].as_deref()
    }

    /// Whether two steps of a thread may be of one call: it has been called with the same function, and is not at the
    /// beginning of that again in between.
    pub(super) fn may_be_one_call(&self, one: StepId, other: StepId) -> bool {
        let called = self.called(one);
        let (first, last) = (one.min(other), one.max(other));
        // Of a helper that several call it is not known which of them it was: then its own beginning counts.
        let common = || {
            let function = self.code.function_of(self.place(one));
            function.filter(|function| self.code.function_of(self.place(other)) == Some(function))
        };
        let function = called.or_else(common);
        called == self.called(other)
            && function.is_none_or(|function| !self.begins_again(function, first, last))
    }

    /// Whether it is sure that two steps of a thread are of two calls of the same function.
    pub(super) fn is_called_again(&self, one: StepId, other: StepId) -> bool {
        self.called(one) == self.called(other) && !self.may_be_one_call(one, other)
    }

    /// Whether the thread of `first` comes to the beginning of a function again on the way to its step `last`.
    pub(super) fn begins_again(&self, function: &str, first: StepId, last: StepId) -> bool {
        let thread = self.step(first).thread;
        let visits =
            || Visits::of(self.code, self.steps().filter(|(_, step)| step.thread == thread), function);
        self.visits.of(thread, function, visits).begin_again(first, last)
    }

    /// Where the helper of a few lines is called that a step is in, if that is sure.
    pub(super) fn site(&self, id: StepId) -> Option<Place> {
        let Step { thread, place, .. } = self.step(id);
        let called = self.called(id)?;
        let mut lines = self.code.calls_of(place, Some(called), &self.recording.execution.steps);
        let at = |line: u32| Place { line, ..place.clone() };
        // That may be in a helper as well.
        let around = lines.first().and_then(|line| self.code.function_of(&at(*line)));
        let is_own = |(other, step): &(StepId, &Step)| {
            step.thread == *thread
                && self.code.function_of(&step.place) == around
                && self.may_be_one_call(*other, id)
        };
        let before = self.within(StepId(0)..id).rev().find(is_own).map(|(_, step)| step.place.line);
        let next = self.within(after(id)..self.over()).find(is_own).map(|(_, step)| step.place.line);
        lines.retain(|line| {
            self.code.is_in_loop(&at(*line))
                || before.is_none_or(|before| before <= *line) && next.is_none_or(|next| *line <= next)
        });
        lines.sort_unstable();
        lines.dedup();
        if let [line] = lines[..] { Some(at(line)) } else { None }
    }

    /// Where accesses are, for a sentence: in a helper of a few lines, and where that is called.
    pub(super) fn sites<const N: usize>(&self, accesses: [&Access; N]) -> [Option<Place>; N] {
        accesses.map(|access| self.site(access.shown))
    }

    /// The notifications of `condvar` within a range.
    pub(super) fn notifications(&self, condvar: ObjectId, range: Range<StepId>) -> Vec<StepId> {
        let notifies = |step: &Step| matches!(step.operation, Operation::NotifyOne { condvar: own, .. } | Operation::NotifyAll { condvar: own, .. } if own == condvar);
        self.within(range).filter(|(_, step)| notifies(step)).map(|(id, _)| id).collect()
    }
}

/// The step after this one.
pub(super) fn after(id: StepId) -> StepId {
    StepId(id.0 + 1)
}
