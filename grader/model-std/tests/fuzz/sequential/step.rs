//! The steps of the reference machine.

use super::code::{Code, ONCE};
use super::program::{BARRIER, Channel, note};
use super::state::{Life, Machine, Progress, State, Thread};

impl Machine<'_> {
    /// The states after the next step of an enabled thread, which goes on to its next step.
    pub fn steps(&self, state: &State, thread: usize) -> Vec<State> {
        self.settled(self.execute(state, thread), thread)
    }

    /// The state after the time of a thread is up.
    pub fn time_out(&self, state: &State, thread: usize) -> Vec<State> {
        let mut state = state.clone();
        self.give_up(&mut state, thread);
        state.threads[thread].timed_out = true;
        self.settled(Vec::from([state]), thread)
    }

    /// The state after a spurious wakeup.
    pub fn wake_spuriously(&self, state: &State, thread: usize) -> Vec<State> {
        let mut state = state.clone();
        state.spurious -= 1;
        self.give_up(&mut state, thread);
        self.settled(Vec::from([state]), thread)
    }

    /// A wait ends without what it waited for.
    fn give_up(&self, state: &mut State, thread: usize) {
        match self.next(state, thread) {
            Code::Waiting { condvar, .. } => {
                state.condvars[condvar] &= !(1 << thread);
                state.threads[thread].notified = false;
            }
            Code::Received { .. } => {
                state.channel.waits = false;
                state.threads[thread].notes.push(note::TIMED_OUT);
            }
            Code::Sleep | Code::Park { .. } => {}
            code => unreachable!("{code:?} does not wait for a time"),
        }
        state.threads[thread].acted = true;
        state.threads[thread].next += 1;
    }

    /// Executes what belongs to the step.
    pub fn settled(&self, states: Vec<State>, thread: usize) -> Vec<State> {
        states
            .into_iter()
            .flat_map(|state| {
                if state.threads[thread].life != Life::Running {
                    return Vec::from([state]);
                }
                if self.is_part_of_the_step(&state, thread) {
                    return self.settled(self.execute(&state, thread), thread);
                }
                Vec::from([state])
            })
            .collect()
    }

    /// The states after one instruction.
    fn execute(&self, before: &State, thread: usize) -> Vec<State> {
        let mut state = before.clone();
        let bit = 1_u8 << thread;
        let me = &mut state.threads[thread];
        me.acted |= !self.is_local(before, thread);
        me.next += 1;
        match self.next(before, thread) {
            Code::Load(cell) => me.notes.push(state.cells[cell]),
            Code::Store(cell, value) => state.cells[cell] = value,
            Code::Add(cell) => {
                me.notes.push(state.cells[cell]);
                state.cells[cell] += 1;
            }
            Code::Exchange { cell, from, to, weak } => {
                let found = state.cells[cell];
                let mut failed = state.clone();
                failed.threads[thread].notes.push(note::FAILED + found);
                if found != from {
                    return Vec::from([failed]);
                }
                state.threads[thread].notes.push(found);
                state.cells[cell] = to;
                if weak && state.spurious > 0 {
                    failed.spurious -= 1;
                    return Vec::from([state, failed]);
                }
            }

            Code::Lock(lock) => acquire(&mut state, lock, thread),
            Code::TryLock { lock, otherwise } => {
                if state.locks[lock].holder.is_some() {
                    me.next = otherwise;
                } else {
                    acquire(&mut state, lock, thread);
                }
            }
            Code::Unlock(lock) => {
                let lock = &mut state.locks[lock];
                lock.holder = None;
                lock.poisoned |= me.panicking;
            }
            Code::IsPoisoned(lock) => me.notes.push(state.locks[lock].poisoned.into()),
            Code::ClearPoison(lock) => state.locks[lock].poisoned = false,
            Code::Enqueue(condvar) => {
                me.notified = false;
                me.timed_out = false;
                state.condvars[condvar] |= bit;
                state.locks[0].holder = None;
            }
            Code::Waiting { .. } => {
                me.notified = false;
                me.next += 1;
                acquire_again(&mut state, thread);
            }
            Code::Relock => acquire_again(&mut state, thread),
            Code::NotifyOne(condvar) => return notified(&state, condvar),
            Code::NotifyAll(condvar) => {
                let waiters = std::mem::take(&mut state.condvars[condvar]);
                for thread in bits(waiters) {
                    state.threads[thread].notified = true;
                }
            }

            Code::Read | Code::Write | Code::TryRead { .. } | Code::TryWrite { .. } | Code::Downgrade => {
                return self.execute_read_write(before, state, thread);
            }
            Code::EndRead => state.data.readers -= 1,
            Code::EndWrite => {
                state.data.writer = None;
                state.data.poisoned |= me.panicking;
            }

            Code::Park { .. } => me.token = false,
            Code::Unpark(target) => state.threads[target].token = true,

            Code::Send(value) => self.send(&mut state, thread, value),
            Code::Sent => {
                if let Some(number) = me.sends.take() {
                    let queue = &mut state.channel.queue;
                    if let Some(at) = queue.iter().position(|&(queued, _)| queued == number) {
                        queue.remove(at);
                        me.notes.push(note::DISCONNECTED);
                    } else {
                        me.notes.push(0);
                    }
                }
            }
            Code::TrySend(value) => self.try_send(&mut state, thread, value),
            Code::DropSender => {
                state.channel.senders -= u8::from(std::mem::take(&mut me.has_sender));
            }
            Code::Receive { .. } => self.receive(&mut state, thread),
            Code::Received { .. } => {
                if me.has_receiver {
                    state.channel.waits = false;
                    take(&mut state, thread, note::DISCONNECTED);
                }
            }
            Code::TryReceive => {
                let none = if state.channel.senders == 0 { note::DISCONNECTED } else { note::EMPTY };
                if me.has_receiver {
                    take(&mut state, thread, none);
                }
            }
            Code::DropReceiver => {
                if std::mem::take(&mut me.has_receiver) {
                    state.channel.receiver = false;
                    if self.program.channel != Channel::Rendezvous {
                        state.channel.queue.clear();
                    }
                }
            }

            Code::Arrive => {
                state.arrived += 1;
                me.generation = state.generation;
                if state.arrived == BARRIER {
                    state.arrived = 0;
                    state.generation += 1;
                    me.generation = u8::MAX;
                }
            }
            Code::Pass => me.notes.push((me.generation == u8::MAX).into()),

            Code::CallOnce { once, done, panics, force } => match state.initialisations[once] {
                Progress::Complete => me.next = done,
                Progress::Poisoned if !force => me.next = panics,
                Progress::Incomplete | Progress::Poisoned => {
                    me.acted = false;
                    state.initialisations[once] = Progress::Running(thread as u8);
                }
                Progress::Running(_) => unreachable!("it is not enabled"),
            },
            Code::EndOnce(once) => {
                state.initialisations[once] =
                    if me.panicking { Progress::Poisoned } else { Progress::Complete };
            }
            Code::AwaitOnce { panics, .. } => {
                if state.initialisations[ONCE] == Progress::Poisoned {
                    me.next = panics;
                }
            }
            Code::IsCompleted(once) => {
                me.notes.push((state.initialisations[once] == Progress::Complete).into())
            }
            Code::GetOrInit { done } => {
                me.acted = false;
                me.set = state.value != Progress::Complete;
                if me.set {
                    state.value = Progress::Running(thread as u8);
                } else {
                    me.next = done;
                }
            }
            Code::EndInit(_) if me.panicking => state.value = Progress::Poisoned,
            Code::EndInit(value) => {
                state.value = Progress::Complete;
                state.initialised = value;
            }
            Code::Get => {
                let value = if state.value == Progress::Complete { state.initialised } else { 0 };
                me.notes.push(value);
            }
            Code::WaitForValue => me.notes.push(state.initialised),

            Code::Yield => {}
            Code::Sleep => unreachable!("it is never enabled"),
            Code::IsFinished(other) => {
                if !state.threads[other].joined {
                    let finished = matches!(state.threads[other].life, Life::Finished { .. });
                    state.threads[thread].notes.push(finished.into());
                }
            }
            Code::Join(other) => self.join(&mut state, thread, other),
            Code::AwaitEnd(_) => {}
            Code::Spawn(child) => {
                state.threads[child].life = Life::Running;
                // It runs up to its first step.
                return self.settled(Vec::from([state]), child);
            }
            Code::End => end(me),
            Code::Note(_)
            | Code::NoteData { .. }
            | Code::NoteTimedOut
            | Code::NoteValue { .. }
            | Code::IfAtLeast(..)
            | Code::IfPoisoned(..)
            | Code::Jump(_)
            | Code::Panic
            | Code::Caught
            | Code::Died
            | Code::EndScope => self.execute_local(before, &mut state, thread),
        }
        Vec::from([state])
    }

    fn join(&self, state: &mut State, thread: usize, other: usize) {
        let Life::Finished { panicked } = state.threads[other].life else {
            unreachable!("it is not enabled");
        };
        let joined = std::mem::replace(&mut state.threads[other].joined, true);
        if !joined {
            state.threads[thread].notes.push(if panicked { note::JOINED_PANIC } else { note::JOINED });
        }
    }

    fn execute_local(&self, before: &State, state: &mut State, thread: usize) {
        let me = &mut state.threads[thread];
        let data = state.locks[0].data;
        match self.next(before, thread) {
            Code::Note(word) => me.notes.push(word),
            Code::NoteData { poison } => {
                me.notes.push(data + if poison && me.poisoned { note::POISONED } else { 0 });
            }
            Code::NoteTimedOut => me.notes.push(me.timed_out.into()),
            Code::NoteValue { ok: true } => me.notes.push(me.set.into()),
            Code::NoteValue { ok: false } => me.notes.push(state.initialised),
            Code::IfAtLeast(least, there) if data >= least => me.next = there,
            Code::IfAtLeast(..) => {}
            Code::IfPoisoned(poisoned, sound) => me.next = if me.poisoned { poisoned } else { sound },
            Code::Jump(there) => me.next = there,
            Code::Panic => me.panicking = true,
            Code::Caught => {
                me.panicking = false;
                me.notes.push(note::CAUGHT);
            }
            Code::EndScope => {
                let died =
                    |thread: &Thread| !thread.joined && thread.life == Life::Finished { panicked: true };
                if state.threads.iter().any(died) {
                    state.threads[thread].notes.push(note::SCOPE_PANICKED);
                }
            }
            // It goes on unwinding, until its end.
            Code::Died => {}
            code => unreachable!("{code:?} is a step"),
        }
    }
}

fn end(me: &mut Thread) {
    me.life = Life::Finished { panicked: me.panicking };
}

/// Takes a lock for a block: notes the data, and adds 1.
fn acquire(state: &mut State, lock: usize, thread: usize) {
    let lock = &mut state.locks[lock];
    lock.holder = Some(thread as u8);
    let poisoned = if lock.poisoned { note::POISONED } else { 0 };
    state.threads[thread].notes.push(lock.data + poisoned);
    lock.data += 1;
}

/// Takes the lock of a condition variable again.
fn acquire_again(state: &mut State, thread: usize) {
    state.locks[0].holder = Some(thread as u8);
    state.threads[thread].poisoned = state.locks[0].poisoned;
}

/// Any of the waiting threads is chosen.
fn notified(state: &State, condvar: usize) -> Vec<State> {
    let waiters = state.condvars[condvar];
    if waiters == 0 {
        return Vec::from([state.clone()]);
    }
    bits(waiters)
        .map(|thread| {
            let mut state = state.clone();
            state.condvars[condvar] &= !(1 << thread);
            state.threads[thread].notified = true;
            state
        })
        .collect()
}

fn bits(set: u8) -> impl Iterator<Item = usize> {
    (0..8).filter(move |bit| set & (1 << bit) != 0)
}

/// Takes the first message, if there is one.
fn take(state: &mut State, thread: usize, none: u32) {
    let queue = &mut state.channel.queue;
    let message = if queue.is_empty() { none } else { queue.remove(0).1 };
    state.threads[thread].notes.push(message);
}
