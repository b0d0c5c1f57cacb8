//! The steps of channels and of reader-writer locks.

use super::code::Code;
use super::program::{Channel, note};
use super::state::{Machine, State};

impl Machine<'_> {
    pub fn send(&self, state: &mut State, thread: usize, value: u32) {
        let me = &mut state.threads[thread];
        let channel = &mut state.channel;
        if !me.has_sender {
            return;
        }
        if !channel.receiver {
            me.notes.push(note::DISCONNECTED);
            return;
        }
        channel.queue.push((channel.sent, value));
        // std's sender of a rendezvous that meets a receiver need not wait for it.
        let meets = self.finest && std::mem::take(&mut channel.waits);
        if self.program.channel == Channel::Rendezvous && !meets {
            me.sends = Some(channel.sent);
        } else {
            me.notes.push(0);
        }
        channel.sent += 1;
    }

    pub fn try_send(&self, state: &mut State, thread: usize, value: u32) {
        let me = &mut state.threads[thread];
        let channel = &mut state.channel;
        if !me.has_sender {
            return;
        }
        let room = match self.program.channel {
            Channel::Unbounded => true,
            Channel::Bounded => channel.queue.is_empty(),
            Channel::Rendezvous => channel.waits && channel.queue.is_empty(),
        };
        if channel.receiver && room {
            channel.queue.push((channel.sent, value));
            channel.sent += 1;
            channel.waits = false;
        }
        me.notes.push(match (channel.receiver, room) {
            (false, _) => note::DISCONNECTED,
            (true, false) => note::FULL,
            (true, true) => 0,
        });
    }

    /// Begins to receive at a rendezvous.
    pub fn receive(&self, state: &mut State, thread: usize) {
        if !state.threads[thread].has_receiver || self.program.channel != Channel::Rendezvous {
            return;
        }
        // std's receiver takes what a sender offers at once.
        state.channel.waits = !self.finest || state.channel.queue.is_empty();
    }

    pub fn execute_read_write(&self, before: &State, mut state: State, thread: usize) -> Vec<State> {
        let me = thread as u8;
        let free = state.data.writer.is_none();
        // A reader may have to wait behind a writer, says std.
        let behind = free && self.writers_wait(before);
        let mut states = Vec::new();
        match self.next(before, thread) {
            Code::Read => {
                if behind && !state.threads[thread].behind_writers {
                    let mut waits = before.clone();
                    waits.threads[thread].behind_writers = true;
                    states.push(waits);
                }
                state.threads[thread].behind_writers = false;
                read(&mut state, thread);
            }
            Code::TryRead { otherwise } => {
                if behind || !free {
                    let mut fails = state.clone();
                    fails.threads[thread].next = otherwise;
                    states.push(fails);
                }
                if !free {
                    return states;
                }
                read(&mut state, thread);
            }
            Code::Write => write(&mut state, thread),
            Code::TryWrite { otherwise } => {
                if free && state.data.readers == 0 {
                    write(&mut state, thread);
                } else {
                    state.threads[thread].next = otherwise;
                }
            }
            Code::Downgrade => {
                debug_assert_eq!(state.data.writer, Some(me), "it downgrades what it holds");
                state.data.writer = None;
                state.data.readers += 1;
                state.threads[thread].notes.push(state.data.data);
            }
            code => unreachable!("{code:?} is not of a reader-writer lock"),
        }
        states.push(state);
        states
    }
}

fn read(state: &mut State, thread: usize) {
    state.data.readers += 1;
    note(state, thread);
}

fn write(state: &mut State, thread: usize) {
    state.data.writer = Some(thread as u8);
    note(state, thread);
    state.data.data += 1;
}

fn note(state: &mut State, thread: usize) {
    let poisoned = if state.data.poisoned { note::POISONED } else { 0 };
    state.threads[thread].notes.push(state.data.data + poisoned);
}
