//! `Barrier`, `Once`, `OnceLock`, `LazyLock`.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};

use model_std::model::Cause;
use model_std::panic::catch_unwind;
use model_std::sync::atomic::AtomicU32;
use model_std::sync::{Barrier, LazyLock, Once, OnceLock};
use model_std::thread;
use outcomes::{failure, outcomes, passes, set};

#[test]
fn no_thread_passes_a_barrier_before_all_have_arrived() {
    let leaders = outcomes(|| {
        let (barrier, arrived) = (Barrier::new(3), AtomicU32::new(0));
        let pass = || {
            arrived.fetch_add(1, Relaxed);
            let leader = barrier.wait().is_leader();
            assert_eq!(arrived.load(Relaxed), 3);
            u32::from(leader)
        };
        thread::scope(|scope| {
            let others = [scope.spawn(pass), scope.spawn(pass)];
            let mine = pass();
            (mine, others.map(|other| other.join().unwrap()).iter().sum::<u32>())
        })
    });
    assert_eq!(leaders, set([(0, 1), (1, 0)]), "one of them leads, and it may be any");
}

#[test]
fn any_thread_may_lead_and_a_barrier_serves_again() {
    let leader = outcomes(|| {
        let barrier = Barrier::new(2);
        thread::scope(|scope| {
            let other = scope.spawn(|| [barrier.wait().is_leader(), barrier.wait().is_leader()]);
            let mine = [barrier.wait().is_leader(), barrier.wait().is_leader()];
            let theirs = other.join().unwrap();
            assert_eq!([mine[0] ^ theirs[0], mine[1] ^ theirs[1]], [true, true]);
            mine
        })
    });
    assert_eq!(leader, set([[false, false], [false, true], [true, false], [true, true]]));
}

#[test]
fn a_barrier_for_more_threads_than_there_are_is_a_deadlock() {
    let failure = failure(|| {
        Barrier::new(2).wait();
    });
    assert_eq!(failure.cause, Cause::Deadlock {});
    assert!(failure.message().contains("main waits at Barrier #1"), "{}", failure.message());
}

#[test]
fn an_initialisation_runs_once_and_everybody_sees_it() {
    let who = outcomes(|| {
        let (once, data, runs) = (Once::new(), AtomicU32::new(0), AtomicU32::new(0));
        let init = |name| {
            once.call_once(|| {
                runs.fetch_add(1, Relaxed);
                data.store(name, Relaxed);
            });
            assert!(once.is_completed());
            data.load(Relaxed)
        };
        let seen = thread::scope(|scope| {
            let other = scope.spawn(|| init(1));
            let seen = init(2);
            assert_eq!(other.join().unwrap(), seen);
            seen
        });
        assert_eq!(runs.load(Relaxed), 1);
        seen
    });
    assert_eq!(who, set([1, 2]));
}

#[test]
fn a_panic_poisons_a_once() {
    passes(|| {
        let once = Arc::new(Once::new());
        let other = Arc::clone(&once);
        let thread = thread::spawn(move || other.call_once(|| panic!("on purpose")));
        assert!(thread.join().is_err());
        let again = Arc::clone(&once);
        assert!(thread::spawn(move || again.call_once(|| ())).join().is_err());
        once.call_once_force(|state| assert!(state.is_poisoned()));
        assert!(once.is_completed());
    });
}

#[test]
fn a_once_lock_keeps_the_first_value() {
    let values = outcomes(|| {
        let cell = OnceLock::new();
        thread::scope(|scope| {
            let other = scope.spawn(|| cell.set(1).is_ok());
            let early = cell.get().copied();
            let mine = *cell.get_or_init(|| 2);
            assert_eq!(other.join().unwrap(), mine == 1);
            (early, mine)
        })
    });
    assert_eq!(values, set([(None, 1), (None, 2), (Some(1), 1)]));
}

#[test]
fn a_once_lock_whose_initialiser_panics_stays_empty() {
    passes(|| {
        let cell = Arc::new(OnceLock::new());
        let other = Arc::clone(&cell);
        let thread = thread::spawn(move || *other.get_or_init(|| panic!("on purpose")));
        assert!(thread.join().is_err());
        assert_eq!(*cell.get_or_init(|| 5), 5);
    });
}

#[test]
fn waiting_for_a_once_lock_blocks_until_it_is_set() {
    passes(|| {
        let cell = Arc::new(OnceLock::new());
        let other = Arc::clone(&cell);
        let thread = thread::spawn(move || other.set(3));
        assert_eq!(*cell.wait(), 3);
        thread.join().unwrap().unwrap();
    });
    let failure = failure(|| {
        OnceLock::<u32>::new().wait();
    });
    assert_eq!(failure.cause, Cause::Deadlock {});
}

static RUNS: AtomicU32 = AtomicU32::new(0);
static LAZY: LazyLock<String> = LazyLock::new(|| {
    RUNS.fetch_add(1, SeqCst);
    String::from("lazy")
});

#[test]
fn a_lazy_static_is_made_once_in_every_execution() {
    let runs = outcomes(|| {
        let thread = thread::spawn(|| LAZY.len());
        assert_eq!(LAZY.len() + thread.join().unwrap(), 8);
        RUNS.load(SeqCst)
    });
    assert_eq!(runs, set([1]));
}

#[test]
fn an_initialisation_that_needs_itself_is_a_deadlock() {
    let failure = failure(|| {
        let once = Once::new();
        once.call_once(|| once.call_once(|| ()));
    });
    assert_eq!(failure.cause, Cause::Deadlock {});
}

/// What others find between the last step of an initialiser and the end of the initialisation.
#[test]
fn the_end_of_an_initialisation_is_a_step() {
    let both = set([(0, false), (1, false), (1, true), (0, true)]);
    let of_once = outcomes(|| {
        let (once, data) = (Once::new(), AtomicU32::new(0));
        thread::scope(|scope| {
            scope.spawn(|| once.call_once(|| data.store(1, SeqCst)));
            (data.load(SeqCst), once.is_completed())
        })
    });
    assert_eq!(of_once, both);
    let of_cell = outcomes(|| {
        let (cell, data) = (OnceLock::new(), AtomicU32::new(0));
        thread::scope(|scope| {
            scope.spawn(|| {
                cell.get_or_init(|| data.store(1, SeqCst));
            });
            (data.load(SeqCst), cell.get().is_some())
        })
    });
    assert_eq!(of_cell, both);
    let of_lazy = outcomes(|| {
        let data = AtomicU32::new(0);
        let lazy = LazyLock::new(|| data.store(1, SeqCst));
        thread::scope(|scope| {
            scope.spawn(|| LazyLock::force(&lazy));
            (data.load(SeqCst), LazyLock::get(&lazy).is_some())
        })
    });
    assert_eq!(of_lazy, both);
}

#[test]
fn an_initialiser_that_starts_a_thread_may_still_run_when_that_thread_does() {
    let completed = outcomes(|| {
        let once = Arc::new(Once::new());
        let theirs = Arc::clone(&once);
        let mut thread = None;
        once.call_once(|| thread = Some(thread::spawn(move || theirs.is_completed())));
        thread.unwrap().join().unwrap()
    });
    assert_eq!(completed, set([false, true]));
}

#[test]
fn an_initialiser_without_steps_costs_none() {
    let executions = |program: fn()| passes(program).executions;
    let cell = executions(|| {
        let cell = OnceLock::new();
        thread::scope(|scope| {
            scope.spawn(|| cell.set(1));
            assert!(*cell.get_or_init(|| 2) > 0);
        });
    });
    let once = executions(|| {
        let once = Once::new();
        thread::scope(|scope| {
            scope.spawn(|| once.call_once(|| ()));
            once.call_once(|| ());
        });
    });
    assert_eq!((cell, once), (2, 2));
}

#[test]
fn waiting_for_a_poisoned_once_panics_where_the_wait_is() {
    passes(|| {
        let once = Arc::new(Once::new());
        let (theirs, waits) = (Arc::clone(&once), Arc::clone(&once));
        let waiter = thread::spawn(move || waits.wait());
        assert!(thread::spawn(move || theirs.call_once(|| panic!("on purpose"))).join().is_err());
        assert!(waiter.join().is_err(), "nothing else has initialised it");
        assert!(catch_unwind(|| once.wait()).is_err());
        once.call_once_force(|state| assert!(state.is_poisoned()));
        once.wait();
        once.call_once(|| unreachable!());
    });
    let failure = failure(|| {
        let once = Once::new();
        let poison = AssertUnwindSafe(|| once.call_once(|| panic!("on purpose")));
        assert!(catch_unwind(poison).is_err());
        once.wait();
    });
    assert_is_here(&failure, "Once instance has previously been poisoned");
}

/// The panic's message, and that its place is in this file.
#[track_caller]
fn assert_is_here(failure: &model_std::model::Failure, expected: &str) {
    let Cause::Panic { message, place: Some(place), .. } = &failure.cause else { panic!("{failure}") };
    assert_eq!((message.as_str(), &*place.file), (expected, file!()));
}

#[test]
fn waiting_with_force_ignores_poison() {
    passes(|| {
        let once = Arc::new(Once::new());
        let waits = Arc::clone(&once);
        let waiter = thread::spawn(move || {
            waits.wait_force();
            assert!(waits.is_completed());
        });
        assert!(catch_unwind(AssertUnwindSafe(|| once.call_once(|| panic!("on purpose")))).is_err());
        once.call_once_force(|_| ());
        waiter.join().unwrap();
    });
    let failure = failure(|| {
        let once = Once::new();
        let poison = AssertUnwindSafe(|| once.call_once(|| panic!("on purpose")));
        assert!(catch_unwind(poison).is_err());
        once.wait_force();
    });
    assert_eq!(failure.cause, Cause::Deadlock {});
}

#[test]
fn a_once_lock_that_waits_ignores_poison() {
    passes(|| {
        let cell = Arc::new(OnceLock::new());
        let (theirs, waits) = (Arc::clone(&cell), Arc::clone(&cell));
        let waiter = thread::spawn(move || *waits.wait());
        assert!(thread::spawn(move || *theirs.get_or_init(|| panic!("on purpose"))).join().is_err());
        assert_eq!(cell.get(), None);
        cell.set(3).unwrap();
        assert_eq!(waiter.join().unwrap(), 3);
    });
}

#[test]
fn a_call_on_a_poisoned_once_panics_where_the_call_is() {
    let failure = failure(|| {
        let once = Once::new();
        let poison = AssertUnwindSafe(|| once.call_once(|| panic!("on purpose")));
        assert!(catch_unwind(poison).is_err());
        once.call_once(|| ());
    });
    assert_is_here(&failure, "Once instance has previously been poisoned");
}

#[test]
fn a_lazy_lock_whose_initialiser_has_panicked_stays_poisoned() {
    let poisoned = "LazyLock instance has previously been poisoned";
    let by_force = failure(|| {
        let lazy = LazyLock::<u32>::new(|| panic!("on purpose"));
        assert!(catch_unwind(AssertUnwindSafe(|| *lazy)).is_err());
        assert_eq!(LazyLock::get(&lazy), None);
        assert!(catch_unwind(AssertUnwindSafe(|| *lazy)).is_err());
        let _ = *lazy;
    });
    assert_is_here(&by_force, poisoned);
    let by_force_mut = failure(|| {
        let mut lazy = LazyLock::<u32>::new(|| panic!("on purpose"));
        assert!(catch_unwind(AssertUnwindSafe(|| *LazyLock::force_mut(&mut lazy))).is_err());
        assert_eq!(LazyLock::get_mut(&mut lazy), None);
        *lazy += 1;
    });
    assert_is_here(&by_force_mut, poisoned);
    passes(|| {
        let lazy = LazyLock::<u32>::new(|| panic!("on purpose"));
        thread::scope(|scope| {
            let other = scope.spawn(|| *lazy);
            assert!(catch_unwind(AssertUnwindSafe(|| *lazy)).is_err());
            assert!(other.join().is_err());
        });
    });
}

#[test]
fn a_lazy_lock_that_nobody_shares_is_made_in_place() {
    passes(|| {
        let mut lazy = LazyLock::new(|| vec![1]);
        assert_eq!(LazyLock::get_mut(&mut lazy), None);
        LazyLock::force_mut(&mut lazy).push(2);
        lazy.push(3);
        assert_eq!(LazyLock::get(&lazy), Some(&vec![1, 2, 3]));
        assert_eq!(LazyLock::get_mut(&mut lazy), Some(&mut vec![1, 2, 3]));
    });
}

static LOOKED_AT: LazyLock<String> = LazyLock::new(|| String::from("lazy"));

#[test]
fn looking_at_a_lazy_static_first_makes_it_afresh_in_every_execution() {
    let seen = outcomes(|| {
        let before = LazyLock::get(&LOOKED_AT).map(String::len);
        let thread = thread::spawn(|| LOOKED_AT.len());
        let during = LazyLock::get(&LOOKED_AT).map(String::len);
        assert_eq!(thread.join().unwrap(), 4);
        (before, during)
    });
    assert_eq!(seen, set([(None, None), (None, Some(4))]));
}
