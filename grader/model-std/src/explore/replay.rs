//! One schedule, written down and run again.

use core::fmt;
use core::str::FromStr;
use real::format;
use real::string::String;
use real::sync::{Arc, PoisonError};
use real::vec::Vec;

use super::outcome::{Failure, Outcome};
use super::panics;
use super::path::Choice;
use super::runtime::Runtime;
use super::search::{SEARCHES, Search};
use super::state::{Limits, State, Stop};
use model_trace::Place;

/// Everything that decides about an execution: what may happen in it, and which choices were made.
///
/// Its text has no spaces and nothing that a shell takes for its own: `1-1-o-f-` and two characters for
/// each choice, the one taken and how many there were.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schedule {
    /// The most preemptions.
    pub preemptions: usize,
    /// How many things may happen for no reason.
    pub spurious: u32,
    /// Whether loads may read outdated values.
    pub outdated: bool,
    /// Whether releasing a lock is a step of its own.
    pub fine: bool,
    /// The choices.
    pub(crate) choices: Vec<Choice>,
}

/// How it went when a schedule was run again.
#[derive(Clone, Debug)]
pub enum Replay {
    /// The program took every choice of the schedule. The outcome is of this one execution.
    Followed(Outcome),
    /// The program does not go this way any more.
    Diverged(Divergence),
}

/// Where a program leaves a schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Divergence {
    /// The steps that it took as the schedule has them.
    pub steps: usize,
    /// The first step that it did not; the last one, if it ended too early.
    pub place: Place,
}

/// The digits of a choice.
const DIGITS: &[u8; 64] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.~";

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let flag = |set: bool, letter: char| if set { letter } else { '0' };
        let (outdated, fine) = (flag(self.outdated, 'o'), flag(self.fine, 'f'));
        write!(f, "{}-{}-{outdated}-{fine}-", self.preemptions, self.spurious)?;
        for choice in &self.choices {
            for number in [choice.taken, choice.options] {
                // More than 63 alternatives do not occur: threads and stores are few.
                let digit = DIGITS.get(usize::from(number)).copied().unwrap_or(b'~');
                write!(f, "{}", char::from(digit))?;
            }
        }
        Ok(())
    }
}

impl FromStr for Schedule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let malformed = || format!("`{text}` is no schedule");
        let parts: Vec<&str> = text.splitn(5, '-').collect();
        let [preemptions, spurious, outdated, fine, choices] = parts[..] else { return Err(malformed()) };
        let number = |digit: u8| DIGITS.iter().position(|known| *known == digit).map(|at| at as u8);
        let choices: Option<Vec<Choice>> = choices
            .as_bytes()
            .chunks(2)
            .map(|pair| match *pair {
                [taken, options] => Some(Choice { taken: number(taken)?, options: number(options)? }),
                _ => None,
            })
            .collect();
        let choices = choices.ok_or_else(malformed)?;
        if choices.iter().any(|choice| choice.taken >= choice.options || choice.options < 2) {
            return Err(malformed());
        }
        Ok(Schedule {
            preemptions: preemptions.parse().map_err(|_| malformed())?,
            spurious: spurious.parse().map_err(|_| malformed())?,
            outdated: outdated == "o",
            fine: fine == "f",
            choices,
        })
    }
}

impl Search {
    /// Runs `test` once, by `schedule`. The limits of the search that the schedule has do not count.
    ///
    /// # Panics
    /// Inside of a search.
    pub fn replay<F: Fn() + Send + Sync + 'static>(self, schedule: &Schedule, test: F) -> Replay {
        let _alone = SEARCHES.lock().unwrap_or_else(PoisonError::into_inner);
        panics::install_hook();
        let mut state = State::following(schedule, &self);
        state.at_failure = self.at_failure;
        let runtime = Runtime::new(state, self.on_failure);
        let stop = runtime.enter(|| runtime.next_execution(&Arc::new(test)));
        match stop {
            Some(Stop::Failed(failure)) => {
                runtime.hand_over(&failure);
                Replay::Followed(Outcome::Failed(failure.into()))
            }
            Some(Stop::Unsupported(unsupported)) => Replay::Followed(Outcome::Unsupported(unsupported)),
            Some(Stop::Diverged(divergence)) => Replay::Diverged(divergence),
            None => Replay::Followed(Outcome::Passed(runtime.state.borrow().covered())),
        }
    }

    /// Looks for a smaller failure than the one that `schedule` leads to: with as few preemptions, and fewer
    /// threads that take part or, with as many, fewer steps. It tries the executions that come after it in
    /// the same search, up to the limit of executions. `None`: there is no smaller one among them.
    ///
    /// Failing executions unwind here, so what the program does then may end the process: have the first
    /// failure safe.
    ///
    /// # Panics
    /// Inside of a search.
    pub fn smaller<F: Fn() + Send + Sync + 'static>(self, schedule: &Schedule, test: F) -> Option<Failure> {
        let _alone = SEARCHES.lock().unwrap_or_else(PoisonError::into_inner);
        panics::install_hook();
        let mut state = State::following(schedule, &self);
        state.visited.enabled = self.remember;
        let runtime = Runtime::new(state, None);
        let test = Arc::new(test);
        runtime.enter(|| {
            let Some(Stop::Failed(first)) = runtime.next_execution(&test) else { return None };
            let mut smallest = first.size();
            let mut found = None;
            while runtime.state.borrow().executions < self.executions
                && runtime.state.borrow_mut().path.advance()
            {
                match runtime.next_execution(&test) {
                    Some(Stop::Failed(failure)) if failure.size() < smallest => {
                        smallest = failure.size();
                        found = Some(failure);
                    }
                    Some(Stop::Failed(_)) | None => {}
                    Some(Stop::Unsupported(_) | Stop::Diverged(_)) => break,
                }
            }
            found
        })
    }
}

impl State {
    /// A state whose first execution goes the way of `schedule`.
    fn following(schedule: &Schedule, search: &Search) -> Self {
        let limits = Limits { steps: search.steps, spurious: schedule.spurious, outdated: schedule.outdated };
        let mut state = State::new(limits, search.record);
        state.bound = schedule.preemptions;
        state.fine = schedule.fine;
        state.path.follow(&schedule.choices);
        state.replaying = true;
        state
    }
}
