//! One check: a process of its own, and what its answer is worth.

mod answer;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod invariant;
mod message;
mod outcome;
mod protocol;

use std::path::Path;
use std::time::Duration;

use model_trace::Execution;
use model_trace::wire::{self, Request, Task};

use crate::children::{Children, Turn};
use crate::error::Fault;
use crate::numbers::Numbers;
use crate::process::{Dialogue, Job, Limits, Stdin};
use crate::random;
use crate::replay::Replay;
use crate::report::{CheckStatus, Engine};
use crate::suite::{Check, DEEPENING, SEED};
use outcome::InternalError;
pub(crate) use outcome::{Cause, Forgery, Missing, Outcome};
pub(crate) use protocol::{line, one_line};

/// Bytes of each output that are kept, for the message on a crash.
pub(crate) const MAX_OUTPUT: usize = 64 * 1024;
/// Bytes of a report; the longest schedules take a tenth.
pub(crate) const MAX_ANSWER: usize = 8 * 1024 * 1024;

/// Executions that are tried for one that is better to look at: an instant, and most of those that a small
/// check can have with so few preemptions.
const EXECUTIONS_FOR_A_BETTER_VIEW: u64 = 1_000;
/// How long that may take, which is no part of the verdict.
const FOR_A_BETTER_VIEW: Duration = Duration::from_secs(30);

/// The folder of a process that judges. It is the same for a decoy.
const JUDGED: &str = "judge";

/// How much longer than some times the time of its check a decoy may take.
const SLACK_OF_A_DECOY: Duration = Duration::from_secs(2);

/// How long a person may look around in a debugger.
const AT_THE_DEBUGGER: Duration = Duration::from_secs(24 * 60 * 60);

/// What is needed to run checks of one binary.
pub(crate) struct Runner<'a> {
    pub binary: &'a Path,
    pub engine: Engine,
    pub numbers: &'a Numbers,
    pub limit: Duration,
    /// One schedule to run instead of a search.
    pub replay: Option<&'a Replay>,
    /// The checks to show an execution of, if they pass.
    pub shown: &'a [String],
    pub children: &'a Children<'a>,
}

/// Which function of a check a process is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Check,
    /// The one that cannot pass.
    Decoy,
}

/// An outcome, and how long it took.
pub(crate) struct Ran {
    pub outcome: Outcome,
    pub duration: Duration,
    /// What a later run of the same check came to, if it was worth other points than the first.
    pub differs: Option<Differs>,
}

/// A run of a check that is worth other points than the first one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Differs {
    /// Which run, from 1.
    pub run: u32,
    pub first: CheckStatus,
    pub now: CheckStatus,
}

impl Ran {
    /// A check that is not run, because a fact that it builds on does not hold.
    pub(crate) fn skipped(missing: Missing) -> Self {
        Self { outcome: Outcome::NotRun(missing), duration: Duration::ZERO, differs: None }
    }
}

impl Runner<'_> {
    /// Runs `check` in an empty folder within `folder`. What fails under the model is then tried for a
    /// smaller failure, and what passes is run once more if it is to be shown. `begins` is called when the
    /// check's turn has come.
    pub(crate) fn run(&self, check: &Check, folder: &Path, begins: &dyn Fn()) -> Result<Ran, Fault> {
        let task = match self.replay {
            None => Task::Judge {},
            Some(Replay { token, debugger }) => {
                Task::Replay { schedule: token.schedule.clone(), debugger: *debugger }
            }
        };
        let judged = task == Task::Judge {} && self.engine == Engine::Model;
        let mut ran = self.ask(check, Asked::Check, task, self.limit, &folder.join(JUDGED), begins)?;
        match &mut ran.outcome {
            // Any execution shows why none does what was asked for.
            Outcome::Failed { cause: Cause::NeverHappens, execution, .. } if judged => {
                let shown = self.view(check, Task::Show {}, &folder.join("show"))?;
                if let Outcome::Passed { execution: found, .. } = shown {
                    *execution = found;
                }
            }
            Outcome::Failed { cause, execution, .. } if judged => {
                let schedule = execution.as_ref().and_then(|execution| to_shrink(cause, execution));
                if let Some(schedule) = schedule {
                    let smaller = self.view(check, Task::Shrink { schedule }, &folder.join("shrink"))?;
                    if let Outcome::Failed { cause: now, execution: Some(smaller), .. } = smaller {
                        (*cause, *execution) = (now, Some(smaller));
                    }
                }
            }
            Outcome::Passed { execution, .. } if judged && self.shown.contains(&check.name) => {
                let shown = self.view(check, Task::Show {}, &folder.join("show"))?;
                if let Outcome::Passed { execution: found, .. } = shown {
                    *execution = found;
                }
            }
            Outcome::Passed { .. }
            | Outcome::Failed { .. }
            | Outcome::TimedOut { .. }
            | Outcome::Crashed(_)
            | Outcome::Unsupported(_)
            | Outcome::NotRun(_) => {}
        }
        Ok(ran)
    }

    /// Asks for an execution that is better to look at.
    fn view(&self, check: &Check, task: Task, folder: &Path) -> Result<Outcome, Fault> {
        Ok(self.ask(check, Asked::Check, task, FOR_A_BETTER_VIEW, folder, &|| {})?.outcome)
    }

    /// Asks for the decoy of `check`, which has passed after `took`, in an empty folder: that is the same as the check for all
    /// that its process sees, but it cannot pass. Returns how a report was forged, if one was.
    pub(crate) fn tempt(
        &self,
        check: &Check,
        took: Duration,
        folder: &Path,
    ) -> Result<Option<Forgery>, Fault> {
        let folder = folder.join(JUDGED);
        // Whoever waits before forging must not outwait its decoy, on a machine that is busier by now.
        let limit = self.limit.min(4 * took + SLACK_OF_A_DECOY);
        let asked = self.ask(check, Asked::Decoy, Task::Judge {}, limit, &folder, &|| {});
        match asked {
            Ok(Ran { outcome, .. }) => Ok(outcome.forgery()),
            // What is wrong with the explorer shows in the check itself as well.
            Err(Fault::Explorer { .. }) => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    fn ask(
        &self,
        check: &Check,
        asked: Asked,
        task: Task,
        limit: Duration,
        folder: &Path,
        begins: &dyn Fn(),
    ) -> Result<Ran, Fault> {
        let debugger = matches!(task, Task::Replay { debugger: true, .. });
        std::fs::create_dir_all(folder).map_err(|source| Fault::io("make", folder, source))?;
        let request = Request {
            nonce: random::word()?,
            check: match asked {
                Asked::Check => self.numbers.check(self.engine, &check.name),
                Asked::Decoy => self.numbers.decoy(self.engine, &check.name),
            }
            .to_owned(),
            engine: match self.engine {
                Engine::Stress => wire::Engine::Stress,
                Engine::Model => wire::Engine::Model,
                Engine::Contract => unreachable!("a contract has no process: rustc judges it"),
                Engine::Loom => unreachable!("loom is asked by `second_opinion`"),
            },
            preemptions: check.preemptions,
            least: check.least,
            executions: match task {
                Task::Judge {} | Task::Replay { .. } => check.executions,
                Task::Shrink { .. } | Task::Show {} => EXECUTIONS_FOR_A_BETTER_VIEW,
            },
            deepening: DEEPENING,
            sampling: check.sampling.filter(|_| self.engine == Engine::Model),
            seed: SEED,
            task,
        };
        let seal = random::word()?;
        let sandbox = &self.children.sandbox;
        let cpu = Duration::from_secs(sandbox.limits.cpu_seconds);
        let job = Job {
            program: self.binary.to_owned(),
            args: Vec::new(),
            folder: folder.to_owned(),
            env: Vec::new(),
            stdin: Stdin::Dialogue(Dialogue {
                request: protocol::line(&request),
                seal: Some(format!("{seal}\n")),
            }),
            limits: Limits {
                wall: if debugger { AT_THE_DEBUGGER } else { limit },
                output: MAX_OUTPUT,
                flood: sandbox.limits.output(),
                answer: MAX_ANSWER,
            },
            shows_errors: debugger,
            // Under the model a deadlock is found in the model; the process itself never sleeps.
            watch_for_stall: self.engine == Engine::Stress,
            confinement: Some(sandbox.of_check(self.binary, if debugger { AT_THE_DEBUGGER } else { cpu })?),
        };
        let turn = if check.sleeps { Turn::AtOnce } else { Turn::WithSlot };
        let finished = self
            .children
            .run(job, turn, begins)
            .map_err(|error| error.into_fault(|source| Fault::io("run", self.binary, source)))?;
        let judged = protocol::judge(&request, asked, &seal, &finished);
        let outcome = judged.map_err(|InternalError { message, schedule }| Fault::Explorer {
            check: check.name.clone(),
            message,
            schedule,
        })?;
        Ok(Ran { outcome, duration: finished.duration, differs: None })
    }
}

/// The schedule of a failure, if there may be a smaller one. All that take too many steps take as many.
fn to_shrink(cause: &Cause, execution: &Execution) -> Option<String> {
    let too_long = matches!(cause, Cause::TooManySteps { .. });
    (!too_long && !execution.schedule.is_empty()).then(|| execution.schedule.clone())
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
