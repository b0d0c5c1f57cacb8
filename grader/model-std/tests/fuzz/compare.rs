//! Compares what the explorer finds with what the references allow.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{Debug, Display};

use crate::known::Known;
use crate::search::{End, Found, Runner, Settings, replayed_deadlock, search};

/// A kind of program that is run in both ways.
pub trait Subject: Clone + Debug + Display {
    type Outcome: Clone + Debug + Ord + Send + 'static;

    fn runner(&self) -> Runner<Self::Outcome>;
    /// `None`: the program is too large for a reference.
    fn reference(&self) -> Option<Reference<Self::Outcome>>;
    /// Programs that do a little less.
    fn smaller(&self) -> Vec<Self>;
    /// Whether an outcome is that of a deadlock.
    fn is_deadlock(outcome: &Self::Outcome) -> bool;
    /// In what they differ today.
    fn known() -> Vec<Known<Self>>;
}

/// What a program may do.
#[derive(Clone, Debug)]
pub struct Reference<O> {
    /// What the explorer should find, with the fewest preemptions for each.
    pub within: BTreeMap<O, usize>,
    /// Everything that is allowed, whatever the explorer states that it leaves out.
    pub allowed: BTreeSet<O>,
    /// Whether the explorer states limits that leave some of it out.
    pub limited: bool,
    /// Whether the coverage of a search names these limits.
    pub names_limits: bool,
}

/// A difference between the explorer and the references.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference<O> {
    pub kind: Kind,
    pub settings: Settings,
    pub expected: BTreeSet<O>,
    pub found: Found<O>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// An outcome that a complete search has not found.
    Lost,
    /// An outcome that is not allowed.
    Invented,
    /// A deadlock that a complete search has not found.
    DeadlockLost,
    /// A deadlock that cannot be, or needs more preemptions.
    DeadlockInvented,
    /// The deadlock could have been had with fewer preemptions.
    DeadlockNotTheSimplest,
    /// The search says that the bound left nothing out, and it did.
    NotExhaustive,
    /// The search says that no limit left anything out, and one did.
    NotNamed,
    /// It ended neither with a coverage nor with a deadlock.
    Other,
    /// The same search twice, and not the same.
    NotRepeatable,
    /// The same search with steps recorded, and not the same.
    ChangedByRecording,
    /// The schedule of a deadlock does not lead to it again.
    NotReplayed,
    /// What the explorer takes for a step, or states as its limits, allows something that std does not.
    NotAllowed,
    /// What the explorer takes for a step cannot show something that std allows.
    NotShown,
}

/// How many executions a search may take.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    pub remembering: u64,
    pub forgetting: u64,
}

/// What was compared.
#[derive(Clone, Copy, Debug, Default)]
pub struct Effort {
    pub programs: u64,
    /// Programs that are too large for a reference.
    pub too_large: u64,
    pub executions: u64,
    pub searches: u64,
    pub cut_short: u64,
}

pub const BOUNDS: [Option<usize>; 5] = [Some(0), Some(1), Some(2), Some(3), None];

/// Everything in which the explorer and the references differ.
pub fn differences<S: Subject>(
    subject: &S,
    budget: Budget,
    effort: &mut Effort,
) -> Vec<Difference<S::Outcome>> {
    let mut differences = Vec::new();
    effort.programs += 1;
    let Some(reference) = subject.reference() else {
        effort.too_large += 1;
        return differences;
    };
    let within: BTreeSet<_> = reference.within.keys().cloned().collect();
    let kind = if !within.is_subset(&reference.allowed) {
        Some(Kind::NotAllowed)
    } else if !reference.limited && within != reference.allowed {
        Some(Kind::NotShown)
    } else {
        None
    };
    if let Some(kind) = kind {
        let settings = Settings { bound: None, remember: false, executions: 0, record: false, merges: None };
        let found = Found { outcomes: within, executions: 0, end: End::CutShort };
        differences.push(Difference { kind, settings, expected: reference.allowed.clone(), found });
    }
    for bound in BOUNDS {
        for remember in [true, false] {
            let executions = if remember { budget.remembering } else { budget.forgetting };
            let settings = Settings { bound, remember, executions, record: false, merges: None };
            let found = search(subject.runner(), settings);
            effort.searches += 1;
            effort.executions += found.executions;
            effort.cut_short += u64::from(found.end == End::CutShort);
            let expected = reference.up_to(bound);
            let again = |record| search(subject.runner(), Settings { record, ..settings });
            let kind = match judge::<S>(&reference, &expected, &found) {
                Some(kind) => Some(kind),
                None if !is_replayed(subject, &found.end) => Some(Kind::NotReplayed),
                None if bound == Some(1) && again(false) != found => Some(Kind::NotRepeatable),
                None if bound == Some(1) && again(true) != found => Some(Kind::ChangedByRecording),
                None => None,
            };
            if let Some(kind) = kind {
                differences.push(Difference { kind, settings, expected, found });
            }
        }
    }
    differences
}

/// Whether the schedule of a deadlock leads to it again.
fn is_replayed<S: Subject>(subject: &S, end: &End<S::Outcome>) -> bool {
    match end {
        End::Deadlock { outcome, schedule, .. } => {
            replayed_deadlock(subject.runner(), schedule).as_ref() == Some(outcome)
        }
        End::Complete { .. } | End::CutShort | End::Other(_) => true,
    }
}

impl<O: Clone + Ord> Reference<O> {
    /// The outcomes with at most so many preemptions.
    fn up_to(&self, bound: Option<usize>) -> BTreeSet<O> {
        let within = self.within.iter().filter(|&(_, &needs)| bound.is_none_or(|bound| needs <= bound));
        within.map(|(outcome, _)| outcome.clone()).collect()
    }
}

fn judge<S: Subject>(
    reference: &Reference<S::Outcome>,
    expected: &BTreeSet<S::Outcome>,
    found: &Found<S::Outcome>,
) -> Option<Kind> {
    let all = |deadlock| expected.iter().filter(move |outcome| S::is_deadlock(outcome) == deadlock);
    let fewest = all(true).map(|outcome| reference.within[outcome]).min();
    if !found.outcomes.is_subset(expected) {
        return Some(Kind::Invented);
    }
    match (&found.end, fewest) {
        (End::Other(_), _) => Some(Kind::Other),
        (End::CutShort, _) => None,
        (End::Complete { .. }, Some(_)) => Some(Kind::DeadlockLost),
        (End::Complete { exhaustive, limited }, None) => {
            if !all(false).all(|outcome| found.outcomes.contains(outcome)) {
                Some(Kind::Lost)
            } else if *exhaustive && expected.len() < reference.within.len() {
                Some(Kind::NotExhaustive)
            } else if reference.names_limits && *exhaustive && !limited && found.outcomes != reference.allowed
            {
                Some(Kind::NotNamed)
            } else {
                None
            }
        }
        (End::Deadlock { .. }, None) => Some(Kind::DeadlockInvented),
        (End::Deadlock { outcome, preemptions, .. }, Some(fewest)) => match reference.within.get(outcome) {
            None => Some(Kind::DeadlockInvented),
            Some(needs) if needs > preemptions => Some(Kind::DeadlockInvented),
            Some(_) if *preemptions > fewest => Some(Kind::DeadlockNotTheSimplest),
            Some(_) => None,
        },
    }
}

/// Removes what a program does not need in order to differ in the same way.
pub fn shrink<S: Subject>(subject: &S, kind: Kind, budget: Budget) -> S {
    let differs = |subject: &S| {
        differences(subject, budget, &mut Effort::default()).iter().any(|difference| difference.kind == kind)
    };
    let mut smallest = subject.clone();
    while let Some(smaller) = smallest.smaller().into_iter().find(|smaller| differs(smaller)) {
        smallest = smaller;
    }
    smallest
}
