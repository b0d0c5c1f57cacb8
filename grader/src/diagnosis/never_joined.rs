//! A thread is started and never joined, or its result is read before it is.

mod early_read;

use model_trace::{Blocker, Operation, StepId, ThreadId};

use super::evidence::Evidence;
use super::finding::{Finding, cite};
use crate::report::{Citation, Recording, Role, in_submission};

struct NeverJoined {
    thread: ThreadId,
    spawn: StepId,
}

pub(super) fn diagnose(evidence: &Evidence<'_>) -> Option<Box<dyn Finding>> {
    never(evidence).or_else(|| early_read::diagnose(evidence))
}

fn never(evidence: &Evidence<'_>) -> Option<Box<dyn Finding>> {
    // What ends the execution comes before what goes out of scope: then a thread that is joined there is not yet.
    if evidence.code.is_joined_by_drop() {
        return None;
    }
    evidence.steps().find_map(|(spawn, step)| {
        let Operation::Spawn { thread } = step.operation else { return None };
        in_submission(&step.place)?;
        let found = has_returned(evidence, step.thread) && !is_joined(evidence, thread);
        found.then(|| Box::new(NeverJoined { thread, spawn }) as Box<dyn Finding>)
    })
}

fn is_joined(evidence: &Evidence<'_>, thread: ThreadId) -> bool {
    let joins = [Operation::Join { thread }, Operation::Block { on: Blocker::Thread(thread) }];
    evidence.steps().any(|(_, step)| joins.contains(&step.operation))
}

/// Whether a thread is back in the check: it joins none any more.
fn has_returned(evidence: &Evidence<'_>, thread: ThreadId) -> bool {
    let last = evidence.steps().rev().find(|(_, step)| step.thread == thread);
    last.is_some_and(|(_, step)| {
        let joins = matches!(step.operation, Operation::Block { on: Blocker::Thread(_) });
        in_submission(&step.place).is_none() && !joins
    })
}

impl Finding for NeverJoined {
    fn steps(&self) -> Vec<Citation> {
        vec![cite(self.spawn, Role::Spawns)]
    }

    fn to_mend(&self) -> Vec<StepId> {
        vec![self.spawn]
    }

    fn sentence(&self, recording: &Recording) -> String {
        let spawn = recording.step(self.spawn);
        format!(
            "{parent} starts {thread} {here}, and no thread joins it: no join makes what {thread} does happen before what \
             follows the call. Keep the handle and `join` it, or use `thread::scope`.",
            parent = recording.thread(spawn.thread),
            thread = recording.thread(self.thread),
            here = recording.at(&spawn.place),
        )
    }
}

#[cfg(test)]
mod tests {
    use model_trace::{AtomicType, ObjectKind, Operation};

    use crate::diagnosis::diagnose;
    use crate::report::samples::{MAIN, T1, load, recording, spawn, word};
    use crate::report::{FailureKind, Mistake};
    use crate::source::{Parsed, Source};
    use crate::trace::Code;

    const SOURCE: &str = "impl Keeper {
    pub fn new() -> Self {
        Keeper { thread: Some(thread::spawn(keep)) }
    }
    fn end(&mut self) {
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
impl Drop for Keeper {
    fn drop(&mut self) {
        self.end();
    }
}
";

    fn found(source: &str) -> Option<Mistake> {
        let steps =
            [(MAIN, spawn(T1), 3), (MAIN, load(0, word(0), None, None), 0), (MAIN, Operation::Panic, 0)];
        let number = ObjectKind::Atomic(AtomicType::U64);
        let mut recording = recording(&[("number", number)], &steps);
        recording.functions = vec![Some("new".to_owned()), None, None];
        let code = Code::of(&Parsed::all(&[Source::new("src/lib.rs", source)]));
        diagnose(&recording, FailureKind::Assertion, &code).map(|diagnosis| diagnosis.kind)
    }

    #[test]
    fn what_goes_out_of_scope_may_still_join_it() {
        assert_ne!(found(SOURCE), Some(Mistake::NeverJoined));
        let directly = SOURCE.replace("self.end();", "self.thread.take().map(|thread| thread.join());");
        assert_ne!(found(&directly), Some(Mistake::NeverJoined));
        let leaks = SOURCE.replace("self.end();", "");
        assert_eq!(found(&leaks), Some(Mistake::NeverJoined));
    }
}
