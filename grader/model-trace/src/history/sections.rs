//! Critical sections.

use super::step_id;
use crate::{Content, Execution, ObjectId, Operation, StepId, ThreadId};

/// A critical section: what a thread does from acquiring a lock to releasing it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CriticalSection {
    /// Who holds the lock.
    pub thread: ThreadId,
    /// The lock.
    pub lock: ObjectId,
    /// Whether other readers may be inside at the same time.
    pub shared: bool,
    /// The step that acquires it.
    pub acquired: StepId,
    /// The step that releases it. `None`: it is held to the end.
    pub released: Option<StepId>,
    /// What happened to the data up to its release.
    pub content: Content,
    /// Whether it is released in order to wait at a condition variable.
    pub waits: bool,
}

/// All critical sections, in the order in which they begin.
#[must_use]
pub fn critical_sections(execution: &Execution) -> Vec<CriticalSection> {
    let mut sections: Vec<CriticalSection> = Vec::new();
    // Positions in `sections`, of those that have not ended.
    let mut open: Vec<usize> = Vec::new();
    let mut waits = vec![false; execution.threads.len()];
    for (position, step) in execution.steps.iter().enumerate() {
        let thread = step.thread;
        let begins_to_wait = matches!(step.operation, Operation::Wait { .. });
        let began_to_wait = std::mem::replace(&mut waits[thread.index()], begins_to_wait);
        let is_it = |section: &CriticalSection, lock| section.thread == thread && section.lock == lock;
        if let Operation::Acquire { lock, call, .. } = step.operation {
            open.push(sections.len());
            sections.push(CriticalSection {
                thread,
                lock,
                shared: call.is_shared(),
                acquired: step_id(position),
                released: None,
                content: Content::Unchanged,
                waits: false,
            });
        } else if let Operation::Downgrade { lock, content } = step.operation {
            if let Some(&index) = open.iter().rfind(|&&index| is_it(&sections[index], lock)) {
                sections[index].shared = true;
                sections[index].content = content;
            }
        } else if let Operation::Release { lock, content, .. } = step.operation
            && let Some(at) = open.iter().rposition(|&index| is_it(&sections[index], lock))
        {
            let section = &mut sections[open.remove(at)];
            section.released = Some(step_id(position));
            section.waits = began_to_wait;
            // A reader changes nothing, and a downgrade has said what the writer did.
            if !section.shared {
                section.content = content;
            }
        }
    }
    sections
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::tests::{FIRST, MAIN, SECOND, T1, T2, acquires, execution, releases};
    use crate::{AcquireCall, ObjectKind, ReleaseCall};

    #[test]
    fn a_critical_section_goes_from_acquiring_a_lock_to_releasing_it() {
        let changes = Operation::Release {
            lock: FIRST,
            call: ReleaseCall::Unlock,
            content: Content::Changed,
            poisons: false,
        };
        let steps = [
            (MAIN, acquires(AcquireCall::Lock)),
            (MAIN, changes),
            (T1, acquires(AcquireCall::Lock)),
            (T1, Operation::Wait { condvar: SECOND, timeout: None }),
            (T1, releases(ReleaseCall::Unlock)),
            (T2, acquires(AcquireCall::Lock)),
        ];
        let sections = critical_sections(&execution(&[ObjectKind::Mutex, ObjectKind::Condvar], &steps));
        let of = |thread, acquired, released: Option<u32>, content, waits| CriticalSection {
            thread: ThreadId(thread),
            lock: FIRST,
            shared: false,
            acquired: StepId(acquired),
            released: released.map(StepId),
            content,
            waits,
        };
        assert_eq!(
            sections,
            [
                of(MAIN, 0, Some(1), Content::Changed, false),
                of(T1, 2, Some(4), Content::Unchanged, true),
                of(T2, 5, None, Content::Unchanged, false),
            ]
        );
    }

    #[test]
    fn after_a_downgrade_a_writer_has_changed_what_it_had_changed_before() {
        let steps = [
            (MAIN, acquires(AcquireCall::Write)),
            (MAIN, Operation::Downgrade { lock: FIRST, content: Content::Changed }),
            (MAIN, releases(ReleaseCall::UnlockRead)),
        ];
        let sections = critical_sections(&execution(&[ObjectKind::RwLock], &steps));
        assert_eq!(sections.len(), 1);
        assert_eq!((sections[0].released, sections[0].content), (Some(StepId(2)), Content::Changed));
    }
}
