//! Schedules that are drawn: what they find, what they promise, and what is said of them.

use std::collections::BTreeSet;
use std::sync::Mutex as RealMutex;
use std::sync::atomic::AtomicU64 as RealAtomicU64;

use model_std::model::{Cause, Failure, Method, Outcome, Replay, Sampling, Schedule, Search, choose};
use model_std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use model_std::sync::{Arc, Barrier, Condvar, Mutex};
use model_std::{hint, thread};

const METHODS: [Method; 4] = [Method::Alternating, Method::Pct, Method::Pos, Method::RandomWalk];

fn sampling(method: Method, schedules: u64) -> Sampling {
    Sampling { schedules, method, ..Sampling::default() }
}

fn failure(outcome: Outcome) -> Failure {
    match outcome {
        Outcome::Failed(failure) => *failure,
        Outcome::Passed(coverage) => panic!("no schedule failed: {coverage}"),
        Outcome::Unsupported(unsupported) => panic!("{unsupported}"),
        Outcome::Internal(error) => panic!("{error}"),
    }
}

fn passes(sampling: Sampling, test: impl Fn() + Send + Sync + 'static) {
    match Search::default().sample(sampling, test) {
        Outcome::Passed(coverage) => assert_eq!(coverage.executions, sampling.schedules),
        Outcome::Failed(failure) => panic!("{:?}: a schedule failed\n{failure}", sampling.method),
        Outcome::Unsupported(unsupported) => panic!("{unsupported}"),
        Outcome::Internal(error) => panic!("{error}"),
    }
}

/// Twelve threads add one each, in two steps.
fn twelve_lose_an_update() {
    let count = Arc::new(AtomicU32::new(0));
    let threads = [(); 12].map(|()| {
        let count = Arc::clone(&count);
        thread::spawn(move || count.store(count.load(Ordering::SeqCst) + 1, Ordering::SeqCst))
    });
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    assert_eq!(count.load(Ordering::SeqCst), 12);
}

#[test]
fn a_failure_with_many_threads_is_found_run_again_and_made_smaller() {
    for method in METHODS {
        let found = failure(Search::default().sample(sampling(method, 100), twelve_lose_an_update));
        let schedule: Schedule = found.schedule.to_string().parse().expect("a schedule");
        assert_eq!(schedule, found.schedule);
        let Replay::Followed(again) = Search::default().replay(&schedule, twelve_lose_an_update) else {
            panic!("the same program goes another way");
        };
        let again = failure(again);
        assert_eq!((&again.cause, &again.execution), (&found.cause, &found.execution));

        let search = Search { executions: 1_000, ..Search::default() };
        // That of a random walk is never the simplest one.
        let smaller = search.smaller(&schedule, twelve_lose_an_update);
        let smaller = match method {
            Method::RandomWalk => smaller.expect("a simpler schedule loses one, too"),
            Method::Alternating | Method::Pct | Method::Pos => smaller.unwrap_or(found),
        };
        assert_eq!(smaller.preemptions, 1, "{method:?}: {smaller}");
        let Replay::Followed(again) = Search::default().replay(&smaller.schedule, twelve_lose_an_update)
        else {
            panic!("the same program goes another way");
        };
        assert_eq!(failure(again).execution.steps, smaller.execution.steps);
    }
}

#[test]
fn the_same_seed_draws_the_same_schedules() {
    let found = |seed| {
        let sampling = Sampling { seed, ..sampling(Method::Alternating, 100) };
        failure(Search::default().sample(sampling, twelve_lose_an_update)).schedule
    };
    assert_eq!(found(1), found(1));
    assert_ne!(found(1), found(2));
}

#[test]
fn what_was_sampled_is_never_called_every_interleaving() {
    let Outcome::Passed(coverage) = Search::default().sample(sampling(Method::Alternating, 30), || {}) else {
        panic!("nothing can fail");
    };
    assert_eq!(coverage.to_string(), "30 sampled schedules, seed 511616997, depth 3");
    assert!(!coverage.complete && !coverage.exhaustive);
    let found = failure(Search::default().sample(sampling(Method::Pos, 100), twelve_lose_an_update));
    assert!(found.coverage.to_string().contains("POS, seed 511616997"), "{}", found.coverage);
}

/// A thread gives up after so many failed exchanges in a row, and its addition is lost.
fn gives_up_after(rounds: u32) {
    let count = Arc::new(AtomicU32::new(0));
    let theirs = Arc::clone(&count);
    let fast = thread::spawn(move || {
        for _ in 0..8 * rounds {
            theirs.fetch_add(1, Ordering::Relaxed);
        }
    });
    let mut seen = count.load(Ordering::Relaxed);
    for _ in 0..rounds {
        match count.compare_exchange(seen, seen + 1, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => break,
            Err(found) => seen = found,
        }
    }
    fast.join().unwrap();
    assert_eq!(count.load(Ordering::Relaxed), 8 * rounds + 1);
}

#[test]
fn a_loop_that_gives_up_after_64_rounds_falls_to_a_slow_thread() {
    for method in [Method::RandomWalk, Method::Alternating] {
        let found = failure(Search::default().sample(sampling(method, 60), || gives_up_after(64)));
        assert!(matches!(found.cause, Cause::Panic { .. }), "{found}");
    }
}

#[test]
fn pct_finds_bugs_as_often_as_it_promises() {
    // Depth 2: one thread's two steps with all of another one's between. Depth 3: and the other way round.
    fn hits(depth: u32, program: impl Fn() -> bool + Send + Sync + 'static) -> u64 {
        static HITS: RealAtomicU64 = RealAtomicU64::new(0);
        HITS.store(0, Ordering::Relaxed);
        let sampling = Sampling { depth, ..sampling(Method::Pct, 3_000) };
        passes(sampling, move || {
            HITS.fetch_add(program().into(), Ordering::Relaxed);
        });
        HITS.load(Ordering::Relaxed)
    }
    let lost = || {
        let count = Arc::new(AtomicU32::new(0));
        let add = |count: &AtomicU32| {
            let seen = count.load(Ordering::SeqCst);
            count.store(seen + 1, Ordering::SeqCst);
        };
        let threads = [(); 3].map(|()| {
            let count = Arc::clone(&count);
            thread::spawn(move || add(&count))
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        count.load(Ordering::SeqCst) < 3
    };
    // 4 threads, and fewer than 20 steps.
    let found = hits(2, lost);
    assert!(found >= 3_000 / (4 * 20), "found {found} times");
    let visited = || {
        let (x, y) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
        let (its_x, its_y) = (Arc::clone(&x), Arc::clone(&y));
        let other = thread::spawn(move || {
            its_x.store(1, Ordering::SeqCst);
            let between = its_y.load(Ordering::SeqCst) == 1;
            its_x.store(2, Ordering::SeqCst);
            between
        });
        let first = x.load(Ordering::SeqCst) == 1;
        y.store(1, Ordering::SeqCst);
        let second = x.load(Ordering::SeqCst) == 1;
        first & second & other.join().unwrap()
    };
    // 2 threads, and fewer than 12 steps.
    let found = hits(3, visited);
    assert!(found >= 3_000 / (2 * 12 * 12), "found {found} times");
}

#[test]
fn up_to_64_threads_are_alive_at_once() {
    fn meet(spawned: usize) {
        let barrier = Arc::new(Barrier::new(spawned + 1));
        let start = |_| {
            let barrier = Arc::clone(&barrier);
            thread::spawn(move || barrier.wait())
        };
        let threads: Vec<_> = (0..spawned).map(start).collect();
        barrier.wait();
        threads.into_iter().for_each(|thread| drop(thread.join()));
    }
    for method in METHODS {
        passes(sampling(method, 20), || meet(63));
    }
    let too_many = Search::default().sample(sampling(Method::Alternating, 1), || meet(64));
    assert!(matches!(&too_many, Outcome::Unsupported(what) if what.call == "thread::spawn"), "{too_many:?}");
    let searched = Search::default().run(|| meet(5));
    assert!(
        matches!(&searched, Outcome::Unsupported(what) if what.message.contains("model::sample")),
        "{searched:?}"
    );
}

#[test]
fn a_schedule_with_more_alternatives_than_digits_can_be_written_down() {
    let last_of_63_is_first = || {
        let first = Arc::new(AtomicUsize::new(0));
        let start = |number| {
            let first = Arc::clone(&first);
            thread::spawn(move || first.compare_exchange(0, number, Ordering::SeqCst, Ordering::SeqCst))
        };
        let threads: Vec<_> = (1..=63).map(start).collect();
        threads.into_iter().for_each(|thread| drop(thread.join()));
        assert_ne!(first.load(Ordering::SeqCst), 63);
    };
    let found = failure(Search::default().sample(sampling(Method::RandomWalk, 2_000), last_of_63_is_first));
    assert!(found.schedule.to_string().contains('~'), "{}", found.schedule);
    assert_eq!(found.schedule.to_string().parse(), Ok(found.schedule));
}

#[test]
fn a_program_that_ends_under_a_fair_scheduler_ends() {
    fn spins(wait: fn()) {
        let (locked, inside) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(0)));
        let threads = [(); 8].map(|()| {
            let (locked, inside) = (Arc::clone(&locked), Arc::clone(&inside));
            thread::spawn(move || {
                while locked.swap(true, Ordering::Acquire) {
                    wait();
                }
                inside.store(inside.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
                locked.store(false, Ordering::Release);
            })
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert_eq!(inside.load(Ordering::Relaxed), 8);
    }
    for method in METHODS {
        passes(sampling(method, 150), || spins(thread::yield_now));
        passes(sampling(method, 150), || spins(hint::spin_loop));
    }
}

#[test]
fn one_that_makes_no_progress_fails() {
    let waits_for_nothing = || {
        let never = AtomicBool::new(false);
        while !never.load(Ordering::Relaxed) {}
    };
    let found = failure(Search::default().sample(sampling(Method::Alternating, 1), waits_for_nothing));
    assert!(matches!(found.cause, Cause::TooManySteps { limit: 20_000, .. }), "{:?}", found.cause);
}

#[test]
fn deadlocks_stale_reads_and_spurious_wakeups_are_found() {
    let waits_without_a_condition = || {
        let pair = Arc::new((Mutex::new(false), Condvar::new()));
        let theirs = Arc::clone(&pair);
        let waiter = thread::spawn(move || {
            let guard = theirs.1.wait(theirs.0.lock().unwrap()).unwrap();
            assert!(*guard, "a spurious wakeup");
        });
        *pair.0.lock().unwrap() = true;
        pair.1.notify_all();
        waiter.join().unwrap();
    };
    let found =
        failure(Search::default().sample(sampling(Method::Alternating, 200), waits_without_a_condition));
    assert!(matches!(found.cause, Cause::Panic { .. } | Cause::Deadlock {}), "{found}");
    let reads_stale = || {
        let (data, ready) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicBool::new(false)));
        let (theirs, is_ready) = (Arc::clone(&data), Arc::clone(&ready));
        let writer = thread::spawn(move || {
            theirs.store(1, Ordering::Relaxed);
            is_ready.store(true, Ordering::Relaxed);
        });
        if ready.load(Ordering::Relaxed) {
            assert_eq!(data.load(Ordering::Relaxed), 1);
        }
        writer.join().unwrap();
    };
    for method in METHODS {
        let found = failure(Search::default().sample(sampling(method, 1_000), reads_stale));
        assert!(found.execution.steps.iter().any(outcomes::is_stale), "{found}");
    }
    let locks_in_both_orders = || {
        let locks = Arc::new([Mutex::new(()), Mutex::new(())]);
        let theirs = Arc::clone(&locks);
        let other = thread::spawn(move || drop((theirs[1].lock(), theirs[0].lock())));
        drop((locks[0].lock(), locks[1].lock()));
        other.join().unwrap();
    };
    for method in METHODS {
        let found = failure(Search::default().sample(sampling(method, 200), locks_in_both_orders));
        assert!(matches!(found.cause, Cause::Deadlock {}), "{found}");
    }
}

#[test]
fn inputs_are_drawn_and_searched() {
    fn inputs(run: impl FnOnce(fn()) -> Outcome) -> BTreeSet<usize> {
        static FOUND: RealMutex<BTreeSet<usize>> = RealMutex::new(BTreeSet::new());
        FOUND.lock().unwrap().clear();
        let outcome = run(|| {
            let input = choose(10);
            FOUND.lock().unwrap().insert(input);
        });
        assert!(matches!(outcome, Outcome::Passed(_)), "{outcome:?}");
        FOUND.lock().unwrap().clone()
    }
    let all: BTreeSet<usize> = (0..10).collect();
    assert_eq!(inputs(|test| Search::default().run(test)), all);
    assert_eq!(inputs(|test| Search::default().sample(sampling(Method::Pct, 200), test)), all);
    let fails_with_seven = || assert_ne!(choose(10), 7);
    let found = failure(Search::default().sample(sampling(Method::Pos, 200), fails_with_seven));
    let Replay::Followed(again) = Search::default().replay(&found.schedule, fails_with_seven) else {
        panic!("it has another input");
    };
    assert_eq!(failure(again).cause, found.cause);
}

#[test]
fn nothing_is_sampled_that_a_search_has_not() {
    fn program() -> (bool, u32, u32) {
        let (x, lock) = (Arc::new(AtomicU32::new(0)), Arc::new(Mutex::new(0)));
        let (its_x, its_lock) = (Arc::clone(&x), Arc::clone(&lock));
        let other = thread::spawn(move || {
            its_x.store(1, Ordering::Relaxed);
            *its_lock.lock().unwrap() = its_x.fetch_add(2, Ordering::Relaxed);
        });
        let tried = lock.try_lock().is_ok();
        x.store(4, Ordering::Relaxed);
        other.join().unwrap();
        let seen = *lock.lock().unwrap();
        (tried, seen, x.load(Ordering::Relaxed))
    }
    let all = outcomes::outcomes(program);
    for method in METHODS {
        static FOUND: RealMutex<BTreeSet<(bool, u32, u32)>> = RealMutex::new(BTreeSet::new());
        FOUND.lock().unwrap().clear();
        passes(sampling(method, 2_000), || {
            let outcome = program();
            FOUND.lock().unwrap().insert(outcome);
        });
        let found = FOUND.lock().unwrap().clone();
        assert!(found.is_subset(&all), "{method:?}: {:?}", found.difference(&all));
        assert!(found.len() * 2 > all.len(), "{method:?}: {} of {}", found.len(), all.len());
    }
}
