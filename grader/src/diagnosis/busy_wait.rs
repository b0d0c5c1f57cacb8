//! A thread asks again and again instead of sleeping until somebody wakes it.

use super::log::{Log, place};
use crate::report::{FailureKind, Step};

/// So many steps at the end of the log show what a thread does over and over.
const LAST: usize = 120;
/// What a thread does so often in these is what it does over and over.
const ROUNDS: usize = 4;

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
    let again = |step: &Step| {
        let same = |other: &&Step| {
            (&other.thread, &other.operation, &other.file, other.line)
                == (&step.thread, &step.operation, &step.file, step.line)
        };
        last.iter().filter(same).count()
    };
    // Whoever is interrupted now and then does not go round.
    let goes_round = |step: &&Step| step.file.is_some() && again(step) >= ROUNDS;
    let step = last.iter().rev().filter(goes_round).max_by_key(|step| again(step))?;
    let thread = &step.thread;
    let own = || last.iter().filter(goes_round).filter(|step| &step.thread == thread);
    let mut places: Vec<String> = own().map(place).collect();
    places.sort();
    places.dedup();
    let places = places.join(", ");
    let sleeps = |step: &Step| ["wait", "wait_timeout", "sleep", "park"].contains(&step.operation.as_str());
    if own().any(sleeps) {
        return Some(format!(
            "{thread} wakes up again and again at {places}, finds nothing changed, and waits once more. Let it \
             sleep until somebody has something for it: a condition variable or a channel, without a clock, and \
             notified only when something has changed."
        ));
    }
    let what = match (step.object.as_deref(), step.value.as_deref()) {
        (Some(object), Some(value)) => format!("`{}` of `{object}`, which gives {value}", step.operation),
        (Some(object), None) => format!("`{}` of `{object}`", step.operation),
        (None, _) => format!("`{}`", step.operation),
    };
    Some(format!(
        "{thread} goes round and round at {places}: {what}, again and again. It uses a whole processor to find \
         out that nothing has changed. Let it sleep until somebody wakes it: a condition variable, a channel, \
         `park`, or `join`."
    ))
}
