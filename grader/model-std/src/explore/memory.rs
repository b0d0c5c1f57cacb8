//! The C11 memory model, as views over modification orders.
//!
//! Each atomic keeps its stores in modification order, which here is the order in which they are
//! executed. A thread has a view: for each atomic, the oldest store that it may still read. A load
//! may read any store from there on; release and acquire pass views along. This is the
//! promise-free part of "A Promising Semantics for Relaxed-Memory Concurrency" (Kang et al., POPL
//! 2017), with `SeqCst` accesses ordered by execution as C++20 (P0668) orders them: a `SeqCst`
//! load reads no store older than the last `SeqCst` store to its atomic.
//!
//! What this leaves out are the executions in which a load reads a store that is executed later
//! (load buffering), and those in which two threads' stores to two atomics take opposite places in
//! both modification orders ("2+2W"). Both need a machine that reorders a store before an earlier
//! access, and neither can make a correct program fail here.

use core::sync::atomic::Ordering;
use real::vec::Vec;
use smallvec::SmallVec;

use model_trace::{Reads, StepId};

use super::digest::Digest;

/// For each atomic, by its number, the position of a store in its modification order.
#[derive(Clone, Debug, Default)]
pub(crate) struct View(SmallVec<[u32; 6]>);

impl View {
    pub(crate) fn get(&self, atomic: usize) -> usize {
        self.0.get(atomic).map_or(0, |&stamp| stamp as usize)
    }

    pub(crate) fn raise(&mut self, atomic: usize, stamp: usize) {
        if self.0.len() <= atomic {
            self.0.resize(atomic + 1, 0);
        }
        self.0[atomic] = self.0[atomic].max(stamp as u32);
    }

    pub(crate) fn join(&mut self, other: &View) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine = (*mine).max(*theirs);
        }
    }
}

/// What one thread may read, and what it passes on.
#[derive(Clone, Debug, Default)]
pub(crate) struct ThreadView {
    /// What the thread has seen.
    pub(crate) current: View,
    /// What relaxed loads have read: an acquire fence makes it current.
    acquirable: View,
    /// What the thread had seen at its last release fence: relaxed stores pass it on.
    released: View,
}

impl ThreadView {
    /// A view that starts where a parent thread is.
    pub(crate) fn child_of(parent: &ThreadView) -> Self {
        ThreadView { current: parent.current.clone(), ..ThreadView::default() }
    }
}

/// One store in a modification order.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    pub(crate) value: u64,
    /// The step that made it. `None`: it is the value that the atomic begins with.
    step: Option<StepId>,
    /// What a thread that acquires this store gets to see.
    view: View,
    /// Which store it is, whatever the interleaving: the history that led to it.
    digest: Digest,
}

/// One atomic variable.
#[derive(Clone, Debug)]
pub(crate) struct Atomic {
    /// Its number in views.
    index: usize,
    stores: Vec<Store>,
    /// How many loads have read a store that was not the newest, by thread.
    stale_loads: SmallVec<[u8; 8]>,
}

/// How often one thread may read stale values of one atomic in one execution. Stores become
/// visible "in a finite period of time" (C11 5.1.2.4, `Ordering` docs): without a limit, a loop
/// that waits for a store would never end in some execution.
const STALE_LOADS: u8 = 3;

/// The part of the memory that belongs to no single atomic: the order of `SeqCst` operations.
#[derive(Clone, Debug, Default)]
pub(crate) struct SeqCst {
    /// What a `SeqCst` fence gets to see, and a `SeqCst` load of an atomic.
    view: View,
    /// What has added to the view, in any order: `SeqCst` stores and fences.
    digest: Digest,
}

/// The acting thread, as far as memory is concerned.
pub(crate) struct Actor<'a> {
    pub(crate) thread: usize,
    /// The step that the access is going to be.
    pub(crate) step: StepId,
    pub(crate) view: &'a mut ThreadView,
    pub(crate) digest: &'a mut Digest,
}

impl Atomic {
    pub(crate) fn new(index: usize, value: u64) -> Self {
        let digest = Digest::default().then(value);
        let store = Store { value, step: None, view: View::default(), digest };
        Atomic { index, stores: real::vec![store], stale_loads: SmallVec::new() }
    }

    /// The newest value.
    pub(crate) fn newest(&self) -> u64 {
        self.stores[self.stores.len() - 1].value
    }

    /// What a load of the store that `age` others have followed reads.
    pub(crate) fn reads(&self, age: usize) -> Reads {
        let newest = self.stores.len() - 1;
        Reads { from: self.stores[newest - age].step, newest: self.stores[newest].step }
    }

    /// How many stores a load may read now: 1 is the newest alone.
    pub(crate) fn readable(
        &self,
        thread: usize,
        view: &ThreadView,
        seq_cst: &SeqCst,
        ordering: Ordering,
    ) -> usize {
        if self.stale_loads.get(thread).is_some_and(|&loads| loads >= STALE_LOADS) {
            return 1;
        }
        let mut oldest = view.current.get(self.index);
        if ordering == Ordering::SeqCst {
            oldest = oldest.max(seq_cst.view.get(self.index));
        }
        self.stores.len() - oldest
    }

    /// Reads the store that `age` others have followed. 0 is the newest.
    pub(crate) fn load(&mut self, actor: Actor<'_>, age: usize, ordering: Ordering) -> u64 {
        let stamp = self.stores.len() - 1 - age;
        if age > 0 {
            if self.stale_loads.len() <= actor.thread {
                self.stale_loads.resize(actor.thread + 1, 0);
            }
            self.stale_loads[actor.thread] += 1;
        }
        let store = &self.stores[stamp];
        *actor.digest = actor.digest.then_all(store.digest);
        observe(actor.view, store, ordering);
        actor.view.current.raise(self.index, stamp);
        store.value
    }

    /// Appends a store to the modification order.
    pub(crate) fn store(&mut self, actor: Actor<'_>, seq_cst: &mut SeqCst, value: u64, ordering: Ordering) {
        let previous = self.stores[self.stores.len() - 1].digest;
        self.append(actor, seq_cst, value, ordering, View::default(), previous);
    }

    /// Reads the newest store and puts `value` directly behind it.
    pub(crate) fn replace(&mut self, actor: Actor<'_>, seq_cst: &mut SeqCst, value: u64, ordering: Ordering) {
        let newest = self.stores.len() - 1;
        let read = &self.stores[newest];
        observe(actor.view, read, ordering);
        // A read-modify-write continues the release sequence of what it read.
        let (sequence, previous) = (read.view.clone(), read.digest);
        self.append(actor, seq_cst, value, ordering, sequence, previous);
    }

    fn append(
        &mut self,
        actor: Actor<'_>,
        seq_cst: &mut SeqCst,
        value: u64,
        ordering: Ordering,
        mut view: View,
        previous: Digest,
    ) {
        let stamp = self.stores.len();
        actor.view.current.raise(self.index, stamp);
        if matches!(ordering, Ordering::Release | Ordering::AcqRel | Ordering::SeqCst) {
            view.join(&actor.view.current);
        } else {
            view.join(&actor.view.released);
            view.raise(self.index, stamp);
        }
        *actor.digest = actor.digest.then_all(previous);
        if ordering == Ordering::SeqCst {
            seq_cst.view.raise(self.index, stamp);
            seq_cst.digest = seq_cst.digest.with_member(*actor.digest);
        }
        self.stores.push(Store { value, step: Some(actor.step), view, digest: *actor.digest });
    }
}

fn observe(view: &mut ThreadView, store: &Store, ordering: Ordering) {
    if matches!(ordering, Ordering::Acquire | Ordering::AcqRel | Ordering::SeqCst) {
        view.current.join(&store.view);
    } else {
        view.acquirable.join(&store.view);
    }
}

/// A fence by one thread.
pub(crate) fn fence(actor: Actor<'_>, seq_cst: &mut SeqCst, ordering: Ordering) {
    let view = actor.view;
    if matches!(ordering, Ordering::Acquire | Ordering::AcqRel | Ordering::SeqCst) {
        view.current.join(&view.acquirable);
    }
    if ordering == Ordering::SeqCst {
        *actor.digest = actor.digest.then_all(seq_cst.digest);
        seq_cst.digest = seq_cst.digest.with_member(*actor.digest);
        view.current.join(&seq_cst.view);
        seq_cst.view.join(&view.current);
    }
    if matches!(ordering, Ordering::Release | Ordering::AcqRel | Ordering::SeqCst) {
        view.released = view.current.clone();
    }
}
