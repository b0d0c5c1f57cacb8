//! One call in two pieces: another thread saw what was in between, or it saw two moments itself.

use super::atomicity::in_halves;
use super::log::{Log, place, place_of};
use crate::report::FailureKind;

pub(super) fn diagnose(log: &Log<'_>) -> Option<String> {
    // Why nobody can go on is another question.
    if log.failure.kind == FailureKind::Deadlock {
        return None;
    }
    unfinished(log).or_else(|| in_two(log))
}

/// Another thread, or the check, saw the half of it that was done.
fn unfinished(log: &Log<'_>) -> Option<String> {
    let accesses = log.accesses();
    log.failure.waiting.iter().filter(|waiting| log.is_a_caller(&waiting.thread)).find_map(|waiting| {
        let done = accesses.iter().rfind(|access| access.thread == waiting.thread)?;
        let first = log.step(done.shown);
        let seen = accesses.iter().find(|access| access.thread != waiting.thread && access.at > done.end)?;
        let last = log.steps().iter().rfind(|step| step.thread == waiting.thread)?;
        let goes_on = done.writes && done.end < log.steps().len() && last.operation == "interrupted";
        if !goes_on || !log.code.in_the_same_function(first, waiting) {
            return None;
        }
        let other = log.step(seen.shown);
        Some(format!(
            "{thread} changes `{one}` at {here}, and is not done: it goes on at {back}. Before that, {intruder} looks \
             at `{seen}` at {there}, and sees half of it. What belongs to one operation has to happen under one \
             lock, without giving it up in between.",
            thread = waiting.thread,
            one = done.object,
            here = place(first),
            back = place_of(waiting),
            intruder = other.thread,
            seen = seen.object,
            there = place(other),
        ))
    })
}

fn in_two(log: &Log<'_>) -> Option<String> {
    let torn = in_halves(log)?;
    let (first, other, second) =
        (log.step(torn.first.shown), log.step(torn.other.shown), log.step(torn.second.shown));
    let (thread, intruder) = (&first.thread, &other.thread);
    let (here, there, back) = (place(first), place(other), place(second));
    let (one, seen, two) = (torn.first.object, torn.other.object, torn.second.object);
    Some(if torn.first.writes {
        format!(
            "{thread} changes `{one}` at {here}, and is not done: the rest comes at {back}. In between, {intruder} \
             looks at `{seen}` at {there}, and sees half of it. What belongs to one operation has to happen under \
             one lock, without giving it up in between."
        )
    } else {
        format!(
            "{thread} looks at `{one}` at {here} and at `{two}` at {back}. In between, {intruder} changes `{seen}` at \
             {there}: the two looks are at different moments, and together they show what never was. Look at both \
             under one lock."
        )
    })
}
