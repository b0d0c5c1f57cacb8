//! `Barrier`, `Once`, `OnceLock`, `LazyLock`.

mod outcomes;

use std::sync::Arc;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};

use model_std::model::Cause;
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
