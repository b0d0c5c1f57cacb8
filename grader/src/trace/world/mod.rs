//! What is so after each step of an execution: who runs, who waits for what, who holds which lock,
//! and what atomics and channels contain.
//!
//! It is worked out from the log alone. What the log does not tell stays unknown.

mod apply;

pub(crate) use apply::failed;

use crate::report::{Recording, Step};

/// An execution with the state after every step.
#[derive(Debug)]
pub(crate) struct History {
    /// The threads' names, in the order in which they start.
    pub threads: Vec<String>,
    /// What the steps name, in the order of the report.
    pub objects: Vec<Named>,
    /// The state at the beginning, and after each step: one more than there are steps.
    pub worlds: Vec<World>,
}

/// An object of the execution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    pub name: String,
    /// Its type and number, such as `Mutex #1`.
    pub kind: String,
}

/// The state of everything. Threads and objects have the positions that [`History`] gives them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct World {
    pub threads: Vec<Thread>,
    pub objects: Vec<Thing>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Thread {
    pub doing: Doing,
    /// The file and line of its last step. `None`: in the check, or not begun.
    pub place: Option<(String, u32)>,
}

/// What a thread is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Doing {
    NotStarted,
    /// It runs, or could.
    Runs,
    /// For an object: a lock, a notification, a message, a barrier, an initialisation.
    WaitsFor(usize),
    WaitsForEnd(usize),
    Parked,
    Sleeps,
    /// Somebody has woken it, and it has not gone on yet.
    Woken,
    /// It unwinds.
    Panicked,
    Finished,
}

/// The state of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Thing {
    Lock(Lock),
    Condvar,
    /// The messages in it; one that the log does not tell the content of is `None`.
    Channel(Vec<Option<String>>),
    /// Its newest value, once the log tells it.
    Atomic(Option<String>),
    Once(Initialisation),
    /// How many threads have arrived since it was last complete.
    Barrier(usize),
    /// Of a kind that is not known here.
    Other,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Lock {
    pub holders: Vec<usize>,
    /// Held for reading: others may hold it too.
    pub shared: bool,
    pub poisoned: bool,
    /// What it protects, if the log tells it.
    pub content: Option<String>,
    /// Its holder panicked while it held it.
    breaking: bool,
}

/// How far a one-time initialisation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Initialisation {
    NotBegun,
    By(usize),
    Complete,
    Poisoned,
}

impl World {
    /// The threads that wait for an object.
    pub(crate) fn waiting_for(&self, object: usize) -> Vec<usize> {
        self.positions(|doing| *doing == Doing::WaitsFor(object))
    }

    /// The threads that hold an object. None hold what is not a lock.
    pub(crate) fn holders(&self, object: usize) -> &[usize] {
        match &self.objects[object] {
            Thing::Lock(lock) => &lock.holders,
            Thing::Condvar
            | Thing::Channel(_)
            | Thing::Atomic(_)
            | Thing::Once(_)
            | Thing::Barrier(_)
            | Thing::Other => &[],
        }
    }

    fn positions(&self, wanted: impl Fn(&Doing) -> bool) -> Vec<usize> {
        (0..self.threads.len()).filter(|&thread| wanted(&self.threads[thread].doing)).collect()
    }
}

impl History {
    /// Goes through the steps of `recording`.
    pub(crate) fn of<'a>(recording: impl Into<Recording<'a>>) -> Self {
        let recording = recording.into();
        let mut history =
            Self { threads: threads(recording), objects: objects(recording), worlds: Vec::new() };
        let ends = history.ends(recording);
        let mut world = history.beginning(recording.trace);
        history.worlds.push(world.clone());
        for (position, step) in recording.trace.iter().enumerate() {
            history.apply(&mut world, step);
            for (thread, end) in ends.iter().enumerate() {
                if *end == Some(position) && world.threads[thread].doing != Doing::Panicked {
                    world.threads[thread].doing = Doing::Finished;
                }
            }
            history.worlds.push(world.clone());
        }
        if let Some(last) = history.worlds.pop() {
            let last = history.at_the_end(last, recording);
            history.worlds.push(last);
        }
        history
    }

    /// The position of a thread.
    pub(crate) fn thread(&self, name: &str) -> Option<usize> {
        self.threads.iter().position(|thread| thread == name)
    }

    /// The position of the object of a step.
    pub(crate) fn object(&self, step: &Step) -> Option<usize> {
        let name = step.object.as_ref()?;
        (!is_about_a_thread(&step.operation))
            .then(|| self.objects.iter().position(|object| object.name == *name))
            .flatten()
    }

    /// The thread that a step is about: one that it starts, joins or unparks.
    pub(crate) fn other_thread(&self, step: &Step) -> Option<usize> {
        is_about_a_thread(&step.operation).then(|| self.thread(step.object.as_ref()?)).flatten()
    }

    fn beginning(&self, trace: &[Step]) -> World {
        let starts = |thread: &String| {
            let started = |step: &Step| step.operation == "spawn" && step.object.as_ref() == Some(thread);
            let doing = if trace.iter().any(started) { Doing::NotStarted } else { Doing::Runs };
            Thread { doing, place: None }
        };
        let thing = |named: &Named| match apply::type_of(&named.kind) {
            "Mutex" | "RwLock" => Thing::Lock(Lock::default()),
            "Condvar" => Thing::Condvar,
            "channel" => Thing::Channel(Vec::new()),
            "Once" => Thing::Once(Initialisation::NotBegun),
            "Barrier" => Thing::Barrier(0),
            atomic if atomic.starts_with("Atomic") => Thing::Atomic(first_value(trace, &named.name)),
            _ => Thing::Other,
        };
        World {
            threads: self.threads.iter().map(starts).collect(),
            objects: self.objects.iter().map(thing).collect(),
        }
    }

    /// After which step each thread is known to have ended.
    fn ends(&self, recording: Recording<'_>) -> Vec<Option<usize>> {
        let ended = |thread: &String| {
            let is_it = |step: &Step, operation: &str| {
                step.operation == operation && step.object.as_ref() == Some(thread)
            };
            let joined = recording.trace.iter().any(|step| is_it(step, "join"));
            // Where nobody can go on, those that do not wait have ended.
            let over = recording.is_over && recording.waiting.iter().all(|waiting| waiting.thread != *thread);
            // Whoever has to wait for its end has found it still running.
            let alive = |step: &Step| step.thread == *thread || is_it(step, "waits for the end of");
            (joined || over).then(|| recording.trace.iter().rposition(alive)).flatten()
        };
        self.threads.iter().map(ended).collect()
    }

    /// The last state, with what the failure itself says about who waits. It is right only where nobody
    /// can go on: elsewhere it has what threads were about to do.
    fn at_the_end(&self, mut world: World, recording: Recording<'_>) -> World {
        if !recording.is_over {
            return world;
        }
        for waiting in recording.waiting {
            let Some(thread) = self.thread(&waiting.thread) else { continue };
            let object = || waiting.object.as_deref();
            let doing = match waiting.operation.as_str() {
                "join" => object().and_then(|name| self.thread(name)).map(Doing::WaitsForEnd),
                "park" => Some(Doing::Parked),
                _ => object()
                    .and_then(|name| self.objects.iter().position(|known| known.name == name))
                    .map(Doing::WaitsFor),
            };
            let state = &mut world.threads[thread];
            state.doing = doing.unwrap_or_else(|| state.doing.clone());
            state.place = waiting.file.clone().zip(waiting.line);
        }
        world
    }
}

/// Whether the object of such a step is a thread.
fn is_about_a_thread(operation: &str) -> bool {
    ["spawn", "join", "waits for the end of", "unpark", "is_finished"].contains(&operation)
}

fn threads(recording: Recording<'_>) -> Vec<String> {
    let mut threads: Vec<String> = Vec::new();
    let mut add = |name: &String| {
        if !threads.contains(name) {
            threads.push(name.clone());
        }
    };
    for step in recording.trace {
        add(&step.thread);
        if let (true, Some(other)) = (is_about_a_thread(&step.operation), &step.object) {
            add(other);
        }
    }
    recording.waiting.iter().for_each(|waiting| add(&waiting.thread));
    threads
}

/// The objects that the steps are about; others only take up space.
fn objects(recording: Recording<'_>) -> Vec<Named> {
    let used = |name: &String| {
        let by_step = |step: &Step| !is_about_a_thread(&step.operation) && step.object.as_ref() == Some(name);
        recording.trace.iter().any(by_step)
            || recording.waiting.iter().any(|waiting| waiting.object.as_ref() == Some(name))
    };
    let objects = recording.objects.iter().filter(|object| used(&object.name));
    objects.map(|object| Named { name: object.name.clone(), kind: object.kind.clone() }).collect()
}

/// The value that an atomic begins with: what is read before anything is written, or from no store.
fn first_value(trace: &[Step], name: &str) -> Option<String> {
    // A thread may be called the same.
    let is_access =
        |step: &&Step| step.object.as_deref() == Some(name) && !is_about_a_thread(&step.operation);
    let mut steps = trace.iter().filter(is_access);
    let first = steps.next()?;
    let value = first.value.as_ref()?;
    if let Some((old, _)) = value.split_once(apply::CHANGE) {
        return Some(old.to_owned());
    }
    let from_the_beginning = |step: &&Step| step.reads.is_some_and(|reads| reads.from.is_none());
    std::iter::once(first).chain(steps).find(from_the_beginning)?.value.clone()
}

#[cfg(test)]
mod tests;
