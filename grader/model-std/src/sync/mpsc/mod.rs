//! `std::sync::mpsc`.

mod iter;
mod queue;

use core::fmt;
use core::marker::PhantomData;
use core::panic::Location;
use core::time::Duration;
use real::panic::{RefUnwindSafe, UnwindSafe};
use real::sync::Arc;
pub use real::sync::mpsc::{RecvError, RecvTimeoutError, SendError, TryRecvError, TrySendError};

use model_trace::{ReceiveCall, Received};

use crate::explore::acting::{schedule_point, with};
use crate::explore::object::{Channel, Kind};
use crate::explore::thread::{Resumed, Wait};
pub use iter::{IntoIter, Iter, TryIter};
use queue::Queue;

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

#[track_caller]
fn open<T>(capacity: Option<usize>) -> (Arc<Queue<T>>, Receiver<T>) {
    let created = Location::caller();
    let id = with(|state| state.execution.add_object(Kind::Channel(Channel::new(capacity)), created));
    let queue = Arc::new(Queue::new(id));
    (Arc::clone(&queue), Receiver { queue, not_sync: PhantomData })
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
        self.block(None, location);
        self.finish(ReceiveCall::Recv, location).ok_or(RecvError)
    }

    /// See [`std`](real::sync::mpsc::Receiver::recv_timeout). The timeout can elapse at any point of the
    /// schedule.
    ///
    /// # Errors
    /// When the timeout has elapsed, or there is no sender.
    #[track_caller]
    pub fn recv_timeout(&self, timeout: Duration) -> Result<T, RecvTimeoutError> {
        let location = Location::caller();
        if self.block(Some(timeout), location) == Resumed::TimedOut {
            self.queue.fails_to_receive(ReceiveCall::RecvTimeout, Received::TimedOut, location);
            return Err(RecvTimeoutError::Timeout);
        }
        self.finish(ReceiveCall::RecvTimeout, location).ok_or(RecvTimeoutError::Disconnected)
    }

    /// See [`std`](real::sync::mpsc::Receiver::try_recv).
    ///
    /// # Errors
    /// When there is no message right now, or no sender.
    #[track_caller]
    pub fn try_recv(&self) -> Result<T, TryRecvError> {
        let location = Location::caller();
        schedule_point(location);
        let (messages, senders) = with(|state| {
            let channel = state.channel(self.queue.id);
            (channel.messages, channel.senders)
        });
        match (messages, senders) {
            (0, 0) => {
                self.queue.fails_to_receive(ReceiveCall::TryRecv, Received::NoSender, location);
                Err(TryRecvError::Disconnected)
            }
            (0, _) => {
                self.queue.fails_to_receive(ReceiveCall::TryRecv, Received::Empty, location);
                Err(TryRecvError::Empty)
            }
            _ => Ok(self.queue.pop(ReceiveCall::TryRecv, location)),
        }
    }

    fn block(&self, timeout: Option<Duration>, location: &'static Location<'static>) -> Resumed {
        let id = self.queue.id;
        let is_rendezvous = with(|state| state.channel(id).capacity) == Some(0);
        if is_rendezvous {
            // A `try_send` of a rendezvous finds no receiver until the wait begins.
            schedule_point(location);
            self.queue.waits(true);
        }
        let deadline = with(|state| timeout.and_then(|timeout| state.deadline(timeout)));
        let resumed = queue::wait(Wait::Receive(id), deadline, location);
        if is_rendezvous {
            self.queue.waits(false);
        }
        resumed
    }

    fn finish(&self, call: ReceiveCall, location: &'static Location<'static>) -> Option<T> {
        let any = with(|state| state.channel(self.queue.id).messages > 0);
        if any {
            return Some(self.queue.pop(call, location));
        }
        self.queue.fails_to_receive(call, Received::NoSender, location);
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
        // As std does it: what can no longer be received is dropped with the receiver.
        drop(self.queue.remove_receiver());
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
