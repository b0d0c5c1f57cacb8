//! An execution as moments in words, for a screen that steps through it.

use super::sentence::sentence;
use super::wording::{action, object_state, thread_state};
use crate::report::{Recording, in_submission, number};

/// One step, and what is so after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// From 1.
    pub step: u64,
    /// Who takes it.
    pub thread: String,
    /// In a few words: `lock state`.
    pub action: String,
    /// In a sentence.
    pub said: String,
    /// Where it is in the learner's source or the public tests.
    pub place: Option<(String, u32)>,
    /// Each thread, and what it does.
    pub threads: Vec<(String, String)>,
    /// Each object, and what it is or contains.
    pub objects: Vec<(String, String)>,
}

/// All steps of a recording, in their order.
pub fn moments(recording: &Recording) -> Vec<Moment> {
    use model_trace::{ObjectId, ThreadId};
    let history = recording.history();
    let mut state = history.start();
    let threads = recording.execution.threads.len();
    let ids = |count: usize| 0..u32::try_from(count).unwrap_or(u32::MAX);
    recording
        .steps()
        .map(|(id, step)| {
            let said = sentence(recording, &state, step);
            history.advance(&mut state, id);
            let of_thread =
                |thread| (recording.thread(thread).to_owned(), thread_state(recording, &state, thread));
            let of_object = |object: ObjectId| {
                (
                    recording.object(object).into_owned(),
                    object_state(recording, &state.objects[object.index()]),
                )
            };
            Moment {
                step: number(id),
                thread: recording.thread(step.thread).to_owned(),
                action: action(recording, step),
                said,
                place: in_submission(&step.place).map(|place| (place.file.to_string(), place.line)),
                threads: ids(threads).map(ThreadId).map(of_thread).collect(),
                objects: ids(recording.execution.objects.len()).map(ObjectId).map(of_object).collect(),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use model_trace::ObjectKind;

    use super::*;
    use crate::report::samples::{lock, recording, unlock};

    #[test]
    fn each_moment_has_what_is_so_after_its_step() {
        let recording = recording(&[("state", ObjectKind::Mutex)], &[(0, lock(0), 3), (0, unlock(0), 5)]);
        let moments = moments(&recording);
        assert_eq!(moments.len(), 2);
        assert_eq!(moments[0].place, Some(("src/lib.rs".to_owned(), 3)));
        assert_ne!(moments[0].objects, moments[1].objects, "the lock is held, and then it is free");
        assert_eq!((moments[0].step, moments[0].action.as_str()), (1, "lock state"));
    }
}
