//! A failing schedule is written down, read, and run again: on the same program, on one that no longer
//! fails, and on one that goes another way.

use model_std::model::{Failure, Outcome, Replay, Schedule, Search};
use model_std::sync::Arc;
use model_std::sync::atomic::{AtomicUsize, Ordering};
use model_std::thread;

/// Two threads add one each, in two steps.
fn loses_an_update() {
    let count = Arc::new(AtomicUsize::new(0));
    let theirs = Arc::clone(&count);
    let other = thread::spawn(move || {
        let seen = theirs.load(Ordering::SeqCst);
        theirs.store(seen + 1, Ordering::SeqCst);
    });
    let seen = count.load(Ordering::SeqCst);
    count.store(seen + 1, Ordering::SeqCst);
    other.join().unwrap();
    assert_eq!(count.load(Ordering::SeqCst), 2);
}

/// As many steps, but the last one forgives.
fn forgives() {
    let count = Arc::new(AtomicUsize::new(0));
    let theirs = Arc::clone(&count);
    let other = thread::spawn(move || {
        let seen = theirs.load(Ordering::SeqCst);
        theirs.store(seen + 1, Ordering::SeqCst);
    });
    let seen = count.load(Ordering::SeqCst);
    count.store(seen + 1, Ordering::SeqCst);
    other.join().unwrap();
    assert!(count.load(Ordering::SeqCst) >= 1);
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
    let Replay::Fits(outcome) = Search::default().replay(&schedule, loses_an_update) else {
        panic!("the same program goes another way");
    };
    let again = failure(outcome);
    assert_eq!((again.kind, again.message, again.trace), (found.kind, found.message, found.trace));
}

#[test]
fn a_program_that_no_longer_fails_passes_in_it() {
    let found = failure(Search::default().run(loses_an_update));
    let replay = Search::default().replay(&found.schedule, forgives);
    assert!(matches!(replay, Replay::Fits(Outcome::Passed(_))), "{replay:?}");
}

#[test]
fn a_program_that_goes_another_way_is_told_where() {
    let found = failure(Search::default().run(loses_an_update));
    // Nobody else is there to be chosen.
    let replay = Search::default().replay(&found.schedule, || {
        let count = AtomicUsize::new(0);
        count.store(1, Ordering::SeqCst);
        assert_eq!(count.load(Ordering::SeqCst), 1);
    });
    let Replay::Misfit(misfit) = replay else { panic!("it fits: {replay:?}") };
    assert_eq!(misfit.steps, 2);
    assert!(misfit.file.ends_with("replay.rs"), "{misfit:?}");
}

#[test]
fn what_is_no_schedule_is_refused() {
    for text in ["", "1", "1-1-0-0", "x-1-0-0-02", "1-1-0-0-0", "1-1-0-0-22", "1-1-0-0-01", "1-1-0-0-é"] {
        assert!(text.parse::<Schedule>().is_err(), "{text}");
    }
}
