//! Two threads read the same value, and each wrote what it made of it: one of the two updates is lost.

use model_trace::{AcquireCall, ObjectId, Operation, Place, Step, StepId};

use super::atomicity::{AtomicityViolation, stale_action};
use super::evidence::{Access, Evidence, after};
use super::finding::{Finding, cite};
use crate::report::{Citation, FailureKind, Recording, Role, in_submission};

pub(super) fn diagnose(evidence: &Evidence<'_>) -> Option<Box<dyn Finding>> {
    if let Some(violation) = stale_action(evidence).filter(|violation| violation.loses_an_update(evidence)) {
        let AtomicityViolation { first, other, second } = &violation;
        let sites = evidence.sites([first, other, second]);
        return Some(Box::new(Overwritten { violation, sites }));
    }
    Some(Box::new(given_up(evidence)?))
}

/// An update by another thread, overwritten with what was made of an older value.
struct Overwritten {
    violation: AtomicityViolation,
    /// Where the helpers are called in which its parts are.
    sites: [Option<Place>; 3],
}

impl Finding for Overwritten {
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
        let number = |value: Option<i128>| value.map(|value| format!(" {value}")).unwrap_or_default();
        let at = |access: &Access, site: &Option<Place>| {
            recording.at_site(&recording.step(access.shown).place, site.as_ref())
        };
        let [here, there, back] = &self.sites;
        format!(
            "{thread} reads{old} from {object} {here}. Before it writes, {other} writes{between} {there}. Then {thread} \
             writes{new} {back}, without regard to that: the update by {other} is lost. The read and the write must be \
             one atomic step: in one critical section, or one `fetch_add`.",
            thread = recording.thread(first.thread),
            old = number(first.found),
            object = recording.quoted(first.object),
            here = at(&first, here),
            other = recording.thread(other.thread),
            between = number(other.left),
            there = at(&other, there),
            new = number(second.left),
            back = at(&second, back),
        )
    }
}

/// An attempt that failed, after which the thread went on as if it had succeeded.
struct GivenUp {
    step: StepId,
    object: ObjectId,
    attempt: Attempt,
}

#[derive(Clone, Copy)]
enum Attempt {
    Exchange { spurious: bool },
    TryLock,
}

fn given_up(evidence: &Evidence<'_>) -> Option<GivenUp> {
    if evidence.kind != FailureKind::Assertion {
        return None;
    }
    // Whatever it does with it in a later call is not this update.
    let tries_again = |id: StepId, step: &Step| {
        let mut later = evidence.within(after(id)..evidence.over());
        let next = later.find(|(_, later)| {
            later.thread == step.thread
                && later.operation.object() == step.operation.object()
                && in_submission(&later.place).is_some()
        });
        next.is_some_and(|(_, next)| evidence.code.may_come_to(&step.place, &next.place))
    };
    evidence.steps().rev().find_map(|(id, step)| {
        let (object, attempt) = failed(step.operation)?;
        let gives_up = evidence.code.returns_nothing(&step.place) && !tries_again(id, step);
        gives_up.then_some(GivenUp { step: id, object, attempt })
    })
}

fn failed(operation: Operation) -> Option<(ObjectId, Attempt)> {
    if let Operation::WouldBlock { lock, call: AcquireCall::TryLock } = operation {
        Some((lock, Attempt::TryLock))
    } else if let Operation::ExchangeFailed { atomic, spurious, .. } = operation {
        Some((atomic, Attempt::Exchange { spurious }))
    } else {
        None
    }
}

impl Finding for GivenUp {
    fn steps(&self) -> Vec<Citation> {
        vec![cite(self.step, Role::Fails)]
    }

    fn to_mend(&self) -> Vec<StepId> {
        vec![self.step]
    }

    fn sentence(&self, recording: &Recording) -> String {
        const REPEAT: &str = "Look at the result, and repeat with the value that is there now: that is what a \
                              `fetch_update` does.";
        let (call, reason, cure) = match self.attempt {
            Attempt::Exchange { spurious: false } => {
                ("compare_exchange", "another thread had changed it since", REPEAT)
            }
            Attempt::Exchange { spurious: true } => {
                ("compare_exchange_weak", "it may do so spuriously", REPEAT)
            }
            Attempt::TryLock => ("try_lock", "another thread holds it", "Wait for the lock, with `lock`."),
        };
        let step = recording.step(self.step);
        let thread = recording.thread(step.thread);
        format!(
            "The `{call}` of {object} by {thread} {here} fails: {reason}. {thread} does not try again, and its update is \
             lost. {cure}",
            object = recording.quoted(self.object),
            here = recording.at(&step.place),
        )
    }
}
