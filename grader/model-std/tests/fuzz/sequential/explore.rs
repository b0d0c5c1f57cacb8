//! Every outcome of the reference machine.

use std::collections::{BTreeMap, HashSet, VecDeque};

use super::code::Code;
use super::state::{Life, Machine, State};

/// How a program ends, and what each thread has noted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Outcome {
    pub deadlock: bool,
    pub notes: Vec<Vec<u32>>,
}

/// What a machine has found.
pub struct Explored {
    /// The outcomes, with the fewest preemptions for each.
    pub outcomes: BTreeMap<Outcome, usize>,
    /// The fewest preemptions with which the program looks at a lock or a thread without waiting for it.
    pub looks: Option<usize>,
}

/// More states than any program should have.
#[derive(Debug)]
pub struct TooLarge;

/// The most states.
const STATES: usize = 300_000;

/// Explores the steps of a machine: its own, as the explorer's are, or the finest.
///
/// # Errors
/// If there are too many states.
pub fn explore(machine: &Machine<'_>) -> Result<Explored, TooLarge> {
    let program = machine.program;
    let mut explored = Explored { outcomes: BTreeMap::new(), looks: None };
    let mut seen = HashSet::new();
    // Those with fewer preemptions come first.
    let main = program.main();
    let mut queue: VecDeque<(State, usize, usize)> = machine
        .settled(Vec::from([machine.start()]), main)
        .into_iter()
        .map(|state| (state, main, 0))
        .collect();
    while let Some((state, current, preemptions)) = queue.pop_front() {
        // Who took the last step matters only where preemptions are counted.
        let current = if machine.finest { main } else { current };
        if !seen.insert((state.clone(), current)) {
            continue;
        }
        if seen.len() > STATES {
            return Err(TooLarge);
        }
        let choices = machine.choices(&state, current);
        if choices.is_empty() {
            let deadlock = !matches!(state.threads[main].life, Life::Finished { .. });
            let notes = state.threads.iter().map(|thread| thread.notes.clone()).collect();
            explored.outcomes.entry(Outcome { deadlock, notes }).or_insert(preemptions);
        }
        for (next, thread, preemptive) in choices {
            if looks(machine.next(&state, thread)) {
                explored.looks.get_or_insert(preemptions + usize::from(preemptive));
            }
            if preemptive && !machine.finest {
                queue.push_back((next, thread, preemptions + 1));
            } else {
                queue.push_front((next, thread, preemptions));
            }
        }
    }
    Ok(explored)
}

/// Whether the explorer must know when locks are released and threads end.
fn looks(code: Code) -> bool {
    matches!(
        code,
        Code::TryLock { .. }
            | Code::TryRead { .. }
            | Code::TryWrite { .. }
            | Code::IsPoisoned(_)
            | Code::IsFinished(_)
    )
}

impl Machine<'_> {
    /// What can follow: the next state, whose step it is, and whether it preempts the current thread.
    fn choices(&self, state: &State, current: usize) -> Vec<(State, usize, bool)> {
        let mut choices = Vec::new();
        let running = matches!(state.threads[current].life, Life::Running);
        let goes_on = running && self.is_enabled(state, current) && self.next(state, current) != Code::Yield;
        let mut add = |thread: usize, states: Vec<State>| {
            let preemptive = goes_on && thread != current;
            choices.extend(states.into_iter().map(|next| (next, thread, preemptive)));
        };
        let threads = 0..state.threads.len();
        for thread in threads.clone() {
            if self.is_enabled(state, thread) {
                add(thread, self.steps(state, thread));
            }
            if self.can_time_out(state, thread) {
                add(thread, self.time_out(state, thread));
            }
        }
        if self.others_go_on(state) {
            for thread in threads.filter(|&thread| self.can_wake_spuriously(state, thread)) {
                let preemptive = goes_on && thread != current;
                let woken = self.wake_spuriously(state, thread);
                choices.extend(woken.into_iter().map(|next| (next, thread, preemptive)));
            }
        }
        choices
    }

    /// Whether the program would go on without a spurious wakeup: none saves a program that hangs otherwise.
    fn others_go_on(&self, state: &State) -> bool {
        let explorer = Machine { finest: false, code: self.code.clone(), ..*self };
        let threads = 0..state.threads.len();
        let settled = threads
            .clone()
            .fold(Vec::from([state.clone()]), |states, thread| explorer.settled(states, thread));
        settled.iter().any(|state| {
            threads
                .clone()
                .any(|thread| explorer.is_enabled(state, thread) || explorer.can_time_out(state, thread))
        })
    }
}
