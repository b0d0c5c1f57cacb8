//! The threads of one execution: what each waits for, and whether it can go on.

use core::panic::Location;
use core::time::Duration;
use real::string::String;

use model_trace::Operation;

use super::clock::Clock;
use super::digest::Digest;
use super::fairness::Spin;
use super::id::{ObjectId, ThreadId};
use super::memory::ThreadView;
use super::object::Once;
use super::release::Release;
use super::state::State;
use super::view::View;

/// What a thread needs in order to take its next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wait {
    /// Nothing.
    Nothing,
    /// Nothing, but it asks that others go first.
    Yield,
    /// That a mutex is free.
    Mutex(ObjectId),
    /// That no thread writes.
    Read(ObjectId),
    /// That no thread writes, and that none waits to write.
    ReadBehind(ObjectId),
    /// That no thread reads or writes.
    Write(ObjectId),
    /// A notification, and then that the mutex is free.
    Condvar { condvar: ObjectId, mutex: ObjectId },
    /// That all have arrived: the generation of the barrier has changed.
    Barrier { barrier: ObjectId, generation: u64 },
    /// That no thread runs the initialisation.
    Once(ObjectId),
    /// That the initialisation is complete, or has panicked, unless that is ignored (`force`).
    Initialised { once: ObjectId, force: bool },
    /// The end of a thread.
    Join(ThreadId),
    /// The end of a thread's body, and of its result.
    Release(ThreadId),
    /// A token.
    Park,
    /// A message, or that there are no senders.
    Receive(ObjectId),
    /// Room for a message, or that there is no receiver.
    Send(ObjectId),
    /// That the message with this number is received, or that there is no receiver.
    Received { channel: ObjectId, number: u64 },
    /// Time alone.
    Sleep,
    /// That no other thread can go on. Timed waits are waits, too.
    Others,
}

impl Wait {
    /// The object that a thread blocks on, in a step of its own. `None`: another step says so.
    pub(super) fn object(self) -> Option<ObjectId> {
        match self {
            Wait::Mutex(id) | Wait::Read(id) | Wait::ReadBehind(id) | Wait::Write(id) => Some(id),
            Wait::Receive(id) | Wait::Send(id) => Some(id),
            Wait::Once(once) | Wait::Initialised { once, .. } => Some(once),
            Wait::Received { channel, .. } => Some(channel),
            Wait::Barrier { .. } | Wait::Condvar { .. } | Wait::Join(_) | Wait::Release(_) | Wait::Park => {
                None
            }
            Wait::Nothing | Wait::Yield | Wait::Sleep | Wait::Others => None,
        }
    }
}

/// A thread's next step.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pending {
    pub(crate) wait: Wait,
    /// The moment, on the virtual clock, at which a timed wait times out.
    pub(crate) deadline: Option<Duration>,
    /// Whether the wait may end spuriously.
    pub(crate) spurious: bool,
    /// The address of the atomic that the step accesses, if it is one that does.
    pub(crate) atomic: Option<usize>,
    pub(crate) location: &'static Location<'static>,
}

impl Pending {
    /// A step that needs nothing.
    pub(crate) fn now(location: &'static Location<'static>) -> Self {
        Pending { wait: Wait::Nothing, deadline: None, spurious: false, atomic: None, location }
    }

    /// A step that needs something.
    pub(crate) fn until(wait: Wait, location: &'static Location<'static>) -> Self {
        Pending { wait, ..Pending::now(location) }
    }
}

/// Why a thread goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resumed {
    /// It has what it waited for.
    Granted,
    /// Its timeout has elapsed.
    TimedOut,
    /// Spuriously.
    Spurious,
}

/// How waits may end otherwise than by what they are for. Where none does, nobody has to look for one.
#[derive(Clone, Copy, Debug)]
pub(super) struct EarlyEnds {
    /// Some thread has a deadline.
    pub(super) timed: bool,
    /// Some thread waits for what may end spuriously.
    pub(super) spurious: bool,
}

/// Where a thread is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Life {
    /// It runs up to its first operation, which no other thread can see.
    Starting,
    Running,
    Finished,
}

/// One thread.
#[derive(Debug)]
pub(crate) struct Thread {
    pub(super) life: Life,
    pub(crate) name: Option<String>,
    /// What only reports call it. The program never sees it.
    pub(super) role: Option<String>,
    /// The role of the thread that it starts next.
    pub(crate) next_role: Option<String>,
    pub(crate) pending: Pending,
    pub(super) resumed: Resumed,
    /// Everything that the thread has done and seen.
    pub(super) digest: Digest,
    pub(super) view: ThreadView,
    pub(super) clock: Clock,
    /// Its body has returned, or panicked. What is left are its thread-local variables.
    pub(super) body_ended: bool,
    /// What had been seen when its body had ended and its result was gone.
    pub(super) released: Option<Release>,
    /// What the thread had seen when its body ended.
    pub(super) left: Option<Release>,
    /// A notification has chosen this thread.
    pub(super) notified: bool,
    token: Token,
    /// Whether it unwinds. `std::thread::panicking` is per OS thread, which all of them share.
    pub(crate) panicking: bool,
    /// How many `catch_unwind` it is in.
    pub(crate) catching: usize,
    /// How many it was in when it began to unwind.
    pub(super) panicked_in: usize,
    /// It was suspended where the message of a panic may be made, which nobody has noted since.
    pub(super) in_message: bool,
    /// How many hooks of the program it is in.
    pub(super) hooks: usize,
    /// Whether std counts the panic because of which it unwinds.
    pub(crate) counted: bool,
    /// It asks that others go first, or has gone on alone for so long that it has to.
    pub(super) gives_way: bool,
    /// It has what it waits for. Noted before each choice of a thread, see `State::note_granted`.
    pub(super) granted: bool,
    pub(super) spin: Spin,
}

/// The token of `unpark`, and what came with it.
#[derive(Debug, Default)]
struct Token {
    is_there: bool,
    view: View,
    digest: Digest,
}

impl Thread {
    /// The test's own thread, which runs.
    pub(super) fn main(location: &'static Location<'static>) -> Self {
        Thread { life: Life::Running, ..Thread::starting(ThreadView::default(), Clock::default(), location) }
    }

    /// A thread that has seen this, at this time, and has no name.
    #[inline(always)]
    fn starting(view: ThreadView, clock: Clock, location: &'static Location<'static>) -> Self {
        Thread {
            life: Life::Starting,
            name: None,
            role: None,
            next_role: None,
            pending: Pending::now(location),
            resumed: Resumed::Granted,
            digest: Digest::default(),
            view,
            clock,
            body_ended: false,
            released: None,
            left: None,
            notified: false,
            token: Token::default(),
            panicking: false,
            catching: 0,
            panicked_in: 0,
            in_message: false,
            hooks: 0,
            counted: false,
            gives_way: false,
            granted: false,
            spin: Spin::default(),
        }
    }

    /// A thread that `parent` starts: it has seen what its parent has, at the same time.
    pub(super) fn child_of(
        parent: &mut Thread,
        name: Option<String>,
        location: &'static Location<'static>,
    ) -> Self {
        let (view, clock) = (ThreadView::child_of(&parent.view), Clock::starting_at(parent.time()));
        let mut thread = Thread::starting(view, clock, location);
        thread.digest = parent.digest.then(1);
        (thread.name, thread.role) = (name, parent.next_role.take());
        thread
    }

    /// What reports call it: after its role, or by its name.
    pub(super) fn shown_name(&self) -> Option<&String> {
        self.role.as_ref().or(self.name.as_ref()).filter(|name| !name.is_empty())
    }

    /// Everything that the thread has done and seen.
    pub(crate) fn history(&self) -> Digest {
        self.digest
    }

    /// What the thread has seen.
    pub(crate) fn seen(&self) -> View {
        self.view.current.clone()
    }

    /// The thread gets to see what others have seen.
    pub(crate) fn see_all(&mut self, view: &View) {
        self.view.current.join(view);
    }
}

impl State {
    /// Whether the body of a thread has ended: a look at it, which that end has to be a step for.
    pub(crate) fn is_finished(&mut self, thread: ThreadId, location: &'static Location<'static>) -> bool {
        let finished = self.execution.threads[thread.index()].body_ended;
        self.record(Operation::IsFinished { thread, finished }, location);
        finished
    }

    pub(crate) fn has_finished(&self, thread: ThreadId) -> bool {
        self.execution.threads[thread.index()].life == Life::Finished
    }

    /// The acting thread begins to wait for a notification.
    pub(crate) fn await_notification(&mut self) {
        self.execution.me().notified = false;
    }

    /// Chooses a thread for a notification: from now on it waits for the mutex alone.
    pub(crate) fn notify(&mut self, waiter: ThreadId) {
        let time = self.execution.me().time();
        let waiter = &mut self.execution.threads[waiter.index()];
        waiter.notified = true;
        waiter.clock.is_woken_at(time);
    }

    /// The acting thread goes on because of its notification.
    pub(crate) fn be_notified(&mut self, condvar: ObjectId, location: &'static Location<'static>) {
        let me = self.execution.me();
        me.notified = false;
        me.wake_at(me.clock.woken());
        self.record_read(condvar, Operation::Notified { condvar }, location);
    }

    /// Gives a thread its token.
    pub(crate) fn unpark(&mut self, thread: ThreadId, location: &'static Location<'static>) {
        let token = self.execution.threads[thread.index()].token.digest;
        let me = self.execution.me();
        me.digest = me.digest.then_all(token);
        let time = me.time();
        let (digest, seen) = (me.digest, me.view.current.clone());
        let parked = &mut self.execution.threads[thread.index()];
        parked.token.is_there = true;
        parked.token.digest = digest;
        parked.token.view.join(&seen);
        parked.clock.is_woken_at(parked.clock.woken().max(time));
        self.record(Operation::Unpark { thread }, location);
    }

    /// The acting thread goes on after it was parked. A token that came in the meantime is taken, however the wait
    /// ended.
    pub(crate) fn end_park(&mut self, resumed: Resumed, location: &'static Location<'static>) {
        let me = self.execution.me();
        let operation = match resumed {
            Resumed::Granted => {
                me.wake_at(me.clock.woken());
                Operation::Unparked
            }
            Resumed::TimedOut => Operation::TimedOut { object: None },
            Resumed::Spurious => Operation::SpuriousWakeup { object: None },
        };
        me.token.is_there = false;
        me.digest = me.digest.then_all(me.token.digest);
        me.token.digest = me.digest;
        me.view.current.join(&me.token.view);
        self.record(operation, location);
    }

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
        let Thread { pending, notified, token, .. } = &self.execution.threads[thread];
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
            Wait::Park => token.is_there,
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
