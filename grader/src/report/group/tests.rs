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
    assert_eq!(groups[0].simplest, Member { check: "one".to_owned(), engine: Engine::Model });
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
fn what_ends_in_the_same_way_is_one_story_whoever_ran_it() {
    let ended = |name: &str, engine, kind, message: &str| {
        let mut check = failed(name, engine, kind);
        check.failure.as_mut().expect("a failure").message = message.to_owned();
        check
    };
    let checks = [
        ended("memory", Engine::Stress, FailureKind::MemoryLimit, "more than 512 MiB"),
        ended("memory again", Engine::Stress, FailureKind::MemoryLimit, "more than 512 MiB"),
        ended("threads", Engine::Model, FailureKind::ThreadLimit, "more than 64"),
        ended("threads again", Engine::Model, FailureKind::ThreadLimit, "more than 64"),
        ended("real threads", Engine::Stress, FailureKind::ThreadLimit, "more than 1024"),
        ended("unseen", Engine::Model, FailureKind::NeverHappens, "none shows it"),
        ended("unseen too", Engine::Model, FailureKind::NeverHappens, "none shows it"),
    ];
    let mut stories: Vec<Vec<String>> = stories(&checks);
    stories.sort();
    let expected: [&[&str]; 5] = [
        &["memory", "memory again"],
        &["real threads"],
        &["threads", "threads again"],
        &["unseen"],
        &["unseen too"],
    ];
    assert_eq!(stories, expected);
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

/// A wrong value that is about these functions.
fn wrong(name: &str, engine: Engine, about: &[&str], promise: &str) -> CheckReport {
    let mut check = failed(name, engine, FailureKind::Assertion);
    let failure = check.failure.as_mut().expect("a failure");
    failure.about = about.iter().map(|function| (*function).to_owned()).collect();
    promise.clone_into(&mut failure.explanation);
    failure.message = format!("{name} is wrong");
    failure.message = format!("{name} is wrong");
    check
}

fn alone(mut check: CheckReport) -> CheckReport {
    check.failure.as_mut().expect("a failure").alone = true;
    check
}

/// The model explains a wrong value by the logic of these functions.
fn explained(name: &str, about: &[&str], threads: &[u32]) -> CheckReport {
    let mut check = lost(name, 7, threads);
    let failure = check.failure.as_mut().expect("a failure");
    failure.diagnosis.as_mut().expect("a diagnosis").kind = Mistake::WrongLogic;
    failure.about = about.iter().map(|function| (*function).to_owned()).collect();
    check
}

/// A wrong value of the model without a cause.
fn unexplained(name: &str, about: &[&str], threads: &[u32]) -> CheckReport {
    let mut check = wrong(name, Engine::Model, about, name);
    check.failure.as_mut().expect("a failure").recording = Some(steps(threads));
    check
}

fn stories(checks: &[CheckReport]) -> Vec<Vec<String>> {
    let names = |group: &Group| names(group).into_iter().map(str::to_owned).collect();
    groups(checks).iter().map(names).collect()
}

#[test]
fn wrong_values_of_a_function_follow_from_what_is_known_of_it() {
    let checks = [
        alone(wrong("order", Engine::Stress, &[], "in order")),
        alone(wrong("get", Engine::Stress, &["get"], "in order")),
        alone(wrong("random calls", Engine::Stress, &["get", "put", "task_done"], "as promised")),
        wrong("histories", Engine::Stress, &["get", "len", "put"], "linearizable"),
        explained("two places", &["get", "put"], &[MAIN]),
        unexplained("no other call", &["get"], &[MAIN, T1]),
    ];
    let stories = stories(&checks);
    assert_eq!(stories.len(), 1, "{stories:?}");
    assert_eq!(stories[0][0], "two places");
}

#[test]
fn two_mistakes_are_two_stories() {
    let checks = [
        alone(wrong("len", Engine::Stress, &["len"], "it counts")),
        explained("order", &["get", "put"], &[MAIN]),
        unexplained("task_done", &["task_done"], &[MAIN, T1]),
    ];
    let told: Vec<String> = stories(&checks).into_iter().flatten().collect();
    assert_eq!(stories(&checks).len(), 3);
    assert_eq!(told, ["len", "order", "task_done"]);
}

#[test]
fn what_fails_alone_does_not_follow_from_what_needs_two_threads() {
    let checks = [lost("race", 7, &[MAIN, T1]), alone(wrong("get", Engine::Stress, &["get"], "in order"))];
    assert_eq!(stories(&checks), [["get"], ["race"]]);
}

#[test]
fn what_no_interleaving_is_to_blame_for_may_fail_alone() {
    let checks = [
        explained("of two functions", &["get", "put"], &[MAIN, T1]),
        explained("of one function", &["get"], &[MAIN, T1, MAIN]),
        alone(wrong("alone", Engine::Stress, &[], "in order")),
    ];
    let stories = stories(&checks);
    assert_eq!(stories.len(), 1, "{stories:?}");
}

#[test]
fn what_others_build_on_is_a_story_of_its_own() {
    let mut slow = wrong("slow", Engine::Stress, &["get"], "no longer in a large one");
    slow.failure.as_mut().expect("a failure").is_of_a_fact = true;
    let told = [explained("order", &["get"], &[MAIN]), slow];
    assert_eq!(stories(&told), [["order"], ["slow"]]);
}

#[test]
fn one_message_is_one_story_where_no_cause_is_known() {
    let mut checks = [unexplained("a", &[], &[MAIN, T1]), unexplained("b", &["put"], &[MAIN, T1])];
    assert_eq!(stories(&checks).len(), 2);
    for check in &mut checks {
        "a reader got in".clone_into(&mut check.failure.as_mut().expect("a failure").message);
    }
    assert_eq!(stories(&checks), [["a", "b"]]);
}

#[test]
fn why_comes_before_that_nobody_is_left() {
    let mut weak = lost("weak", 9, &[MAIN, T1]);
    weak.failure.as_mut().and_then(|failure| failure.diagnosis.as_mut()).expect("a diagnosis").kind =
        Mistake::NobodyLeft;
    let checks = [weak, lost("long", 7, &[MAIN, T1, MAIN]), unexplained("unknown", &[], &[MAIN, T1])];
    assert_eq!(stories(&checks)[0], ["long"]);
}

#[test]
fn without_a_cause_one_function_or_one_promise_is_one_story() {
    let checks = [
        alone(wrong("three", Engine::Stress, &[], "in order")),
        alone(wrong("equal", Engine::Stress, &[], "in order")),
        alone(wrong("timed", Engine::Stress, &["get"], "in order")),
        alone(wrong("len", Engine::Stress, &["len"], "it counts")),
    ];
    assert_eq!(stories(&checks), [vec!["three", "equal", "timed"], vec!["len"]]);
    let two = |one: &[&str], other: &[&str]| {
        let threads = [MAIN, T1];
        stories(&[unexplained("a", one, &threads), unexplained("b", other, &threads)]).len()
    };
    assert_eq!(
        (two(&["get"], &["get"]), two(&["get", "put"], &["get", "put"]), two(&["get"], &["put"])),
        (1, 2, 2)
    );
}
