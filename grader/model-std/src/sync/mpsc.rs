//! `std::sync::mpsc`.

use core::cell::UnsafeCell;
use core::fmt;
use core::marker::PhantomData;
use core::panic::Location;
use core::time::Duration;
use real::collections::VecDeque;
use real::panic::{RefUnwindSafe, UnwindSafe};
use real::sync::Arc;
pub use real::sync::mpsc::{RecvError, RecvTimeoutError, SendError, TryRecvError, TrySendError};

use crate::explore::event::{Subject, Value};
use crate::explore::memory::View;
use crate::explore::object::{Channel, Kind, ObjectId};
use crate::explore::runtime::{point, point_now, try_with, with};
use crate::explore::state::State;
use crate::explore::thread::{Pending, Resumed, Wait};
use crate::time::deadline;

/// The messages of a channel, each with what its sender had seen.
struct Queue<T> {
    id: ObjectId,
    messages: UnsafeCell<VecDeque<Message<T>>>,
}

struct Message<T> {
    number: u64,
    content: T,
    view: View,
    time: Duration,
}

// SAFETY: the queue is used between two steps of the scheduler only, by one thread at a time.
unsafe impl<T: Send> Sync for Queue<T> {}
// SAFETY: messages go from thread to thread, so they must be `Send`.
unsafe impl<T: Send> Send for Queue<T> {}

impl<T> Queue<T> {
    fn with<R>(&self, f: impl FnOnce(&mut VecDeque<Message<T>>) -> R) -> R {
        // SAFETY: `f` calls nothing that could come back to this queue: no user code, no step.
        f(unsafe { &mut *self.messages.get() })
    }
}

fn channel_of(state: &mut State, id: ObjectId) -> &mut Channel {
    match &mut state.object_mut(id).kind {
        Kind::Channel(channel) => channel,
        other => unreachable!("a channel operation on a {}", other.type_name()),
    }
}

/// See [`std`](real::sync::mpsc::Sender).
pub struct Sender<T> {
    queue: Arc<Queue<T>>,
}

/// See [`std`](real::sync::mpsc::SyncSender).
pub struct SyncSender<T> {
    queue: Arc<Queue<T>>,
}

/// See [`std`](real::sync::mpsc::Receiver).
pub struct Receiver<T> {
    queue: Arc<Queue<T>>,
    not_sync: PhantomData<*const ()>,
}

// SAFETY: a receiver may move to another thread, with messages that may.
unsafe impl<T: Send> Send for Receiver<T> {}
impl<T> UnwindSafe for Sender<T> {}
impl<T> RefUnwindSafe for Sender<T> {}
impl<T> UnwindSafe for SyncSender<T> {}
impl<T> RefUnwindSafe for SyncSender<T> {}
impl<T> UnwindSafe for Receiver<T> {}
impl<T> RefUnwindSafe for Receiver<T> {}

/// See [`std`](real::sync::mpsc::channel).
#[must_use]
#[track_caller]
pub fn channel<T>() -> (Sender<T>, Receiver<T>) {
    let (queue, receiver) = open(None);
    (Sender { queue }, receiver)
}

/// See [`std`](real::sync::mpsc::sync_channel). A bound of 0 is a rendezvous.
#[must_use]
#[track_caller]
pub fn sync_channel<T>(bound: usize) -> (SyncSender<T>, Receiver<T>) {
    let (queue, receiver) = open(Some(bound));
    (SyncSender { queue }, receiver)
}

fn open<T>(capacity: Option<usize>) -> (Arc<Queue<T>>, Receiver<T>) {
    let channel = Channel {
        messages: 0,
        received: 0,
        sent: 0,
        capacity,
        senders: 1,
        receiver: true,
        receiver_waits: false,
    };
    let id = with(|state| state.add_object(Kind::Channel(channel)));
    let queue = Arc::new(Queue { id, messages: UnsafeCell::default() });
    (Arc::clone(&queue), Receiver { queue, not_sync: PhantomData })
}

impl<T> Queue<T> {
    /// Puts a message into the queue. There is room for it. Returns its number.
    fn push(&self, content: T, operation: &'static str, location: &'static Location<'static>) -> u64 {
        let (number, view, time) = with(|state| {
            state.changes(self.id);
            state.log(operation, Subject::Object(self.id), Value::None, location);
            let (view, time) = (state.me().view.current.clone(), state.me().clock);
            let channel = channel_of(state, self.id);
            channel.messages += 1;
            channel.sent += 1;
            (channel.sent - 1, view, time)
        });
        self.with(|messages| messages.push_back(Message { number, content, view, time }));
        number
    }

    /// Takes the oldest message. There is one.
    fn pop(&self, operation: &'static str, location: &'static Location<'static>) -> T {
        let message = self.with(VecDeque::pop_front).expect("a receiver that goes on finds a message");
        with(|state| {
            state.changes(self.id);
            state.log(operation, Subject::Object(self.id), Value::None, location);
            state.me().view.current.join(&message.view);
            state.woken_at(message.time);
            let channel = channel_of(state, self.id);
            channel.messages -= 1;
            channel.received += 1;
        });
        message.content
    }

    fn send(&self, content: T, location: &'static Location<'static>) -> Result<(), SendError<T>> {
        point(Pending::until(Wait::Send(self.id), location));
        if !with(|state| channel_of(state, self.id).receiver) {
            self.note("send", "no receiver", location);
            return Err(SendError(content));
        }
        let number = self.push(content, "send", location);
        if with(|state| channel_of(state, self.id).capacity) != Some(0) {
            return Ok(());
        }
        // A rendezvous: the message is sent when it is received.
        point(Pending::until(Wait::Received { channel: self.id, number }, location));
        with(|state| state.looks_at(self.id));
        match self.with(|messages| {
            let index = messages.iter().position(|message| message.number == number)?;
            messages.remove(index)
        }) {
            Some(message) => Err(SendError(message.content)),
            None => Ok(()),
        }
    }

    fn try_send(&self, content: T, location: &'static Location<'static>) -> Result<(), TrySendError<T>> {
        point_now(location);
        let (open, room) = with(|state| {
            let Channel { messages, capacity, receiver, receiver_waits, .. } = *channel_of(state, self.id);
            let room = match capacity {
                None => true,
                Some(0) => receiver_waits && messages == 0,
                Some(capacity) => messages < capacity,
            };
            (receiver, room)
        });
        if !open {
            self.note("try_send", "no receiver", location);
            return Err(TrySendError::Disconnected(content));
        }
        if !room {
            self.note("try_send", "full", location);
            return Err(TrySendError::Full(content));
        }
        self.push(content, "try_send", location);
        Ok(())
    }

    fn note(&self, operation: &'static str, result: &'static str, location: &'static Location<'static>) {
        with(|state| {
            state.looks_at(self.id);
            state.log(operation, Subject::Object(self.id), Value::Text(result), location);
        });
    }

    fn add_sender(&self) {
        with(|state| channel_of(state, self.id).senders += 1);
    }

    /// A sender goes. The last one tells the receiver.
    fn remove_sender(&self) {
        step_in_drop();
        try_with(|state| {
            state.changes(self.id);
            channel_of(state, self.id).senders -= 1;
        });
    }
}

/// Lets others go first before a drop that they can notice.
#[track_caller]
fn step_in_drop() {
    let location = try_with(|state| {
        let alive = state.stop.is_none() && !state.threads.is_empty();
        alive.then(|| state.me().pending.location)
    });
    if let Some(Some(location)) = location {
        point_now(location);
    }
}

impl<T> Sender<T> {
    /// See [`std`](real::sync::mpsc::Sender::send).
    ///
    /// # Errors
    /// The message, when the receiver is gone.
    #[track_caller]
    pub fn send(&self, content: T) -> Result<(), SendError<T>> {
        self.queue.send(content, Location::caller())
    }
}

impl<T> SyncSender<T> {
    /// See [`std`](real::sync::mpsc::SyncSender::send).
    ///
    /// # Errors
    /// The message, when the receiver is gone.
    #[track_caller]
    pub fn send(&self, content: T) -> Result<(), SendError<T>> {
        self.queue.send(content, Location::caller())
    }

    /// See [`std`](real::sync::mpsc::SyncSender::try_send).
    ///
    /// # Errors
    /// The message, when there is no room or no receiver.
    #[track_caller]
    pub fn try_send(&self, content: T) -> Result<(), TrySendError<T>> {
        self.queue.try_send(content, Location::caller())
    }
}

impl<T> Receiver<T> {
    /// See [`std`](real::sync::mpsc::Receiver::recv).
    ///
    /// # Errors
    /// When there is no message, and no sender that could send one.
    #[track_caller]
    pub fn recv(&self) -> Result<T, RecvError> {
        let location = Location::caller();
        self.block(None, "recv", location);
        self.finish("recv", location).ok_or(RecvError)
    }

    /// See [`std`](real::sync::mpsc::Receiver::recv_timeout). The time can be up at any point of the
    /// schedule.
    ///
    /// # Errors
    /// When the time is up, or there is no sender.
    #[track_caller]
    pub fn recv_timeout(&self, timeout: Duration) -> Result<T, RecvTimeoutError> {
        let location = Location::caller();
        if self.block(Some(timeout), "recv_timeout", location) == Resumed::TimedOut {
            self.queue.note("recv_timeout", "times out", location);
            return Err(RecvTimeoutError::Timeout);
        }
        self.finish("recv_timeout", location).ok_or(RecvTimeoutError::Disconnected)
    }

    /// See [`std`](real::sync::mpsc::Receiver::try_recv).
    ///
    /// # Errors
    /// When there is no message right now, or no sender.
    #[track_caller]
    pub fn try_recv(&self) -> Result<T, TryRecvError> {
        let location = Location::caller();
        point_now(location);
        let (messages, senders) = with(|state| {
            let channel = channel_of(state, self.queue.id);
            (channel.messages, channel.senders)
        });
        match (messages, senders) {
            (0, 0) => {
                self.queue.note("try_recv", "no sender", location);
                Err(TryRecvError::Disconnected)
            }
            (0, _) => {
                self.queue.note("try_recv", "empty", location);
                Err(TryRecvError::Empty)
            }
            _ => Ok(self.queue.pop("try_recv", location)),
        }
    }

    fn block(
        &self,
        timeout: Option<Duration>,
        operation: &'static str,
        location: &'static Location<'static>,
    ) -> Resumed {
        let id = self.queue.id;
        if with(|state| channel_of(state, id).capacity) == Some(0) {
            // A `try_send` of a rendezvous finds nobody until the wait begins.
            point_now(location);
        }
        let deadline = with(|state| {
            channel_of(state, id).receiver_waits = true;
            timeout.map(|timeout| deadline(state, timeout))
        });
        let resumed = point(Pending { deadline, ..Pending::until(Wait::Receive(id), location) });
        with(|state| {
            channel_of(state, id).receiver_waits = false;
            if channel_of(state, id).senders == 0 && channel_of(state, id).messages == 0 {
                state.log(operation, Subject::Object(id), Value::Text("no sender"), location);
            }
        });
        resumed
    }

    fn finish(&self, operation: &'static str, location: &'static Location<'static>) -> Option<T> {
        let any = with(|state| channel_of(state, self.queue.id).messages > 0);
        if any {
            return Some(self.queue.pop(operation, location));
        }
        with(|state| state.looks_at(self.queue.id));
        None
    }

    /// See [`std`](real::sync::mpsc::Receiver::iter).
    pub fn iter(&self) -> Iter<'_, T> {
        Iter { receiver: self }
    }

    /// See [`std`](real::sync::mpsc::Receiver::try_iter).
    pub fn try_iter(&self) -> TryIter<'_, T> {
        TryIter { receiver: self }
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        self.queue.add_sender();
        Sender { queue: Arc::clone(&self.queue) }
    }
}

impl<T> Clone for SyncSender<T> {
    fn clone(&self) -> Self {
        self.queue.add_sender();
        SyncSender { queue: Arc::clone(&self.queue) }
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        self.queue.remove_sender();
    }
}

impl<T> Drop for SyncSender<T> {
    fn drop(&mut self) {
        self.queue.remove_sender();
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        step_in_drop();
        let rendezvous = try_with(|state| {
            state.changes(self.queue.id);
            let channel = channel_of(state, self.queue.id);
            channel.receiver = false;
            channel.capacity == Some(0)
        });
        if rendezvous == Some(false) {
            // As std does it: what nobody will receive is dropped with the receiver. The messages of
            // a rendezvous go back to their senders.
            let messages = self.queue.with(core::mem::take);
            drop(messages);
        }
    }
}

/// See [`std`](real::sync::mpsc::Iter).
#[derive(Debug)]
pub struct Iter<'a, T: 'a> {
    receiver: &'a Receiver<T>,
}

/// See [`std`](real::sync::mpsc::TryIter).
#[derive(Debug)]
pub struct TryIter<'a, T: 'a> {
    receiver: &'a Receiver<T>,
}

/// See [`std`](real::sync::mpsc::IntoIter).
#[derive(Debug)]
pub struct IntoIter<T> {
    receiver: Receiver<T>,
}

impl<T> Iterator for Iter<'_, T> {
    type Item = T;

    #[track_caller]
    fn next(&mut self) -> Option<T> {
        self.receiver.recv().ok()
    }
}

impl<T> Iterator for TryIter<'_, T> {
    type Item = T;

    #[track_caller]
    fn next(&mut self) -> Option<T> {
        self.receiver.try_recv().ok()
    }
}

impl<T> Iterator for IntoIter<T> {
    type Item = T;

    #[track_caller]
    fn next(&mut self) -> Option<T> {
        self.receiver.recv().ok()
    }
}

impl<'a, T> IntoIterator for &'a Receiver<T> {
    type Item = T;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Iter<'a, T> {
        self.iter()
    }
}

impl<T> IntoIterator for Receiver<T> {
    type Item = T;
    type IntoIter = IntoIter<T>;

    fn into_iter(self) -> IntoIter<T> {
        IntoIter { receiver: self }
    }
}

macro_rules! formats {
    ($($end:ident)*) => { $(
        impl<T> fmt::Debug for $end<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($end)).finish_non_exhaustive()
            }
        }
    )* };
}

formats!(Sender SyncSender Receiver);
