//! One check in loom: a process of its own, and what it answers.

use std::path::Path;
use std::time::Duration;

use model_trace::Opinion;
use model_trace::wire::{Engine, OpinionAnswer, Request, Task};

use crate::check::{self, MAX_ANSWER, MAX_OUTPUT};
use crate::children::{Children, Turn};
use crate::error::Fault;
use crate::numbers::Numbers;
use crate::process::{Dialogue, End, Finished, Job, Limits, Stdin};
use crate::random;
use crate::report;
use crate::suite::{Check, Loom, SEED};

/// The most executions that loom runs of a check: ten seconds of them.
const EXECUTIONS: u64 = 50_000;

/// [`EXECUTIONS`], but of a check with more schedules than loom can try all, as many as the model draws of them.
fn executions(check: &Check) -> u64 {
    match (check.sampling, &check.loom) {
        (Some(sampling), Loom::CannotJudge { .. }) => sampling.schedules,
        (None, _) | (Some(_), Loom::Judges) => EXECUTIONS,
    }
}

/// What is needed to ask loom about the checks of one binary.
pub(crate) struct Adviser<'a> {
    pub binary: &'a Path,
    pub numbers: &'a Numbers,
    /// How long one search may take. It is no verdict that it takes longer.
    pub limit: Duration,
    pub children: &'a Children<'a>,
}

/// What came back.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Heard {
    Opinion(Opinion),
    /// loom was still searching at the limit.
    TimedOut,
    /// The process did not come to an answer. The text says how it ended.
    NoAnswer(String),
}

impl Adviser<'_> {
    /// Asks loom about `check`, within `bound` preemptions as loom counts them, in an empty folder. `begins` is
    /// called when it is loom's turn.
    pub(crate) fn ask(
        &self,
        check: &Check,
        bound: Option<u64>,
        folder: &Path,
        begins: &dyn Fn(),
    ) -> Result<(Heard, Duration), Fault> {
        let request = Request {
            nonce: random::word()?,
            // loom runs the checks of the model.
            check: self.numbers.check(report::Engine::Model, &check.name).to_owned(),
            engine: Engine::Loom,
            preemptions: bound,
            least: None,
            executions: executions(check),
            deepening: u64::MAX,
            sampling: None,
            seed: SEED,
            task: Task::Judge {},
        };
        let sandbox = &self.children.sandbox;
        let job = Job {
            program: self.binary.to_owned(),
            args: Vec::new(),
            folder: folder.to_owned(),
            env: Vec::new(),
            stdin: Stdin::Dialogue(Dialogue { request: check::line(&request), seal: None }),
            limits: Limits {
                wall: self.limit,
                output: MAX_OUTPUT,
                flood: sandbox.limits.output(),
                answer: MAX_ANSWER,
            },
            shows_errors: false,
            // loom finds a deadlock itself; the process never sleeps.
            watch_for_stall: false,
            confinement: Some(sandbox.of_check(self.binary, self.limit)?),
        };
        let finished = self
            .children
            .run(job, Turn::WithSlot, begins)
            .map_err(|error| error.into_fault(|source| Fault::io("run", self.binary, source)))?;
        Ok((heard(&request, &finished), finished.duration))
    }
}

fn heard(request: &Request, finished: &Finished) -> Heard {
    match finished.end {
        End::TimedOut => Heard::TimedOut,
        End::Exceeded(_) => Heard::NoAnswer("its process went beyond a limit".to_owned()),
        End::OpenedSocket => Heard::NoAnswer(
            "its process tried to open a socket, or made another system call that ends it".to_owned(),
        ),
        End::Stalled | End::Idle => Heard::NoAnswer("its process went to sleep".to_owned()),
        End::Signalled(signal) => {
            // The stack of the test's own thread in loom has 32 KiB, and cannot be made larger.
            Heard::NoAnswer(format!("its process was ended by signal {signal}"))
        }
        End::Exited(0) => match check::one_line::<OpinionAnswer>(&finished.answer) {
            Ok(answer) if answer.nonce == request.nonce && answer.check == request.check => {
                Heard::Opinion(answer.opinion)
            }
            Ok(_) | Err(_) => Heard::NoAnswer("its process gave no answer".to_owned()),
        },
        End::Exited(code) => Heard::NoAnswer(format!("its process ended itself with code {code}")),
    }
}
