//! An operation that is composed of two others: what the first one has found need not hold when the second one begins.

use model_trace::StepId;

use crate::diagnosis::evidence::{Access, Evidence};
use crate::diagnosis::finding::{Finding, cite};
use crate::report::{Citation, Recording, Role, SourceLine};
use crate::trace::Composed;

struct OfTwo {
    composed: Composed,
    /// The two functions that it calls.
    calls: [String; 2],
    looks: Access,
    other: Access,
    acts: Access,
}

pub(in crate::diagnosis) fn diagnose(evidence: &Evidence<'_>) -> Option<Box<dyn Finding>> {
    let accesses = &evidence.accesses;
    accesses.iter().enumerate().rev().find_map(|(index, acts)| {
        let acted = evidence.called(acts.shown)?;
        let before = accesses[..index].iter().rev();
        let looks = before.clone().find(|access| access.thread == acts.thread)?;
        let looked = evidence.called(looks.shown)?;
        let is_one = looks.reads
            && !looks.changes
            && acts.writes
            && looks.object == acts.object
            && [looks, acts].iter().all(|access| evidence.is_submitted(access.at))
            && evidence.is_a_caller(acts.thread)
            && evidence.is_preempted(acts.thread, looks.end..acts.at);
        if !is_one {
            return None;
        }
        let other = before.clone().find(|access| {
            access.thread != acts.thread
                && access.object == acts.object
                && access.at > looks.end
                && access.writes
                && !access.leaves_all_as_it_was()
                && !access.waits
        })?;
        let composed = evidence.code.composed(looked, acted)?;
        let calls = [looked, acted].map(str::to_owned);
        let found = OfTwo { composed, calls, looks: *looks, other: *other, acts: *acts };
        Some(Box::new(found) as Box<dyn Finding>)
    })
}

impl Finding for OfTwo {
    fn steps(&self) -> Vec<Citation> {
        vec![
            cite(self.looks.shown, Role::Checks),
            cite(self.other.written, Role::Intervenes),
            cite(self.acts.written, Role::Acts),
        ]
    }

    fn to_mend(&self) -> Vec<StepId> {
        Vec::new()
    }

    fn first_line(&self) -> Option<SourceLine> {
        let [place, _] = &self.composed.calls;
        Some(SourceLine { file: place.file.to_string(), line: place.line })
    }

    fn sentence(&self, recording: &Recording) -> String {
        let at = |access: &Access| recording.at(&recording.step(access.shown).place);
        let [one, two] = &self.calls;
        let [first, second] = self.composed.calls.each_ref().map(|place| recording.location(place));
        format!(
            "{thread} looks at {object} in `{one}`, {here}. Then {intruder} {changes} it {there}, and after that {thread} \
             {acts} it in `{two}`, {back}. `{function}` calls `{one}` ({first}) and then `{two}` ({second}), and holds no lock \
             in between: as parts of it, the two are no atomic operation, and what the first one has found need not hold when \
             the second one begins: check-then-act. Look and act in one critical section.",
            thread = recording.thread(self.acts.thread),
            object = recording.quoted(self.acts.object),
            here = at(&self.looks),
            intruder = recording.thread(self.other.thread),
            changes = self.other.changes(recording),
            there = at(&self.other),
            acts = self.acts.changes(recording),
            back = at(&self.acts),
            function = self.composed.function,
        )
    }
}

#[cfg(test)]
mod tests {
    use model_trace::{Content, ObjectKind, Operation};

    use crate::diagnosis::diagnose;
    use crate::report::samples::{MAIN, T1, join, lock, recording, spawn, unlock, unlock_with};
    use crate::report::{Diagnosis, FailureKind, Mistake};
    use crate::source::{Parsed, Source};
    use crate::trace::Code;

    const SOURCE: &str = "pub fn get(&self) -> u8 {
    self.state.lock().unwrap().hit()
}
pub fn put(&self, value: u8) {
    self.state.lock().unwrap().values.push(value);
}
pub fn get_or_make(&self, make: impl FnOnce() -> u8) -> u8 {
    if let Some(value) = self.get() { return value; }
    self.put(make())
}
";

    /// `main` looks in `get`, `T1` puts something, and `main` puts something.
    fn found(source: &str) -> Option<Diagnosis> {
        let steps = [
            (MAIN, spawn(T1), 0),
            (MAIN, lock(0), 2),
            (MAIN, unlock(0), 2),
            (MAIN, Operation::Preempted, 5),
            (T1, lock(0), 5),
            (T1, unlock_with(0, Content::Changed), 5),
            (MAIN, lock(0), 5),
            (MAIN, unlock_with(0, Content::Changed), 5),
            (MAIN, join(T1), 0),
            (MAIN, Operation::Panic, 0),
        ];
        let mut recording = recording(&[("state", ObjectKind::Mutex)], &steps);
        let function = |line: u32| match line {
            2 => Some("get".to_owned()),
            5 => Some("put".to_owned()),
            _ => None,
        };
        recording.functions = steps.iter().map(|(_, _, line)| function(*line)).collect();
        let code = Code::of(&Parsed::all(&[Source::new("src/lib.rs", source)]));
        diagnose(&recording, FailureKind::Assertion, &code)
    }

    #[test]
    fn two_operations_one_after_the_other_are_not_one() {
        let diagnosis = found(SOURCE).expect("a diagnosis");
        assert_eq!(diagnosis.kind, Mistake::CheckThenAct, "{}", diagnosis.message);
        let said = "`get_or_make` calls `get` (line 8) and then `put` (line 9), and holds no lock in between";
        assert!(diagnosis.message.contains(said), "{}", diagnosis.message);
        assert_eq!(diagnosis.lines.first().map(|line| line.line), Some(8));
    }

    #[test]
    fn where_no_function_calls_both_the_check_has_called_each() {
        let apart = SOURCE.replace("self.put(make())", "make()");
        assert_ne!(found(&apart).map(|diagnosis| diagnosis.kind), Some(Mistake::CheckThenAct));
    }
}
