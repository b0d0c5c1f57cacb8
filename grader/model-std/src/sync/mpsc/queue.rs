//! The queue under both ends of a channel.

use core::cell::UnsafeCell;
use core::panic::Location;
use core::time::Duration;
use real::collections::VecDeque;
use real::sync::mpsc::{SendError, TrySendError};

use crate::explore::memory::View;
use crate::explore::object::{Channel, Kind, ObjectId};
use crate::explore::runtime::{point, point_now, try_with, with};
use crate::explore::state::State;
use crate::explore::thread::{Pending, Wait};
use model_trace::{Operation, ReceiveCall, Received, SendCall, Sent};

/// The messages of a channel, each with what its sender had seen.
pub(super) struct Queue<T> {
    pub(super) id: ObjectId,
    messages: UnsafeCell<VecDeque<Message<T>>>,
}

pub(super) struct Message<T> {
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
    pub(super) fn new(id: ObjectId) -> Self {
        Queue { id, messages: UnsafeCell::default() }
    }

    pub(super) fn with<R>(&self, f: impl FnOnce(&mut VecDeque<Message<T>>) -> R) -> R {
        // SAFETY: `f` calls nothing that could come back to this queue: no user code, no step.
        f(unsafe { &mut *self.messages.get() })
    }
}

pub(super) fn channel_of(state: &mut State, id: ObjectId) -> &mut Channel {
    match &mut state.object_mut(id).kind {
        Kind::Channel(channel) => channel,
        other => unreachable!("a channel operation on a {}", other.type_name()),
    }
}

impl<T> Queue<T> {
    /// Puts a message into the queue. There is room for it. Returns its number.
    fn push(&self, content: T, call: SendCall, location: &'static Location<'static>) -> u64 {
        let (number, view, time) = with(|state| {
            state.changes(self.id);
            state.log(Operation::Send { channel: self.id, call, result: Sent::Sent }, location);
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
    pub(super) fn pop(&self, call: ReceiveCall, location: &'static Location<'static>) -> T {
        let message = self.with(VecDeque::pop_front).expect("a receiver that goes on finds a message");
        with(|state| {
            state.changes(self.id);
            state.log(Operation::Receive { channel: self.id, call, result: Received::Received }, location);
            state.me().view.current.join(&message.view);
            state.woken_at(message.time);
            // For a sender that waits for the place.
            state.release_time(self.id);
            let channel = channel_of(state, self.id);
            channel.messages -= 1;
            channel.received += 1;
        });
        message.content
    }

    pub(super) fn send(&self, content: T, location: &'static Location<'static>) -> Result<(), SendError<T>> {
        let waits = with(|state| {
            let Channel { messages, capacity, receiver, .. } = *channel_of(state, self.id);
            let full = capacity.is_some_and(|capacity| capacity > 0 && messages >= capacity);
            if full && receiver {
                state.looks_at(self.id);
            }
            full && receiver
        });
        point(Pending::until(Wait::Send(self.id), location));
        if waits {
            // Woken by whoever made room.
            with(|state| state.acquire_time(self.id));
        }
        if !with(|state| channel_of(state, self.id).receiver) {
            self.fails_to_send(SendCall::Send, Sent::NoReceiver, location);
            return Err(SendError(content));
        }
        let number = self.push(content, SendCall::Send, location);
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

    pub(super) fn try_send(
        &self,
        content: T,
        location: &'static Location<'static>,
    ) -> Result<(), TrySendError<T>> {
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
        with(|state| {
            state.looks_at(self.id);
            state.log(Operation::Send { channel: self.id, call, result }, location);
        });
    }

    pub(super) fn fails_to_receive(
        &self,
        call: ReceiveCall,
        result: Received,
        location: &'static Location<'static>,
    ) {
        with(|state| {
            state.looks_at(self.id);
            state.log(Operation::Receive { channel: self.id, call, result }, location);
        });
    }

    pub(super) fn add_sender(&self) {
        with(|state| channel_of(state, self.id).senders += 1);
    }

    /// A sender goes. The last one tells the receiver.
    pub(super) fn remove_sender(&self) {
        step_in_drop();
        try_with(|state| {
            state.changes(self.id);
            channel_of(state, self.id).senders -= 1;
        });
    }
}

/// Lets others go first before a drop that they can notice.
#[track_caller]
pub(super) fn step_in_drop() {
    let location = try_with(|state| {
        let alive = state.stop.is_none() && !state.threads.is_empty();
        alive.then(|| state.me().pending.location)
    });
    if let Some(Some(location)) = location {
        point_now(location);
    }
}
