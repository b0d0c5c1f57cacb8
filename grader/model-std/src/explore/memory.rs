//! The C11 memory model, as views over modification orders.
//!
//! Each atomic keeps its stores in modification order. A thread has a view: for each atomic, the oldest store that it
//! may still read. A load may read any store from there on; a store may take any place behind it, so that the
//! modification order need not be the order of execution; a read-modify-write comes directly behind the store that
//! it reads. Release and acquire pass views along. This is the promise-free part of "A Promising Semantics for
//! Relaxed-Memory Concurrency" (Kang et al., POPL 2017), which is what RC11 allows (Lahav et al., "Repairing Sequential
//! Consistency in C/C++11", PLDI 2017).
//!
//! `SeqCst` accesses and fences are ordered by execution: a `SeqCst` access reads, or comes behind, no store older
//! than the last `SeqCst` store to its atomic.
//!
//! What this leaves out:
//! - loads that read a store which is executed later (load buffering): it takes a machine that executes a store before
//!   an earlier load of its thread
//! - orders of `SeqCst` operations that contradict the order of execution. C++20 allows them where nothing but weaker
//!   accesses leads from one operation to the other.
//! - more than [`OUTDATED`] accesses of one thread to one atomic that do not take the newest store

use core::sync::atomic::Ordering;
use real::vec::Vec;
use smallvec::SmallVec;

use model_trace::{Reads, StepId};

use super::causality::{Causes, Loads};
use super::digest::Digest;
use super::view::View;

/// What one thread may read, and what it passes on.
#[derive(Clone, Debug, Default)]
pub(crate) struct ThreadView {
    /// What the thread has seen.
    pub(crate) current: View,
    /// What relaxed loads have read: an acquire fence makes it current.
    acquirable: View,
    /// What the thread had seen at its last release fence: relaxed stores pass it on.
    released: View,
    /// What has led to where it is.
    pub(super) causes: Causes,
}

impl ThreadView {
    /// A view that starts where a parent thread is.
    pub(crate) fn child_of(parent: &ThreadView) -> Self {
        let causes = Causes { clock: None, view: parent.causes.view.clone() };
        ThreadView { current: parent.current.clone(), causes, ..ThreadView::default() }
    }
}

/// One store in a modification order.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    pub(crate) value: u64,
    /// Its place among the others: they are in the order of their stamps, which stay when another one comes between.
    stamp: u32,
    /// It comes from a read-modify-write, so that nothing comes between it and the store before it.
    updates: bool,
    /// It is `SeqCst`.
    seq_cst: bool,
    /// The step that made it. `None`: it is the value that the atomic begins with.
    step: Option<StepId>,
    /// What a thread that acquires this store gets to see.
    view: View,
    /// What has led to it.
    causes: View,
    /// Which store it is, whatever the interleaving: the history that led to it.
    digest: Digest,
}

/// The distance of stamps, as long as there is room for it: others fit between.
const STAMPS: u32 = 1 << 18;

/// One atomic variable.
#[derive(Clone, Debug)]
pub(crate) struct Atomic {
    /// Its number in views.
    index: usize,
    /// In modification order.
    stores: Vec<Store>,
    /// How many accesses have not taken the newest store, by thread.
    outdated: SmallVec<[u8; 8]>,
    loads: Loads,
}

/// How often one thread may read stale values of one atomic, or put a store before others, in one execution. Stores
/// become visible "in a finite period of time" (C11 5.1.2.4, `Ordering` docs): without a limit, a loop that waits for a
/// store would never end in some execution.
const OUTDATED: u8 = 3;

/// The most alternatives of one access: as many as a schedule can be written down with.
const MOST_AGES: usize = 60;

/// What an access does with a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// It reads it.
    Read,
    /// It puts another one directly behind it.
    Write,
}

/// The stores that an access may take, each by its age: by how many others follow it. The first one is the newest.
#[derive(Clone, Debug)]
pub(crate) struct Ages {
    pub(crate) list: SmallVec<[usize; 8]>,
    /// There are others, which are out of the limits.
    pub(crate) limited: bool,
    /// There are others, which another order of `SeqCst` operations might allow.
    pub(crate) out_of_order: bool,
}

/// The part of the memory that belongs to no single atomic: the order of `SeqCst` operations.
#[derive(Clone, Debug, Default)]
pub(crate) struct SeqCst {
    /// What a `SeqCst` fence gets to see, and a `SeqCst` load of an atomic.
    view: View,
    /// What has added to the view, in any order: `SeqCst` stores and fences.
    digest: Digest,
    /// A thread has learned of another one's store, and one of the two accesses was not `SeqCst`: then something may lead
    /// from one `SeqCst` operation to another, and leave their order open.
    is_mixed: bool,
}

impl SeqCst {
    /// Forgets, in the digest alone, what has come by now.
    pub(super) fn forget_order(&mut self) {
        self.digest = Digest::default();
    }
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
        let store = Store {
            value,
            stamp: 0,
            updates: false,
            seq_cst: false,
            step: None,
            view: View::default(),
            causes: View::default(),
            digest,
        };
        Atomic { index, stores: real::vec![store], outdated: SmallVec::new(), loads: Loads::default() }
    }

    /// The newest value.
    pub(crate) fn newest(&self) -> u64 {
        self.value(0)
    }

    /// What whoever has the atomic to itself gets to see: all stores happen before that.
    pub(crate) fn own(&self, view: &mut ThreadView) {
        for store in &self.stores {
            view.current.join(&store.view);
            view.current.raise(self.index, store.stamp);
        }
    }

    /// The value of the store that `age` others follow.
    pub(crate) fn value(&self, age: usize) -> u64 {
        self.stores[self.at(age)].value
    }

    /// What a load of the store that `age` others follow reads.
    pub(crate) fn reads(&self, age: usize) -> Reads {
        Reads { from: self.stores[self.at(age)].step, newest: self.stores[self.at(0)].step }
    }

    /// The step of the store that directly follows the one that `age` others follow.
    pub(crate) fn next_step(&self, age: usize) -> Option<StepId> {
        self.stores.get(self.at(age) + 1).and_then(|store| store.step)
    }

    fn at(&self, age: usize) -> usize {
        self.stores.len() - 1 - age
    }

    /// The stores that an access may take now.
    #[inline]
    pub(crate) fn ages(
        &self,
        thread: usize,
        view: &ThreadView,
        seq_cst: &SeqCst,
        ordering: Ordering,
        access: Access,
    ) -> Ages {
        let seen = view.current.get(self.index);
        let mut oldest = seen;
        if ordering == Ordering::SeqCst {
            oldest = oldest.max(seq_cst.view.get(self.index));
        }
        let out_of_order = oldest > seen && seq_cst.is_mixed;
        let mut ages = Ages { list: SmallVec::from_slice(&[0]), limited: false, out_of_order };
        if self.stores[self.at(0)].stamp > oldest {
            self.add_outdated(&mut ages, oldest, access);
            if ages.list.len() > 1 && self.outdated.get(thread).is_some_and(|&count| count >= OUTDATED) {
                ages.list.truncate(1);
                ages.limited = true;
            }
        }
        ages
    }

    /// Adds the stores from the oldest one on, but for the newest.
    fn add_outdated(&self, ages: &mut Ages, oldest: u32, access: Access) {
        let first = self.stores.partition_point(|store| store.stamp < oldest);
        for at in (first..self.at(0)).rev() {
            let (store, next) = (&self.stores[at], &self.stores[at + 1]);
            if access == Access::Write && next.updates {
                continue;
            }
            let has_room = access == Access::Read || next.stamp - store.stamp > 1;
            if has_room && ages.list.len() < MOST_AGES {
                ages.list.push(self.at(at));
            } else {
                ages.limited = true;
            }
        }
    }

    /// Counts an access that does not take the newest store.
    fn count(&mut self, thread: usize, age: usize) {
        if age > 0 {
            if self.outdated.len() <= thread {
                self.outdated.resize(thread + 1, 0);
            }
            self.outdated[thread] += 1;
        }
    }

    /// Reads the store that `age` others follow.
    pub(crate) fn load(
        &mut self,
        actor: Actor<'_>,
        seq_cst: &mut SeqCst,
        age: usize,
        ordering: Ordering,
    ) -> u64 {
        self.count(actor.thread, age);
        let at = self.at(age);
        *actor.digest = actor.digest.then_all(self.stores[at].digest);
        self.observe(actor.view, seq_cst, at, ordering);
        let store = &self.stores[at];
        actor.view.current.raise(self.index, store.stamp);
        store.value
    }

    fn observe(&mut self, view: &mut ThreadView, seq_cst: &mut SeqCst, at: usize, ordering: Ordering) {
        let store = &self.stores[at];
        let seq_cst_alone = ordering == Ordering::SeqCst && store.seq_cst;
        seq_cst.is_mixed |= !seq_cst_alone && store.stamp > view.current.get(self.index);
        let acquires = matches!(ordering, Ordering::Acquire | Ordering::AcqRel | Ordering::SeqCst);
        if acquires {
            view.current.join(&store.view);
        } else {
            view.acquirable.join(&store.view);
        }
        self.loads.add(&mut view.causes, &mut view.current, &store.causes, acquires);
    }

    /// Puts a store directly behind the one that `age` others follow. Returns whether a load that led to it could have
    /// read it.
    pub(crate) fn store(
        &mut self,
        actor: Actor<'_>,
        seq_cst: &mut SeqCst,
        age: usize,
        value: u64,
        ordering: Ordering,
    ) -> bool {
        self.put(actor, seq_cst, age, Written { value, updates: false, ordering }, View::default())
    }

    /// Reads the store that `age` others follow, and puts `value` directly behind it. Returns whether a load that led to
    /// that could have read it.
    pub(crate) fn replace(
        &mut self,
        actor: Actor<'_>,
        seq_cst: &mut SeqCst,
        age: usize,
        value: u64,
        ordering: Ordering,
    ) -> bool {
        let at = self.at(age);
        self.observe(actor.view, seq_cst, at, ordering);
        // A read-modify-write continues the release sequence of what it read.
        let sequence = self.stores[at].view.clone();
        self.put(actor, seq_cst, age, Written { value, updates: true, ordering }, sequence)
    }

    fn put(
        &mut self,
        actor: Actor<'_>,
        seq_cst: &mut SeqCst,
        age: usize,
        written: Written,
        mut view: View,
    ) -> bool {
        self.count(actor.thread, age);
        let Written { value, updates, ordering } = written;
        let at = self.at(age) + 1;
        let previous = &self.stores[at - 1];
        let next = self.stores.get(at);
        let stamp = match next {
            Some(next) => previous.stamp + (next.stamp - previous.stamp) / 2,
            // There is always some left.
            None => previous.stamp + STAMPS.min(((u32::MAX - previous.stamp) >> 12).max(1)),
        };
        // Its place follows from both neighbours: each of those that come later knows its own.
        *actor.digest = actor.digest.then_all(previous.digest);
        if let Some(next) = next {
            *actor.digest = actor.digest.then_all(next.digest);
        }
        let releases = matches!(ordering, Ordering::Release | Ordering::AcqRel | Ordering::SeqCst);
        let ThreadView { current, causes, .. } = &mut *actor.view;
        let seen = current.get(self.index);
        let (causes, could_be_read) = self.loads.store(causes, current, seen, stamp, releases);
        current.raise(self.index, stamp);
        if releases {
            view.join(&actor.view.current);
        } else {
            view.join(&actor.view.released);
            view.raise(self.index, stamp);
        }
        let (step, digest, is_seq_cst) = (Some(actor.step), *actor.digest, ordering == Ordering::SeqCst);
        if is_seq_cst {
            seq_cst.view.raise(self.index, stamp);
            seq_cst.digest = seq_cst.digest.with_member(digest);
        }
        self.stores
            .insert(at, Store { value, stamp, updates, seq_cst: is_seq_cst, step, view, causes, digest });
        could_be_read
    }
}

/// What a store or a read-modify-write writes.
struct Written {
    value: u64,
    updates: bool,
    ordering: Ordering,
}

/// A fence by one thread. Returns whether another order of `SeqCst` operations might let the thread see less.
pub(crate) fn fence(actor: Actor<'_>, seq_cst: &mut SeqCst, ordering: Ordering) -> bool {
    let view = actor.view;
    let mut out_of_order = false;
    if matches!(ordering, Ordering::Acquire | Ordering::AcqRel | Ordering::SeqCst) {
        view.current.join(&view.acquirable);
    }
    if ordering == Ordering::SeqCst {
        *actor.digest = actor.digest.then_all(seq_cst.digest);
        seq_cst.digest = seq_cst.digest.with_member(*actor.digest);
        out_of_order = seq_cst.is_mixed && seq_cst.view.is_ahead_of(&view.current);
        view.current.join(&seq_cst.view);
        seq_cst.view.join(&view.current);
    }
    if matches!(ordering, Ordering::Release | Ordering::AcqRel | Ordering::SeqCst) {
        view.released = view.current.clone();
    }
    out_of_order
}
