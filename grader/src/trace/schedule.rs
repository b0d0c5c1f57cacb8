//! What of a schedule is worth reading.
//!
//! A check prepares things before its threads start and looks at things when they have ended, and a thread
//! may do much that no other one ever hears of. Such steps are folded, and what the check does by itself is
//! left out.

use crate::report::{Recording, Step};

/// Fewer steps than this are not worth hiding.
const WORTH_FOLDING: usize = 3;

/// A row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Row<'a> {
    Step(&'a Step),
    /// Which store a load has read, and which it has not seen.
    Stale(&'a Step),
    /// So many steps of one thread with which no other one has to do.
    Folded(&'a str, usize),
}

/// The rows of a schedule, in order.
pub(crate) fn rows<'a>(recording: impl Into<Recording<'a>>) -> Vec<Row<'a>> {
    let recording = recording.into();
    let steps = recording.trace;
    let mut rows = Vec::new();
    let mut alive = 1_usize;
    let mut folding: Vec<&Step> = Vec::new();
    for (position, step) in steps.iter().enumerate() {
        if position > 0 && steps[position - 1].thread != step.thread {
            unfold(&mut folding, &mut rows);
        }
        if is_of_the_check(steps, step) {
            continue;
        }
        match step.operation.as_str() {
            "spawn" => alive += 1,
            "join" => alive = alive.saturating_sub(1),
            _ => {}
        }
        let alone = alive == 1 || !is_shared(steps, step);
        let last = position + 1 == steps.len();
        if alone && !last && !is_about_threads(step) && !is_cited(recording, step) {
            folding.push(step);
        } else {
            unfold(&mut folding, &mut rows);
            rows.push(Row::Step(step));
            if is_outdated(step) {
                rows.push(Row::Stale(step));
            }
        }
    }
    unfold(&mut folding, &mut rows);
    rows
}

fn unfold<'a>(folding: &mut Vec<&'a Step>, rows: &mut Vec<Row<'a>>) {
    if let (Some(first), true) = (folding.first(), folding.len() >= WORTH_FOLDING) {
        rows.push(Row::Folded(&first.thread, folding.len()));
        folding.clear();
    }
    rows.extend(folding.drain(..).map(Row::Step));
}

/// Whether a step is the check's own business. What it hands over to other threads through relaxed atomics
/// is the learner's, if that goes wrong.
fn is_of_the_check(steps: &[Step], step: &Step) -> bool {
    let outdated = |other: &Step| other.object == step.object && is_outdated(other);
    step.file.is_none() && !is_about_threads(step) && !steps.iter().any(outdated)
}

fn is_outdated(step: &Step) -> bool {
    step.reads.is_some_and(|reads| reads.from != reads.newest)
}

/// Whether several threads have to do with what a step is about.
fn is_shared(steps: &[Step], step: &Step) -> bool {
    let Some(object) = step.object.as_deref().filter(|object| *object != "the clock") else { return false };
    steps.iter().any(|other| other.object.as_deref() == Some(object) && other.thread != step.thread)
}

/// Whether a step starts, ends, stops or wakes a thread.
fn is_about_threads(step: &Step) -> bool {
    let operation = step.operation.as_str();
    let wakes = ["woken", "unpark", "unparked", "times out", "wakes up for no reason"].contains(&operation);
    gives_way(step)
        || wakes
        || operation.starts_with("notify_")
        || ["spawn", "join", "panics", "interrupted"].contains(&operation)
}

/// Whether the diagnosis names the line of a step.
fn is_cited(recording: Recording<'_>, step: &Step) -> bool {
    let Some(diagnosis) = recording.diagnosis else { return false };
    let (Some(file), Some(line)) = (&step.file, step.line) else { return false };
    let place = format!("{file}:{line}");
    let mut found = diagnosis.message.match_indices(&place).map(|(index, _)| index + place.len());
    found.any(|end| !diagnosis.message[end..].starts_with(|next: char| next.is_ascii_digit()))
}

/// Whether a thread lets others go first of its own accord.
fn gives_way(step: &Step) -> bool {
    ["waits for", "waits for the end of", "wait", "wait_timeout", "park", "sleep", "yield"]
        .contains(&step.operation.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Diagnosis, Failure, FailureKind, Mistake};

    fn step(number: u64, thread: &str, operation: &str, object: &str) -> Step {
        Step {
            step: number,
            thread: thread.to_owned(),
            operation: operation.to_owned(),
            object: Some(object.to_owned()),
            value: None,
            ordering: None,
            reads: None,
            file: Some("src/lib.rs".to_owned()),
            line: u32::try_from(number).ok(),
            column: Some(1),
            source: None,
        }
    }

    fn failure(trace: Vec<Step>) -> Failure {
        Failure {
            kind: FailureKind::Assertion,
            message: String::new(),
            explanation: String::new(),
            diagnosis: None,
            token: None,
            trace,
            threads: Vec::new(),
            objects: Vec::new(),
            waiting: Vec::new(),
        }
    }

    fn example() -> Vec<Step> {
        vec![
            step(1, "main", "lock", "state"),
            step(2, "main", "unlock", "state"),
            step(3, "main", "lock", "own"),
            step(4, "main", "unlock", "own"),
            step(5, "main", "spawn", "T1"),
            step(6, "main", "lock", "state"),
            step(7, "main", "unlock", "state"),
            step(8, "T1", "lock", "state"),
            step(9, "T1", "unlock", "state"),
            step(10, "main", "join", "T1"),
        ]
    }

    #[test]
    fn what_no_other_thread_has_to_do_with_is_folded() {
        let failure = failure(example());
        let rows = rows(&failure);
        assert_eq!(rows[0], Row::Folded("main", 4));
        assert!(matches!(rows[1], Row::Step(step) if step.operation == "spawn"));
    }

    #[test]
    fn what_the_check_does_by_itself_is_not_shown() {
        let mut steps = example();
        steps[5].file = None;
        steps[6].file = None;
        let failure = failure(steps);
        let shown = |row: &Row<'_>| matches!(row, Row::Step(step) if step.step == 6 || step.step == 7);
        assert!(!rows(&failure).iter().any(shown));
    }

    #[test]
    fn a_line_that_the_diagnosis_names_is_shown() {
        let mut failure = failure(example());
        let message = "main takes `own` at src/lib.rs:3 and not at src/lib.rs:40".to_owned();
        failure.diagnosis = Some(Diagnosis { kind: Mistake::LockOrder, message });
        let shown: Vec<u64> = rows(&failure)
            .iter()
            .filter_map(|row| if let Row::Step(step) = row { Some(step.step) } else { None })
            .collect();
        assert!(shown.contains(&3), "{shown:?}");
    }
}
