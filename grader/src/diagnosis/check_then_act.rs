//! A condition that a thread had checked no longer held when it acted on it.

use model_trace::{Place, StepId};

use super::atomicity::{AtomicityViolation, stale_action};
use super::evidence::{Access, Evidence};
use super::finding::{Finding, cite};
use crate::report::{Citation, Recording, Role};

mod believed;
pub(super) mod composed;
mod unread;

struct CheckThenAct {
    violation: AtomicityViolation,
    /// Where the helpers are called in which its parts are.
    sites: [Option<Place>; 3],
}

pub(super) fn diagnose(evidence: &Evidence<'_>) -> Option<Box<dyn Finding>> {
    match stale_action(evidence) {
        Some(violation) => {
            let AtomicityViolation { first, other, second } = &violation;
            let sites = evidence.sites([first, other, second]);
            Some(Box::new(CheckThenAct { violation, sites }))
        }
        None => unread::diagnose(evidence).or_else(|| believed::diagnose(evidence)),
    }
}

impl Finding for CheckThenAct {
    fn steps(&self) -> Vec<Citation> {
        let AtomicityViolation { first, other, second } = self.violation;
        vec![
            cite(first.shown, Role::Checks),
            cite(other.written, Role::Intervenes),
            cite(second.written, Role::Acts),
        ]
    }

    fn to_mend(&self) -> Vec<StepId> {
        vec![self.violation.first.shown, self.violation.second.shown]
    }

    fn sentence(&self, recording: &Recording) -> String {
        let AtomicityViolation { first, other, second } = self.violation;
        let at = |access: &Access, site: &Option<Place>| {
            recording.at_site(&recording.step(access.shown).place, site.as_ref())
        };
        let (thread, intruder) = (recording.thread(first.thread), recording.thread(other.thread));
        let [here, there, back] = &self.sites;
        let (here, there, back) = (at(&first, here), at(&other, there), at(&second, back));
        let [checked, changed, acted] = [first, other, second].map(|access| recording.quoted(access.object));
        let (changes, acts) = (other.changes(recording), second.changes(recording));
        if first.object != second.object {
            format!(
                "{thread} looks at {checked} {here}. Then {intruder} {changes} {changed} {there}. When {thread} {acts} \
                 {acted} {back}, what it saw may no longer hold: check-then-act. What belongs together has to \
                 be checked and changed in one critical section."
            )
        } else if first.in_section {
            format!(
                "{thread} looks at {checked} {here} and releases the lock. Then {intruder} {changes} it {there}. In its \
                 next critical section, {back}, {thread} acts, although what it saw in the first one may no longer hold: \
                 check-then-act. Check and act in one critical section."
            )
        } else {
            format!(
                "{thread} looks at {checked} {here}, and {intruder} {changes} it {there}. When {thread} acts {back}, what it \
                 saw may no longer hold: check-then-act. Checking and acting must be one atomic step: a \
                 `compare_exchange`, or one critical section."
            )
        }
    }
}
