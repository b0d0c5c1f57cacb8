//! What mistake a failing execution shows, and what there is to say about each kind.
//!
//! A diagnosis is computed from the steps of the execution and from the learner's source, never from the
//! check that failed. One file for each kind of mistake; each looks for its own pattern in the [`evidence`], and
//! the first one in [`RULES`] that finds it decides. What it finds is data, of which a sentence is made last.
//! Where none finds anything, there is no diagnosis: a wrong one is worse than none.
//!
//! [`pages`] explains the kinds to a reader who meets them for the first time.

mod atomicity;
mod busy_wait;
mod calls;
mod check_then_act;
mod computed_result;
mod evidence;
mod finding;
mod gives_up;
mod guard_across_blocking;
mod late_timeout;
mod lock_order;
mod lost_in_panic;
mod lost_update;
mod lost_wakeup;
mod missing_gap;
mod missing_recheck;
mod never_joined;
mod nobody_left;
mod pages;
mod poisoned;
mod self_deadlock;
mod stale_read;
mod torn_operation;
mod visits;
mod wrong_logic;

pub use pages::{Kind, Page, Term, find, kinds, page, terms, used_in};

use model_trace::StepId;

use evidence::Evidence;
use finding::Finding;

use crate::report::{Diagnosis, FailureKind, Mistake, Recording, SourceLine, in_submission};
use crate::trace::Code;

type Rule = fn(&Evidence<'_>) -> Option<Box<dyn Finding>>;

/// The surer sign comes before the weaker one. Only those count that fit how the execution ends.
const RULES: [(Mistake, Rule); 21] = [
    (Mistake::SelfDeadlock, self_deadlock::diagnose),
    (Mistake::LockOrder, lock_order::diagnose),
    (Mistake::GuardAcrossBlocking, guard_across_blocking::diagnose),
    (Mistake::StaleRead, stale_read::diagnose),
    (Mistake::TornOperation, torn_operation::diagnose_counts),
    (Mistake::BusyWait, busy_wait::diagnose),
    (Mistake::MissingRecheck, missing_recheck::diagnose),
    (Mistake::Poisoned, poisoned::diagnose),
    (Mistake::LateTimeout, late_timeout::diagnose),
    (Mistake::LostInPanic, lost_in_panic::diagnose),
    (Mistake::LostUpdate, lost_update::diagnose),
    (Mistake::GivesUpOnContention, gives_up::diagnose),
    (Mistake::LostWakeup, lost_wakeup::diagnose),
    (Mistake::CheckThenAct, check_then_act::diagnose),
    (Mistake::TornOperation, torn_operation::diagnose),
    (Mistake::ComputedResult, computed_result::diagnose),
    (Mistake::MissingGap, missing_gap::diagnose),
    (Mistake::NeverJoined, never_joined::diagnose),
    (Mistake::NobodyLeft, nobody_left::diagnose),
    (Mistake::CheckThenAct, check_then_act::composed::diagnose),
    (Mistake::WrongLogic, wrong_logic::diagnose),
];

/// The mistake that a failing execution shows, if it shows one.
pub(crate) fn diagnose(recording: &Recording, kind: FailureKind, code: &Code) -> Option<Diagnosis> {
    let evidence = Evidence::of(recording, kind, code);
    let fitting = RULES.iter().filter(|(mistake, _)| mistake.fits(kind));
    let (kind, finding) =
        fitting.into_iter().find_map(|&(mistake, rule)| rule(&evidence).map(|finding| (mistake, finding)))?;
    let mut steps = finding.steps();
    steps.sort_by_key(|citation| citation.step);
    steps.dedup_by_key(|citation| citation.step);
    let mut lines = lines(&evidence, &finding.to_mend());
    if let Some(first) = finding.first_line() {
        lines.retain(|line| *line != first);
        lines.insert(0, first);
    }
    Some(Diagnosis { kind, message: finding.sentence(recording), steps, lines })
}

/// The lines of the submission that these steps are at, each once. A helper of a few lines says less than its caller.
fn lines(evidence: &Evidence<'_>, steps: &[StepId]) -> Vec<SourceLine> {
    let mut lines: Vec<SourceLine> = Vec::new();
    let place =
        |step: &StepId| evidence.site(*step).or_else(|| in_submission(evidence.place(*step)).cloned());
    for place in steps.iter().filter_map(place) {
        let line = SourceLine { file: place.file.to_string(), line: place.line };
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}

#[cfg(test)]
mod long_executions;
#[cfg(test)]
mod tests;
