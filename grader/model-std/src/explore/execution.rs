//! One execution: everything that lives no longer than it does.

use core::panic::Location;
use real::vec::Vec;

use model_trace::AtomicType;

use super::causality::Clock;
use super::clock::DELAYS;
use super::digest::Digest;
use super::event::Event;
use super::fairness::Overtaking;
use super::history::Ended;
use super::hook::ProgramHook;
use super::id::{ObjectId, StepId, ThreadId};
use super::locals::Locals;
use super::memory::{self, Actor, SeqCst};
use super::object::{Atomic, Kind, Object};
use super::panics::Panic;
use super::state::Stop;
use super::thread::Thread;
use super::view::View;

/// The running execution.
#[derive(Debug)]
pub(crate) struct Execution {
    /// Tells executions apart: an object that was last used in another one starts afresh.
    pub(crate) epoch: u32,
    pub(crate) threads: Vec<Thread>,
    pub(crate) current: ThreadId,
    pub(super) objects: Vec<Object>,
    atomics: usize,
    pub(super) seq_cst: SeqCst,
    /// The history of the moments that the test observes.
    pub(super) marks: Digest,
    /// The calls that it observes, as far as they have ended.
    pub(super) ended: Ended,
    pub(super) events: Vec<Event>,
    pub(super) locals: Locals,
    /// How many there were.
    pub(super) preemptions: usize,
    /// How many more waits may end spuriously, and weak exchanges fail spuriously.
    pub(super) spurious: u32,
    /// How many more threads may be delayed.
    pub(super) delays: u32,
    /// How often threads have overtaken others.
    pub(super) overtaking: Overtaking,
    /// How often a thread was chosen, apart from those that run on.
    pub(super) steps: usize,
    /// From here on the execution only runs to its end: what can follow has been searched, or the test
    /// function has returned.
    pub(super) pruned: bool,
    /// No thread is left that could run.
    pub(crate) over: bool,
    /// It has ended, and threads that are left in a panic hook are let out of it.
    pub(super) abandoned: bool,
    /// Why the execution has to stop.
    pub(crate) stop: Option<Stop>,
    /// The first panic of a spawned thread: often the cause of the panic that ends the test.
    pub(super) first_panic: Option<Panic>,
    /// What the first panics of any thread say, in the order of their steps.
    pub(super) panics: Vec<String>,
    /// The last panic of any thread.
    pub(super) last_panic: Option<Panic>,
    /// The last one that was passed on by `resume_unwind`.
    pub(super) resumed: Option<Panic>,
    /// The panic hook, if the program has set one.
    pub(super) hook: Option<ProgramHook>,
}

impl Execution {
    /// The execution before the first one: nothing runs in it.
    pub(super) fn none() -> Self {
        Execution {
            epoch: 0,
            threads: Vec::new(),
            current: ThreadId(0),
            objects: Vec::new(),
            atomics: 0,
            seq_cst: SeqCst::default(),
            marks: Digest::default(),
            ended: Ended::default(),
            events: Vec::new(),
            locals: Locals::default(),
            preemptions: 0,
            spurious: 0,
            delays: DELAYS,
            overtaking: Overtaking::default(),
            steps: 0,
            pruned: false,
            over: false,
            abandoned: false,
            stop: None,
            first_panic: None,
            panics: Vec::new(),
            last_panic: None,
            resumed: None,
            hook: None,
        }
    }

    /// A new execution, in the place of this one. It takes over what this one has allocated, and nothing else.
    pub(super) fn begin(&mut self, number: u32, spurious_of_pass: u32) {
        // Each field by itself: to make another execution and to move it here took longer.
        let Execution {
            epoch,
            threads,
            current,
            objects,
            atomics,
            seq_cst,
            marks,
            ended,
            events,
            locals,
            preemptions,
            spurious,
            delays,
            overtaking,
            steps,
            pruned,
            over,
            abandoned,
            stop,
            first_panic,
            panics,
            last_panic,
            resumed,
            hook,
        } = self;
        threads.clear();
        objects.clear();
        events.clear();
        locals.clear();
        panics.clear();
        (*epoch, *spurious, *delays) = (number, spurious_of_pass, DELAYS);
        (*current, *atomics, *preemptions, *steps) = (ThreadId(0), 0, 0, 0);
        (*pruned, *over, *abandoned) = (false, false, false);
        (*seq_cst, *marks, *ended) = (SeqCst::default(), Digest::default(), Ended::default());
        *overtaking = Overtaking::default();
        *stop = None;
        (*first_panic, *last_panic, *resumed) = (None, None, None);
        *hook = None;
    }

    /// Whether there is one, so that the calling thread is one of the model.
    pub(crate) fn has_begun(&self) -> bool {
        !self.threads.is_empty()
    }

    // ---- the acting thread

    #[inline]
    pub(crate) fn me(&mut self) -> &mut Thread {
        &mut self.threads[self.current.index()]
    }

    /// The acting thread together with the memory that belongs to no atomic.
    pub(super) fn actor(&mut self) -> (Actor<'_>, &mut SeqCst) {
        let step = StepId(self.events.len() as u32);
        let Thread { view, digest, .. } = &mut self.threads[self.current.index()];
        (Actor { thread: self.current.index(), step, view, digest }, &mut self.seq_cst)
    }

    /// The acting thread, an atomic, and the memory that belongs to none.
    pub(super) fn actor_on(&mut self, id: ObjectId) -> (Actor<'_>, &mut memory::Atomic, &mut SeqCst) {
        let step = StepId(self.events.len() as u32);
        let Thread { view, digest, .. } = &mut self.threads[self.current.index()];
        let actor = Actor { thread: self.current.index(), step, view, digest };
        match &mut self.objects[id.index()].kind {
            Kind::Atomic(atomic) => (actor, &mut atomic.memory, &mut self.seq_cst),
            other => unreachable!("an atomic operation on a {}", other.object_kind().as_str()),
        }
    }

    /// Notes where an atomic is.
    pub(super) fn set_address(&mut self, id: ObjectId, address: usize) {
        if let Kind::Atomic(atomic) = &mut self.objects[id.index()].kind {
            atomic.address = address;
        }
    }

    /// Watches the acting thread's loads from now on.
    #[inline]
    pub(super) fn watch_loads(&mut self) {
        let clock = &mut self.threads[self.current.index()].view.causes.clock;
        if clock.is_none() {
            *clock = Some(Clock::new(self.atomics));
            self.atomics += 1;
        }
    }

    // ---- objects

    pub(crate) fn add_object(&mut self, kind: Kind, created: &'static Location<'static>) -> ObjectId {
        let id = ObjectId(self.objects.len() as u32);
        self.objects.push(Object { kind, created, digest: Digest::default(), view: View::default() });
        id
    }

    pub(crate) fn add_atomic(
        &mut self,
        value: u64,
        atomic_type: AtomicType,
        address: usize,
        created: &'static Location<'static>,
    ) -> ObjectId {
        let memory = memory::Atomic::new(self.atomics, value);
        self.atomics += 1;
        self.add_object(Kind::Atomic(Atomic { memory, atomic_type, address }), created)
    }

    #[inline]
    pub(super) fn object(&self, id: ObjectId) -> &Object {
        &self.objects[id.index()]
    }

    #[inline]
    pub(super) fn object_mut(&mut self, id: ObjectId) -> &mut Object {
        &mut self.objects[id.index()]
    }
}
