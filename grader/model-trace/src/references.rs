//! What an operation refers to, whatever it is.

use crate::{Blocker, Execution, ObjectId, Operation, Order, Reads, Step, StepId, ThreadId};

impl Operation {
    /// The object that it is about.
    #[must_use]
    pub fn object(self) -> Option<ObjectId> {
        match self {
            Operation::Block { on: Blocker::Object(object) } => Some(object),
            Operation::TimedOut { object } | Operation::SpuriousWakeup { object } => object,
            Operation::Acquire { lock, .. }
            | Operation::WouldBlock { lock, .. }
            | Operation::Release { lock, .. }
            | Operation::Downgrade { lock, .. }
            | Operation::IsPoisoned { lock, .. }
            | Operation::ClearPoison { lock } => Some(lock),
            Operation::Wait { condvar, .. }
            | Operation::Notified { condvar }
            | Operation::NotifyOne { condvar, .. }
            | Operation::NotifyAll { condvar, .. } => Some(condvar),
            Operation::Arrive { barrier, .. } => Some(barrier),
            Operation::Initialise { once }
            | Operation::Initialised { once, .. }
            | Operation::FindInitialised { once }
            | Operation::FindPoisoned { once }
            | Operation::IsCompleted { once, .. } => Some(once),
            Operation::Send { channel, .. } | Operation::Receive { channel, .. } => Some(channel),
            Operation::Load { atomic, .. }
            | Operation::Store { atomic, .. }
            | Operation::Update { atomic, .. }
            | Operation::ExchangeFailed { atomic, .. } => Some(atomic),
            Operation::Block { on: Blocker::Thread(_) }
            | Operation::Preempted
            | Operation::Delayed { .. }
            | Operation::Yield
            | Operation::Panic
            | Operation::Spawn { .. }
            | Operation::Join { .. }
            | Operation::IsFinished { .. }
            | Operation::Park { .. }
            | Operation::Unparked
            | Operation::Unpark { .. }
            | Operation::Sleep { .. }
            | Operation::Now { .. }
            | Operation::Fence { .. } => None,
        }
    }

    /// The other thread that it is about.
    #[must_use]
    pub fn other_thread(self) -> Option<ThreadId> {
        match self {
            Operation::Block { on: Blocker::Thread(thread) }
            | Operation::Spawn { thread }
            | Operation::Join { thread }
            | Operation::IsFinished { thread, .. }
            | Operation::Unpark { thread } => Some(thread),
            Operation::NotifyOne { woken, .. } => woken,
            Operation::Block { on: Blocker::Object(_) }
            | Operation::Preempted
            | Operation::Delayed { .. }
            | Operation::Yield
            | Operation::TimedOut { .. }
            | Operation::SpuriousWakeup { .. }
            | Operation::Panic
            | Operation::Park { .. }
            | Operation::Unparked
            | Operation::Sleep { .. }
            | Operation::Now { .. }
            | Operation::Acquire { .. }
            | Operation::WouldBlock { .. }
            | Operation::Release { .. }
            | Operation::Downgrade { .. }
            | Operation::IsPoisoned { .. }
            | Operation::ClearPoison { .. }
            | Operation::Wait { .. }
            | Operation::Notified { .. }
            | Operation::NotifyAll { .. }
            | Operation::Arrive { .. }
            | Operation::Initialise { .. }
            | Operation::Initialised { .. }
            | Operation::FindInitialised { .. }
            | Operation::FindPoisoned { .. }
            | Operation::IsCompleted { .. }
            | Operation::Send { .. }
            | Operation::Receive { .. }
            | Operation::Load { .. }
            | Operation::Store { .. }
            | Operation::Update { .. }
            | Operation::ExchangeFailed { .. }
            | Operation::Fence { .. } => None,
        }
    }

    /// The memory ordering of an access to an atomic. A fence is none.
    #[must_use]
    pub fn order(self) -> Option<Order> {
        if let Operation::Load { order, .. }
        | Operation::Store { order, .. }
        | Operation::Update { order, .. }
        | Operation::ExchangeFailed { order, .. } = self
        {
            return Some(order);
        }
        None
    }

    /// Which store it read. A read-modify-write that writes always reads the newest one.
    #[must_use]
    pub fn reads(self) -> Option<Reads> {
        if let Operation::Load { reads, .. } | Operation::ExchangeFailed { reads, .. } = self {
            return Some(reads);
        }
        None
    }
}

impl Execution {
    /// Whether every thread, object and step that it refers to is there: whoever got it from another process
    /// may index its lists only then.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        let thread = |thread: ThreadId| thread.index() < self.threads.len();
        let object = |object: ObjectId| object.index() < self.objects.len();
        let steps = self.steps.iter().enumerate().all(|(position, step)| {
            let earlier = |store: Option<StepId>| store.is_none_or(|store| store.index() < position);
            thread(step.thread)
                && step.operation.other_thread().is_none_or(thread)
                && step.operation.object().is_none_or(object)
                && step.operation.reads().is_none_or(|reads| earlier(reads.from) && earlier(reads.newest))
        });
        let waiting = self.waiting.iter().all(|waiting| {
            thread(waiting.thread)
                && match waiting.wait.blocker() {
                    Some(Blocker::Thread(other)) => thread(other),
                    Some(Blocker::Object(awaited)) => object(awaited),
                    None => true,
                }
        });
        let is_panic = |step: &Step| step.operation == Operation::Panic;
        let panics = self.panics.iter().all(|panic| self.steps.get(panic.step.index()).is_some_and(is_panic));
        steps && panics && waiting
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Format, Object, ObjectKind, PanicMessage, Place, Thread, Waiting, Word};

    fn place() -> Place {
        Place { file: "src/lib.rs".into(), line: 1, column: 1 }
    }

    fn step(thread: u32, operation: Operation) -> Step {
        Step { thread: ThreadId(thread), operation, place: place() }
    }

    /// With two threads and two objects.
    fn execution(steps: Vec<Step>) -> Execution {
        let thread = |name: &str| Thread { name: name.to_owned() };
        let object = Object { kind: ObjectKind::Mutex, number: 1, created: place() };
        Execution {
            threads: vec![thread("main"), thread("T1")],
            objects: vec![object.clone(), object],
            steps,
            ..Execution::default()
        }
    }

    fn load(from: Option<u32>, newest: Option<u32>) -> Step {
        let value = Word { bits: 0, format: Format::Unsigned };
        let reads = Reads { from: from.map(StepId), newest: newest.map(StepId) };
        step(0, Operation::Load { atomic: ObjectId(1), value, order: Order::Relaxed, reads })
    }

    #[test]
    fn an_execution_that_refers_to_what_it_has_is_complete() {
        let spawn = step(0, Operation::Spawn { thread: ThreadId(1) });
        let execution = execution(vec![spawn, load(None, Some(0)), load(Some(1), Some(1))]);
        assert!(execution.is_complete());
    }

    #[test]
    fn a_reference_to_what_is_not_there_is_found() {
        let object = Blocker::Object(ObjectId(2));
        for step in [
            step(2, Operation::Yield),
            step(0, Operation::Join { thread: ThreadId(2) }),
            step(0, Operation::Block { on: object }),
            step(0, Operation::NotifyOne { condvar: ObjectId(0), woken: Some(ThreadId(7)) }),
            load(Some(0), None),
            load(None, Some(3)),
        ] {
            assert!(!execution(vec![step.clone()]).is_complete(), "{step:?}");
        }
        let mut waits = execution(Vec::new());
        let wait = crate::Wait::Lock { lock: ObjectId(2) };
        waits.waiting = vec![Waiting { thread: ThreadId(0), wait, place: place() }];
        assert!(!waits.is_complete());
        for (number, is_complete) in [(0, false), (1, true), (2, false)] {
            let mut panics = execution(vec![step(0, Operation::Yield), step(1, Operation::Panic)]);
            panics.panics = vec![PanicMessage { step: StepId(number), message: "no".to_owned() }];
            assert_eq!(panics.is_complete(), is_complete, "step {number}");
        }
    }
}
