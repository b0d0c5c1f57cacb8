//! What a thread had looked at was no longer so when it acted on it.

use super::atomicity::outdated;
use super::log::{Log, place};
use crate::report::FailureKind;

pub(super) fn diagnose(log: &Log<'_>) -> Option<String> {
    // Why nobody can go on is another question.
    if log.failure.kind == FailureKind::Deadlock {
        return None;
    }
    let torn = outdated(log)?;
    let (look, other, act) =
        (log.step(torn.first.shown), log.step(torn.other.shown), log.step(torn.second.shown));
    let (object, thread, intruder) = (torn.first.object, &look.thread, &other.thread);
    let (here, there, back) = (place(look), place(other), place(act));
    Some(if torn.first.object != torn.second.object {
        let (changed, second) = (torn.other.object, torn.second.object);
        format!(
            "{thread} looks at `{object}` at {here}. Then {intruder} changes `{changed}` at {there}. When {thread} \
             changes `{second}` at {back}, what it saw is no longer so. What belongs together has to be looked at \
             and changed in one step: under one lock."
        )
    } else if torn.first.in_lock {
        format!(
            "{thread} looks at `{object}` at {here} and gives the lock up. Then {intruder} changes it at {there}. When \
             {thread} has the lock again, at {back}, it acts on what it saw before, and that is no longer so. Look \
             and act under one and the same lock."
        )
    } else {
        format!(
            "{thread} looks at `{object}` at {here}, and {intruder} changes it at {there}. When {thread} acts, at \
             {back}, what it saw is no longer so. Looking and acting must be one step: a `compare_exchange`, or \
             one lock around both."
        )
    })
}
