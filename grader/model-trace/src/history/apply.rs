//! What one step changes.

use super::{LockState, ObjectState, OnceState, State, ThreadStatus};
use crate::{
    AcquireCall, Blocker, Content, ObjectId, Operation, Received, ReleaseCall, Sent, Step, ThreadId, Word,
};

impl<'a> State<'a> {
    /// From the state before `step` to the one after it.
    pub(super) fn apply(&mut self, step: &'a Step) {
        let me = step.thread;
        // What one step lets go on is so before the step itself is: whoever arrives last does not wait.
        self.wake(step.operation);
        let thread = &mut self.threads[me.index()];
        thread.place = Some(&step.place);
        thread.status = status_after(thread.status, step.operation);
        self.change(me, step.operation);
    }

    /// Changes the status of the threads that the step is about, other than the one that takes it.
    fn wake(&mut self, operation: Operation) {
        match operation {
            Operation::Spawn { thread } => self.set(thread, ThreadStatus::Runnable),
            Operation::Join { thread } => {
                // That it has panicked is worth more.
                if self.threads[thread.index()].status != ThreadStatus::Unwinding {
                    self.set(thread, ThreadStatus::Finished);
                }
            }
            Operation::Unpark { thread } => {
                if self.threads[thread.index()].status == ThreadStatus::Parked {
                    self.set(thread, ThreadStatus::Woken);
                }
            }
            Operation::NotifyOne { woken: Some(thread), .. } => self.set(thread, ThreadStatus::Woken),
            Operation::NotifyAll { condvar: object, .. }
            | Operation::Arrive { barrier: object, last: true }
            | Operation::Receive { channel: object, result: Received::Received, .. } => {
                for thread in self.waiting_for(object) {
                    self.set(thread, ThreadStatus::Woken);
                }
            }
            Operation::Preempted
            | Operation::Delayed { .. }
            | Operation::Yield
            | Operation::Block { .. }
            | Operation::TimedOut { .. }
            | Operation::SpuriousWakeup { .. }
            | Operation::Panic
            | Operation::IsFinished { .. }
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
            | Operation::NotifyOne { woken: None, .. }
            | Operation::Arrive { last: false, .. }
            | Operation::Initialise { .. }
            | Operation::Initialised { .. }
            | Operation::FindInitialised { .. }
            | Operation::FindPoisoned { .. }
            | Operation::IsCompleted { .. }
            | Operation::Send { .. }
            | Operation::Receive {
                result: Received::NoSender | Received::Empty | Received::TimedOut, ..
            }
            | Operation::Load { .. }
            | Operation::Store { .. }
            | Operation::Update { .. }
            | Operation::ExchangeFailed { .. }
            | Operation::Fence { .. } => {}
        }
    }

    fn set(&mut self, thread: ThreadId, status: ThreadStatus) {
        self.threads[thread.index()].status = status;
    }

    /// Changes the object that the step is about.
    fn change(&mut self, me: ThreadId, operation: Operation) {
        match operation {
            Operation::Acquire { lock, call, content, poisoned } => {
                let Some(lock) = self.lock(lock) else { return };
                lock.acquire(me, call);
                lock.poisoned = poisoned;
                lock.content = content.or(lock.content);
            }
            Operation::Release { lock, call, content, poisons } => {
                let Some(lock) = self.lock(lock) else { return };
                lock.release(me, call);
                lock.poisoned |= poisons;
                lock.leave(content);
            }
            Operation::Downgrade { lock, content } => {
                let Some(lock) = self.lock(lock) else { return };
                lock.shared = true;
                lock.leave(content);
            }
            Operation::IsPoisoned { lock, poisoned } => {
                let Some(lock) = self.lock(lock) else { return };
                lock.poisoned = poisoned;
            }
            Operation::ClearPoison { lock } => {
                let Some(lock) = self.lock(lock) else { return };
                lock.poisoned = false;
            }
            Operation::Arrive { barrier, last } => {
                if let ObjectState::Barrier { arrived } = &mut self.objects[barrier.index()] {
                    *arrived = if last { 0 } else { *arrived + 1 };
                }
            }
            Operation::Initialise { once } => self.set_once(once, OnceState::Running(me)),
            Operation::Initialised { once, poisoned } => {
                self.set_once(once, if poisoned { OnceState::Poisoned } else { OnceState::Complete });
            }
            Operation::FindInitialised { once } | Operation::IsCompleted { once, completed: true } => {
                self.set_once(once, OnceState::Complete);
            }
            Operation::FindPoisoned { once } => self.set_once(once, OnceState::Poisoned),
            Operation::Send { channel, result: Sent::Sent, .. } => {
                if let ObjectState::Channel { messages } = &mut self.objects[channel.index()] {
                    *messages += 1;
                }
            }
            Operation::Receive { channel, result: Received::Received, .. } => {
                if let ObjectState::Channel { messages } = &mut self.objects[channel.index()] {
                    *messages = messages.saturating_sub(1);
                }
            }
            // Another one stays the newest.
            Operation::Store { before: Some(_), .. } | Operation::Update { before: Some(_), .. } => {}
            Operation::Store { atomic, value, .. } | Operation::Update { atomic, new: value, .. } => {
                self.set_atomic(atomic, value);
            }
            // What is written through `get_mut` has no step of its own.
            Operation::Load { atomic, value, reads, .. }
            | Operation::ExchangeFailed { atomic, found: value, reads, .. } => {
                if !reads.is_stale() {
                    self.set_atomic(atomic, value);
                }
            }
            Operation::Preempted
            | Operation::Delayed { .. }
            | Operation::Yield
            | Operation::Block { .. }
            | Operation::TimedOut { .. }
            | Operation::SpuriousWakeup { .. }
            | Operation::Panic
            | Operation::Spawn { .. }
            | Operation::Join { .. }
            | Operation::IsFinished { .. }
            | Operation::Park { .. }
            | Operation::Unparked
            | Operation::Unpark { .. }
            | Operation::Sleep { .. }
            | Operation::Now { .. }
            | Operation::WouldBlock { .. }
            | Operation::Wait { .. }
            | Operation::Notified { .. }
            | Operation::NotifyOne { .. }
            | Operation::NotifyAll { .. }
            | Operation::IsCompleted { completed: false, .. }
            | Operation::Send { result: Sent::NoReceiver | Sent::Full, .. }
            | Operation::Receive {
                result: Received::NoSender | Received::Empty | Received::TimedOut, ..
            }
            | Operation::Fence { .. } => {}
        }
    }

    fn lock(&mut self, lock: ObjectId) -> Option<&mut LockState> {
        match &mut self.objects[lock.index()] {
            ObjectState::Lock(lock) => Some(lock),
            ObjectState::Condvar
            | ObjectState::Barrier { .. }
            | ObjectState::Once(_)
            | ObjectState::Channel { .. }
            | ObjectState::Atomic { .. } => None,
        }
    }

    fn set_once(&mut self, once: ObjectId, state: OnceState) {
        if let ObjectState::Once(known) = &mut self.objects[once.index()] {
            *known = state;
        }
    }

    fn set_atomic(&mut self, atomic: ObjectId, word: Word) {
        if let ObjectState::Atomic { value } = &mut self.objects[atomic.index()] {
            *value = Some(word);
        }
    }
}

/// The status of the thread that takes a step.
fn status_after(before: ThreadStatus, operation: Operation) -> ThreadStatus {
    match operation {
        Operation::Block { on } => ThreadStatus::Blocked(on),
        Operation::Wait { condvar, .. } => ThreadStatus::Blocked(Blocker::Object(condvar)),
        Operation::Arrive { barrier, last: false } => ThreadStatus::Blocked(Blocker::Object(barrier)),
        Operation::Park { .. } => ThreadStatus::Parked,
        Operation::Sleep { .. } => ThreadStatus::Sleeping,
        Operation::Panic => ThreadStatus::Unwinding,
        // A thread that begins to wait, or unwinds, releases its locks.
        Operation::Release { .. } => match before {
            ThreadStatus::Blocked(_) | ThreadStatus::Unwinding => before,
            ThreadStatus::NotStarted
            | ThreadStatus::Runnable
            | ThreadStatus::Parked
            | ThreadStatus::Sleeping
            | ThreadStatus::Woken
            | ThreadStatus::Finished => ThreadStatus::Runnable,
        },
        Operation::Preempted
        | Operation::Delayed { .. }
        | Operation::Yield
        | Operation::TimedOut { .. }
        | Operation::SpuriousWakeup { .. }
        | Operation::Spawn { .. }
        | Operation::Join { .. }
        | Operation::IsFinished { .. }
        | Operation::Unparked
        | Operation::Unpark { .. }
        | Operation::Now { .. }
        | Operation::Acquire { .. }
        | Operation::WouldBlock { .. }
        | Operation::Downgrade { .. }
        | Operation::IsPoisoned { .. }
        | Operation::ClearPoison { .. }
        | Operation::Notified { .. }
        | Operation::NotifyOne { .. }
        | Operation::NotifyAll { .. }
        | Operation::Arrive { last: true, .. }
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
        | Operation::Fence { .. } => ThreadStatus::Runnable,
    }
}

impl LockState {
    fn acquire(&mut self, me: ThreadId, call: AcquireCall) {
        self.shared = call.is_shared();
        if !self.shared {
            self.holders.clear();
        }
        self.holders.push(me);
    }

    fn release(&mut self, me: ThreadId, call: ReleaseCall) {
        match call {
            ReleaseCall::Unlock | ReleaseCall::UnlockWrite => self.holders.clear(),
            ReleaseCall::UnlockRead => {
                if let Some(position) = self.holders.iter().position(|holder| *holder == me) {
                    self.holders.remove(position);
                }
            }
        }
    }

    /// What a holder leaves behind.
    fn leave(&mut self, content: Content) {
        match content {
            Content::Unchanged => {}
            Content::Changed | Content::MaybeChanged => self.content = None,
            Content::Replaced { new, .. } => self.content = Some(new),
        }
    }
}
