//! The queue under both ends of a channel.

use core::cell::UnsafeCell;
use core::panic::Location;
use core::time::Duration;
use real::collections::VecDeque;
use real::sync::mpsc::{SendError, TrySendError};
use real::vec::Vec;

use model_trace::{Operation, ReceiveCall, Received, SendCall, Sent};

use crate::explore::Passed;
use crate::explore::acting::{drop_point, schedule_point, try_with, wait_until, with};
use crate::explore::id::ObjectId;
use crate::explore::thread::{Pending, Resumed, Wait};

/// What is in a channel, each message with what its sender had seen, and what receivers pass back.
pub(super) struct Queue<T> {
    pub(super) id: ObjectId,
    inside: UnsafeCell<Inside<T>>,
}

struct Inside<T> {
    messages: VecDeque<Message<T>>,
    /// What came with the last receives of a bounded channel, one for each place that no message has taken since: the
    /// next message goes into the first place.
    room: VecDeque<Passed>,
    /// What came with the receives of messages whose senders wait for that, by the number of the message.
    received: Vec<(u64, Passed)>,
    /// What the receiver had seen when it began to wait for a sender, at a rendezvous.
    waiting: Option<Passed>,
    /// What the receiver had seen when it was dropped.
    gone: Option<Passed>,
}

pub(super) struct Message<T> {
    number: u64,
    content: T,
    passed: Passed,
    /// Its sender waits until it is received.
    awaited: bool,
}

// SAFETY: the queue is used between two steps of the scheduler only, by one thread at a time.
unsafe impl<T: Send> Sync for Queue<T> {}
// SAFETY: messages go from thread to thread, so they must be `Send`.
unsafe impl<T: Send> Send for Queue<T> {}

impl<T> Queue<T> {
    pub(super) fn new(id: ObjectId) -> Self {
        let inside = Inside {
            messages: VecDeque::new(),
            room: VecDeque::new(),
            received: Vec::new(),
            waiting: None,
            gone: None,
        };
        Queue { id, inside: UnsafeCell::new(inside) }
    }

    fn with<R>(&self, f: impl FnOnce(&mut Inside<T>) -> R) -> R {
        // SAFETY: `f` calls nothing that could come back to this queue: no user code, no step.
        f(unsafe { &mut *self.inside.get() })
    }
}

impl<T> Queue<T> {
    /// Puts a message into the queue. There is room for it. Returns its number.
    fn push(&self, content: T, call: SendCall, location: &'static Location<'static>) -> u64 {
        let awaited = call == SendCall::Send && with(|state| state.channel(self.id).capacity) == Some(0);
        let (number, room) = with(|state| {
            let channel = state.channel_mut(self.id);
            let number = channel.sent;
            channel.messages += 1;
            channel.sent += 1;
            // The first messages go into places that were free from the start.
            let reused = channel.capacity.is_some_and(|capacity| capacity > 0 && number >= capacity as u64);
            (number, reused)
        });
        let before = self.with(|inside| {
            if room {
                inside.room.pop_front()
            } else if call == SendCall::TrySend {
                inside.waiting.take()
            } else {
                None
            }
        });
        let passed = with(|state| {
            if let Some(before) = &before {
                state.take_over(before);
            }
            state.is_not_before(state.channel(self.id).given_up);
            state.send(self.id, Operation::Send { channel: self.id, call, result: Sent::Sent }, location)
        });
        self.with(|inside| inside.messages.push_back(Message { number, content, passed, awaited }));
        number
    }

    /// Takes the oldest message. There is one.
    pub(super) fn pop(&self, call: ReceiveCall, location: &'static Location<'static>) -> T {
        let message = self.with(|inside| inside.messages.pop_front());
        let Message { number, content, passed, awaited } =
            message.expect("a receiver that goes on finds a message");
        let room = with(|state| {
            let channel = state.channel_mut(self.id);
            channel.messages -= 1;
            channel.received += 1;
            let is_bounded = channel.capacity.is_some_and(|capacity| capacity > 0);
            let operation = Operation::Receive { channel: self.id, call, result: Received::Received };
            state.receive(self.id, &passed, operation, location);
            (is_bounded || awaited).then(|| state.passed())
        });
        if let Some(passed) = room {
            self.with(|inside| {
                if awaited {
                    inside.received.push((number, passed));
                } else {
                    inside.room.push_back(passed);
                }
            });
        }
        content
    }

    pub(super) fn send(&self, content: T, location: &'static Location<'static>) -> Result<(), SendError<T>> {
        wait(Wait::Send(self.id), None, location);
        if !with(|state| state.channel(self.id).receiver) {
            self.fails_to_send(SendCall::Send, Sent::NoReceiver, location);
            return Err(SendError(content));
        }
        let number = self.push(content, SendCall::Send, location);
        if with(|state| state.channel(self.id).capacity) != Some(0) {
            return Ok(());
        }
        // A rendezvous: the message is sent when it is received.
        wait(Wait::Received { channel: self.id, number }, None, location);
        with(|state| state.look(self.id));
        let (passed, message) = self.with(|inside| {
            let received = inside.received.iter().position(|&(received, _)| received == number);
            match received.map(|index| inside.received.swap_remove(index)) {
                Some((_, passed)) => (Some(passed), None),
                None => {
                    let index = inside.messages.iter().position(|message| message.number == number);
                    (inside.gone.clone(), index.and_then(|index| inside.messages.remove(index)))
                }
            }
        });
        if let Some(passed) = passed {
            with(|state| state.take_over(&passed));
        }
        message.map_or(Ok(()), |message| Err(SendError(message.content)))
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
        let gone = self.with(|inside| inside.gone.clone());
        fail_to_send(self.id, gone.as_ref(), call, result, location);
    }

    pub(super) fn fails_to_receive(
        &self,
        call: ReceiveCall,
        result: Received,
        location: &'static Location<'static>,
    ) {
        fail_to_receive(self.id, call, result, location);
    }

    /// The receiver begins to wait for a message at a rendezvous, or has waited for one.
    pub(super) fn waits(&self, waits: bool) {
        let passed = with(|state| {
            state.channel_mut(self.id).receiver_waits = waits;
            waits.then(|| state.passed())
        });
        self.with(|inside| inside.waiting = passed);
    }

    /// The receiver goes. Senders may wait for room, or for a receiver. Returns the messages that go with it.
    pub(super) fn remove_receiver(&self) -> VecDeque<Message<T>> {
        drop_point();
        let passed = try_with(|state| {
            state.join_history(self.id);
            let channel = state.channel_mut(self.id);
            channel.receiver = false;
            (channel.capacity == Some(0), state.passed())
        });
        let Some((is_rendezvous, passed)) = passed else { return VecDeque::new() };
        self.with(|inside| {
            inside.gone = Some(passed);
            // The messages of a rendezvous go back to their senders.
            if is_rendezvous { VecDeque::new() } else { core::mem::take(&mut inside.messages) }
        })
    }

    pub(super) fn add_sender(&self) {
        with(|state| state.channel_mut(self.id).senders += 1);
    }

    /// A sender goes. The receiver may wait for the last one.
    pub(super) fn remove_sender(&self) {
        drop_point();
        try_with(|state| {
            state.is_not_before(state.channel(self.id).given_up);
            state.depart(self.id);
            state.channel_mut(self.id).senders -= 1;
        });
    }
}

// What follows is compiled once, and not in every program for each type of messages.

/// Waits at a channel, up to a deadline if there is one.
pub(super) fn wait(wait: Wait, deadline: Option<Duration>, location: &'static Location<'static>) -> Resumed {
    wait_until(Pending { deadline, ..Pending::until(wait, location) })
}

fn fail_to_send(
    id: ObjectId,
    gone: Option<&Passed>,
    call: SendCall,
    result: Sent,
    location: &'static Location<'static>,
) {
    with(|state| {
        state.record_read(id, Operation::Send { channel: id, call, result }, location);
        if let Some(gone) = gone {
            state.take_over(gone);
        }
    });
}

fn fail_to_receive(id: ObjectId, call: ReceiveCall, result: Received, location: &'static Location<'static>) {
    let operation = Operation::Receive { channel: id, call, result };
    with(|state| {
        if result == Received::NoSender {
            state.observe(id, operation, location);
        } else {
            state.record_read(id, operation, location);
        }
        if result == Received::TimedOut {
            let time = state.own_time();
            state.channel_mut(id).given_up = time;
        }
    });
}
