//! Failures that show the same: one mistake is one story, however many checks it fails.

use schemars::JsonSchema;
use serde::Serialize;

use super::failure::Family;
use super::{CheckReport, Engine, Failure, FailureKind, Mistake, SourceLine};

/// Failures that show the same mistake, or that happen in the same way at the same place.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Serialize)]
#[schemars(deny_unknown_fields)]
pub struct Group {
    /// How the one fails that is told.
    pub kind: FailureKind,
    /// The mistake that all of them show, if it is known.
    pub mistake: Option<Mistake>,
    /// The function of the submission that it is about, if it is known.
    pub function: Option<String>,
    /// The lines to look at, the first one first.
    pub lines: Vec<SourceLine>,
    /// How many threads take steps in the one that is told. Absent: its engine does not know.
    pub threads: Option<usize>,
    /// The failure that is the simplest to read: it has the fewest threads, then the fewest steps.
    pub told: Member,
    /// The checks that fail for the same reason, in the order of the suite.
    pub others: Vec<Member>,
    /// Failures on real threads that may follow from this: they end as it does, and show no more than that.
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
    /// Everything in the group, the one that is told first.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        std::iter::once(&self.told).chain(&self.others).chain(&self.may_follow)
    }

    /// What the check requires that is told, where no cause is known: a wrong value is only told from another by that.
    pub fn requirement<'a>(&self, checks: &'a [CheckReport]) -> Option<&'a str> {
        let is_unexplained = self.mistake.is_none() && self.kind == FailureKind::Assertion;
        is_unexplained.then(|| self.told.find(checks).map(|check| &*check.title)).flatten()
    }

    /// Whether its lines and its function are those of the mistake. Where a check has found a wrong value and the mistake
    /// is not known, they are those of the last call; with several threads, that may have nothing to do with it.
    pub fn names_its_place(&self) -> bool {
        self.mistake.is_some() || self.kind != FailureKind::Assertion || self.is_of_one_thread()
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
        // What the model explains is told in the model's words.
        let own =
            |members: &[(&CheckReport, &Failure)]| members.iter().any(|(other, _)| other.name == check.name);
        match stories.iter_mut().find(|(other, members)| *other == reason || own(members)) {
            Some((_, members)) => members.push((check, failure)),
            None if is_a_story(failure) => {
                stories.push((reason, vec![(check, failure)]));
            }
            None => unexplained.push((check, failure)),
        }
    }
    let mut groups: Vec<Group> = stories.into_iter().map(|(_, members)| group(&members)).collect();
    for (check, failure) in unexplained {
        // A hang of one thread alone is explained by what hangs alone under the model.
        let as_many_threads = |group: &Group| group.is_of_one_thread() == failure.alone;
        let ends_alike = |group: &&mut Group| {
            group.told.engine == Engine::Model
                && as_many_threads(group)
                && looks_like(failure.kind, group.kind)
        };
        match groups.iter_mut().find(ends_alike) {
            Some(group) => group.may_follow.push(Member::of(check)),
            None => groups.push(group(&[(check, failure)])),
        }
    }
    groups.sort_by_key(|group| (rank(group), simplicity(checks, &group.told)));
    groups
}

fn reason<'a>(check: &'a CheckReport, failure: &'a Failure) -> Reason<'a> {
    match (&failure.diagnosis, &failure.place) {
        (Some(diagnosis), _) => Reason::Mistake(diagnosis.kind, diagnosis.lines.first()),
        (None, Some(place)) => Reason::Place(failure.kind, place),
        // All that build on the same fact are not run for the same reason.
        (None, None) if failure.kind == FailureKind::Requirement => Reason::Fact(&failure.message),
        (None, None) => Reason::Check(&check.name),
    }
}

fn group(members: &[(&CheckReport, &Failure)]) -> Group {
    let (told, failure) = members
        .iter()
        .min_by_key(|(check, failure)| told_first(check, failure))
        .expect("a group has at least one member");
    let others = members.iter().filter(|(check, _)| !std::ptr::eq(*check, *told));
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
        told: Member::of(told),
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

/// What has a smaller one is simpler to read: it has fewer threads, then fewer steps. What has no execution to
/// read comes after all that has one, unless a single thread is enough for it.
fn complexity(check: &CheckReport, failure: &Failure) -> (usize, usize, bool) {
    let steps = failure.recording.as_ref().map_or(0, |recording| recording.execution.steps.len());
    (threads(failure).unwrap_or(usize::MAX), steps, check.engine != Engine::Model)
}

/// The same within a story: there, what has an execution to read tells more than what has none, however many threads
/// that one needs.
fn told_first(check: &CheckReport, failure: &Failure) -> (bool, (usize, usize, bool)) {
    (failure.recording.is_none(), complexity(check, failure))
}

fn simplicity(checks: &[CheckReport], told: &Member) -> (usize, usize, bool) {
    let told = told.find(checks).and_then(|check| Some((check, check.failure.as_ref()?)));
    told.map_or((usize::MAX, 0, true), |(check, failure)| complexity(check, failure))
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

/// Whether a failure on real threads says enough to be told by itself: where it is, or what one thread does wrong.
fn is_a_story(failure: &Failure) -> bool {
    let is_wrong_alone = failure.alone && failure.kind.family() != Family::Hangs;
    is_wrong_alone || failure.place.is_some() || failure.kind == FailureKind::Requirement
}

/// Whether a failure on real threads looks like one that the model explains.
fn looks_like(on_real_threads: FailureKind, explained: FailureKind) -> bool {
    let family = on_real_threads.family();
    matches!(family, Family::Hangs | Family::IsWrong) && family == explained.family()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples::{MAIN, T1, failed, load, recording, spawn, word};
    use crate::report::{Diagnosis, Recording};
    use model_trace::{AtomicType, ObjectKind};

    fn line(line: u32) -> SourceLine {
        SourceLine { file: "src/lib.rs".to_owned(), line }
    }

    fn steps(threads: &[u32]) -> Recording {
        let value = ("value", ObjectKind::Atomic(AtomicType::U64));
        let taken = threads.iter().map(|thread| (*thread, load(0, word(0), None, None), 3));
        let taken: Vec<_> = [(MAIN, spawn(T1), 0)].into_iter().chain(taken).collect();
        recording(&[value], &taken)
    }

    fn lost(name: &str, at: u32, threads: &[u32]) -> CheckReport {
        let diagnosis = Diagnosis {
            kind: Mistake::LostUpdate,
            message: String::new(),
            steps: Vec::new(),
            lines: vec![line(at)],
        };
        let mut check = failed(name, Engine::Model, FailureKind::Assertion);
        let failure = check.failure.as_mut().expect("a failure");
        failure.diagnosis = Some(diagnosis);
        failure.recording = Some(steps(threads));
        check
    }

    fn names(group: &Group) -> Vec<&str> {
        group.members().map(|member| member.check.as_str()).collect()
    }

    #[test]
    fn one_mistake_is_one_story_and_the_shortest_is_told() {
        let checks =
            [lost("long", 7, &[MAIN, T1, MAIN]), lost("short", 7, &[T1]), lost("other", 9, &[T1, T1])];
        let groups = groups(&checks);
        assert_eq!(groups.iter().map(names).collect::<Vec<_>>(), [vec!["short", "long"], vec!["other"]]);
        assert_eq!(groups[0].lines, [line(7)]);
    }

    #[test]
    fn the_last_call_of_several_threads_is_no_place_to_look_at() {
        let wrong = |threads: &[u32]| {
            let mut check = failed("wrong", Engine::Model, FailureKind::Assertion);
            let failure = check.failure.as_mut().expect("a failure");
            failure.place = Some(line(3));
            failure.recording = Some(steps(threads));
            groups(&[check]).remove(0)
        };
        assert!(wrong(&[MAIN]).names_its_place());
        assert!(!wrong(&[MAIN, T1]).names_its_place());
        assert!(groups(&[lost("lost", 7, &[MAIN, T1])])[0].names_its_place());
    }

    #[test]
    fn what_fails_with_one_thread_comes_before_what_needs_two() {
        let mut alone = failed("alone", Engine::Stress, FailureKind::Assertion);
        alone.failure.as_mut().expect("a failure").alone = true;
        let checks = [lost("two", 7, &[T1]), alone, lost("one", 8, &[MAIN, MAIN, MAIN])];
        let groups = groups(&checks);
        assert_eq!(groups.iter().map(names).collect::<Vec<_>>(), [["alone"], ["one"], ["two"]]);
        assert!(groups[1].is_of_one_thread() && !groups[2].is_of_one_thread());
    }

    #[test]
    fn real_threads_are_counted_under_the_story_of_the_model() {
        let checks = [
            lost("a", 7, &[T1]),
            failed("a", Engine::Stress, FailureKind::Assertion),
            failed("crowd", Engine::Stress, FailureKind::Assertion),
            failed("hangs", Engine::Stress, FailureKind::Timeout),
        ];
        let groups = groups(&checks);
        assert_eq!(groups.len(), 2);
        assert_eq!(groups[0].others, [Member { check: "a".to_owned(), engine: Engine::Stress }]);
        assert_eq!(groups[0].may_follow, [Member { check: "crowd".to_owned(), engine: Engine::Stress }]);
        assert_eq!(names(&groups[1]), ["hangs"], "it ends in another way");
    }

    #[test]
    fn a_story_is_told_by_its_schedule_where_it_has_one() {
        let alone = |name: &str| {
            let mut check = failed(name, Engine::Stress, FailureKind::Deadlock);
            check.failure.as_mut().expect("a failure").alone = true;
            check
        };
        let deadlock = |mut check: CheckReport| {
            check.failure.as_mut().expect("a failure").kind = FailureKind::Deadlock;
            check
        };
        let checks = [
            alone("three"),
            alone("other"),
            deadlock(lost("three", 7, &[T1, MAIN])),
            deadlock(lost("one", 7, &[MAIN, MAIN, MAIN, MAIN])),
        ];
        let groups = groups(&checks);
        assert_eq!(groups.len(), 1, "{groups:#?}");
        assert_eq!(groups[0].told, Member { check: "one".to_owned(), engine: Engine::Model });
        assert_eq!(names(&groups[0]), ["one", "three", "three", "other"]);
    }

    #[test]
    fn the_same_place_is_the_same_story_and_no_place_is_none() {
        let at = |name: &str, place: Option<SourceLine>| {
            let mut check = failed(name, Engine::Stress, FailureKind::NotImplemented);
            check.failure.as_mut().expect("a failure").place = place;
            check
        };
        let checks = [
            at("a", Some(line(3))),
            at("b", Some(line(3))),
            at("c", Some(line(9))),
            at("d", None),
            at("e", None),
        ];
        let groups = groups(&checks);
        assert_eq!(
            groups.iter().map(names).collect::<Vec<_>>(),
            [vec!["a", "b"], vec!["c"], vec!["d"], vec!["e"]]
        );
    }
}
