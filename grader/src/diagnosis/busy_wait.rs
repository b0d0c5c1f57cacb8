//! A thread asks again and again instead of sleeping until somebody wakes it.

use super::log::{Log, place};
use crate::report::{FailureKind, Step};

/// So many steps at the end of the log show what a thread does over and over.
const LAST: usize = 40;

pub(super) fn diagnose(log: &Log<'_>) -> Option<String> {
    if log.failure.kind == FailureKind::TooManySteps {
        round_and_round(log)
    } else {
        asleep_by_the_clock(log)
    }
}

/// A loop that sleeps for a while and looks again.
fn asleep_by_the_clock(log: &Log<'_>) -> Option<String> {
    let sleeps = |step: &&Step| step.operation == "sleep" && step.file.is_some() && log.code.goes_round(step);
    let sleep = log.steps().iter().rfind(sleeps)?;
    Some(format!(
        "{thread} looks, sleeps for {time} at {here}, and looks again: it learns too late of what happened in \
         between, and wakes up for nothing when nothing did. Let whoever changes what it waits for wake it: a \
         condition variable, a channel, or `unpark`.",
        thread = sleep.thread,
        time = sleep.value.as_deref().unwrap_or("a while"),
        here = place(sleep),
    ))
}

fn round_and_round(log: &Log<'_>) -> Option<String> {
    let last = &log.steps()[log.steps().len().saturating_sub(LAST)..];
    let thread = &last.last()?.thread;
    let own = || last.iter().filter(|step| &step.thread == thread && step.file.is_some());
    let step = own().next_back()?;
    let what = match (step.object.as_deref(), step.value.as_deref()) {
        (Some(object), Some(value)) => format!("`{}` of `{object}`, which gives {value}", step.operation),
        (Some(object), None) => format!("`{}` of `{object}`", step.operation),
        (None, _) => format!("`{}`", step.operation),
    };
    let mut places: Vec<String> = own().map(place).collect();
    places.sort();
    places.dedup();
    Some(format!(
        "{thread} goes round and round at {}: {what}, again and again. It uses a whole processor to find out that \
         nothing has changed. Let it sleep until somebody wakes it: a condition variable, a channel, `park`, or \
         `join`.",
        places.join(", ")
    ))
}
