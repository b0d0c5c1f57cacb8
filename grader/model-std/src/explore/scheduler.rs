//! The choice of the thread that takes the next step.

use core::mem;
use core::time::Duration;
use real::vec::Vec;
use smallvec::SmallVec;

use model_trace::{Blocker, Limit, Operation};

use super::digest::Digest;
use super::fairness::Turn;
use super::granted::EarlyEnds;
use super::id::ThreadId;
use super::path::Diverged;
use super::state::State;
use super::strategy::{Contender, Subject};
use super::thread::{Life, Resumed, Thread, Wait};
use super::visited::Step;

/// What the calling thread does after a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// It goes on.
    Continue,
    /// Another thread goes on, or none.
    Switch,
}

/// Who can take the next step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    thread: usize,
    resumed: Resumed,
    /// Others could run, or be due, before it.
    is_unfair: bool,
    /// It runs on.
    runs_on: bool,
}

type Threads = SmallVec<[usize; 4]>;
pub(super) type Candidates = Vec<Candidate>;

impl State {
    /// Chooses the thread that takes the next step. The acting thread has said what it waits for.
    pub(super) fn schedule(&mut self) -> Next {
        if self.execution.stop.is_some() || self.execution.abandoned {
            return Next::Switch;
        }
        let me = self.execution.current.index();
        self.stops(me);
        // A thread that runs on has a limit of its own.
        self.execution.steps += usize::from(!self.execution.me().spin.runs_on());
        if self.execution.steps > self.settings().steps {
            self.too_many_steps();
            return Next::Switch;
        }
        let ends = self.note_granted();
        if let Some(next) = self.runs_on(me) {
            return self.resume(&next);
        }
        // One list serves all steps.
        let mut candidates = mem::take(&mut self.candidates);
        candidates.clear();
        let next = self.resume_one(&mut candidates, ends);
        self.candidates = candidates;
        next
    }

    /// Lists the candidates for the next step, chooses one of them, and resumes it.
    fn resume_one(&mut self, candidates: &mut Candidates, ends: EarlyEnds) -> Next {
        let free = self.candidates(candidates, ends);
        if free {
            self.record_block();
        }
        if candidates.is_empty() {
            self.no_thread_can_run();
            return Next::Switch;
        }
        if !free && candidates.len() > 1 && !self.may_preempt() {
            if self.postpone_preemptions(candidates).is_err() {
                self.diverged();
                return Next::Switch;
            }
            candidates.truncate(1);
        }
        let Ok(chosen) = self.choose_candidate(candidates, free) else {
            self.diverged();
            return Next::Switch;
        };
        let chosen = &candidates[chosen];
        // Leaving a thread that could go on is a preemption.
        if !free && chosen.thread != candidates[0].thread {
            self.execution.preemptions += 1;
            // Shown where it would have gone on.
            let location = self.execution.me().pending.location;
            self.record(Operation::Preempted, location);
        }
        self.resume(chosen)
    }

    /// Whether there may be another preemption in this execution.
    pub(super) fn may_preempt(&mut self) -> bool {
        let may = self.execution.preemptions < self.pass.allowance.preemptions;
        self.pass.truncated |= !may && !self.execution.pruned;
        may
    }

    /// The acting thread stops before its next step.
    fn stops(&mut self, me: usize) {
        let execution = &mut self.execution;
        let thread = &mut execution.threads[me];
        let (asks, timed) = (matches!(thread.pending.wait, Wait::Yield), thread.pending.deadline.is_some());
        thread.gives_way = thread.spin.stops(asks, timed);
        if thread.life == Life::Finished {
            execution.overtaking.scheduled(me);
        }
        if !execution.overtaking.is_ahead(me) {
            thread.spin.is_over();
        } else if !thread.spin.knows(thread.pending.location) {
            thread.spin.stop_running_on();
        }
    }

    /// How the acting thread goes on, if it runs on: then without a choice.
    fn runs_on(&mut self, me: usize) -> Option<Candidate> {
        let thread = &mut self.execution.threads[me];
        if !thread.spin.runs_on() || thread.life == Life::Finished {
            return None;
        }
        let may = thread.spin.takes_step();
        let (gives_way, timed) = (thread.gives_way, thread.pending.deadline.is_some());
        let granted = thread.granted;
        let next = match granted {
            true if gives_way => self.candidate(me, Resumed::Granted),
            true => Some(Candidate::fair(me)),
            false if timed => self.candidate(me, Resumed::TimedOut),
            false => None,
        };
        let blocked = next.is_none() && !granted && !timed;
        let next = next.filter(|_| may);
        if next.is_none() {
            self.execution.threads[me].spin.stop_running_on();
        }
        if !blocked {
            self.leave_out(Limit::Overtaking);
            // It has to let others go first now. That was searched when it did so earlier, unless the program counts
            // its rounds.
            self.execution.pruned |= next.is_none();
        }
        next
    }

    /// Records that the acting thread cannot go on, if nothing else says so.
    fn record_block(&mut self) {
        let me = self.execution.me();
        let (running, pending) = (me.life == Life::Running, me.pending);
        if let (true, Some(object)) = (running, pending.wait.object()) {
            self.record(Operation::Block { on: Blocker::Object(object) }, pending.location);
        }
    }

    /// Chooses one of the candidates, of which there is at least one, by its index. Where all that can follow is known already,
    /// the execution runs to its end by the first ones alone. `free`: none of them is a preemption.
    fn choose_candidate(&mut self, candidates: &[Candidate], free: bool) -> Result<usize, Diverged> {
        if self.pass.allowance.is_sampled() && !self.execution.pruned {
            return self.draw(candidates);
        }
        if candidates.len() == 1 || self.execution.pruned {
            return Ok(0);
        }
        // Where this execution leaves the paths of earlier ones, it may meet their states.
        if self.pass.strategy.recognises_steps() {
            let steps = self.steps(candidates, free);
            let unknown = self.pass.strategy.choose_step(&steps);
            self.execution.pruned = unknown.is_none();
            return Ok(unknown.unwrap_or(0));
        }
        self.pass.strategy.choose(candidates.len())
    }

    /// The steps that candidates would take. `free`: none of them is a preemption.
    fn steps(&self, candidates: &[Candidate], free: bool) -> SmallVec<[Step; 6]> {
        let state = self.digest();
        let step = |candidate: &Candidate| {
            let preempts = !free && candidate.thread != candidates[0].thread;
            let preemptions = self.execution.preemptions + usize::from(preempts);
            Step { digest: candidate.after(state), preemptions: preemptions as u32 }
        };
        candidates.iter().map(step).collect()
    }

    /// The first candidate goes on, as the bound allows none of the others to preempt it.
    fn postpone_preemptions(&mut self, candidates: &[Candidate]) -> Result<(), Diverged> {
        if self.execution.pruned {
            return Ok(());
        }
        let recognises = self.pass.strategy.recognises_steps();
        let steps = if recognises { self.steps(candidates, false) } else { SmallVec::new() };
        self.pass.strategy.postpone(candidates.len(), &steps)
    }

    /// Leaves it to the strategy which of the candidates takes the next step, as executions are drawn.
    fn draw(&mut self, candidates: &[Candidate]) -> Result<usize, Diverged> {
        let contender = |candidate: &Candidate| {
            let thread = &self.execution.threads[candidate.thread];
            Contender {
                thread: candidate.thread,
                resumed: candidate.resumed,
                gives_way: thread.gives_way && candidate.resumed == Resumed::Granted,
                subject: Subject::of(thread.pending.wait, thread.pending.atomic),
            }
        };
        let contenders: SmallVec<[Contender; 16]> = candidates.iter().map(contender).collect();
        self.pass.strategy.choose_thread(&contenders)
    }

    /// Lists who can take the next step, the default first. Returns whether the acting thread gives
    /// way freely, because it waits, ends or yields.
    fn candidates(&mut self, list: &mut Candidates, ends: EarlyEnds) -> bool {
        let me = self.execution.current.index();
        let Thread { gives_way: yields, granted, .. } = self.execution.threads[me];
        let free = !granted || yields;
        if !free {
            list.push(Candidate::fair(me));
        }
        // Round robin from the acting thread on. It comes last itself, if it yields.
        let threads = &self.execution.threads[..];
        for (index, thread) in threads.iter().enumerate().skip(me + 1) {
            if thread.granted {
                self.granted(index, thread.gives_way, list);
            }
        }
        for (index, thread) in threads.iter().enumerate().take(me) {
            if thread.granted {
                self.granted(index, thread.gives_way, list);
            }
        }
        if ends.timed {
            self.timed_out(list);
        }
        if yields && granted {
            self.granted(me, true, list);
        }
        if ends.spurious {
            self.spurious(list);
        }
        // The default is fair: who has to run on is no default. Without anybody to overtake, nobody has to.
        if !self.execution.overtaking.is_empty() {
            list.sort_by_key(|candidate| candidate.runs_on);
        }
        free
    }

    /// Lists a thread that has what it waits for.
    #[inline]
    fn granted(&self, thread: usize, gives_way: bool, list: &mut Candidates) {
        if !gives_way {
            list.push(Candidate::fair(thread));
        } else if let Some(candidate) = self.candidate(thread, Resumed::Granted) {
            list.push(candidate);
        }
    }

    /// Lists the timed waits that can end now, the one that is due first as the first.
    fn timed_out(&self, list: &mut Candidates) {
        let mut due: SmallVec<[(Duration, usize); 4]> = SmallVec::new();
        for (thread, state) in self.execution.threads.iter().enumerate() {
            let Some(deadline) = state.pending.deadline else { continue };
            // A notification does not save a waiter from its timeout: it may take the notification along
            // and still find that its timeout has elapsed (POSIX, `pthread_cond_timedwait`).
            if state.life == Life::Running && (!state.granted || self.is_promised(thread)) {
                due.push((deadline, thread));
            }
        }
        due.sort_unstable();
        for &(_, thread) in &due {
            if let Some(candidate) = self.candidate(thread, Resumed::TimedOut) {
                list.push(candidate);
            }
        }
    }

    /// The threads that could take a step before this one does: those that can run, and those that are due before
    /// its deadline, or at any time if that is not what it goes on because of.
    fn others_before(&self, thread: usize, resumed: Resumed) -> impl Iterator<Item = usize> {
        let deadline = match resumed {
            Resumed::TimedOut => self.execution.threads[thread].pending.deadline,
            Resumed::Granted | Resumed::Spurious => None,
        };
        let comes_first = move |other: &usize| {
            let state = &self.execution.threads[*other];
            *other != thread
                && state.life == Life::Running
                && (state.granted
                    || state.pending.deadline.is_some_and(|theirs| {
                        deadline.is_none_or(|deadline| (theirs, *other) < (deadline, thread))
                    }))
        };
        (0..self.execution.threads.len()).filter(comes_first)
    }

    /// A thread that overtakes all others that could run before it, if it may.
    fn candidate(&self, thread: usize, resumed: Resumed) -> Option<Candidate> {
        if self.pass.allowance.is_sampled() {
            return Some(Candidate { resumed, ..Candidate::fair(thread) });
        }
        if self.execution.overtaking.is_empty() {
            let is_unfair = self.others_before(thread, resumed).next().is_some();
            return Some(Candidate { thread, resumed, is_unfair, runs_on: false });
        }
        let overtakes: Threads = self.others_before(thread, resumed).collect();
        let is_unfair = !overtakes.is_empty();
        match self.execution.overtaking.turn(thread, &overtakes, resumed == Resumed::TimedOut) {
            Turn::Single => Some(Candidate { thread, resumed, is_unfair, runs_on: false }),
            Turn::RunsOn => Some(Candidate { thread, resumed, is_unfair, runs_on: true }),
            Turn::Waits => None,
        }
    }

    /// Lists the waits that can end spuriously now. None does where no other thread could go on: that would save a
    /// program that hangs without it.
    fn spurious(&mut self, list: &mut Candidates) {
        if list.is_empty() {
            return;
        }
        for thread in 0..self.execution.threads.len() {
            let state = &self.execution.threads[thread];
            let waits = state.life == Life::Running
                && state.pending.spurious
                && !state.granted
                && !self.is_promised(thread);
            if waits && self.has_spurious_chance() {
                list.push(Candidate { resumed: Resumed::Spurious, ..Candidate::fair(thread) });
            }
        }
    }

    fn resume(&mut self, candidate: &Candidate) -> Next {
        let Candidate { thread, resumed, is_unfair, runs_on } = *candidate;
        let before = self.execution.current.index();
        if thread != before {
            self.execution.threads[before].spin.stop_running_on();
        }
        if is_unfair {
            let overtakes: Threads = self.others_before(thread, resumed).collect();
            self.execution.overtaking.overtake(thread, &overtakes);
        }
        if !self.execution.overtaking.is_empty() {
            self.execution.overtaking.scheduled(thread);
        }
        self.execution.current = ThreadId(thread as u32);
        let me = self.execution.me();
        if runs_on && !me.spin.runs_on() {
            me.spin.run_on();
        }
        me.resumed = resumed;
        match (resumed, me.pending.deadline) {
            (Resumed::TimedOut, Some(deadline)) => me.wake_at(deadline),
            (Resumed::Spurious, Some(deadline)) => me.wake_before(deadline),
            (Resumed::Granted | Resumed::TimedOut | Resumed::Spurious, _) => {}
        }
        // Every step leaves its mark: a loop does not come back to the same state.
        me.digest = me.digest.then(resumed as u64);
        self.execution.spurious -= u32::from(resumed == Resumed::Spurious);
        if thread == before { Next::Continue } else { Next::Switch }
    }

    /// What the future depends on: two executions with the same digest can go on in the same ways. Which thread has taken
    /// the last step is no part of it: that decides only about which way is a preemption.
    ///
    /// Each thread's digest stands for its own steps and, through the objects, for every step of
    /// others that those depend on. Steps that do not depend on each other may be swapped without
    /// changing it (Musuvathi and Qadeer, "Partial-Order Reduction for Context-Bounded State
    /// Exploration", 2007).
    pub(super) fn digest(&self) -> Digest {
        let execution = &self.execution;
        let left = u64::from(execution.spurious) << 32 | u64::from(execution.delays);
        let start = Digest::default().then(left);
        let threads = execution.threads.iter().fold(start, |digest, thread| digest.then_all(thread.digest));
        if execution.overtaking.is_empty() {
            return threads;
        }
        let spins = execution.threads.iter().map(|thread| thread.spin.known_sites());
        spins.fold(threads.then_all(execution.overtaking.digest()), Digest::then)
    }
}

impl Candidate {
    /// A thread that has what it waits for, and does not ask that others go first.
    fn fair(thread: usize) -> Self {
        Candidate { thread, resumed: Resumed::Granted, is_unfair: false, runs_on: false }
    }

    /// The digest of a state, and of what goes on from there.
    fn after(&self, state: Digest) -> Digest {
        state.then(self.thread as u64).then(self.resumed as u64)
    }
}
