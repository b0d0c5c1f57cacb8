//! The choice of the thread that takes the next step.

use core::time::Duration;
use smallvec::SmallVec;

use model_trace::{Blocker, Operation};

use super::digest::Digest;
use super::id::ThreadId;
use super::path::Diverged;
use super::state::State;
use super::thread::{Life, MAX_UNFAIR_STEPS, Resumed, Wait};

/// What the calling thread does after a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// It goes on.
    Continue,
    /// Another thread goes on, or none.
    Switch,
}

#[derive(Clone, Copy)]
struct Candidate {
    thread: usize,
    resumed: Resumed,
    /// It goes on although others could run, or are due.
    unfair: bool,
}

impl State {
    /// Chooses the thread that takes the next step. The acting thread has said what it waits for.
    pub(super) fn schedule(&mut self) -> Next {
        if self.execution.stop.is_some() || self.execution.abandoned {
            return Next::Switch;
        }
        self.execution.steps += 1;
        if self.execution.steps > self.settings().steps {
            self.too_many_steps();
            return Next::Switch;
        }
        let mut candidates: SmallVec<[Candidate; 8]> = SmallVec::new();
        let free = self.candidates(&mut candidates);
        if free {
            self.record_block();
        }
        let Some(&default) = candidates.first() else {
            self.no_thread_can_run();
            return Next::Switch;
        };
        if !free && candidates.len() > 1 && self.execution.preemptions >= self.pass.allowance.preemptions {
            self.pass.truncated |= !self.execution.pruned;
            candidates.truncate(1);
        }
        let Ok(chosen) = self.choose_candidate(&candidates) else {
            self.diverged();
            return Next::Switch;
        };
        // Leaving a thread that could go on is a preemption.
        if !free && chosen.thread != default.thread {
            self.execution.preemptions += 1;
            // Shown where it would have gone on.
            let location = self.execution.me().pending.location;
            self.record(Operation::Preempted, location);
        }
        self.resume(chosen)
    }

    /// Records that the acting thread cannot go on, if nothing else says so.
    fn record_block(&mut self) {
        let me = self.execution.me();
        let (running, pending) = (me.life == Life::Running, me.pending);
        if let (true, Some(object)) = (running, pending.wait.object()) {
            self.record(Operation::Block { on: Blocker::Object(object) }, pending.location);
        }
    }

    /// Chooses one of the candidates, of which there is at least one. Where all that can follow is known already,
    /// the execution runs to its end by the first ones alone.
    fn choose_candidate(&mut self, candidates: &[Candidate]) -> Result<Candidate, Diverged> {
        if candidates.len() == 1 || self.execution.pruned {
            return Ok(candidates[0]);
        }
        // Where this execution leaves the paths of earlier ones, it may meet their states.
        if !self.pass.strategy.path().is_repeating() {
            let state = self.digest();
            self.execution.pruned = self.pass.visited.has_seen(state, self.execution.preemptions);
            if self.execution.pruned {
                return Ok(candidates[0]);
            }
        }
        self.pass.strategy.choose(candidates.len()).map(|index| candidates[index])
    }

    /// Lists who can take the next step, the default first. Returns whether the acting thread gives
    /// way freely, because it waits, ends or yields.
    fn candidates(&mut self, list: &mut SmallVec<[Candidate; 8]>) -> bool {
        let me = self.execution.current.index();
        let granted = |thread: usize| Candidate { thread, resumed: Resumed::Granted, unfair: false };
        let yields = self.execution.threads[me].pending.wait == Wait::Yield;
        let mine = self.is_granted(me);
        let free = !mine || yields;
        if !free {
            list.push(granted(me));
        }
        // Round robin from the acting thread on: so that the default is fair.
        let count = self.execution.threads.len();
        for thread in (me + 1..count).chain(0..me) {
            if self.is_granted(thread) {
                list.push(granted(thread));
            }
        }
        let others = !list.is_empty();
        if mine && yields && (!others || self.may_go_on_unfairly(me)) {
            list.push(Candidate { unfair: others, ..granted(me) });
        }
        self.timed_out(list);
        self.spurious(list);
        free
    }

    /// Lists the timed waits that can end now, the one that is due first as the first.
    fn timed_out(&self, list: &mut SmallVec<[Candidate; 8]>) {
        let others = !list.is_empty();
        let mut due: SmallVec<[(Duration, usize); 4]> = SmallVec::new();
        for (thread, state) in self.execution.threads.iter().enumerate() {
            let Some(deadline) = state.pending.deadline else { continue };
            // A notification does not save a waiter from its timeout: it may take the notification along
            // and still find that its timeout has elapsed (POSIX, `pthread_cond_timedwait`).
            if state.life == Life::Running && (!self.is_granted(thread) || self.is_promised(thread)) {
                due.push((deadline, thread));
            }
        }
        due.sort_unstable();
        let first = due.first().map(|&(deadline, _)| deadline);
        for (deadline, thread) in due {
            let unfair = others || Some(deadline) != first;
            if !unfair || self.may_go_on_unfairly(thread) {
                list.push(Candidate { thread, resumed: Resumed::TimedOut, unfair });
            }
        }
    }

    /// Lists the waits that can end spuriously now. None does where no other thread could go on: that would save a
    /// program that hangs without it.
    fn spurious(&mut self, list: &mut SmallVec<[Candidate; 8]>) {
        if list.is_empty() {
            return;
        }
        for thread in 0..self.execution.threads.len() {
            let state = &self.execution.threads[thread];
            let waits = state.life == Life::Running && state.pending.spurious;
            if waits && !self.is_granted(thread) && !self.is_promised(thread) {
                if self.has_spurious_chance() {
                    list.push(Candidate { thread, resumed: Resumed::Spurious, unfair: false });
                }
            }
        }
    }

    fn may_go_on_unfairly(&self, thread: usize) -> bool {
        self.execution.threads[thread].unfair_steps < MAX_UNFAIR_STEPS
    }

    fn resume(&mut self, Candidate { thread, resumed, unfair }: Candidate) -> Next {
        let before = self.execution.current.index();
        // Only when one of those that could run was chosen: several that take unfair steps in turns would
        // starve the others.
        if !unfair && thread != before {
            for (other, state) in self.execution.threads.iter_mut().enumerate() {
                if other != thread {
                    state.unfair_steps = 0;
                }
            }
        }
        self.execution.current = ThreadId(thread as u32);
        let me = self.execution.me();
        me.unfair_steps += u8::from(unfair);
        me.resumed = resumed;
        match (resumed, me.pending.deadline) {
            (Resumed::TimedOut, Some(deadline)) => me.wake_at(deadline),
            // Some of the time has passed, and some is left.
            (Resumed::Spurious, Some(deadline)) => {
                me.wake_at(me.clock + deadline.saturating_sub(me.clock) / 2);
            }
            (Resumed::Granted | Resumed::TimedOut | Resumed::Spurious, _) => {}
        }
        self.execution.spurious -= u32::from(resumed == Resumed::Spurious);
        // Every step leaves its mark: a loop does not come back to the same state.
        self.note(resumed as u64);
        if thread == before { Next::Continue } else { Next::Switch }
    }

    /// What the future depends on: two executions with the same digest can go on in the same ways.
    ///
    /// Each thread's digest stands for its own steps and, through the objects, for every step of
    /// others that those depend on. Steps that do not depend on each other may be swapped without
    /// changing it (Musuvathi and Qadeer, "Partial-Order Reduction for Context-Bounded State
    /// Exploration", 2007).
    fn digest(&self) -> Digest {
        let execution = &self.execution;
        let start =
            Digest::default().then(u64::from(execution.current.0)).then(u64::from(execution.spurious));
        execution
            .threads
            .iter()
            .fold(start, |digest, thread| digest.then_all(thread.digest).then(u64::from(thread.unfair_steps)))
    }
}
