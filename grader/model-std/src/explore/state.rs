//! The state of the running execution, and the one place where a thread is chosen.

use core::time::Duration;
use real::string::String;
use real::vec::Vec;
use smallvec::SmallVec;

use super::digest::Digest;
use super::event::{Event, Place, Subject, Value};
use super::memory::{self, Actor, SeqCst, View};
use super::object::{Kind, Object, ObjectId, ThreadId};
use super::outcome::{Failure, Unsupported};
use super::path::{Diverged, Path};
use super::thread::{AHEAD, Life, Resumed, Thread, Wait};
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
    pub(crate) events: Vec<Event>,
    pub(crate) recording: bool,

    pub(crate) path: Path,
    pub(crate) visited: Visited,
    pub(crate) bound: usize,
    pub(crate) preemptions: usize,
    /// An alternative was left out because of the bound.
    pub(crate) bounded: bool,
    pub(crate) spurious: u32,
    /// Something could have happened for no reason, had the budget allowed it.
    pub(crate) spurious_chance: bool,
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
}

/// Why an execution stops before its end.
#[derive(Debug)]
pub(crate) enum Stop {
    Failed(Failure),
    Unsupported(Unsupported),
}

/// A panic, as its hook saw it.
#[derive(Clone, Debug)]
pub(crate) struct Panic {
    pub(crate) thread: ThreadId,
    pub(crate) message: String,
    pub(crate) file: String,
    pub(crate) line: u32,
}

/// What the calling thread does after a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// It goes on.
    Continue,
    /// Another thread goes on, or none.
    Switch,
}

#[derive(Clone, Copy)]
struct Candidate {
    thread: usize,
    resumed: Resumed,
    /// It goes on ahead of others that could run, or are due.
    ahead: bool,
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
            events: Vec::new(),
            recording,
            path: Path::default(),
            visited: Visited::default(),
            bound: 0,
            preemptions: 0,
            bounded: false,
            spurious: 0,
            spurious_chance: false,
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

    /// Gets ready for the next execution.
    pub(crate) fn begin(&mut self, epoch: u32) {
        self.epoch = epoch;
        self.threads.clear();
        self.current = ThreadId(0);
        self.objects.clear();
        self.atomics = 0;
        self.seq_cst.clear();
        self.events.clear();
        self.preemptions = 0;
        self.spurious = self.limits.spurious;
        self.steps = 0;
        self.coasting = false;
        self.over = false;
        self.first_panic = None;
    }

    // ---- objects

    pub(crate) fn add_object(&mut self, kind: Kind) -> ObjectId {
        let id = ObjectId(self.objects.len() as u32);
        self.objects.push(Object {
            kind,
            digest: Digest::default(),
            view: View::default(),
            time: Duration::ZERO,
        });
        id
    }

    pub(crate) fn add_atomic(&mut self, value: u64, type_name: &'static str) -> ObjectId {
        let state = memory::Atomic::new(self.atomics, value);
        self.atomics += 1;
        self.add_object(Kind::Atomic { state, type_name })
    }

    pub(crate) fn object(&self, id: ObjectId) -> &Object {
        &self.objects[id.0 as usize]
    }

    pub(crate) fn object_mut(&mut self, id: ObjectId) -> &mut Object {
        &mut self.objects[id.0 as usize]
    }

    /// The name of an object in messages: its type and its number among those of its type.
    pub(crate) fn object_name(&self, id: ObjectId) -> String {
        let type_name = self.object(id).kind.type_name();
        let number = self.objects[..=id.0 as usize]
            .iter()
            .filter(|object| object.kind.type_name() == type_name)
            .count();
        real::format!("{type_name} #{number}")
    }

    // ---- the acting thread

    pub(crate) fn me(&mut self) -> &mut Thread {
        &mut self.threads[self.current.0]
    }

    /// Notes that the acting thread changes an object: its history depends on all changes before.
    pub(crate) fn changes(&mut self, id: ObjectId) {
        let object = &mut self.objects[id.0 as usize];
        let thread = &mut self.threads[self.current.0];
        thread.digest = thread.digest.then_all(object.digest);
        object.digest = thread.digest;
    }

    /// Notes that the acting thread has looked at an object without changing it.
    pub(crate) fn looks_at(&mut self, id: ObjectId) {
        let digest = self.objects[id.0 as usize].digest;
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
        let view = &self.objects[id.0 as usize].view;
        self.threads[self.current.0].view.current.join(view);
    }

    /// What the acting thread has seen goes with the object.
    pub(crate) fn release_view(&mut self, id: ObjectId) {
        let view = &self.threads[self.current.0].view.current;
        self.objects[id.0 as usize].view.join(view);
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
        let Thread { view, digest, .. } = &mut self.threads[self.current.0];
        (Actor { thread: self.current.0, view, digest }, &mut self.seq_cst)
    }

    /// The acting thread, an atomic, and the memory that belongs to nobody.
    pub(crate) fn actor_on(&mut self, id: ObjectId) -> (Actor<'_>, &mut memory::Atomic, &mut SeqCst) {
        let Thread { view, digest, .. } = &mut self.threads[self.current.0];
        let actor = Actor { thread: self.current.0, view, digest };
        match &mut self.objects[id.0 as usize].kind {
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

    pub(crate) fn log(
        &mut self,
        operation: &'static str,
        object: Subject,
        value: Value,
        place: impl Into<Place>,
    ) {
        if self.recording {
            let thread = self.current;
            self.events.push(Event { thread, operation, object, value, place: place.into() });
        }
    }

    // ---- choices

    /// Chooses one of `options` outcomes of the acting thread's step, such as the store that a load reads.
    pub(crate) fn choose(&mut self, options: usize) -> usize {
        if options <= 1 || self.stop.is_some() || self.coasting {
            return 0;
        }
        match self.path.choose(options) {
            Ok(choice) => choice,
            Err(Diverged) => {
                self.diverged();
                0
            }
        }
    }

    /// Whether something may happen for no reason: a choice, if the budget allows it.
    pub(crate) fn chooses_spurious(&mut self) -> bool {
        self.spurious_chance = true;
        let chosen = self.spurious > 0 && self.choose(2) == 1;
        if chosen {
            self.spurious -= 1;
        }
        chosen
    }

    /// Chooses the thread that takes the next step. The acting thread has said what it waits for.
    pub(crate) fn schedule(&mut self) -> Next {
        if self.stop.is_some() {
            return Next::Switch;
        }
        self.steps += 1;
        if self.steps > self.limits.steps {
            self.too_many_steps();
            return Next::Switch;
        }
        let mut candidates: SmallVec<[Candidate; 8]> = SmallVec::new();
        let free = self.candidates(&mut candidates);
        let waiting = free && self.me().life == Life::Running;
        if let (true, Some(object)) = (waiting, self.me().pending.wait.object()) {
            let location = self.me().pending.location;
            self.log("waits for", object, Value::None, location);
        }
        let Some(&default) = candidates.first() else {
            self.nobody_can_go_on();
            return Next::Switch;
        };
        // Leaving a thread that could go on is a preemption.
        let preemptive = |candidate: &Candidate| !free && candidate.thread != default.thread;
        if !free && self.preemptions >= self.bound && candidates.len() > 1 {
            self.bounded |= !self.coasting;
            candidates.truncate(1);
        }
        let mut chosen = default;
        if candidates.len() > 1 && !self.coasting {
            // Where this execution leaves the paths of earlier ones, it may meet their states.
            let known = !self.path.is_replaying() && {
                let state = self.digest();
                self.visited.has_seen(state, self.preemptions)
            };
            if known {
                self.coasting = true;
            } else {
                match self.path.choose(candidates.len()) {
                    Ok(index) => chosen = candidates[index],
                    Err(Diverged) => {
                        self.diverged();
                        return Next::Switch;
                    }
                }
            }
        }
        if preemptive(&chosen) {
            self.preemptions += 1;
        }
        self.resume(chosen)
    }

    /// Lists who can take the next step, the default first. Returns whether the acting thread gives
    /// way freely, because it waits, ends or yields.
    fn candidates(&mut self, list: &mut SmallVec<[Candidate; 8]>) -> bool {
        let me = self.current.0;
        let granted = |thread: usize| Candidate { thread, resumed: Resumed::Granted, ahead: false };
        let yields = self.threads[me].pending.wait == Wait::Yield;
        let mine = self.is_granted(me);
        let free = !mine || yields;
        if !free {
            list.push(granted(me));
        }
        // Round robin from the acting thread on: so that the default is fair.
        let count = self.threads.len();
        for thread in (1..count).map(|distance| (me + distance) % count) {
            if self.is_granted(thread) {
                list.push(granted(thread));
            }
        }
        let others = !list.is_empty();
        if mine && yields && (!others || self.threads[me].ahead < AHEAD) {
            list.push(Candidate { ahead: others, ..granted(me) });
        }
        self.timed_out(list);
        // A wake-up for no reason does not save a program that would hang without it.
        if !list.is_empty() {
            for thread in 0..count {
                let state = &self.threads[thread];
                let waits = state.life == Life::Running && state.pending.spurious;
                if waits && !self.is_granted(thread) && !self.is_promised(thread) {
                    self.spurious_chance = true;
                    if self.spurious > 0 {
                        list.push(Candidate { thread, resumed: Resumed::Spurious, ahead: false });
                    }
                }
            }
        }
        free
    }

    /// Lists the timed waits that can end now, the one that is due first as the first.
    fn timed_out(&self, list: &mut SmallVec<[Candidate; 8]>) {
        let others = !list.is_empty();
        let mut due: SmallVec<[(Duration, usize); 4]> = SmallVec::new();
        for (thread, state) in self.threads.iter().enumerate() {
            let Some(deadline) = state.pending.deadline else { continue };
            if state.life == Life::Running && !self.is_granted(thread) && !self.is_promised(thread) {
                due.push((deadline, thread));
            }
        }
        due.sort_unstable();
        let first = due.first().map(|&(deadline, _)| deadline);
        for (deadline, thread) in due {
            let ahead = others || Some(deadline) != first;
            if !ahead || self.threads[thread].ahead < AHEAD {
                list.push(Candidate { thread, resumed: Resumed::TimedOut, ahead });
            }
        }
    }

    fn resume(&mut self, Candidate { thread, resumed, ahead }: Candidate) -> Next {
        let before = self.current.0;
        for (other, state) in self.threads.iter_mut().enumerate() {
            if other != thread {
                state.ahead = 0;
            }
        }
        self.current = ThreadId(thread);
        let state = &mut self.threads[thread];
        state.ahead += u8::from(ahead);
        state.resumed = resumed;
        let deadline = state.pending.deadline;
        // Every step leaves its mark: a loop does not come back to the same state.
        self.learns(resumed as u64);
        match (resumed, deadline) {
            (Resumed::TimedOut, Some(deadline)) => self.woken_at(deadline),
            (Resumed::Spurious, _) => self.spurious -= 1,
            (Resumed::Granted | Resumed::TimedOut, _) => {}
        }
        if thread == before { Next::Continue } else { Next::Switch }
    }

    /// What the future depends on: two executions with the same digest can go on in the same ways.
    ///
    /// Each thread's digest stands for its own steps and, through the objects, for every step of
    /// others that those depend on. Steps that do not depend on each other may be swapped without
    /// changing it (Musuvathi and Qadeer, "Partial-Order Reduction for Context-Bounded State
    /// Exploration", 2007).
    fn digest(&self) -> Digest {
        let mut digest = Digest::default().then(self.current.0 as u64).then(u64::from(self.spurious));
        for thread in &self.threads {
            digest = digest.then_all(thread.digest).then(u64::from(thread.ahead));
        }
        digest
    }
}
