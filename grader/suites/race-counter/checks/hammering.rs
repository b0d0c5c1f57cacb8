//! `hammer`, with counters that watch it.

use std::panic::{self, AssertUnwindSafe};
use std::sync::Mutex;
#[cfg(engine = "model")]
use std::sync::atomic::{AtomicI64, Ordering};
#[cfg(engine = "stress")]
use std::sync::{Barrier, Condvar};
use std::thread;
#[cfg(engine = "stress")]
use std::time::Duration;

use race_counter::{AtomicCounter, LockedCounter};

use crate::instruments::Ledger;
#[cfg(engine = "model")]
use harness::model::choose;

#[cfg(engine = "model")]
const SIZES: [(usize, u64); 2] = [(1, 2), (2, 2)];
#[cfg(engine = "stress")]
const SIZES: [(usize, u64); 6] = [(1, 1), (1, 1_000), (2, 3), (5, 1_000), (16, 25), (64, 1)];

#[test]
fn exactly_as_many_threads_as_asked_increment_exactly_as_often() {
    for (threads, increments) in SIZES {
        let ledger = Ledger::default();
        let value = race_counter::hammer(&ledger, threads, increments);
        let each = ledger.increments_of_threads();
        assert_eq!(ledger.increments_of(thread::current().id()), 0, "increments by the caller's own thread");
        assert_eq!(each.len(), threads, "threads that incremented: {each:?}");
        assert!(
            each.iter().all(|&count| count == increments),
            "{increments} increments for each, found {each:?}"
        );
        assert_eq!(ledger.other_adds(), 0, "calls of `add` or `decrement`: `hammer` calls `increment`");
        assert_eq!(value, threads as i64 * increments as i64, "the value returned");
    }
}

/// Its value is a marker once every increment is done, and before that the number of increments.
struct Witness {
    increments: Mutex<u64>,
    awaited: u64,
}

const WITNESS: i64 = -4_711;

impl race_counter::Counter for Witness {
    fn add(&self, _amount: i64) {
        *self.increments.lock().unwrap() += 1;
    }

    fn value(&self) -> i64 {
        let increments = *self.increments.lock().unwrap();
        if increments == self.awaited { WITNESS } else { increments as i64 }
    }
}

/// Counts right, and orders nothing: whoever reads it sees an increment for certain only if that happened before.
#[cfg(engine = "model")]
#[derive(Default)]
struct Unordered(AtomicI64);

#[cfg(engine = "model")]
impl race_counter::Counter for Unordered {
    fn add(&self, amount: i64) {
        self.0.fetch_add(amount, Ordering::Relaxed);
    }

    fn value(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

#[test]
fn the_value_is_read_after_the_last_increment() {
    #[cfg(engine = "model")]
    if choose(2) == 1 {
        let value = race_counter::hammer(&Unordered::default(), 2, 1);
        assert_eq!(value, 2, "the value returned, after two threads incremented once each");
        return;
    }
    for (threads, increments) in SIZES {
        let awaited = threads as u64 * increments;
        let witness = Witness { increments: Mutex::new(0), awaited };
        let value = race_counter::hammer(&witness, threads, increments);
        assert_eq!(*witness.increments.lock().unwrap(), awaited, "increments done when `hammer` returned");
        assert_eq!(
            value, WITNESS,
            "the value is {WITNESS} once all {awaited} increments are done, and before that their number"
        );
    }
}

#[test]
fn what_was_counted_before_is_part_of_the_value() {
    let counter = AtomicCounter::new();
    race_counter::Counter::add(&counter, 1_000);
    assert_eq!(race_counter::hammer(&counter, 2, 1), 1_002, "1,000 and two increments");
    let counter = LockedCounter::new();
    race_counter::Counter::add(&counter, -5);
    assert_eq!(race_counter::hammer(&counter, 2, 1), -3, "-5 and two increments");
    let counter = AtomicCounter::new();
    assert_eq!(race_counter::hammer(&counter, 2, 100_000), 200_000, "two threads, 100,000 increments each");
}

#[test]
fn no_threads_or_no_increments_change_nothing() {
    for (threads, increments) in [(0, 0), (0, 5), (2, 0)] {
        let counter = AtomicCounter::new();
        race_counter::Counter::add(&counter, 7);
        assert_eq!(
            race_counter::hammer(&counter, threads, increments),
            7,
            "the value after 7, `threads` = {threads} and `increments` = {increments}"
        );
    }
}

/// Panics in one of the increments, with a message or with anything else.
struct Panicking {
    increments: Mutex<u64>,
    fatal: u64,
    with_a_message: bool,
}

impl Panicking {
    fn in_increment(fatal: u64, with_a_message: bool) -> Self {
        Self { increments: Mutex::new(0), fatal, with_a_message }
    }
}

impl race_counter::Counter for Panicking {
    fn add(&self, _amount: i64) {
        let number = {
            let mut increments = self.increments.lock().unwrap();
            *increments += 1;
            *increments
        };
        if number == self.fatal {
            assert!(!self.with_a_message, "the check makes this counter panic");
            panic::panic_any(7);
        }
    }

    fn value(&self) -> i64 {
        0
    }
}

#[test]
fn a_panic_in_the_counter_reaches_the_caller() {
    #[cfg(engine = "model")]
    reaches_the_caller(choose(2) == 0);
    #[cfg(engine = "stress")]
    {
        [true, false].into_iter().for_each(reaches_the_caller);
        // The first of very many: nobody waits for the others.
        panics_in(1, 1 << 32, 1, true);
    }
}

fn reaches_the_caller(with_a_message: bool) {
    for (threads, increments) in SIZES {
        let last = threads as u64 * increments;
        for fatal in [1, last] {
            panics_in(threads, increments, fatal, with_a_message);
        }
    }
}

fn panics_in(threads: usize, increments: u64, fatal: u64, with_a_message: bool) {
    let counter = Panicking::in_increment(fatal, with_a_message);
    let result =
        panic::catch_unwind(AssertUnwindSafe(|| race_counter::hammer(&counter, threads, increments)));
    assert!(
        result.is_err(),
        "with `threads` = {threads} and `increments` = {increments}, increment number {fatal} panicked, and `hammer` \
         returned {result:?}"
    );
}

/// Every thread's first increment waits for the first of all others.
#[cfg(engine = "stress")]
struct Meeting {
    everybody: Barrier,
    ledger: Ledger,
}

#[cfg(engine = "stress")]
impl race_counter::Counter for Meeting {
    fn add(&self, _amount: i64) {
        unreachable!("`hammer` calls `increment`");
    }

    fn increment(&self) {
        if self.ledger.increments_of(thread::current().id()) == 0 {
            self.everybody.wait();
        }
        race_counter::Counter::increment(&self.ledger);
    }

    fn value(&self) -> i64 {
        race_counter::Counter::value(&self.ledger)
    }
}

#[cfg(engine = "stress")]
#[test]
fn all_threads_are_at_work_at_the_same_time() {
    for threads in [2, 5, 24, 100, 300] {
        let meeting = Meeting { everybody: Barrier::new(threads), ledger: Ledger::default() };
        assert_eq!(race_counter::hammer(&meeting, threads, 10), threads as i64 * 10);
    }
}

/// Blocks every thread that increments until the check opens it.
#[cfg(engine = "stress")]
struct Gate {
    state: Mutex<(usize, bool)>,
    changed: Condvar,
}

#[cfg(engine = "stress")]
impl race_counter::Counter for Gate {
    fn add(&self, _amount: i64) {
        let mut state = self.state.lock().unwrap();
        state.0 += 1;
        self.changed.notify_all();
        drop(self.changed.wait_while(state, |(_, open)| !*open).unwrap());
    }

    fn value(&self) -> i64 {
        0
    }
}

#[cfg(engine = "stress")]
#[test]
fn the_caller_sleeps_until_the_threads_are_done() {
    const THREADS: usize = 3;
    let gate = Gate { state: Mutex::new((0, false)), changed: Condvar::new() };
    let rest = thread::scope(|scope| {
        scope.spawn(|| race_counter::hammer(&gate, THREADS, 1));
        drop(gate.changed.wait_while(gate.state.lock().unwrap(), |(inside, _)| *inside < THREADS).unwrap());
        let rest = harness::stress::rest();
        gate.state.lock().unwrap().1 = true;
        gate.changed.notify_all();
        rest
    });
    rest.assert_quiet("`hammer`, while its threads slept,");
}
