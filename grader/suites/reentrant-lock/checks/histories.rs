//! `try_lock` is refused for a reason: the histories of calls that never wait are compared with a lock that has an
//! owner and a depth.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use harness::linearizability::{Earlier, History, Sequential};
use reentrant_lock::RawReentrantLock;

use crate::instruments::{finish, hold, is_free, try_hold, with};

/// The owner and the depth.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
struct Model(Option<usize>, usize);

/// A call, and the number of the thread that makes it.
#[derive(Debug, Clone, Copy)]
enum Call {
    TryLock { thread: usize },
    Unlock { thread: usize },
    Depth { thread: usize },
}

#[derive(Debug, Clone, PartialEq)]
enum Answer {
    Yes,
    No,
    Depth(usize),
}

impl From<bool> for Answer {
    fn from(yes: bool) -> Self {
        if yes { Answer::Yes } else { Answer::No }
    }
}

impl Sequential for Model {
    type Call = Call;
    type Return = Answer;

    fn apply(&mut self, call: &Call) -> Answer {
        let Model(owner, depth) = self;
        match *call {
            Call::TryLock { thread } => {
                let admitted = owner.is_none_or(|owner| owner == thread);
                if admitted {
                    *owner = Some(thread);
                    *depth += 1;
                }
                admitted.into()
            }
            Call::Unlock { thread } => {
                let owns = *owner == Some(thread);
                if owns {
                    *depth -= 1;
                    *owner = owner.filter(|_| *depth > 0);
                }
                owns.into()
            }
            Call::Depth { thread } => Answer::Depth(if *owner == Some(thread) { *depth } else { 0 }),
        }
    }
}

#[derive(Clone, Copy)]
enum Step {
    TryLock,
    Unlock,
    Depth,
}

use Step::{Depth, TryLock, Unlock};

struct Shared {
    lock: RawReentrantLock,
    history: History<Model>,
}

/// Makes the calls as thread number `thread`, and unlocks what it still holds.
fn run(shared: &Shared, thread: usize, steps: &[Step]) {
    let Shared { lock, history } = shared;
    for step in steps {
        match step {
            TryLock => {
                history.call(Call::TryLock { thread }, || RawReentrantLock::try_lock(lock).into());
            }
            Unlock => unlock(shared, thread),
            Depth => {
                history.call(Call::Depth { thread }, || Answer::Depth(RawReentrantLock::depth(lock)));
            }
        }
    }
    while RawReentrantLock::depth(lock) > 0 {
        unlock(shared, thread);
    }
}

fn unlock(Shared { lock, history }: &Shared, thread: usize) {
    history.call(Call::Unlock { thread }, || RawReentrantLock::unlock(lock).is_ok().into());
}

/// Runs the steps of all threads concurrently. The last of `threads` is the main thread. A call that has returned
/// happens before those that begin later: a thread that cannot know of it may read what was there before.
fn explain(threads: &[&[Step]]) {
    let history = History::with(Earlier::HappensBefore);
    let shared = Arc::new(Shared { lock: RawReentrantLock::new(), history });
    let (mine, others) = threads.split_last().expect("a history has a thread");
    let others: Vec<_> = others
        .iter()
        .enumerate()
        .map(|(thread, steps)| {
            let steps = steps.to_vec();
            with("trier", &shared, move |shared| run(shared, thread, &steps))
        })
        .collect();
    run(&shared, others.len(), mine);
    others.into_iter().for_each(finish);
    shared.history.assert_linearizable(Model::default());
    is_free(&shared.lock);
}

#[test]
fn of_two_that_try_one_is_admitted() {
    explain(&[&[TryLock], &[TryLock]]);
}

#[test]
fn a_lock_that_was_freed_is_free() {
    explain(&[&[TryLock, Unlock], &[TryLock, Unlock, TryLock]]);
}

#[test]
fn asking_for_the_depth_is_no_reason_to_refuse() {
    explain(&[&[Depth, Depth], &[TryLock, Depth, Unlock]]);
}

#[test]
fn a_refused_unlock_is_no_reason_to_refuse() {
    explain(&[&[Unlock, Unlock], &[TryLock, Unlock, TryLock]]);
}

#[test]
fn a_refused_try_is_no_reason_to_refuse() {
    explain(&[&[TryLock, Unlock], &[TryLock], &[TryLock]]);
}

#[test]
fn the_lock_is_free_at_the_last_unlock() {
    explain(&[&[TryLock, TryLock, Unlock, Unlock], &[TryLock, TryLock]]);
}

#[test]
fn the_depth_is_known_at_once() {
    explain(&[&[TryLock, Depth, TryLock, Depth], &[Depth, TryLock, Depth, Unlock, Depth]]);
}

/// A lock, and how often a thread has begun to lock it or has given it back: the number is odd while that thread
/// holds the lock or is queued for it.
#[derive(Default)]
struct Watched {
    lock: RawReentrantLock,
    visits: AtomicUsize,
}

impl Watched {
    fn visit(&self, depth: usize) {
        self.visits.fetch_add(1, Ordering::SeqCst);
        hold(&self.lock, depth, || ());
        self.visits.fetch_add(1, Ordering::SeqCst);
    }

    /// Tries, and checks that a refusal has a reason.
    fn try_it(&self) {
        let before = self.visits.load(Ordering::SeqCst);
        let refused = try_hold(&self.lock, || ()).is_none();
        let after = self.visits.load(Ordering::SeqCst);
        let nobody_was_there = before == after && before.is_multiple_of(2);
        let wrong = refused && nobody_was_there;
        assert!(!wrong, "`try_lock` was refused, while no other thread held the lock or was queued for it");
    }
}

#[test]
fn a_try_beside_a_visitor_is_refused_only_while_it_is_there() {
    let watched = Arc::new(Watched::default());
    let visitor = with("visitor", &watched, |watched| watched.visit(1));
    watched.try_it();
    watched.try_it();
    finish(visitor);
    watched.try_it();
}

/// A third thread asks for its depth, and for an `unlock` that is refused.
#[test]
fn a_try_beside_one_that_asks_is_refused_only_while_another_is_there() {
    let watched = Arc::new(Watched::default());
    let visitor = with("visitor", &watched, |watched| watched.visit(1));
    let asker = with("asker", &watched, |Watched { lock, .. }| {
        assert_eq!(RawReentrantLock::depth(lock), 0, "the depth for a thread that never holds the lock");
        assert!(RawReentrantLock::unlock(lock).is_err(), "`unlock` of a thread that is not the owner");
    });
    watched.try_it();
    finish(visitor);
    watched.try_it();
    finish(asker);
}
