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

    /// Whether a token of `unpark` is there for it.
    pub(super) fn has_token(&self) -> bool {
        self.token.is_there
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
}
