//! Failures that show the same: one mistake is one story, however many checks it fails.

use model_trace::Operation;
use schemars::JsonSchema;
use serde::Serialize;

use super::failure::Family;
use super::{CheckReport, Engine, Failure, FailureKind, Mistake, Recording, SourceLine};

/// Failures that show the same mistake, or that happen in the same way at the same place.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Serialize)]
#[schemars(deny_unknown_fields)]
pub struct Group {
    /// How the simplest one fails.
    pub kind: FailureKind,
    /// The mistake that all of them show, if it is known.
    pub mistake: Option<Mistake>,
    /// The function of the submission that it is about, if it is known.
    pub function: Option<String>,
    /// The lines to look at, the first one first.
    pub lines: Vec<SourceLine>,
    /// How many threads take steps in the simplest one. Absent: its engine does not know.
    pub threads: Option<usize>,
    /// The failure that is the simplest to read: it has the fewest threads, then the fewest steps.
    pub simplest: Member,
    /// The checks that fail for the same reason, in the order of the suite.
    pub others: Vec<Member>,
    /// Failures that may follow from this: they end as it does, and no more is known of them than that, or that they
    /// are about the same functions.
    pub may_follow: Vec<Member>,
}

/// A check by one of its engines.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Serialize)]
#[schemars(deny_unknown_fields)]
pub struct Member {
    /// The name of the check.
    #[schemars(length(min = 1))]
    pub check: String,
    /// Who ran it.
    pub engine: Engine,
}

impl Member {
    fn of(check: &CheckReport) -> Self {
        Self { check: check.name.clone(), engine: check.engine }
    }

    /// The entry of the check among those of its report.
    pub fn find<'a>(&self, checks: &'a [CheckReport]) -> Option<&'a CheckReport> {
        checks.iter().find(|check| check.name == self.check && check.engine == self.engine)
    }
}

impl Group {
    /// Everything in the group, the simplest one first.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        std::iter::once(&self.simplest).chain(&self.others).chain(&self.may_follow)
    }

    /// What the simplest check requires, where no cause is known: only that distinguishes one wrong value from another.
    pub fn requirement<'a>(&self, checks: &'a [CheckReport]) -> Option<&'a str> {
        let is_unexplained = self.mistake.is_none() && self.kind == FailureKind::Assertion;
        is_unexplained.then(|| self.simplest.find(checks).map(|check| &*check.title)).flatten()
    }

    /// Whether its lines and its function are those of the mistake. Where a check has found a wrong value and the mistake
    /// is not known, they are those of the last call; with several threads, that may have nothing to do with it.
    pub fn names_its_place(&self) -> bool {
        self.mistake.is_some() || self.kind != FailureKind::Assertion || self.is_of_one_thread()
    }

    /// Whether it is known why its checks fail, or where: otherwise they only fail in the same way.
    pub fn has_a_reason(&self) -> bool {
        self.mistake.is_some() || !self.lines.is_empty() && self.names_its_place()
    }

    /// Whether its checks have failed: otherwise they were not run, because of another one, or could not be.
    pub fn has_failed(&self) -> bool {
        !matches!(self.kind, FailureKind::Requirement | FailureKind::Unsupported)
    }

    /// Whether one thread is enough to fail.
    pub fn is_of_one_thread(&self) -> bool {
        self.threads == Some(1)
    }
}

/// What failures of one group have in common.
#[derive(PartialEq, Eq)]
enum Reason<'a> {
    Mistake(Mistake, Option<&'a SourceLine>),
    Place(FailureKind, &'a SourceLine),
    /// A panic whose place is not known.
    Panic(&'a str),
    /// A limit, or an end before the check was over: what the process did, and no line of the submission.
    End(FailureKind, &'a str),
    /// A fact that does not hold.
    Fact(&'a str),
    /// Nothing is known but the check.
    Check(&'a str),
}

/// The checks that are not passed, in groups, the simplest first. Each is in exactly one.
pub fn groups(checks: &[CheckReport]) -> Vec<Group> {
    let failed = || checks.iter().filter_map(|check| Some((check, check.failure.as_ref()?)));
    let mut stories: Vec<(Reason<'_>, Vec<(&CheckReport, &Failure)>)> = Vec::new();
    let (on_real_threads, known): (Vec<_>, Vec<_>) =
        failed().partition(|(check, _)| check.engine == Engine::Stress);
    for (check, failure) in known {
        let reason = reason(check, failure);
        match stories.iter_mut().find(|(other, _)| *other == reason) {
            Some((_, members)) => members.push((check, failure)),
            None => stories.push((reason, vec![(check, failure)])),
        }
    }
    let mut unexplained = Vec::new();
    for (check, failure) in on_real_threads {
        let reason = reason(check, failure);
        // What the model explains is reported in the model's words. A panic in `std` has no place on real threads.
        let own = |members: &[(&CheckReport, &Failure)]| {
            members.iter().any(|(other, known)| other.name == check.name || says_the_same(known, failure))
        };
        match stories.iter_mut().find(|(other, members)| *other == reason || own(members)) {
            Some((_, members)) => members.push((check, failure)),
            None if is_a_story(failure) => stories.push((reason, vec![(check, failure)])),
            None => unexplained.push((check, failure)),
        }
    }
    let mut groups: Vec<Group> = stories.into_iter().map(|(_, members)| group(&members)).collect();
    for (check, failure) in unexplained {
        // A hang of one thread alone is explained by what hangs alone under the model only.
        let as_many_threads = |group: &Group| group.is_of_one_thread() || !failure.alone;
        let is_alike = |group: &Group| match group.simplest.engine {
            Engine::Model => looks_like(failure.kind, group.kind),
            // Of what hangs on real threads no more is known than that.
            Engine::Stress | Engine::Contract | Engine::Loom => {
                let simplest = group.simplest.find(checks).and_then(|check| check.failure.as_ref());
                failure.kind == FailureKind::Deadlock
                    && simplest.is_some_and(|simplest| {
                        (simplest.kind, &simplest.message) == (failure.kind, &failure.message)
                    })
            }
        };
        let ends_alike = |group: &&mut Group| as_many_threads(group) && is_alike(group);
        match groups.iter_mut().find(ends_alike) {
            Some(group) => group.may_follow.push(Member::of(check)),
            None => groups.push(group(&[(check, failure)])),
        }
    }
    groups.sort_by_key(|group| (rank(group), simplicity(checks, &group.simplest)));
    folded(groups, checks)
}

/// The same, with wrong values that may follow from a simpler story under that one.
fn folded(groups: Vec<Group>, checks: &[CheckReport]) -> Vec<Group> {
    let failure = |group: &Group| group.simplest.find(checks).and_then(|check| check.failure.as_ref());
    let mut stories: Vec<Group> = Vec::new();
    // What is explained comes first: what is not may be simpler to read, and still follow from it. Of stories of one kind
    // the simplest comes first.
    let (explained, others): (Vec<Group>, Vec<Group>) =
        groups.into_iter().partition(|group| group.mistake.is_some() || group.kind != FailureKind::Assertion);
    for group in explained.into_iter().chain(others) {
        let follows = |story: &&mut Group| {
            let both = failure(story).zip(failure(&group));
            both.is_some_and(|(known, failure)| may_follow(failure, &group, known, story))
        };
        match stories.iter_mut().find(follows) {
            Some(story) => story.may_follow.extend(group.members().cloned()),
            None => stories.push(group),
        }
    }
    stories.sort_by_key(|group| (rank(group), simplicity(checks, &group.simplest)));
    stories
}

/// Whether a wrong value without a cause may follow from the mistake in a story with as few threads: it is about the
/// same functions.
fn may_follow(failure: &Failure, group: &Group, known: &Failure, story: &Group) -> bool {
    let is_wrong = |group: &Group| group.kind == FailureKind::Assertion;
    let threads = |group: &Group| group.threads.unwrap_or(usize::MAX);
    if failure.is_of_a_fact || known.is_of_a_fact {
        return false;
    }
    // Where no interleaving is to blame, none of the other threads is needed.
    let is_logic = |group: &Group| group.mistake == Some(Mistake::WrongLogic);
    if !is_wrong(group) || !is_wrong(story) || threads(story) > threads(group) && !is_logic(story) {
        return false;
    }
    if group.mistake.is_some() {
        // One of some functions is wrong, and one of these and others, or of fewer.
        let (some, others) = (&known.about, &failure.about);
        return is_logic(story) && is_logic(group) && (some.is_subset(others) || others.is_subset(some));
    }
    let overlaps = || !known.about.is_disjoint(&failure.about);
    if story.mistake.is_some() {
        // Nothing is known of it but that no interleaving is to blame either.
        let is_unknown = || failure.about.is_empty() && group.is_of_one_thread();
        return overlaps() || is_logic(story) && is_unknown();
    }
    // Without a cause on either side they have to be about one and the same.
    if known.message == failure.message {
        return true;
    }
    let is_one = known.about.len() == 1;
    let of_one_promise = || {
        known.explanation == failure.explanation
            && (overlaps() || known.about.is_empty() || failure.about.is_empty())
    };
    if story.is_of_one_thread() {
        let is_alone = group.is_of_one_thread();
        (is_one || is_alone) && overlaps() || is_alone && of_one_promise()
    } else {
        is_one && known.about == failure.about
    }
}

/// Whether a failure is the panic that another one is, too, as far as its place is known.
fn says_the_same(known: &Failure, failure: &Failure) -> bool {
    let is_panic = |failure: &Failure| failure.kind == FailureKind::Panic;
    (failure.place.is_none() || failure.place == known.place)
        && is_panic(failure)
        && is_panic(known)
        && known.panic == failure.panic
}

fn reason<'a>(check: &'a CheckReport, failure: &'a Failure) -> Reason<'a> {
    match (&failure.diagnosis, &failure.place) {
        (Some(diagnosis), _) => Reason::Mistake(diagnosis.kind, diagnosis.lines.first()),
        (None, Some(place)) => Reason::Place(failure.kind, place),
        // All that build on the same fact are not run for the same reason.
        (None, None) if failure.kind == FailureKind::Requirement => Reason::Fact(&failure.message),
        (None, None) if failure.kind.is_of_the_process() => Reason::End(failure.kind, &failure.message),
        (None, None) => match &failure.panic {
            Some(says) if failure.kind == FailureKind::Panic => Reason::Panic(says),
            Some(_) | None => Reason::Check(&check.name),
        },
    }
}

fn group(members: &[(&CheckReport, &Failure)]) -> Group {
    let (simplest, failure) = members
        .iter()
        .min_by_key(|(check, failure)| shown_first(check, failure))
        .expect("a group has at least one member");
    let others = members.iter().filter(|(check, _)| !std::ptr::eq(*check, *simplest));
    let lines = match &failure.diagnosis {
        Some(diagnosis) => diagnosis.lines.clone(),
        None => failure.place.iter().cloned().collect(),
    };
    Group {
        kind: failure.kind,
        mistake: failure.diagnosis.as_ref().map(|diagnosis| diagnosis.kind),
        function: failure.function.clone(),
        lines,
        threads: threads(failure),
        simplest: Member::of(simplest),
        others: others.map(|(check, _)| Member::of(check)).collect(),
        may_follow: Vec::new(),
    }
}

/// How many threads take steps; one, where that is known of the check.
fn threads(failure: &Failure) -> Option<usize> {
    match &failure.recording {
        Some(recording) => Some(recording.acting_threads().len()),
        None => failure.alone.then_some(1),
    }
}

/// How much there is to read. What has a smaller one is simpler.
type Complexity = (usize, bool, bool, usize, bool);

/// It has fewer threads, then fewer steps; a line that panics says more than a value that is wrong. What has no execution
/// to read comes after all that has one, unless a single thread is enough for it.
fn complexity(check: &CheckReport, failure: &Failure) -> Complexity {
    let steps = failure.recording.as_ref().map_or(0, |recording| recording.execution.steps.len());
    let names_a_panic = failure.kind == FailureKind::Panic && failure.place.is_some();
    // That nobody is left says what is so, and not why. Of a wrong value without a cause no more is known than that.
    let says_little = match &failure.diagnosis {
        Some(diagnosis) => diagnosis.kind == Mistake::NobodyLeft,
        None => failure.recording.is_some() && failure.kind == FailureKind::Assertion,
    };
    let threads = threads(failure).unwrap_or(usize::MAX);
    (threads, !names_a_panic, says_little, steps, check.engine != Engine::Model)
}

/// The same within a story: there, what has an execution to read tells more than what has none, however many threads
/// that one needs. And where no thread has to panic for it, no panic is part of the story.
fn shown_first(check: &CheckReport, failure: &Failure) -> (bool, bool, Complexity) {
    let panics = |recording: &Recording| {
        recording.steps().any(|(_, step)| step.operation == Operation::Panic)
            && failure.kind == FailureKind::Deadlock
    };
    let panics = failure.recording.as_ref().is_some_and(panics);
    (failure.recording.is_none(), panics, complexity(check, failure))
}

fn simplicity(checks: &[CheckReport], member: &Member) -> Complexity {
    let failed = member.find(checks).and_then(|check| Some((check, check.failure.as_ref()?)));
    failed.map_or((usize::MAX, true, true, 0, true), |(check, failure)| complexity(check, failure))
}

/// What is not there yet comes before what is wrong, and what could not be judged after it.
fn rank(group: &Group) -> u8 {
    match group.kind.family() {
        Family::Missing => 0,
        Family::Compiling => 1,
        Family::Hangs | Family::IsWrong | Family::EndsOtherwise => 2,
        Family::NotJudged => 3,
    }
}

/// Whether a failure on real threads says enough to be a story of its own: where it is, or what one thread does wrong.
fn is_a_story(failure: &Failure) -> bool {
    let is_wrong_alone = failure.alone && failure.kind.family() != Family::Hangs;
    let says_why = matches!(failure.kind, FailureKind::Requirement | FailureKind::Panic)
        || failure.kind.is_of_the_process();
    // What others build on, such as how long a call takes, is a matter of its own.
    let is_fact = failure.is_of_a_fact && failure.kind == FailureKind::Assertion;
    is_fact || is_wrong_alone || failure.place.is_some() || says_why
}

/// Whether a failure on real threads looks like one that the model explains.
fn looks_like(on_real_threads: FailureKind, explained: FailureKind) -> bool {
    let family = on_real_threads.family();
    matches!(family, Family::Hangs | Family::IsWrong) && family == explained.family()
}

#[cfg(test)]
mod tests;
