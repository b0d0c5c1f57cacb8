//! The queue under both ends of a channel.

use core::cell::UnsafeCell;
use core::panic::Location;
use real::collections::VecDeque;
use real::sync::mpsc::{SendError, TrySendError};

use model_trace::{Operation, ReceiveCall, Received, SendCall, Sent};

use crate::explore::Passed;
use crate::explore::acting::{drop_point, schedule_point, try_with, wait_until, with};
use crate::explore::id::ObjectId;
use crate::explore::thread::{Pending, Wait};

/// The messages of a channel, each with what its sender had seen.
pub(super) struct Queue<T> {
    pub(super) id: ObjectId,
    messages: UnsafeCell<VecDeque<Message<T>>>,
}

pub(super) struct Message<T> {
    number: u64,
    content: T,
    passed: Passed,
}

// SAFETY: the queue is used between two steps of the scheduler only, by one thread at a time.
unsafe impl<T: Send> Sync for Queue<T> {}
// SAFETY: messages go from thread to thread, so they must be `Send`.
unsafe impl<T: Send> Send for Queue<T> {}

impl<T> Queue<T> {
    pub(super) fn new(id: ObjectId) -> Self {
        Queue { id, messages: UnsafeCell::default() }
    }

    pub(super) fn with<R>(&self, f: impl FnOnce(&mut VecDeque<Message<T>>) -> R) -> R {
        // SAFETY: `f` calls nothing that could come back to this queue: no user code, no step.
        f(unsafe { &mut *self.messages.get() })
    }
}

impl<T> Queue<T> {
    /// Puts a message into the queue. There is room for it. Returns its number.
    fn push(&self, content: T, call: SendCall, location: &'static Location<'static>) -> u64 {
        let (number, passed) = with(|state| {
            let channel = state.channel_mut(self.id);
            let number = channel.sent;
            channel.messages += 1;
            channel.sent += 1;
            let operation = Operation::Send { channel: self.id, call, result: Sent::Sent };
            (number, state.send(self.id, operation, location))
        });
        self.with(|messages| messages.push_back(Message { number, content, passed }));
        number
    }

    /// Takes the oldest message. There is one.
    pub(super) fn pop(&self, call: ReceiveCall, location: &'static Location<'static>) -> T {
        let message = self.with(VecDeque::pop_front).expect("a receiver that goes on finds a message");
        with(|state| {
            let channel = state.channel_mut(self.id);
            channel.messages -= 1;
            channel.received += 1;
            let operation = Operation::Receive { channel: self.id, call, result: Received::Received };
            state.receive(self.id, &message.passed, operation, location);
        });
        message.content
    }

    pub(super) fn send(&self, content: T, location: &'static Location<'static>) -> Result<(), SendError<T>> {
        let waits = with(|state| {
            let channel = state.channel(self.id);
            let waits = channel.is_full() && channel.receiver;
            if waits {
                state.look(self.id);
            }
            waits
        });
        wait_until(Pending::until(Wait::Send(self.id), location));
        if waits {
            // Woken by whoever made room.
            with(|state| state.catch_up_with(self.id));
        }
        if !with(|state| state.channel(self.id).receiver) {
            self.fails_to_send(SendCall::Send, Sent::NoReceiver, location);
            return Err(SendError(content));
        }
        let number = self.push(content, SendCall::Send, location);
        if with(|state| state.channel(self.id).capacity) != Some(0) {
            return Ok(());
        }
        // A rendezvous: the message is sent when it is received.
        wait_until(Pending::until(Wait::Received { channel: self.id, number }, location));
        with(|state| state.look(self.id));
        match self.with(|messages| {
            let index = messages.iter().position(|message| message.number == number)?;
            messages.remove(index)
        }) {
            Some(message) => Err(SendError(message.content)),
            None => Ok(()),
        }
    }

    pub(super) fn try_send(
        &self,
        content: T,
        location: &'static Location<'static>,
    ) -> Result<(), TrySendError<T>> {
        schedule_point(location);
        let (open, room) = with(|state| {
            let channel = state.channel(self.id);
            (channel.receiver, channel.has_room())
        });
        if !open {
            self.fails_to_send(SendCall::TrySend, Sent::NoReceiver, location);
            return Err(TrySendError::Disconnected(content));
        }
        if !room {
            self.fails_to_send(SendCall::TrySend, Sent::Full, location);
            return Err(TrySendError::Full(content));
        }
        self.push(content, SendCall::TrySend, location);
        Ok(())
    }

    fn fails_to_send(&self, call: SendCall, result: Sent, location: &'static Location<'static>) {
        let operation = Operation::Send { channel: self.id, call, result };
        with(|state| state.record_read(self.id, operation, location));
    }

    pub(super) fn fails_to_receive(
        &self,
        call: ReceiveCall,
        result: Received,
        location: &'static Location<'static>,
    ) {
        let operation = Operation::Receive { channel: self.id, call, result };
        with(|state| state.record_read(self.id, operation, location));
    }

    pub(super) fn add_sender(&self) {
        with(|state| state.channel_mut(self.id).senders += 1);
    }

    /// A sender goes. The receiver may wait for the last one.
    pub(super) fn remove_sender(&self) {
        drop_point();
        try_with(|state| {
            state.join_history(self.id);
            state.channel_mut(self.id).senders -= 1;
        });
    }
}
