//! What a search cannot judge, and says so; and the numbers up to which it can.

use std::sync::Arc;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};

use model_std::model::{Cause, MAX_THREADS, Outcome, Search};
use model_std::sync::atomic::{AtomicBool, AtomicU32};
use model_std::thread;
use outcomes::failure;

#[test]
fn more_threads_than_can_be_searched_are_no_verdict() {
    let line = line!() + 2;
    let outcome = Search::default().run(|| {
        let threads: Vec<_> = (0..5).map(|_| thread::spawn(thread::yield_now)).collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    });
    let Outcome::Unsupported(unsupported) = outcome else { panic!("{outcome:?}") };
    assert_eq!((unsupported.call.as_str(), unsupported.place.line), ("thread::spawn", line));
    assert!(unsupported.place.file.ends_with("limits.rs"));
    assert!(unsupported.to_string().contains("not a verdict"), "{unsupported}");
}

#[test]
fn a_search_is_complete_with_many_threads_that_have_nothing_to_do() {
    for idle in [0, 4, 6, MAX_THREADS - 2] {
        let search = Search { threads: MAX_THREADS, ..Search::default() };
        let outcome = search.run(move || {
            for _ in 0..idle {
                thread::spawn(thread::park);
            }
            let count = Arc::new(AtomicU32::new(0));
            let add = |count: &AtomicU32| count.store(count.load(SeqCst) + 1, SeqCst);
            let theirs = Arc::clone(&count);
            let other = thread::spawn(move || add(&theirs));
            add(&count);
            other.join().unwrap();
        });
        let Outcome::Passed(coverage) = outcome else { panic!("{idle}: {outcome:?}") };
        assert!(coverage.complete, "{idle}: {coverage:?}");
    }
    let one_more = Search { threads: MAX_THREADS, ..Search::default() }.run(|| {
        for _ in 0..MAX_THREADS {
            thread::spawn(thread::park);
        }
    });
    let Outcome::Unsupported(unsupported) = one_more else { panic!("{one_more:?}") };
    assert_eq!(unsupported.most_threads, Some(MAX_THREADS));
}

#[test]
fn what_goes_through_a_raw_pointer_is_no_verdict() {
    let outcome = Search::default().run(|| {
        let _ = AtomicU32::new(0).as_ptr();
    });
    let Outcome::Unsupported(unsupported) = outcome else { panic!("{outcome:?}") };
    assert_eq!(unsupported.call, "AtomicU32::as_ptr");
}

#[test]
fn a_program_that_differs_from_execution_to_execution_is_no_verdict() {
    static RUNS: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let outcome = Search::default().run(|| {
        let run = RUNS.fetch_add(1, Relaxed);
        let shared = Arc::new(AtomicU32::new(0));
        let others: Vec<_> = (0..1 + run % 2)
            .map(|_| {
                let shared = Arc::clone(&shared);
                thread::spawn(move || shared.fetch_add(1, SeqCst))
            })
            .collect();
        shared.fetch_add(1, SeqCst);
        others.into_iter().for_each(|other| drop(other.join()));
    });
    let Outcome::Unsupported(unsupported) = outcome else { panic!("{outcome:?}") };
    assert!(unsupported.call.contains("differs"), "{unsupported}");
}

#[test]
fn a_loop_without_progress_is_found() {
    let failure = failure(|| {
        let flag = AtomicBool::new(false);
        while !flag.load(Relaxed) {
            model_std::hint::spin_loop();
        }
    });
    assert!(matches!(failure.cause, Cause::TooManySteps { limit: 5_000, .. }), "{failure}");
    let text = failure.to_string();
    assert!(text.contains(" steps …"), "{text}");
    assert!(text.lines().count() < 120, "a long trace is shortened");
}
