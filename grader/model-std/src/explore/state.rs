//! The state of the running execution.

use core::panic::Location;
use core::time::Duration;
use real::string::String;
use real::vec::Vec;

use model_trace::{AtomicType, Coverage, Operation, StepId};

use super::digest::Digest;
use super::event::{Event, Place};
use super::memory::{self, Actor, SeqCst, View};
use super::object::{Kind, Object, ObjectId, ThreadId};
use super::outcome::{Failure, Unsupported};
use super::path::Path;
use super::replay::Divergence;
use super::thread::Thread;
use super::visited::Visited;

/// The most threads that can be alive at once, the test's own included.
pub(crate) const MAX_THREADS: usize = 5;

/// Everything about the running execution, and what is kept from one execution to the next.
#[derive(Debug)]
pub(crate) struct State {
    /// Tells executions apart: an object that was last used in another one starts afresh.
    pub(crate) epoch: u32,
    pub(crate) threads: Vec<Thread>,
    pub(crate) current: ThreadId,
    objects: Vec<Object>,
    atomics: usize,
    pub(crate) seq_cst: SeqCst,
    /// The history of the moments that the test observes.
    marks: Digest,
    pub(crate) events: Vec<Event>,
    pub(crate) recording: bool,
    /// One schedule is run again: the program need not fit it.
    pub(crate) replaying: bool,
    /// Called in the thread that fails, where it fails.
    pub(crate) at_failure: Option<fn()>,

    pub(crate) path: Path,
    pub(crate) visited: Visited,
    pub(crate) bound: usize,
    pub(crate) preemptions: usize,
    /// An alternative was left out because of the bound.
    pub(crate) bounded: bool,
    pub(crate) spurious: u32,
    pub(crate) chances: Chances,
    pub(crate) steps: usize,
    pub(crate) executions: u64,
    /// From here on the execution only runs to its end: what can follow has been searched, or the
    /// test function has returned.
    pub(crate) coasting: bool,
    /// Nobody is left to run.
    pub(crate) over: bool,
    /// Why the execution has to stop.
    pub(crate) stop: Option<Stop>,
    /// The first panic of a spawned thread: often the cause of the panic that ends the test.
    pub(crate) first_panic: Option<Panic>,

    pub(crate) limits: Limits,
    /// Whether releasing a lock and ending a thread are steps of their own. They need to be only if
    /// the program looks at locks without waiting for them.
    pub(crate) fine: bool,
    pub(crate) wants_fine: bool,
}

/// The limits of one execution.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) steps: usize,
    pub(crate) spurious: u32,
    pub(crate) outdated: bool,
}

/// What could have happened, in any execution so far, had the limits allowed it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Chances {
    /// A wait could have ended for no reason.
    pub(crate) spurious: bool,
    /// A load could have read a value that is not the newest.
    pub(crate) outdated: bool,
}

/// Why an execution stops before its end.
#[derive(Debug)]
pub(crate) enum Stop {
    Failed(Failure),
    Unsupported(Unsupported),
    /// Only when a schedule is run again.
    Diverged(Divergence),
}

/// A panic, as its hook saw it.
#[derive(Clone, Debug)]
pub(crate) struct Panic {
    pub(crate) thread: ThreadId,
    pub(crate) message: String,
    pub(crate) place: Place,
}

impl State {
    pub(crate) fn new(limits: Limits, recording: bool) -> Self {
        State {
            epoch: 0,
            threads: Vec::new(),
            current: ThreadId(0),
            objects: Vec::new(),
            atomics: 0,
            seq_cst: SeqCst::default(),
            marks: Digest::default(),
            events: Vec::new(),
            recording,
            replaying: false,
            at_failure: None,
            path: Path::default(),
            visited: Visited::default(),
            bound: 0,
            preemptions: 0,
            bounded: false,
            spurious: 0,
            chances: Chances::default(),
            steps: 0,
            executions: 0,
            coasting: false,
            over: false,
            stop: None,
            first_panic: None,
            limits,
            fine: false,
            wants_fine: false,
        }
    }

    /// What has been covered when one execution was run by its schedule.
    pub(crate) fn covered(&self) -> Coverage {
        Coverage {
            executions: self.executions,
            preemptions: self.bound as u64,
            complete: false,
            exhaustive: false,
        }
    }

    /// Gets ready for the next execution.
    pub(crate) fn begin(&mut self, epoch: u32) {
        self.epoch = epoch;
        self.executions += 1;
        self.threads.clear();
        self.current = ThreadId(0);
        self.objects.clear();
        self.atomics = 0;
        self.seq_cst.clear();
        self.marks = Digest::default();
        self.events.clear();
        self.preemptions = 0;
        self.spurious = self.limits.spurious;
        self.steps = 0;
        self.coasting = false;
        self.over = false;
        self.first_panic = None;
    }

    // ---- objects

    pub(crate) fn add_object(&mut self, kind: Kind, created: &'static Location<'static>) -> ObjectId {
        let id = ObjectId(self.objects.len() as u32);
        self.objects.push(Object {
            kind,
            created,
            digest: Digest::default(),
            view: View::default(),
            time: Duration::ZERO,
        });
        id
    }

    pub(crate) fn add_atomic(
        &mut self,
        value: u64,
        atomic_type: AtomicType,
        created: &'static Location<'static>,
    ) -> ObjectId {
        let state = memory::Atomic::new(self.atomics, value);
        self.atomics += 1;
        self.add_object(Kind::Atomic { state, atomic_type }, created)
    }

    pub(crate) fn objects(&self) -> &[Object] {
        &self.objects
    }

    pub(crate) fn object(&self, id: ObjectId) -> &Object {
        &self.objects[id.index()]
    }

    pub(crate) fn object_mut(&mut self, id: ObjectId) -> &mut Object {
        &mut self.objects[id.index()]
    }

    // ---- the acting thread

    pub(crate) fn me(&mut self) -> &mut Thread {
        &mut self.threads[self.current.index()]
    }

    /// Notes that the acting thread changes an object: its history depends on all changes before.
    pub(crate) fn changes(&mut self, id: ObjectId) {
        let object = &mut self.objects[id.index()];
        let thread = &mut self.threads[self.current.index()];
        thread.digest = thread.digest.then_all(object.digest);
        object.digest = thread.digest;
    }

    /// Notes a moment that the test observes: its order with other such moments counts.
    pub(crate) fn changes_marks(&mut self) {
        let marks = self.marks;
        let me = self.me();
        me.digest = me.digest.then_all(marks);
        self.marks = self.me().digest;
    }

    /// Notes that the acting thread has looked at an object without changing it.
    pub(crate) fn looks_at(&mut self, id: ObjectId) {
        let digest = self.objects[id.index()].digest;
        let me = self.me();
        me.digest = me.digest.then_all(digest);
    }

    /// Notes a result that depends on what other threads have done.
    pub(crate) fn learns(&mut self, word: u64) {
        let me = self.me();
        me.digest = me.digest.then(word);
    }

    /// The acting thread gets to see what was released with an object.
    pub(crate) fn acquire_view(&mut self, id: ObjectId) {
        let view = &self.objects[id.index()].view;
        self.threads[self.current.index()].view.current.join(view);
    }

    /// What the acting thread has seen goes with the object.
    pub(crate) fn release_view(&mut self, id: ObjectId) {
        let view = &self.threads[self.current.index()].view.current;
        self.objects[id.index()].view.join(view);
    }

    /// The acting thread's time goes with an object that others wait for.
    pub(crate) fn release_time(&mut self, id: ObjectId) {
        let time = self.me().clock;
        let object = self.object_mut(id);
        object.time = object.time.max(time);
    }

    /// The acting thread has waited for what others released with an object.
    pub(crate) fn acquire_time(&mut self, id: ObjectId) {
        let time = self.object(id).time;
        self.woken_at(time);
    }

    /// The acting thread together with the memory that belongs to nobody.
    pub(crate) fn actor(&mut self) -> (Actor<'_>, &mut SeqCst) {
        let step = StepId(self.events.len() as u32);
        let Thread { view, digest, .. } = &mut self.threads[self.current.index()];
        (Actor { thread: self.current.index(), step, view, digest }, &mut self.seq_cst)
    }

    /// The acting thread, an atomic, and the memory that belongs to nobody.
    pub(crate) fn actor_on(&mut self, id: ObjectId) -> (Actor<'_>, &mut memory::Atomic, &mut SeqCst) {
        let step = StepId(self.events.len() as u32);
        let Thread { view, digest, .. } = &mut self.threads[self.current.index()];
        let actor = Actor { thread: self.current.index(), step, view, digest };
        match &mut self.objects[id.index()].kind {
            Kind::Atomic { state, .. } => (actor, state, &mut self.seq_cst),
            other => unreachable!("an atomic operation on a {}", other.type_name()),
        }
    }

    /// Something wakes the acting thread, and brings its time along. A timed wait is over by its
    /// deadline, whoever ends it.
    pub(crate) fn woken_at(&mut self, time: Duration) {
        let me = self.me();
        let time = me.pending.deadline.map_or(time, |deadline| time.min(deadline));
        me.clock = me.clock.max(time);
    }

    /// Records the acting thread's step.
    pub(crate) fn log(&mut self, operation: Operation, place: impl Into<Place>) {
        if self.recording {
            self.events.push(Event { thread: self.current, operation, place: place.into() });
        }
    }
}
