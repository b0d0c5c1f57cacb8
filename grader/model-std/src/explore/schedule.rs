//! The choices: which thread takes the next step, and which outcome a step has.

use core::time::Duration;
use smallvec::SmallVec;

use super::digest::Digest;
use super::object::ThreadId;
use super::path::Diverged;
use super::state::State;
use super::thread::{AHEAD, Life, Resumed, Wait};
use model_trace::{Blocker, Operation};

/// What the calling thread does after a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// It goes on.
    Continue,
    /// Another thread goes on, or none.
    Switch,
}

#[derive(Clone, Copy)]
struct Candidate {
    thread: usize,
    resumed: Resumed,
    /// It goes on ahead of others that could run, or are due.
    ahead: bool,
}

impl State {
    /// Chooses one of `options` outcomes of the acting thread's step, such as the store that a load reads.
    pub(crate) fn choose(&mut self, options: usize) -> usize {
        if options <= 1 || self.stop.is_some() || self.coasting {
            return 0;
        }
        match self.path.choose(options) {
            Ok(choice) => choice,
            Err(Diverged) => {
                self.diverged();
                0
            }
        }
    }

    /// Chooses how many stores a load leaves unseen, out of those that it may.
    pub(crate) fn choose_age(&mut self, readable: usize) -> usize {
        self.chances.outdated |= readable > 1;
        if self.limits.outdated { self.choose(readable) } else { 0 }
    }

    /// Whether something may happen for no reason: a choice, if the budget allows it.
    pub(crate) fn chooses_spurious(&mut self) -> bool {
        self.chances.spurious = true;
        let chosen = self.spurious > 0 && self.choose(2) == 1;
        if chosen {
            self.spurious -= 1;
        }
        chosen
    }

    /// Chooses the thread that takes the next step. The acting thread has said what it waits for.
    pub(crate) fn schedule(&mut self) -> Next {
        if self.stop.is_some() {
            return Next::Switch;
        }
        self.steps += 1;
        if self.steps > self.limits.steps {
            self.too_many_steps();
            return Next::Switch;
        }
        let mut candidates: SmallVec<[Candidate; 8]> = SmallVec::new();
        let free = self.candidates(&mut candidates);
        let waiting = free && self.me().life == Life::Running;
        if let (true, Some(object)) = (waiting, self.me().pending.wait.object()) {
            let location = self.me().pending.location;
            self.log(Operation::Block { on: Blocker::Object(object) }, location);
        }
        let Some(&default) = candidates.first() else {
            self.nobody_can_go_on();
            return Next::Switch;
        };
        // Leaving a thread that could go on is a preemption.
        let preemptive = |candidate: &Candidate| !free && candidate.thread != default.thread;
        if !free && self.preemptions >= self.bound && candidates.len() > 1 {
            self.bounded |= !self.coasting;
            candidates.truncate(1);
        }
        let mut chosen = default;
        if candidates.len() > 1 && !self.coasting {
            // Where this execution leaves the paths of earlier ones, it may meet their states.
            let known = !self.path.is_replaying() && {
                let state = self.digest();
                self.visited.has_seen(state, self.preemptions)
            };
            if known {
                self.coasting = true;
            } else {
                match self.path.choose(candidates.len()) {
                    Ok(index) => chosen = candidates[index],
                    Err(Diverged) => {
                        self.diverged();
                        return Next::Switch;
                    }
                }
            }
        }
        if preemptive(&chosen) {
            self.preemptions += 1;
            // Shown where it would have gone on.
            let location = self.me().pending.location;
            self.log(Operation::Preempted, location);
        }
        self.resume(chosen)
    }

    /// Lists who can take the next step, the default first. Returns whether the acting thread gives
    /// way freely, because it waits, ends or yields.
    fn candidates(&mut self, list: &mut SmallVec<[Candidate; 8]>) -> bool {
        let me = self.current.index();
        let granted = |thread: usize| Candidate { thread, resumed: Resumed::Granted, ahead: false };
        let yields = self.threads[me].pending.wait == Wait::Yield;
        let mine = self.is_granted(me);
        let free = !mine || yields;
        if !free {
            list.push(granted(me));
        }
        // Round robin from the acting thread on: so that the default is fair.
        let count = self.threads.len();
        for thread in (1..count).map(|distance| (me + distance) % count) {
            if self.is_granted(thread) {
                list.push(granted(thread));
            }
        }
        let others = !list.is_empty();
        if mine && yields && (!others || self.threads[me].ahead < AHEAD) {
            list.push(Candidate { ahead: others, ..granted(me) });
        }
        self.timed_out(list);
        // A wake-up for no reason does not save a program that would hang without it.
        if !list.is_empty() {
            for thread in 0..count {
                let state = &self.threads[thread];
                let waits = state.life == Life::Running && state.pending.spurious;
                if waits && !self.is_granted(thread) && !self.is_promised(thread) {
                    self.chances.spurious = true;
                    if self.spurious > 0 {
                        list.push(Candidate { thread, resumed: Resumed::Spurious, ahead: false });
                    }
                }
            }
        }
        free
    }

    /// Lists the timed waits that can end now, the one that is due first as the first.
    fn timed_out(&self, list: &mut SmallVec<[Candidate; 8]>) {
        let others = !list.is_empty();
        let mut due: SmallVec<[(Duration, usize); 4]> = SmallVec::new();
        for (thread, state) in self.threads.iter().enumerate() {
            let Some(deadline) = state.pending.deadline else { continue };
            // A notification does not save a waiter from its timeout: it may take the notification along
            // and still find that its time was up (POSIX, `pthread_cond_timedwait`).
            if state.life == Life::Running && (!self.is_granted(thread) || self.is_promised(thread)) {
                due.push((deadline, thread));
            }
        }
        due.sort_unstable();
        let first = due.first().map(|&(deadline, _)| deadline);
        for (deadline, thread) in due {
            let ahead = others || Some(deadline) != first;
            if !ahead || self.threads[thread].ahead < AHEAD {
                list.push(Candidate { thread, resumed: Resumed::TimedOut, ahead });
            }
        }
    }

    fn resume(&mut self, Candidate { thread, resumed, ahead }: Candidate) -> Next {
        let before = self.current.index();
        // Only when one of those that could run was chosen: several that go ahead in turns would keep the
        // others waiting for ever.
        if !ahead && thread != before {
            for (other, state) in self.threads.iter_mut().enumerate() {
                if other != thread {
                    state.ahead = 0;
                }
            }
        }
        self.current = ThreadId(thread as u32);
        let state = &mut self.threads[thread];
        state.ahead += u8::from(ahead);
        state.resumed = resumed;
        let deadline = state.pending.deadline;
        // Every step leaves its mark: a loop does not come back to the same state.
        self.learns(resumed as u64);
        match (resumed, deadline) {
            (Resumed::TimedOut, Some(deadline)) => self.woken_at(deadline),
            (Resumed::Spurious, deadline) => {
                self.spurious -= 1;
                if let Some(deadline) = deadline {
                    // Some of the time has passed, and some is left.
                    let clock = self.me().clock;
                    self.woken_at(clock + deadline.saturating_sub(clock) / 2);
                }
            }
            (Resumed::Granted | Resumed::TimedOut, _) => {}
        }
        if thread == before { Next::Continue } else { Next::Switch }
    }

    /// What the future depends on: two executions with the same digest can go on in the same ways.
    ///
    /// Each thread's digest stands for its own steps and, through the objects, for every step of
    /// others that those depend on. Steps that do not depend on each other may be swapped without
    /// changing it (Musuvathi and Qadeer, "Partial-Order Reduction for Context-Bounded State
    /// Exploration", 2007).
    fn digest(&self) -> Digest {
        let mut digest = Digest::default().then(u64::from(self.current.0)).then(u64::from(self.spurious));
        for thread in &self.threads {
            digest = digest.then_all(thread.digest).then(u64::from(thread.ahead));
        }
        digest
    }
}
