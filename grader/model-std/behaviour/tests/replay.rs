//! A failing schedule is written down, read, and run again: on the same program, on one that no longer
//! fails, and on one that goes another way. From it, the search finds a smaller failure; and it finds an
//! execution to look at where nothing fails.

use std::mem::discriminant;

use model_std::model::{Failure, Operation, Outcome, Replay, Schedule, Search, Step};
use model_std::sync::atomic::{AtomicUsize, Ordering};
use model_std::sync::{Arc, Condvar, Mutex};
use model_std::thread;

/// Two threads add one each, in two steps; returns what comes of it.
fn added_by_two() -> usize {
    let count = Arc::new(AtomicUsize::new(0));
    let theirs = Arc::clone(&count);
    let other = thread::spawn(move || {
        let seen = theirs.load(Ordering::SeqCst);
        theirs.store(seen + 1, Ordering::SeqCst);
    });
    let seen = count.load(Ordering::SeqCst);
    count.store(seen + 1, Ordering::SeqCst);
    other.join().unwrap();
    count.load(Ordering::SeqCst)
}

fn loses_an_update() {
    assert_eq!(added_by_two(), 2);
}

/// As many steps, but it forgives.
fn forgives() {
    assert!(added_by_two() >= 1);
}

fn failure(outcome: Outcome) -> Failure {
    match outcome {
        Outcome::Failed(failure) => *failure,
        other => panic!("not a failure: {other:?}"),
    }
}

#[test]
fn the_same_schedule_fails_in_the_same_way() {
    let found = failure(Search::default().run(loses_an_update));
    let schedule: Schedule = found.schedule.to_string().parse().expect("a schedule");
    assert_eq!(schedule, found.schedule);
    let Replay::Followed(outcome) = Search::default().replay(&schedule, loses_an_update) else {
        panic!("the same program goes another way");
    };
    let again = failure(outcome);
    assert_eq!((again.cause, again.execution), (found.cause, found.execution));
}

#[test]
fn a_program_that_no_longer_fails_passes_in_it() {
    let found = failure(Search::default().run(loses_an_update));
    let replay = Search::default().replay(&found.schedule, forgives);
    assert!(matches!(replay, Replay::Followed(Outcome::Passed(_))), "{replay:?}");
}

#[test]
fn a_program_that_goes_another_way_diverges_at_a_step() {
    let found = failure(Search::default().run(loses_an_update));
    // Nobody else is there to be chosen.
    let replay = Search::default().replay(&found.schedule, || {
        let count = AtomicUsize::new(0);
        count.store(1, Ordering::SeqCst);
        assert_eq!(count.load(Ordering::SeqCst), 1);
    });
    let Replay::Diverged(divergence) = replay else { panic!("it follows: {replay:?}") };
    assert_eq!(divergence.steps, 2);
    assert!(divergence.place.file.ends_with("replay.rs"), "{divergence:?}");
}

/// Fails in any case, after more steps if the first thread comes first.
fn fails_sooner_or_later() {
    let (came, done) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let its_coming = Arc::clone(&came);
    let first = thread::spawn(move || its_coming.store(1, Ordering::SeqCst));
    let its_end = Arc::clone(&done);
    let second = thread::spawn(move || {
        while came.load(Ordering::SeqCst) == 1 && its_end.fetch_add(1, Ordering::SeqCst) < 5 {}
    });
    first.join().unwrap();
    second.join().unwrap();
    assert_eq!(done.load(Ordering::SeqCst), 7);
}

#[test]
fn a_smaller_failure_needs_as_few_preemptions_and_fewer_steps() {
    let first = failure(Search::default().run(fails_sooner_or_later));
    let smaller = Search::default().smaller(&first.schedule, fails_sooner_or_later).expect("there is one");
    assert_eq!(discriminant(&smaller.cause), discriminant(&first.cause));
    assert_eq!(smaller.preemptions, first.preemptions);
    assert!(smaller.execution.steps.len() < first.execution.steps.len(), "{smaller}\n{first}");
    let Replay::Followed(outcome) = Search::default().replay(&smaller.schedule, fails_sooner_or_later) else {
        panic!("its schedule leads elsewhere");
    };
    assert_eq!(failure(outcome).execution.steps, smaller.execution.steps);
    assert!(Search::default().smaller(&smaller.schedule, fails_sooner_or_later).is_none());
}

#[test]
fn nothing_is_smaller_where_nothing_fails() {
    let found = failure(Search::default().run(loses_an_update));
    assert!(Search::default().smaller(&found.schedule, forgives).is_none());
}

/// One thread lets the other go on.
fn hands_over() {
    let gate = Arc::new((Mutex::new(false), Condvar::new()));
    let theirs = Arc::clone(&gate);
    let other = thread::spawn(move || {
        *theirs.0.lock().unwrap() = true;
        theirs.1.notify_one();
    });
    let mut open = gate.0.lock().unwrap();
    while !*open {
        open = gate.1.wait(open).unwrap();
    }
    drop(open);
    other.join().unwrap();
}

#[test]
fn an_example_shows_threads_that_wait_for_each_other() {
    let search = || Search { executions: 50, ..Search::default() };
    let example = search().example(hands_over).expect("nothing fails");
    let waits = |step: &Step| matches!(step.operation, Operation::Wait { .. });
    assert!(example.execution.steps.iter().any(waits), "{:?}", example.execution);
    assert_eq!(search().example(hands_over).expect("nothing fails").execution, example.execution);
    let replay = Search::default().replay(&example.schedule, hands_over);
    assert!(matches!(replay, Replay::Followed(Outcome::Passed(_))), "{replay:?}");
}

#[test]
fn what_always_fails_has_no_example() {
    assert!(Search { executions: 50, ..Search::default() }.example(fails_sooner_or_later).is_none());
}

#[test]
fn what_is_no_schedule_is_refused() {
    for text in ["", "1", "1-1-0-0", "x-1-0-0-02", "1-1-0-0-0", "1-1-0-0-22", "1-1-0-0-01", "1-1-0-0-é"] {
        assert!(text.parse::<Schedule>().is_err(), "{text}");
    }
}
