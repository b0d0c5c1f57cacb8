//! A lock that nobody can use any more, for a thread panicked while it held it.

use super::log::{Log, place};

pub(super) fn diagnose(log: &Log<'_>) -> Option<String> {
    if !log.failure.message.contains("PoisonError") {
        return None;
    }
    let panics = |position: &usize| log.step(*position).operation == "panics";
    let first = (0..log.steps().len()).find(panics)?;
    let thread = &log.step(first).thread;
    let held = log.sections().into_iter().rfind(|section| {
        section.thread == thread && section.taken < first && section.left.is_none_or(|left| left > first)
    })?;
    let lock = held.lock;
    let user =
        log.steps().iter().skip(first).find(|step| {
            step.object.as_deref() == Some(lock) && &step.thread != thread && step.file.is_some()
        });
    let user = user.map_or_else(String::new, |step| {
        format!(" {} takes it at {}, and its `unwrap` panics in turn.", step.thread, place(step))
    });
    Some(format!(
        "{thread} panicked at {here} while it held `{lock}` (since {there}): the lock is poisoned.{user} Either \
         the panic must not happen while the lock is held, or `lock().unwrap_or_else(PoisonError::into_inner)` \
         takes the data as they are.",
        here = place(log.step(first)),
        there = place(log.step(held.taken)),
    ))
}
