//! A failing execution, with what follows from its steps: who held which lock from where to where, and
//! which steps read and wrote what.

use std::ops::Range;

use super::code::Code;
use crate::report::{Failure, FailureKind, Step, Waiting};

/// A failing execution.
#[derive(Debug, Clone, Copy)]
pub(super) struct Log<'a> {
    pub failure: &'a Failure,
    pub code: &'a Code,
}

/// The time in which a thread held a lock.
#[derive(Debug, Clone, Copy)]
pub(super) struct Section<'a> {
    pub thread: &'a str,
    pub lock: &'a str,
    /// The position of the step that took the lock.
    pub taken: usize,
    /// The position of the step that gave it up.
    pub left: Option<usize>,
    /// Whether it was given up in order to wait at a condition variable.
    pub waits: bool,
    /// Whether the data were changed.
    pub changed: bool,
}

/// Something that a thread did to data that others see: one step of an atomic, or one section of a lock.
#[derive(Debug, Clone, Copy)]
pub(super) struct Access<'a> {
    pub thread: &'a str,
    pub object: &'a str,
    /// The position of the step; of a section, the one that took the lock.
    pub at: usize,
    /// The position at which it is over.
    pub end: usize,
    /// The position of the step that says where in the source it is. A lock may be taken by a helper; then
    /// the last use of the guard tells more.
    pub shown: usize,
    pub reads: bool,
    pub writes: bool,
    /// The number that it found, and the one that it left.
    pub found: Option<i128>,
    pub left: Option<i128>,
    pub in_lock: bool,
    /// Whether it ends by waiting at a condition variable.
    pub waits: bool,
}

impl<'a> Log<'a> {
    pub(super) fn steps(&self) -> &'a [Step] {
        &self.failure.trace
    }

    /// The step at a position.
    pub(super) fn step(&self, position: usize) -> &'a Step {
        &self.failure.trace[position]
    }

    /// Who waits for whom, when nobody can go on.
    pub(super) fn waiting(&self) -> &'a [Waiting] {
        let deadlock = self.failure.kind == FailureKind::Deadlock;
        if deadlock { &self.failure.waiting } else { &[] }
    }

    /// The type of an object, such as `Mutex`.
    pub(super) fn type_of(&self, object: &str) -> &'a str {
        let known = self.failure.objects.iter().find(|known| known.name == object);
        known.and_then(|known| known.kind.split(' ').next()).unwrap_or_default()
    }

    /// All sections, in the order in which the locks were taken.
    pub(super) fn sections(&self) -> Vec<Section<'a>> {
        let mut sections: Vec<Section<'a>> = Vec::new();
        for (position, step) in self.steps().iter().enumerate() {
            let Some(lock) = step.object.as_deref() else { continue };
            let open = sections.iter().rposition(|section| {
                section.thread == step.thread && section.lock == lock && section.left.is_none()
            });
            if takes(step) {
                sections.push(Section {
                    thread: &step.thread,
                    lock,
                    taken: position,
                    left: None,
                    waits: false,
                    changed: false,
                });
            } else if let (Some(open), true) = (open, gives_up(step)) {
                let section = &mut sections[open];
                section.left = Some(position);
                section.waits = position > 0 && {
                    let before = self.step(position - 1);
                    before.thread == step.thread && begins_to_wait(before)
                };
                section.changed = step.value.is_some();
            }
        }
        sections
    }

    /// All accesses, in order.
    pub(super) fn accesses(&self) -> Vec<Access<'a>> {
        let mut accesses: Vec<Access<'a>> =
            self.sections().iter().map(|section| self.access_of(section)).collect();
        for (position, step) in self.steps().iter().enumerate() {
            let Some(object) = step.object.as_deref() else { continue };
            // A failed exchange is no look: it finds out by itself that something has changed.
            let looks_or_writes = step.ordering.is_some() && !step.operation.starts_with("exchange fails");
            if !looks_or_writes || !self.type_of(object).starts_with("Atomic") {
                continue;
            }
            let value = step.value.as_deref().unwrap_or_default();
            let (found, left) = match value.split_once(" → ") {
                Some((found, left)) => (number(found), number(left)),
                None if step.reads.is_some() => (number(value), None),
                None => (None, number(value)),
            };
            let change = value.contains(" → ");
            accesses.push(Access {
                thread: &step.thread,
                object,
                at: position,
                end: position,
                shown: position,
                reads: change || step.reads.is_some(),
                writes: change || step.reads.is_none(),
                found,
                left,
                in_lock: false,
                waits: false,
            });
        }
        accesses.sort_by_key(|access| access.at);
        accesses
    }

    fn access_of(&self, section: &Section<'a>) -> Access<'a> {
        let left =
            |position: usize| self.step(position).value.as_deref()?.split(" → ").nth(1).and_then(number);
        Access {
            thread: section.thread,
            object: section.lock,
            at: section.taken,
            end: section.left.unwrap_or(self.steps().len()),
            shown: self.shown(section),
            reads: true,
            writes: section.changed,
            found: self.step(section.taken).value.as_deref().and_then(number),
            left: section.left.and_then(left),
            in_lock: true,
            waits: section.waits,
        }
    }

    /// Whether a thread was stopped between two positions although it could have gone on.
    pub(super) fn is_preempted(&self, thread: &str, between: Range<usize>) -> bool {
        let interrupted = |step: &Step| step.thread == thread && step.operation == "interrupted";
        self.steps()[between].iter().any(interrupted)
    }

    /// Whether a thread calls the learner's code from outside. What a thread of the learner's own does is no
    /// operation that others expect to be one step.
    pub(super) fn is_a_caller(&self, thread: &str) -> bool {
        let started = |step: &&Step| step.operation == "spawn" && step.object.as_deref() == Some(thread);
        self.steps().iter().find(started).is_none_or(|step| step.file.is_none())
    }

    fn shown(&self, section: &Section<'_>) -> usize {
        let function = |position: usize| self.code.function_of(self.step(position));
        match section.left {
            Some(left) if function(left).is_some() && function(left) != function(section.taken) => left,
            Some(_) | None => section.taken,
        }
    }

    /// The last section of `lock` that `thread` has not left.
    pub(super) fn held(&self, thread: &str, lock: &str) -> Option<Section<'a>> {
        let holds = |section: &Section<'_>| {
            section.thread == thread && section.lock == lock && section.left.is_none()
        };
        self.sections().into_iter().rfind(holds)
    }

    /// The steps at these positions that wake somebody at `condvar`.
    pub(super) fn notifications(&self, condvar: &str, within: Range<usize>) -> Vec<usize> {
        within
            .filter(|&position| {
                let step = self.step(position);
                step.object.as_deref() == Some(condvar) && step.operation.starts_with("notify_")
            })
            .collect()
    }
}

/// Where a step is, in words.
pub(super) fn place(step: &Step) -> String {
    in_words(step.file.as_deref(), step.line)
}

/// Where a thread waits, in words.
pub(super) fn place_of(waiting: &Waiting) -> String {
    in_words(waiting.file.as_deref(), waiting.line)
}

fn in_words(file: Option<&str>, line: Option<u32>) -> String {
    match (file, line) {
        (Some(file), Some(line)) => format!("{file}:{line}"),
        (_, None) | (None, _) => "a line of the check".to_owned(),
    }
}

fn takes(step: &Step) -> bool {
    let tried = step.value.as_deref() == Some("would block");
    match step.operation.as_str() {
        "lock" | "read" | "write" => true,
        "try_lock" | "try_read" | "try_write" => !tried,
        _ => false,
    }
}

fn gives_up(step: &Step) -> bool {
    ["unlock", "end of read", "end of write"].contains(&step.operation.as_str())
}

/// Whether a step begins to wait at a condition variable.
pub(super) fn begins_to_wait(step: &Step) -> bool {
    ["wait", "wait_timeout"].contains(&step.operation.as_str())
}

fn number(text: &str) -> Option<i128> {
    text.parse().ok()
}
