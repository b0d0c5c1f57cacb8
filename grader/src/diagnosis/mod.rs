//! What mistake a failing execution shows, and what there is to say about each kind.
//!
//! A diagnosis is computed from the log of the execution and from the learner's source, never from the
//! check that failed. One file for each kind of mistake; each looks for its own pattern, and the first one
//! in [`RULES`] that finds it has the word. Where none does, there is no diagnosis: a wrong one is worse
//! than none.
//!
//! [`pages`] explains the kinds to somebody who meets them for the first time.

mod atomicity;
mod busy_wait;
mod check_then_act;
mod code;
mod guard_across_blocking;
mod late_timeout;
mod lock_order;
mod log;
mod lost_update;
mod lost_wakeup;
mod missing_recheck;
mod never_joined;
mod pages;
mod poisoned;
mod self_deadlock;
mod stale_read;
mod torn_operation;

pub(crate) use code::Code;
pub use pages::{Kind, Page, Term, find, kinds, page, terms, used_in};

use self::log::Log;
use crate::report::{Diagnosis, Failure, Mistake};

type Rule = fn(&Log<'_>) -> Option<String>;

/// The surer sign comes before the weaker one.
const RULES: [(Mistake, Rule); 13] = [
    (Mistake::SelfDeadlock, self_deadlock::diagnose),
    (Mistake::LockOrder, lock_order::diagnose),
    (Mistake::GuardAcrossBlocking, guard_across_blocking::diagnose),
    (Mistake::StaleRead, stale_read::diagnose),
    (Mistake::BusyWait, busy_wait::diagnose),
    (Mistake::MissingRecheck, missing_recheck::diagnose),
    (Mistake::Poisoned, poisoned::diagnose),
    (Mistake::LateTimeout, late_timeout::diagnose),
    (Mistake::LostUpdate, lost_update::diagnose),
    (Mistake::LostWakeup, lost_wakeup::diagnose),
    (Mistake::CheckThenAct, check_then_act::diagnose),
    (Mistake::TornOperation, torn_operation::diagnose),
    (Mistake::NeverJoined, never_joined::diagnose),
];

/// The mistake that `failure` shows, if it shows one. `None` also for a failure without a trace.
pub(crate) fn diagnose(failure: &Failure, code: &Code) -> Option<Diagnosis> {
    if failure.trace.is_empty() {
        return None;
    }
    let log = Log { failure, code };
    RULES.iter().find_map(|&(kind, rule)| rule(&log).map(|message| Diagnosis { kind, message }))
}

#[cfg(test)]
mod tests;
