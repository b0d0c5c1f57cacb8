//! Algorithms from the literature that spin: they pass where they are right, and fail where one ordering, or one step,
//! is not.

use std::sync::Arc;

use model_std::hint::spin_loop;
use model_std::model::{Cause, Coverage, Failure, Outcome, Search};
use model_std::sync::atomic::Ordering::{self, AcqRel, Acquire, Relaxed, Release, SeqCst};
use model_std::sync::atomic::{AtomicBool, AtomicUsize, fence};
use model_std::thread;

const PREEMPTIONS: usize = 2;

/// Passes in every execution with up to two preemptions, all of which are searched.
fn passes(program: impl Fn() + Send + Sync + 'static) -> Coverage {
    let search = Search { preemptions: Some(PREEMPTIONS), ..Search::default() };
    let Outcome::Passed(coverage) = search.run(program) else { panic!("an execution fails") };
    assert!(coverage.complete, "the search was cut short: {coverage}");
    assert!(coverage.executions > 1, "{coverage}");
    coverage
}

/// Fails by an assertion with this text, with no more than two preemptions.
fn fails(program: impl Fn() + Send + Sync + 'static, text: &str) -> Failure {
    let search = Search { preemptions: Some(PREEMPTIONS), ..Search::default() };
    let Outcome::Failed(failure) = search.run(program) else { panic!("no execution fails") };
    assert!(matches!(failure.cause, Cause::Panic { .. }), "{failure}");
    assert!(failure.message().contains(text), "{failure}");
    assert!(failure.preemptions <= PREEMPTIONS, "{failure}");
    *failure
}

/// What critical sections protect: a count, that is read and then written.
#[derive(Default)]
struct Protected(AtomicUsize);

impl Protected {
    fn add(&self) {
        self.0.store(self.0.load(Relaxed) + 1, Relaxed);
    }
}

/// Two threads enter a critical section once each, as `first` and `second`.
fn two_enter<L: Default + Send + Sync + 'static>(
    enter: impl Fn(&L, usize, &dyn Fn()) + Copy + Send + 'static,
) {
    let shared = Arc::new((L::default(), Protected::default()));
    let threads = [0, 1].map(|me| {
        let shared = Arc::clone(&shared);
        thread::spawn(move || enter(&shared.0, me, &|| shared.1.add()))
    });
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    assert_eq!(shared.1.0.load(Relaxed), 2, "a lost update");
}

#[derive(Default)]
struct TicketLock {
    next: AtomicUsize,
    serving: AtomicUsize,
}

impl TicketLock {
    fn enter(&self, ticket: usize, acquire: Ordering, section: &dyn Fn()) {
        while self.serving.load(acquire) != ticket {
            spin_loop();
        }
        section();
        self.serving.store(ticket + 1, Release);
    }
}

#[test]
fn a_ticket_lock_needs_an_acquire_and_tickets_that_differ() {
    passes(|| {
        two_enter(|lock: &TicketLock, _, section| {
            lock.enter(lock.next.fetch_add(1, Relaxed), Acquire, section);
        });
    });
    let relaxed = || {
        two_enter(|lock: &TicketLock, _, section| {
            lock.enter(lock.next.fetch_add(1, Relaxed), Relaxed, section);
        });
    };
    fails(relaxed, "a lost update");
    let same_ticket = || {
        two_enter(|lock: &TicketLock, _, section| {
            let ticket = lock.next.load(Relaxed);
            lock.next.store(ticket + 1, Relaxed);
            lock.enter(ticket, Acquire, section);
        });
    };
    // Whoever has the ticket of a thread that has left waits without end.
    let outcome = Search { steps: 500, ..Search::default() }.run(same_ticket);
    let Outcome::Failed(failure) = outcome else { panic!("{outcome:?}") };
    assert!(matches!(failure.cause, Cause::TooManySteps { limit: 500, .. }), "{failure}");
}

#[derive(Default)]
struct Peterson {
    wants: [AtomicBool; 2],
    turn: AtomicUsize,
}

impl Peterson {
    fn enter(&self, me: usize, [store, load]: [Ordering; 2], section: &dyn Fn()) {
        let other = 1 - me;
        self.wants[me].store(true, store);
        self.turn.store(other, store);
        while self.wants[other].load(load) && self.turn.load(load) == other {
            spin_loop();
        }
        section();
        self.wants[me].store(false, Release);
    }
}

#[test]
fn peterson_s_lock_needs_sequential_consistency() {
    passes(|| two_enter(|lock: &Peterson, me, section| lock.enter(me, [SeqCst, SeqCst], section)));
    for orders in [[Release, Acquire], [Release, SeqCst], [SeqCst, Acquire]] {
        let weak = move || {
            two_enter(move |lock: &Peterson, me, section| lock.enter(me, orders, section));
        };
        fails(weak, "a lost update");
    }
}

#[derive(Default)]
struct Dekker {
    wants: [AtomicBool; 2],
    turn: AtomicUsize,
}

impl Dekker {
    fn enter(&self, me: usize, [store, load]: [Ordering; 2], section: &dyn Fn()) {
        let other = 1 - me;
        self.wants[me].store(true, store);
        while self.wants[other].load(load) {
            if self.turn.load(Relaxed) == other {
                self.wants[me].store(false, store);
                while self.turn.load(Relaxed) == other {
                    spin_loop();
                }
                self.wants[me].store(true, store);
            } else {
                spin_loop();
            }
        }
        section();
        self.turn.store(other, Relaxed);
        self.wants[me].store(false, Release);
    }
}

#[test]
fn dekker_s_lock_needs_sequential_consistency() {
    passes(|| two_enter(|lock: &Dekker, me, section| lock.enter(me, [SeqCst, SeqCst], section)));
    let weak = || two_enter(|lock: &Dekker, me, section| lock.enter(me, [Release, Acquire], section));
    fails(weak, "a lost update");
}

/// Two words that are written together, and the version that says so.
#[derive(Default)]
struct SeqLock {
    version: AtomicUsize,
    words: [AtomicUsize; 2],
}

impl SeqLock {
    fn write(&self, value: usize, between: impl Fn()) {
        let version = self.version.load(Relaxed);
        self.version.store(version + 1, Relaxed);
        between();
        self.words.iter().for_each(|word| word.store(value, Relaxed));
        self.version.store(version + 2, Release);
    }

    fn read(&self, between: impl Fn()) -> [usize; 2] {
        loop {
            let before = self.version.load(Acquire);
            let words = [&self.words[0], &self.words[1]].map(|word| word.load(Relaxed));
            between();
            if before.is_multiple_of(2) && self.version.load(Relaxed) == before {
                return words;
            }
            spin_loop();
        }
    }
}

fn writes_while_one_reads(release: fn(), acquire: fn()) {
    let shared = Arc::new(SeqLock::default());
    let theirs = Arc::clone(&shared);
    let writer = thread::spawn(move || theirs.write(1, release));
    let [first, second] = shared.read(acquire);
    assert_eq!(first, second, "a torn read");
    writer.join().unwrap();
}

#[test]
fn a_seqlock_needs_both_fences() {
    passes(|| writes_while_one_reads(|| fence(Release), || fence(Acquire)));
    fails(|| writes_while_one_reads(|| fence(Release), || ()), "a torn read");
    fails(|| writes_while_one_reads(|| (), || fence(Acquire)), "a torn read");
}

/// Three threads meet at a barrier that spins. `arrive`: how they count themselves.
fn three_meet(arrive: Ordering, see: Ordering) {
    let shared = Arc::new((AtomicUsize::new(0), AtomicBool::new(false), [const { AtomicUsize::new(0) }; 3]));
    let threads = [0, 1, 2].map(|me| {
        let shared = Arc::clone(&shared);
        thread::spawn(move || {
            let (arrived, open, written) = &*shared;
            written[me].store(1, Relaxed);
            if arrived.fetch_add(1, arrive) == 2 {
                open.store(true, Release);
            }
            while !open.load(see) {
                spin_loop();
            }
            let seen = written.iter().map(|word| word.load(Relaxed)).sum::<usize>();
            assert_eq!(seen, 3, "one is not seen");
        })
    });
    threads.into_iter().for_each(|thread| thread.join().unwrap());
}

#[test]
fn a_spin_barrier_for_three_needs_release_and_acquire() {
    let search = Search { preemptions: Some(0), ..Search::default() };
    let outcome = search.run(|| three_meet(AcqRel, Acquire));
    let Outcome::Passed(coverage) = outcome else { panic!("{outcome:?}") };
    assert!(coverage.complete && coverage.executions > 1, "{coverage}");
    fails(|| three_meet(Relaxed, Acquire), "one is not seen");
    fails(|| three_meet(AcqRel, Relaxed), "one is not seen");
}

#[test]
fn three_spinners_end_if_the_flag_is_set_and_only_then() {
    let program = |sets: bool| {
        move || {
            let flag = Arc::new(AtomicBool::new(false));
            let spin = |flag: Arc<AtomicBool>| {
                move || {
                    while !flag.load(Acquire) {
                        spin_loop();
                    }
                }
            };
            let threads = [(); 3].map(|()| thread::spawn(spin(Arc::clone(&flag))));
            flag.store(sets, Release);
            threads.into_iter().for_each(|thread| thread.join().unwrap());
        }
    };
    let search = || Search { preemptions: Some(0), steps: 500, ..Search::default() };
    let outcome = search().run(program(true));
    let Outcome::Passed(coverage) = outcome else { panic!("{outcome:?}") };
    assert!(coverage.complete && coverage.executions > 1, "{coverage}");
    let outcome = search().run(program(false));
    let Outcome::Failed(failure) = outcome else { panic!("{outcome:?}") };
    assert!(matches!(failure.cause, Cause::TooManySteps { limit: 500, .. }), "{failure}");
}
