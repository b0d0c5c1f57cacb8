//! A load that read a value although another thread had stored a newer one.

use super::log::{Log, place};
use crate::report::Step;

pub(super) fn diagnose(log: &Log<'_>) -> Option<String> {
    let outdated = |step: &&Step| step.reads.is_some_and(|reads| reads.from != reads.newest);
    let load = log.steps().iter().rfind(outdated)?;
    let newest = log.steps().get(usize::try_from(load.reads?.newest?).ok()?.checked_sub(1)?)?;
    let value = |step: &Step| step.value.clone().unwrap_or_default();
    let object = load.object.as_deref()?;
    let read = match load.reads?.from {
        Some(from) => format!("the value of step {from}"),
        None => "the value from the beginning".to_owned(),
    };
    let weak = weak(log, newest, load);
    let cure = match weak.as_slice() {
        [] if is_ordered(newest) && is_ordered(load) => {
            "`Release` and `Acquire` order what comes before a store that is read; they do not make a new store \
             seen at once. Where each of two threads stores one thing and then looks at the other's, all four \
             have to be `SeqCst`, or under one lock."
                .to_owned()
        }
        [] => "Nothing makes the one happen before the other: a `Release` store that an `Acquire` load reads, or \
               a lock around both, would."
            .to_owned(),
        steps => {
            let steps: Vec<String> = steps
                .iter()
                .map(|step| {
                    let object = step.object.as_deref().unwrap_or_default();
                    let ordering = step.ordering.as_deref().unwrap_or_default();
                    format!("`{}` of `{object}` at {} is `{ordering}`", step.operation, place(step))
                })
                .collect();
            format!(
                "Nothing makes the one happen before the other: {}. Whoever publishes needs `Release`, and whoever \
                 looks needs `Acquire`.",
                steps.join(", and ")
            )
        }
    };
    Some(format!(
        "{thread} reads `{object}` = {old} at {here} (step {number}): {read}. {writer} had stored {new} at {there} \
         before (step {written}), and {thread} need not see that. {cure}",
        thread = load.thread,
        old = value(load),
        here = place(load),
        number = load.step,
        writer = newest.thread,
        new = value(newest),
        there = place(newest),
        written = newest.step,
    ))
}

/// The learner's accesses that should have handed the value over, and are too weak for it: by the writer
/// from the store on, and by the reader up to the load.
fn weak<'a>(log: &Log<'a>, store: &Step, load: &Step) -> Vec<&'a Step> {
    let relaxed = |step: &&Step| step.ordering.as_deref() == Some("Relaxed") && step.file.is_some();
    let writes =
        |step: &&Step| step.reads.is_none() || step.value.as_deref().is_some_and(|value| value.contains('→'));
    let between = || log.steps().iter().filter(|step| (store.step..=load.step).contains(&step.step));
    let published = between().filter(|step| step.thread == store.thread).filter(relaxed).find(writes);
    let looked = between().rfind(|step| step.thread == load.thread && relaxed(step));
    let mut weak: Vec<&Step> = published.into_iter().chain(looked).collect();
    weak.dedup();
    weak
}

/// Whether an access is stronger than `Relaxed`, on the learner's own part.
fn is_ordered(step: &Step) -> bool {
    step.file.is_some() && step.ordering.as_deref().is_some_and(|ordering| ordering != "Relaxed")
}
