use super::*;
use crate::report::Diagnosis;
use crate::report::samples::{MAIN, T1, failed, load, lock, recording, spawn, unlock, word};
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
    let checks = [lost("long", 7, &[MAIN, T1, MAIN]), lost("short", 7, &[T1]), lost("other", 9, &[T1, T1])];
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

#[test]
fn a_panic_in_std_is_counted_under_the_panic_of_the_model_that_says_the_same() {
    let panics = |name: &str, engine, says: &str, whereabouts: &str, place: Option<SourceLine>| {
        let mut check = failed(name, engine, FailureKind::Panic);
        let failure = check.failure.as_mut().expect("a failure");
        failure.message = format!("{says} ({whereabouts})");
        (failure.panic, failure.place) = (Some(says.to_owned()), place);
        check
    };
    let checks = [
        panics("a", Engine::Stress, "overflow", "in a call of `std`", None),
        panics("b", Engine::Stress, "another (of two)", "in a call of `std`", None),
        panics("c", Engine::Stress, "another (of two)", "in a call of `std`", None),
        panics("d", Engine::Model, "overflow", "in thread T1, at src/lib.rs:3", Some(line(3))),
    ];
    let groups = groups(&checks);
    assert_eq!(groups.iter().map(names).collect::<Vec<_>>(), [["d", "a"], ["b", "c"]]);
}

#[test]
fn what_hangs_on_real_threads_is_one_story() {
    let hangs = |name: &str, message: &str| {
        let mut check = failed(name, Engine::Stress, FailureKind::Deadlock);
        check.failure.as_mut().expect("a failure").message = message.to_owned();
        check
    };
    let groups = groups(&[hangs("a", "blocked"), hangs("b", "blocked"), hangs("c", "idle")]);
    assert_eq!(groups.iter().map(names).collect::<Vec<_>>(), [vec!["a", "b"], vec!["c"]]);
    assert_eq!(groups[0].may_follow, [Member { check: "b".to_owned(), engine: Engine::Stress }]);
}

#[test]
fn a_deadlock_is_told_without_a_panic_where_it_needs_none() {
    let deadlock = |name: &str, more: &[(u32, Operation, u32)]| {
        let mut check = lost(name, 7, &[MAIN]);
        let failure = check.failure.as_mut().expect("a failure");
        failure.kind = FailureKind::Deadlock;
        failure.recording = Some(recording(&[("value", ObjectKind::Mutex)], more));
        check
    };
    let checks = [
        deadlock("panics", &[(T1, Operation::Panic, 0)]),
        deadlock("does not", &[(MAIN, spawn(T1), 0), (T1, lock(0), 3), (T1, unlock(0), 3)]),
    ];
    assert_eq!(groups(&checks).iter().map(names).collect::<Vec<_>>(), [["does not", "panics"]]);
}

#[test]
fn a_line_that_panics_comes_before_a_value_that_is_wrong() {
    let alone = |name: &str, kind, place| {
        let mut check = failed(name, Engine::Stress, kind);
        let failure = check.failure.as_mut().expect("a failure");
        (failure.alone, failure.place) = (true, place);
        check
    };
    let checks = [
        alone("wrong", FailureKind::Assertion, None),
        alone("panics", FailureKind::Panic, Some(line(3))),
        lost("two", 7, &[T1]),
    ];
    assert_eq!(groups(&checks).iter().map(names).collect::<Vec<_>>(), [["panics"], ["wrong"], ["two"]]);
}
