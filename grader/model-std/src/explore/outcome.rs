//! What a search found.

use core::fmt;
use real::boxed::Box;
use real::string::String;
use real::vec::Vec;

use super::replay::Schedule;

/// The result of a search.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// No execution failed.
    Passed(Coverage),
    /// An execution failed. It is one with the fewest preemptions.
    Failed(Box<Failure>),
    /// The program uses something that cannot be modelled: no verdict.
    Unsupported(Unsupported),
}

/// What a search has covered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// Executions that were run, over all bounds.
    pub executions: u64,
    /// The bound on preemptions that was searched last.
    pub preemptions: usize,
    /// Whether every interleaving with up to `preemptions` preemptions was tried. `false`: the
    /// search was cut short, and only the smaller bounds are complete.
    pub complete: bool,
    /// Whether no interleaving at all was left out: the bound never mattered.
    pub exhaustive: bool,
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Coverage { executions, preemptions, complete, exhaustive } = *self;
        let plural = |n: usize| if n == 1 { "preemption" } else { "preemptions" };
        match (complete, exhaustive, preemptions.checked_sub(1)) {
            (true, true, _) => write!(f, "every interleaving ({executions} executions)"),
            (true, false, _) => write!(
                f,
                "every interleaving with up to {preemptions} {} ({executions} executions)",
                plural(preemptions)
            ),
            (false, _, Some(done)) => write!(
                f,
                "cut short after {executions} executions: every interleaving with up to {done} {}, not all with {preemptions}",
                plural(done)
            ),
            (false, _, None) => {
                write!(f, "cut short after {executions} executions: not even all without preemption")
            }
        }
    }
}

/// A failing execution.
#[derive(Clone, Debug)]
pub struct Failure {
    /// What kind of failure.
    pub kind: FailureKind,
    /// What happened, in one or more sentences.
    pub message: String,
    /// The source file in which it happened, as rustc knows it.
    pub file: String,
    /// The line in that file, from 1.
    pub line: u32,
    /// What had been searched when it was found.
    pub coverage: Coverage,
    /// The preemptions that the failing execution needs.
    pub preemptions: usize,
    /// Every operation of the failing execution, in order.
    pub trace: Vec<Step>,
    /// The objects that the trace names.
    pub objects: Vec<Object>,
    /// The threads that have not ended, in the order in which they were started. Unless everybody waits, the
    /// one that failed is not among them.
    pub waiting: Vec<Waiting>,
    /// The choices that lead to this execution.
    pub schedule: Schedule,
}

impl Failure {
    /// How much there is to read: the threads that take steps, and the steps.
    pub(super) fn size(&self) -> (usize, usize) {
        let mut threads: Vec<&str> = self.trace.iter().map(|step| step.thread.as_str()).collect();
        threads.sort_unstable();
        threads.dedup();
        (threads.len(), self.trace.len())
    }
}

/// How an execution can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// The test panicked: an assertion, or any other panic.
    Panic,
    /// The test cannot end: every thread that it needs waits for another.
    Deadlock,
    /// The test took more steps than the limit: it makes no progress.
    TooManySteps,
}

impl FailureKind {
    /// The name that reports use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            FailureKind::Panic => "panic",
            FailureKind::Deadlock => "deadlock",
            FailureKind::TooManySteps => "too_many_steps",
        }
    }
}

impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One operation of a failing execution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The name that the program gave to the thread, with a number if several have the same, as `reader 1` and
    /// `reader 2`; or `main`, `T1`, `T2`, …. Both are counted in the order in which the threads were started.
    pub thread: String,
    /// What the thread did: `lock`, `load`, `wait`, …
    pub operation: &'static str,
    /// With what: the type and number of the object, as `Mutex #1`.
    pub object: Option<String>,
    /// The value read or written, or the result.
    pub value: Option<String>,
    /// The source file of the call.
    pub file: &'static str,
    /// Its line, from 1.
    pub line: u32,
    /// The column of the call in that line, from 1: that of the method's name.
    pub column: u32,
    /// For an access to an atomic, its memory ordering, as in `Ordering`.
    pub ordering: Option<&'static str>,
    /// For a load of an atomic, the stores that it read and that it could have read.
    pub reads: Option<Reads>,
}

/// What a load read. Steps are positions in the trace, from 0; `None` is the value that the atomic
/// began with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reads {
    /// The step of the store that was read.
    pub from: Option<usize>,
    /// The step of the newest store.
    pub newest: Option<usize>,
}

/// An object of a failing execution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// Its name in the trace: `Mutex #1`.
    pub name: String,
    /// The source file in which it was made.
    pub file: &'static str,
    /// The line of the call that made it, from 1.
    pub line: u32,
    /// The column of that call, from 1.
    pub column: u32,
}

/// A thread that has not ended when an execution fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The thread, as in [`Step::thread`].
    pub thread: String,
    /// What it waits in: `lock`, `wait`, `join`, …; or `goes on`, if it could.
    pub operation: &'static str,
    /// The object, or the thread, that it waits for.
    pub object: Option<String>,
    /// The threads that hold what it waits for.
    pub holders: Vec<String>,
    /// The source file of the call.
    pub file: &'static str,
    /// Its line, from 1.
    pub line: u32,
    /// Its column, from 1.
    pub column: u32,
}

/// A call that cannot be modelled. It says nothing about whether the program is right.
#[derive(Clone, Debug)]
pub struct Unsupported {
    /// Which call.
    pub call: String,
    /// The source file of the call.
    pub file: String,
    /// Its line, from 1.
    pub line: u32,
    /// Why it cannot be modelled, and what can be done.
    pub message: String,
}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Unsupported { call, file, line, message } = self;
        write!(f, "{call} at {file}:{line} cannot be modelled: {message}. This is not a verdict on the code")
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Failure { kind, message, file, line, coverage, preemptions, trace, .. } = self;
        writeln!(f, "{kind} at {file}:{line}: {message}")?;
        writeln!(
            f,
            "found after {} executions, in one with {preemptions} preemption{}:",
            coverage.executions,
            if *preemptions == 1 { "" } else { "s" },
        )?;
        for (index, step) in trace.iter().enumerate() {
            // A program that makes no progress repeats itself.
            if trace.len() > HEAD + TAIL && (HEAD..trace.len() - TAIL).contains(&index) {
                if index == HEAD {
                    writeln!(f, "      … {} steps …", trace.len() - HEAD - TAIL)?;
                }
                continue;
            }
            writeln!(f, "{:>4}  {step}", index + 1)?;
        }
        Ok(())
    }
}

/// How many steps are shown from the beginning and from the end of a long trace.
const HEAD: usize = 60;
const TAIL: usize = 40;

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Step { thread, operation, object, value, file, line, .. } = self;
        let object = object.as_ref().map(|object| real::format!(" {object}")).unwrap_or_default();
        let value = value.as_ref().map(|value| real::format!(" = {value}")).unwrap_or_default();
        write!(f, "{thread:<10} {:<38} {file}:{line}", real::format!("{operation}{object}{value}"))
    }
}
