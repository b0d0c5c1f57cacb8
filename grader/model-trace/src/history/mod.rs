//! What is so after each step of an execution: who runs, who waits for what, who holds which lock, and what
//! atomics and channels contain.
//!
//! It follows from the steps alone, and is worked out here only: explorer and grader both ask here.

mod apply;
mod sections;

pub use sections::{CriticalSection, critical_sections};

use crate::{Blocker, Execution, ObjectId, ObjectKind, Operation, Place, StepId, ThreadId, Wait, Word};

/// An execution, with what is known of it beyond each single step.
#[derive(Clone, Debug)]
pub struct History<'a> {
    execution: &'a Execution,
    ending: Ending,
    /// After which step each thread is known to have finished.
    finishes: Vec<Option<StepId>>,
}

/// How an execution ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// No thread can take another step: whoever is not in [`Execution::waiting`] has finished.
    Complete,
    /// A thread fails, and the others might have gone on.
    Stopped,
}

/// What is so at one moment. Threads and objects have the positions that they have in the [`Execution`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State<'a> {
    /// The state of each thread.
    pub threads: Vec<ThreadState<'a>>,
    /// The state of each object.
    pub objects: Vec<ObjectState>,
}

/// The state of a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThreadState<'a> {
    /// What it does.
    pub status: ThreadStatus,
    /// Where its last step is, or the call in which it waits. `None`: it has taken none.
    pub place: Option<&'a Place>,
}

/// What a thread does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThreadStatus {
    /// No thread has started it yet.
    NotStarted,
    /// It runs, or could.
    Runnable,
    /// It waits for a lock, a notification, a message, room in a channel, others at a barrier, an
    /// initialisation, or the end of a thread.
    Blocked(Blocker),
    /// It waits for a token.
    Parked,
    /// It waits for its time to come.
    Sleeping,
    /// What it waited for has happened, and it has not gone on yet.
    Woken,
    /// It has panicked, and unwinds.
    Unwinding,
    /// It has finished.
    Finished,
}

/// The state of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ObjectState {
    /// A `Mutex` or an `RwLock`.
    Lock(LockState),
    /// A `Condvar`: all there is to it is who waits for it.
    Condvar,
    /// A `Barrier`.
    Barrier {
        /// How many threads have arrived since it last let all go on.
        arrived: usize,
    },
    /// A `Once`, or what is inside of a `OnceLock` or a `LazyLock`.
    Once(OnceState),
    /// A channel.
    Channel {
        /// How many messages are in it.
        messages: usize,
    },
    /// An atomic.
    Atomic {
        /// Its newest value, once a step has shown it.
        value: Option<Word>,
    },
}

/// The state of a lock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LockState {
    /// The threads that hold it, in the order in which they acquired it.
    pub holders: Vec<ThreadId>,
    /// Whether it is held by readers, so that more of them can hold it.
    pub shared: bool,
    /// Whether a holder has panicked.
    pub poisoned: bool,
    /// The data behind it, if they are a primitive value and a step has shown it.
    pub content: Option<Word>,
}

/// How far a one-time initialisation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnceState {
    /// It has not begun.
    Incomplete,
    /// A thread is at it.
    Running(ThreadId),
    /// It has panicked.
    Poisoned,
    /// It is complete.
    Complete,
}

impl<'a> History<'a> {
    /// The history of an execution that ends like this.
    ///
    /// This and everything else here panics if a thread or an object that `execution` refers to is not there.
    #[must_use]
    pub fn of(execution: &'a Execution, ending: Ending) -> Self {
        let mut history = Self { execution, ending, finishes: Vec::new() };
        history.finishes = history.finishes();
        history
    }

    /// Before the first step.
    #[must_use]
    pub fn start(&self) -> State<'a> {
        let Execution { threads, objects, steps, .. } = self.execution;
        let runs = ThreadState { status: ThreadStatus::Runnable, place: None };
        let mut threads = vec![runs; threads.len()];
        for step in steps {
            if let Operation::Spawn { thread } = step.operation {
                threads[thread.index()].status = ThreadStatus::NotStarted;
            }
        }
        let state = |(kind, value)| match kind {
            ObjectKind::Mutex | ObjectKind::RwLock => ObjectState::Lock(LockState::default()),
            ObjectKind::Condvar => ObjectState::Condvar,
            ObjectKind::Barrier => ObjectState::Barrier { arrived: 0 },
            ObjectKind::Once => ObjectState::Once(OnceState::Incomplete),
            ObjectKind::Channel => ObjectState::Channel { messages: 0 },
            ObjectKind::Atomic(_) => ObjectState::Atomic { value },
        };
        let kinds = objects.iter().map(|object| object.kind);
        State { threads, objects: kinds.zip(initial_values(self.execution)).map(state).collect() }
    }

    /// Takes `step`, from the state before it to the one after it. The last step leads to [`Self::end`].
    pub fn advance(&self, state: &mut State<'a>, step: StepId) {
        state.apply(&self.execution.steps[step.index()]);
        for (thread, finished) in state.threads.iter_mut().zip(&self.finishes) {
            if *finished == Some(step) && thread.status != ThreadStatus::Unwinding {
                thread.status = ThreadStatus::Finished;
            }
        }
        if step.index() + 1 == self.execution.steps.len() {
            self.complete(state);
        }
    }

    /// After the last step.
    #[must_use]
    pub fn end(&self) -> State<'a> {
        let mut state = self.start();
        for position in 0..self.execution.steps.len() {
            self.advance(&mut state, step_id(position));
        }
        state
    }

    /// After which step each thread is known to have finished: it is joined, or the execution is complete and
    /// it does not wait.
    fn finishes(&self) -> Vec<Option<StepId>> {
        let Execution { threads, steps, waiting, .. } = self.execution;
        let complete = self.ending == Ending::Complete;
        let mut has_finished = vec![complete; threads.len()];
        waiting.iter().for_each(|waiting| has_finished[waiting.thread.index()] = false);
        let mut last = vec![None; threads.len()];
        for (position, step) in steps.iter().enumerate() {
            last[step.thread.index()] = Some(step_id(position));
            // Whoever has to wait for its end has found it still running.
            if let Operation::Block { on: Blocker::Thread(thread) } = step.operation {
                last[thread.index()] = Some(step_id(position));
            }
            if let Operation::Join { thread } = step.operation {
                has_finished[thread.index()] = true;
            }
        }
        last.into_iter().zip(has_finished).map(|(last, finished)| last.filter(|_| finished)).collect()
    }

    /// What is known about those who wait at the end. Elsewhere than in a complete execution that is what they
    /// are about to do.
    fn complete(&self, state: &mut State<'a>) {
        if self.ending == Ending::Stopped {
            return;
        }
        for waiting in &self.execution.waiting {
            let thread = &mut state.threads[waiting.thread.index()];
            thread.place = Some(&waiting.place);
            thread.status = match waiting.wait {
                Wait::Ready => thread.status,
                Wait::Sleep => ThreadStatus::Sleeping,
                Wait::Park => ThreadStatus::Parked,
                Wait::Join { .. }
                | Wait::Lock { .. }
                | Wait::Read { .. }
                | Wait::ReadBehind { .. }
                | Wait::Notification { .. }
                | Wait::Barrier { .. }
                | Wait::Initialisation { .. }
                | Wait::Receive { .. }
                | Wait::Send { .. }
                | Wait::Rendezvous { .. } => {
                    waiting.wait.blocker().map_or(thread.status, ThreadStatus::Blocked)
                }
            };
        }
    }
}

impl State<'_> {
    /// The threads that wait for an object.
    #[must_use]
    pub fn waiting_for(&self, object: ObjectId) -> Vec<ThreadId> {
        let waits = ThreadStatus::Blocked(Blocker::Object(object));
        let threads = self.threads.iter().zip(0..);
        threads.filter(|(thread, _)| thread.status == waits).map(|(_, number)| ThreadId(number)).collect()
    }

    /// The threads that hold a lock. None hold what is no lock.
    #[must_use]
    pub fn holders(&self, object: ObjectId) -> &[ThreadId] {
        match &self.objects[object.index()] {
            ObjectState::Lock(lock) => &lock.holders,
            ObjectState::Condvar
            | ObjectState::Barrier { .. }
            | ObjectState::Once(_)
            | ObjectState::Channel { .. }
            | ObjectState::Atomic { .. } => &[],
        }
    }
}

/// The step at a position.
fn step_id(position: usize) -> StepId {
    StepId(u32::try_from(position).expect("an execution has fewer than 2^32 steps"))
}

/// The values that atomics begin with, as far as a step shows them: by reading one that no step has stored, or by
/// replacing it.
fn initial_values(execution: &Execution) -> Vec<Option<Word>> {
    let mut values = vec![None; execution.objects.len()];
    let mut is_stored = vec![false; execution.objects.len()];
    for step in &execution.steps {
        let (atomic, shown, stores) =
            if let Operation::Load { atomic, value, reads, .. }
            | Operation::ExchangeFailed { atomic, found: value, reads, .. } = step.operation
            {
                (atomic, reads.from.is_none().then_some(value), false)
            } else if let Operation::Update { atomic, old, .. } = step.operation {
                (atomic, (!is_stored[atomic.index()]).then_some(old), true)
            } else if let Operation::Store { atomic, .. } = step.operation {
                (atomic, None, true)
            } else {
                continue;
            };
        let value = &mut values[atomic.index()];
        *value = value.or(shown);
        is_stored[atomic.index()] |= stores;
    }
    values
}

#[cfg(test)]
mod tests;
