//! The ends of a program's channel.

use model_std::sync::mpsc::{
    Receiver, RecvTimeoutError, Sender, SyncSender, TryRecvError, TrySendError, channel, sync_channel,
};

use super::program::{Channel, Operation, Program, note};
use super::run::{Me, TIMEOUT};

#[derive(Clone)]
pub enum Sending {
    Unbounded(Sender<u32>),
    Bounded(SyncSender<u32>),
}

pub struct Receiving(Receiver<u32>);

/// The ends that each thread begins with.
pub fn open(program: &Program) -> Vec<(Option<Sending>, Option<Receiving>)> {
    let threads = 0..program.threads.len();
    if !program.uses_channel() {
        return threads.map(|_| (None, None)).collect();
    }
    let (sender, receiver) = match program.channel {
        Channel::Unbounded => {
            let (sender, receiver) = channel();
            (Sending::Unbounded(sender), receiver)
        }
        Channel::Bounded => {
            let (sender, receiver) = sync_channel(1);
            (Sending::Bounded(sender), receiver)
        }
        Channel::Rendezvous => {
            let (sender, receiver) = sync_channel(0);
            (Sending::Bounded(sender), receiver)
        }
    };
    // The last one gets the first sender: so none is left over.
    let last = threads.clone().rev().find(|&thread| program.has_sender(thread));
    let mut first = Some(sender);
    let mut receiver = Some(Receiving(receiver));
    threads
        .map(|thread| {
            let sender = if Some(thread) == last {
                first.take()
            } else {
                first.as_ref().filter(|_| program.has_sender(thread)).cloned()
            };
            (sender, receiver.take_if(|_| program.has_receiver(thread)))
        })
        .collect()
}

impl Me {
    pub fn pass(&mut self, operation: &Operation) {
        match *operation {
            Operation::DropSender => drop(self.sender.take()),
            Operation::DropReceiver => drop(self.receiver.take()),
            Operation::Send(value) => {
                let result = match &self.sender {
                    Some(Sending::Unbounded(sender)) => sender.send(value),
                    Some(Sending::Bounded(sender)) => sender.send(value),
                    None => return,
                };
                self.note(if result.is_ok() { 0 } else { note::DISCONNECTED });
            }
            Operation::TrySend(value) => {
                let result = match &self.sender {
                    Some(Sending::Unbounded(sender)) => {
                        sender.send(value).map_err(|error| TrySendError::Disconnected(error.0))
                    }
                    Some(Sending::Bounded(sender)) => sender.try_send(value),
                    None => return,
                };
                self.note(match result {
                    Ok(()) => 0,
                    Err(TrySendError::Full(_)) => note::FULL,
                    Err(TrySendError::Disconnected(_)) => note::DISCONNECTED,
                });
            }
            Operation::Receive | Operation::TryReceive | Operation::ReceiveTimeout => self.receive(operation),
            _ => unreachable!("{operation:?} is not of a channel"),
        }
    }

    fn receive(&self, operation: &Operation) {
        let Some(Receiving(receiver)) = &self.receiver else { return };
        let word = match operation {
            Operation::TryReceive => receiver.try_recv().unwrap_or_else(|error| match error {
                TryRecvError::Empty => note::EMPTY,
                TryRecvError::Disconnected => note::DISCONNECTED,
            }),
            Operation::ReceiveTimeout => receiver.recv_timeout(TIMEOUT).unwrap_or_else(|error| match error {
                RecvTimeoutError::Timeout => note::TIMED_OUT,
                RecvTimeoutError::Disconnected => note::DISCONNECTED,
            }),
            _ => receiver.recv().unwrap_or(note::DISCONNECTED),
        };
        self.note(word);
    }
}
