//! Which threads have what they wait for.

use super::id::ObjectId;
use super::object::Once;
use super::state::State;
use super::thread::{Life, Thread, Wait};

/// How waits may end otherwise than by what they are for. Where none does, nobody has to look for one.
#[derive(Clone, Copy, Debug)]
pub(super) struct EarlyEnds {
    /// Some thread has a deadline.
    pub(super) timed: bool,
    /// Some thread waits for what may end spuriously.
    pub(super) spurious: bool,
}

impl State {
    /// Notes of each thread whether it has what it waits for, and says how others may go on.
    #[inline]
    pub(super) fn note_granted(&mut self) -> EarlyEnds {
        let mut ends = EarlyEnds { timed: false, spurious: false };
        for thread in 0..self.execution.threads.len() {
            let granted = self.is_granted(thread);
            let thread = &mut self.execution.threads[thread];
            thread.granted = granted;
            ends.timed |= thread.pending.deadline.is_some();
            ends.spurious |= thread.pending.spurious;
        }
        ends
    }

    /// Whether a thread has what it waits for.
    #[inline]
    pub(super) fn is_granted(&self, thread: usize) -> bool {
        let Thread { life, pending, .. } = &self.execution.threads[thread];
        *life == Life::Running
            && (matches!(pending.wait, Wait::Nothing | Wait::Yield) || self.has_waited(thread))
    }

    /// Whether a thread that waits does not have to any more.
    #[inline(never)]
    fn has_waited(&self, thread: usize) -> bool {
        let state = &self.execution.threads[thread];
        let Thread { pending, notified, .. } = state;
        // What most wait for: asked first, it takes no jump through a table, which nothing predicts.
        if let Wait::Mutex(mutex) = pending.wait {
            return self.mutex(mutex).holder.is_none();
        }
        match pending.wait {
            Wait::Nothing | Wait::Yield => true,
            Wait::Mutex(mutex) => self.mutex(mutex).holder.is_none(),
            Wait::Read(lock) => self.rwlock(lock).admits_reader(),
            Wait::ReadBehind(lock) => self.rwlock(lock).admits_reader() && !self.writer_waits(lock),
            Wait::Write(lock) => self.rwlock(lock).admits_writer(),
            Wait::Condvar { mutex, .. } => *notified && self.mutex(mutex).holder.is_none(),
            Wait::Barrier { barrier, generation } => self.barrier(barrier).generation != generation,
            Wait::Once(once) => !matches!(self.once(once), Once::Running(_)),
            Wait::Initialised { once, force } => match self.once(once) {
                Once::Complete => true,
                Once::Poisoned => !force,
                Once::Incomplete | Once::Running(_) => false,
            },
            Wait::Join(other) => self.has_finished(other),
            Wait::Release(other) => self.is_released(other),
            Wait::Park => state.has_token(),
            Wait::Receive(id) => {
                let channel = self.channel(id);
                channel.messages > 0 || channel.senders == 0
            }
            Wait::Send(id) => {
                let channel = self.channel(id);
                !channel.receiver || !channel.is_full()
            }
            Wait::Received { channel: id, number } => {
                let channel = self.channel(id);
                !channel.receiver || channel.received > number
            }
            Wait::Sleep => false,
            Wait::Others => self.all_others_wait(thread),
        }
    }

    /// Whether no thread but this one can go on. Those that wait for the same do not hold each other up.
    fn all_others_wait(&self, thread: usize) -> bool {
        let waits = |(other, state): (usize, &Thread)| {
            other == thread || state.pending.wait == Wait::Others || !self.is_granted(other)
        };
        self.execution.threads.iter().enumerate().all(waits)
    }

    /// Whether a thread waits until readers or another writer leave a lock, to write.
    fn writer_waits(&self, lock: ObjectId) -> bool {
        let waits =
            |thread: &Thread| thread.life == Life::Running && thread.pending.wait == Wait::Write(lock);
        !self.rwlock(lock).admits_writer() && self.execution.threads.iter().any(waits)
    }

    /// Whether the acting thread, which could read now, finds a writer that waits, and lets it go first. std leaves
    /// that open.
    pub(crate) fn lets_writer_go_first(&mut self, lock: ObjectId) -> bool {
        self.writer_waits(lock) && self.choose_to_give_way()
    }

    /// Whether a thread waits for something that a notification has already promised to it: its wait does not
    /// end spuriously any more.
    pub(super) fn is_promised(&self, thread: usize) -> bool {
        let Thread { pending, notified, .. } = &self.execution.threads[thread];
        matches!(pending.wait, Wait::Condvar { .. }) && *notified
    }
}
