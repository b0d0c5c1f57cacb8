//! What a step does to the histories: its own thread's, that of an object, and the trace.
//!
//! Each thread and each object has a digest, which stands for everything that it depends on, and a view of memory
//! and time. A step changes several of them, and is recorded. These verbs do all of that at once, so that no
//! primitive can do half of it.
//!
//! Most of them are inlined: of what they do for any operation, little is left for the one that their caller knows.

use core::panic::Location;

use model_trace::Operation;

use super::digest::Digest;
use super::event::{Event, Place};
use super::id::{ObjectId, ThreadId};
use super::result;
use super::state::State;
use super::view::View;

/// What calls that have ended are to one that begins later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Earlier {
    /// They happen before it, as in a program that can tell which was first: what it reads is no older than what they
    /// have seen.
    HappensBefore,
    /// They are earlier in time, and nothing follows from it: what it reads may be stale, as far as the orderings of
    /// the calls themselves allow.
    InTime,
}

/// The calls that the test observes and that have ended.
#[derive(Debug, Default)]
pub(super) struct Ended {
    /// The set of their histories.
    digest: Digest,
    /// What they have seen.
    view: View,
}

/// What goes from one thread to another with a message, or with the room for one.
#[derive(Clone, Debug)]
pub(crate) struct Passed(View);

impl State {
    /// A step that changes an object: it comes after every change and every look before it.
    #[inline(always)]
    pub(crate) fn record_write(
        &mut self,
        id: ObjectId,
        operation: Operation,
        location: &'static Location<'static>,
    ) {
        self.look(id);
        self.note_result(operation);
        self.execution.object_mut(id).digest = self.execution.me().digest;
        self.add_to_trace(operation, location.into());
    }

    /// A step that looks at an object: it comes after every change before it.
    #[inline(always)]
    pub(crate) fn record_read(
        &mut self,
        id: ObjectId,
        operation: Operation,
        location: &'static Location<'static>,
    ) {
        self.look(id);
        self.record(operation, location);
    }

    /// A step that acquires an object alone, or gets to change it: it sees what was released with it.
    #[inline(always)]
    pub(crate) fn acquire(
        &mut self,
        id: ObjectId,
        operation: Operation,
        location: &'static Location<'static>,
    ) {
        self.record_write(id, operation, location);
        self.see(id);
    }

    /// A step that acquires an object together with others, or finds that what it waited for has happened: it sees
    /// what was released with it, at the time at which that was, and its order among others of its kind is no
    /// matter.
    #[inline(always)]
    pub(crate) fn observe(
        &mut self,
        id: ObjectId,
        operation: Operation,
        location: &'static Location<'static>,
    ) {
        self.leave(id);
        self.record(operation, location);
    }

    /// A step that releases an object: who acquires it sees what this thread has seen.
    #[inline(always)]
    pub(crate) fn release(
        &mut self,
        id: ObjectId,
        operation: Operation,
        location: &'static Location<'static>,
    ) {
        let me = &mut self.execution.threads[self.execution.current.index()];
        me.time();
        self.execution.objects[id.index()].view.join(&me.view.current);
        self.record_write(id, operation, location);
    }

    /// A step that puts a message into an object. Returns what goes with it.
    pub(crate) fn send(
        &mut self,
        id: ObjectId,
        operation: Operation,
        location: &'static Location<'static>,
    ) -> Passed {
        self.record_write(id, operation, location);
        self.passed()
    }

    /// What the acting thread has seen, for whoever gets it.
    pub(crate) fn passed(&mut self) -> Passed {
        let me = self.execution.me();
        me.time();
        Passed(me.seen())
    }

    /// The acting thread gets what another one has passed on, and is not at an earlier time than that.
    pub(crate) fn take_over(&mut self, Passed(view): &Passed) {
        let me = self.execution.me();
        me.view.current.join(view);
        me.has_waited_for(view.time);
    }

    /// A step that takes a message out of an object.
    pub(crate) fn receive(
        &mut self,
        id: ObjectId,
        passed: &Passed,
        operation: Operation,
        location: &'static Location<'static>,
    ) {
        self.record_write(id, operation, location);
        self.take_over(passed);
    }

    /// A step with a result that depends on what other threads have done, and on no object.
    #[inline]
    pub(crate) fn record_result(
        &mut self,
        result: u64,
        operation: Operation,
        location: &'static Location<'static>,
    ) {
        self.note(result);
        self.record(operation, location);
    }

    /// A step that changes no object. Its result is part of its thread's history, whether steps are recorded or not.
    #[inline(always)]
    pub(crate) fn record(&mut self, operation: Operation, location: &'static Location<'static>) {
        self.record_at(operation, location.into());
    }

    /// [`record`](Self::record), at a place that only a panic hook sees.
    #[inline(always)]
    pub(super) fn record_at(&mut self, operation: Operation, place: Place) {
        self.note_result(operation);
        self.add_to_trace(operation, place);
    }

    #[inline(always)]
    fn note_result(&mut self, operation: Operation) {
        if let Some(result) = result::of(operation)
            && !self.merges_result(operation)
        {
            self.note(result);
        }
    }

    #[inline(always)]
    fn add_to_trace(&mut self, operation: Operation, place: Place) {
        self.execution.me().spin.did(operation);
        if self.settings().record {
            let thread = self.execution.current;
            self.execution.events.push(Event { thread, operation, place });
        }
    }

    /// Changes an object without a step of its own in the trace.
    pub(crate) fn join_history(&mut self, id: ObjectId) {
        self.look(id);
        self.execution.object_mut(id).digest = self.execution.me().digest;
    }

    /// Leaves an object for good, without a step of its own in the trace: who finds that all are gone sees what this
    /// thread has seen.
    pub(crate) fn depart(&mut self, id: ObjectId) {
        self.join_history(id);
        let Passed(view) = self.passed();
        self.execution.object_mut(id).view.join(&view);
    }

    /// Looks at an object without a step of its own in the trace.
    #[inline]
    pub(crate) fn look(&mut self, id: ObjectId) {
        let digest = self.execution.object(id).digest;
        self.add_to_digest(digest);
    }

    /// Goes on behind an object at which all had to arrive, or which all had to leave, without a step of its own in
    /// the trace.
    pub(crate) fn leave(&mut self, id: ObjectId) {
        self.look(id);
        self.see(id);
        self.catch_up_with(id);
    }

    /// A call that the test observes begins: which ones have ended before counts. It sees what these have seen if they
    /// happen before it.
    pub(crate) fn begin_observed(&mut self, earlier: Earlier) {
        let Ended { digest, view } = &self.execution.ended;
        let me = &mut self.execution.threads[self.execution.current.index()];
        me.digest = me.digest.then_all(*digest);
        match earlier {
            Earlier::HappensBefore => me.view.current.join(view),
            Earlier::InTime => {}
        }
    }

    /// Such a call ends. In which order several do is no matter.
    pub(crate) fn end_observed(&mut self) {
        let me = &self.execution.threads[self.execution.current.index()];
        let Ended { digest, view } = &mut self.execution.ended;
        *digest = digest.with_member(me.digest);
        view.join(&me.view.current);
    }

    /// A moment that the test observes: its order with other such moments counts.
    pub(crate) fn mark(&mut self) {
        let marks = self.execution.marks;
        self.add_to_digest(marks);
        self.execution.marks = self.execution.me().digest;
    }

    /// Has waited for a thread that has finished, and sees all that it had seen.
    pub(crate) fn join(&mut self, thread: ThreadId, location: &'static Location<'static>) {
        let other = &mut self.execution.threads[thread.index()];
        other.time();
        let (digest, view) = (other.digest, other.seen());
        let me = self.execution.me();
        me.digest = me.digest.then_all(digest);
        me.view.current.join(&view);
        me.has_waited_for(view.time);
        self.record(Operation::Join { thread }, location);
    }

    /// The acting thread has waited for what was released with an object, if that takes time.
    #[inline]
    pub(crate) fn catch_up_with(&mut self, id: ObjectId) {
        let object = self.execution.object(id);
        if object.kind.takes_time() {
            let time = object.view.time;
            self.execution.me().has_waited_for(time);
        }
    }

    /// The acting thread gets to see what was released with an object.
    #[inline]
    pub(crate) fn see(&mut self, id: ObjectId) {
        let view = &self.execution.objects[id.index()].view;
        self.execution.threads[self.execution.current.index()].view.current.join(view);
    }

    /// The acting thread's history gets one more word: a choice, or another result.
    #[inline]
    pub(super) fn note(&mut self, word: u64) {
        let me = self.execution.me();
        me.digest = me.digest.then(word);
    }

    #[inline]
    fn add_to_digest(&mut self, digest: Digest) {
        let me = self.execution.me();
        me.digest = me.digest.then_all(digest);
    }
}
