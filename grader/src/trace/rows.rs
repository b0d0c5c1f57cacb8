//! What of an execution is worth reading.
//!
//! A check prepares things before its threads start and looks at things when they have finished, and a thread
//! may do much that no other one ever observes. Such steps are folded, and what the check does by itself is
//! left out.

use model_trace::{Operation, Reads, Step, StepId, ThreadId};

use crate::report::{Citation, Recording, in_submission};

/// Fewer steps than this are not worth hiding.
const WORTH_FOLDING: usize = 3;

/// A row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Row {
    Step(StepId),
    /// Which store a load has read, and which it has not.
    Stale(ThreadId, Reads),
    /// So many steps of one thread that no other thread observes.
    Folded(ThreadId, usize),
}

/// So many steps of the submission are shown where one thread alone has done everything.
const OF_ONE_THREAD: usize = 8;

/// The rows of an execution, in order. Steps that are cited are among them, and where one thread alone has called the
/// submission, the last of these steps: it goes wrong in them.
pub(crate) fn rows(recording: &Recording, cited: &[Citation]) -> Vec<Row> {
    let own = recording.steps().filter(|(_, step)| in_submission(&step.place).is_some());
    let own: Vec<(StepId, ThreadId)> = own.map(|(id, step)| (id, step.thread)).collect();
    let is_one_thread = own.windows(2).all(|pair| pair[0].1 == pair[1].1);
    let last = if is_one_thread { &own[own.len().saturating_sub(OF_ONE_THREAD)..] } else { &[] };
    folded(recording, &|id| {
        cited.iter().any(|citation| citation.step == id) || last.iter().any(|(shown, _)| *shown == id)
    })
}

/// The rows, where what no other thread observes is folded unless it `is_shown`.
fn folded(recording: &Recording, is_shown: &dyn Fn(StepId) -> bool) -> Vec<Row> {
    let facts = Facts::of(recording);
    let mut rows = Vec::new();
    let mut alive = 1_usize;
    let mut folding: Vec<(StepId, ThreadId)> = Vec::new();
    let mut previous = None;
    for (id, step) in recording.steps() {
        if previous.replace(step.thread) != Some(step.thread) {
            unfold(&mut folding, &mut rows);
        }
        if facts.is_of_the_check(step) {
            continue;
        }
        if let Operation::Spawn { .. } = step.operation {
            alive += 1;
        }
        if let Operation::Join { .. } = step.operation {
            alive = alive.saturating_sub(1);
        }
        let alone = alive == 1 || !facts.is_shared(step);
        if alone && recording.last() != Some(id) && !is_about_threads(step.operation) && !is_shown(id) {
            folding.push((id, step.thread));
        } else {
            unfold(&mut folding, &mut rows);
            rows.push(Row::Step(id));
            let stale = step.operation.reads().filter(|reads| reads.is_stale());
            rows.extend(stale.map(|reads| Row::Stale(step.thread, reads)));
        }
    }
    unfold(&mut folding, &mut rows);
    rows
}

fn unfold(folding: &mut Vec<(StepId, ThreadId)>, rows: &mut Vec<Row>) {
    if let (Some((_, thread)), true) = (folding.first(), folding.len() >= WORTH_FOLDING) {
        rows.push(Row::Folded(*thread, folding.len()));
        folding.clear();
    }
    rows.extend(folding.drain(..).map(|(id, _)| Row::Step(id)));
}

/// What is known about each object: who uses it, and whether a load of it was stale.
struct Facts {
    users: Vec<Users>,
    is_stale: Vec<bool>,
}

#[derive(Clone, Copy)]
enum Users {
    None,
    One(ThreadId),
    Several,
}

impl Facts {
    fn of(recording: &Recording) -> Self {
        let objects = recording.execution.objects.len();
        let mut facts = Self { users: vec![Users::None; objects], is_stale: vec![false; objects] };
        for step in &recording.execution.steps {
            let Some(object) = step.operation.object() else { continue };
            let users = &mut facts.users[object.index()];
            *users = match *users {
                Users::None => Users::One(step.thread),
                Users::One(thread) if thread == step.thread => Users::One(thread),
                Users::One(_) | Users::Several => Users::Several,
            };
            facts.is_stale[object.index()] |= step.operation.reads().is_some_and(|reads| reads.is_stale());
        }
        facts
    }

    /// Whether a step is the check's own business. What it hands over to other threads through relaxed atomics
    /// is the learner's, if that goes wrong.
    fn is_of_the_check(&self, step: &Step) -> bool {
        let goes_wrong = step.operation.object().is_some_and(|object| self.is_stale[object.index()]);
        in_submission(&step.place).is_none() && !is_about_threads(step.operation) && !goes_wrong
    }

    /// Whether several threads use what a step is about.
    fn is_shared(&self, step: &Step) -> bool {
        match step.operation.object() {
            Some(object) => matches!(self.users[object.index()], Users::Several),
            // Another thread.
            None => step.operation.other_thread().is_some(),
        }
    }
}

/// Whether a step starts, finishes, suspends or wakes a thread, or waits.
fn is_about_threads(operation: Operation) -> bool {
    match operation {
        Operation::Preempted
        | Operation::Delayed { .. }
        | Operation::Yield
        | Operation::Block { .. }
        | Operation::TimedOut { .. }
        | Operation::SpuriousWakeup { .. }
        | Operation::Panic
        | Operation::Spawn { .. }
        | Operation::Join { .. }
        | Operation::Park { .. }
        | Operation::Unparked
        | Operation::Unpark { .. }
        | Operation::Sleep { .. }
        | Operation::Wait { .. }
        | Operation::Notified { .. }
        | Operation::NotifyOne { .. }
        | Operation::NotifyAll { .. }
        | Operation::Arrive { .. } => true,
        Operation::IsFinished { .. }
        | Operation::Now { .. }
        | Operation::Acquire { .. }
        | Operation::WouldBlock { .. }
        | Operation::Release { .. }
        | Operation::Downgrade { .. }
        | Operation::IsPoisoned { .. }
        | Operation::ClearPoison { .. }
        | Operation::Initialise { .. }
        | Operation::Initialised { .. }
        | Operation::FindInitialised { .. }
        | Operation::FindPoisoned { .. }
        | Operation::IsCompleted { .. }
        | Operation::Send { .. }
        | Operation::Receive { .. }
        | Operation::Load { .. }
        | Operation::Store { .. }
        | Operation::Update { .. }
        | Operation::ExchangeFailed { .. }
        | Operation::Fence { .. } => false,
    }
}

#[cfg(test)]
mod tests {
    use model_trace::{Content, ObjectKind};

    use super::*;
    use crate::report::samples::{MAIN, T1, join, lock, recording, spawn, unlock, unlock_with};
    use crate::report::{Role, number};

    /// `own` is object 1.
    fn example() -> Vec<(u32, Operation, u32)> {
        vec![
            (MAIN, lock(0), 1),
            (MAIN, unlock(0), 2),
            (MAIN, lock(1), 3),
            (MAIN, unlock(1), 4),
            (MAIN, spawn(T1), 5),
            (MAIN, lock(0), 6),
            (MAIN, unlock_with(0, Content::Changed), 7),
            (T1, lock(0), 8),
            (T1, unlock(0), 9),
            (MAIN, join(T1), 10),
        ]
    }

    fn recorded(steps: &[(u32, Operation, u32)]) -> Recording {
        recording(&[("state", ObjectKind::Mutex), ("own", ObjectKind::Mutex)], steps)
    }

    /// The numbers of the steps that have rows of their own.
    fn shown(rows: &[Row]) -> Vec<u64> {
        let step = |row: &Row| if let Row::Step(id) = row { Some(number(*id)) } else { None };
        rows.iter().filter_map(step).collect()
    }

    #[test]
    fn what_no_other_thread_observes_is_folded() {
        let rows = rows(&recorded(&example()), &[]);
        assert_eq!(rows[0], Row::Folded(ThreadId(MAIN), 4));
        assert_eq!(shown(&rows), [5, 6, 7, 8, 9, 10]);
    }

    #[test]
    fn what_the_check_does_by_itself_is_not_shown() {
        let mut steps = example();
        steps[5].2 = 0;
        steps[6].2 = 0;
        assert_eq!(shown(&rows(&recorded(&steps), &[])), [5, 8, 9, 10]);
    }

    #[test]
    fn what_one_thread_has_done_alone_is_shown_where_there_is_nothing_else() {
        let begins = [(MAIN, spawn(T1), 0)];
        let calls = (1..=9).flat_map(|line| [(T1, lock(1), line), (T1, unlock(1), line)]);
        let steps: Vec<_> = begins.into_iter().chain(calls).chain([(MAIN, join(T1), 0)]).collect();
        let rows = rows(&recorded(&steps), &[]);
        assert_eq!(rows[1], Row::Folded(ThreadId(T1), 10));
        assert_eq!(shown(&rows), [1, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
    }

    #[test]
    fn a_step_that_the_diagnosis_cites_is_shown() {
        let cited = [Citation { step: StepId(2), role: Role::Acquires }];
        assert_eq!(shown(&rows(&recorded(&example()), &cited))[..4], [1, 2, 3, 4]);
    }
}
