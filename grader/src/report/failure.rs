//! What a report says about a check that was not passed: what happened, which mistake it shows, and the
//! schedule that shows it.

use std::collections::BTreeSet;

use model_trace::StepId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

use super::SourceLine;
use super::execution::Recording;

/// Why a check was not passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub kind: FailureKind,
    /// What happened.
    pub message: String,
    /// What a panic says, by itself: the message says where it was as well.
    pub panic: Option<String>,
    /// What that means, in the words of the concept that the check is about.
    pub explanation: String,
    /// The mistake, where the execution shows which one it is.
    pub diagnosis: Option<Diagnosis>,
    /// The line of the submission at which it happened, if that is known: where it panicked, where a thread waits,
    /// or where the function begins that the check called last.
    pub place: Option<SourceLine>,
    /// The function of the submission that the diagnosis is about, in which it happened, or which the check called
    /// last.
    pub function: Option<String>,
    /// The functions of the submission that it may be about, of those that can be called from outside: those of the
    /// diagnosis, or those that the check names, or else all that it called. Empty: that is not known.
    pub about: BTreeSet<String>,
    /// Whether the check uses one thread only.
    pub alone: bool,
    /// Whether the check establishes a fact that others build on.
    pub is_of_a_fact: bool,
    /// What `cargo xtask replay` needs to run the execution again.
    pub token: Option<String>,
    /// An execution, if the engine has one: the one that fails, or one of those that do not show what is asked for. It has
    /// at least one step.
    pub recording: Option<Recording>,
}

impl Failure {
    /// The execution that fails.
    pub(crate) fn counterexample(&self) -> Option<&Recording> {
        self.recording.as_ref().filter(|_| self.kind.has_counterexample())
    }

    /// A failure of which nothing else is known.
    pub(crate) fn of(kind: FailureKind, message: String) -> Self {
        Self {
            kind,
            message,
            panic: None,
            explanation: String::new(),
            diagnosis: None,
            place: None,
            function: None,
            about: BTreeSet::new(),
            alone: false,
            is_of_a_fact: false,
            token: None,
            recording: None,
        }
    }
}

/// What mistake an execution shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    pub kind: Mistake,
    /// What happened, with the threads and the lines that it happened at.
    pub message: String,
    /// The steps that show it, in the order of the execution, each once.
    pub steps: Vec<Citation>,
    /// The lines of the submission to look at, the first one first.
    pub lines: Vec<SourceLine>,
}

/// A step that a diagnosis rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Citation {
    pub step: StepId,
    pub role: Role,
}

/// What a step has to do with a mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Acquires a lock that is still held when it matters.
    Acquires,
    /// Begins to wait.
    Waits,
    /// Ends a wait.
    Wakes,
    /// Ends its wait by its timeout.
    GivesUp,
    /// Notifies, or hands out a token.
    Notifies,
    /// Looks at something, to decide by it.
    Checks,
    /// Changes something in between.
    Intervenes,
    /// Does what was decided, by what need not hold any more.
    Acts,
    /// Sees what is not complete.
    Observes,
    /// Changes what others wait for or look at.
    Changes,
    /// Fails, and is not repeated.
    Fails,
    /// Is repeated without progress.
    Repeats,
    /// Reads a value that had been replaced.
    Reads,
    /// Stores the value that is not read.
    Stores,
    /// Is too weak to order the store before the load.
    Unordered,
    /// Panics.
    Panics,
    /// Starts a thread.
    Spawns,
    /// Reads what is not complete yet, or overlooks it.
    ReadsEarly,
    /// Reads and writes without a gap.
    AtOnce,
    /// Begins a call.
    Calls,
}

/// The mistakes that a schedule can show. Each has a page, for `cargo xtask explain`.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, VariantArray, IntoStaticStr, JsonSchema, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Mistake {
    /// Threads acquire the same locks in different orders.
    LockOrder,
    /// A thread waits for a lock that it holds.
    SelfDeadlock,
    /// A lock is held while its holder waits for something else.
    GuardAcrossBlocking,
    /// A notification came before the wait, woke another thread, or was never sent.
    LostWakeup,
    /// A thread went on after a wakeup although its condition did not hold.
    MissingRecheck,
    /// A thread overwrote what another one had written since it read the value.
    LostUpdate,
    /// A condition no longer held when a thread acted on it.
    CheckThenAct,
    /// An operation that is not atomic: another thread saw, or caused, an intermediate state.
    TornOperation,
    /// A thread polls instead of blocking.
    BusyWait,
    /// A thread is started and never joined.
    NeverJoined,
    /// A lock is poisoned: a thread panicked while it held it.
    Poisoned,
    /// A wait that starts anew with its whole timeout after every wakeup.
    LateTimeout,
    /// A load read an older value than the newest one in modification order.
    StaleRead,
    /// A thread panicked, and what it had taken was not given back.
    LostInPanic,
    /// A result is computed, and not read from what the threads have done.
    ComputedResult,
    /// What should be read in one step and written in another is done in a single one.
    MissingGap,
    /// That another thread is just busy is taken for an answer.
    GivesUpOnContention,
    /// No thread is left that could end a wait.
    NobodyLeft,
    /// Calls that do not overlap return or leave something wrong.
    WrongLogic,
}

impl Mistake {
    /// Whether an execution that ends like this can be explained by the mistake.
    pub(crate) fn fits(self, kind: FailureKind) -> bool {
        use FailureKind::{Assertion, Deadlock, NeverHappens, Panic, TooManySteps};
        let kinds: &[FailureKind] = match self {
            Self::LockOrder | Self::SelfDeadlock | Self::GuardAcrossBlocking => &[Deadlock],
            Self::LostWakeup
            | Self::LostUpdate
            | Self::MissingRecheck
            | Self::StaleRead
            | Self::TornOperation => &[Deadlock, Assertion, Panic, TooManySteps],
            Self::BusyWait => &[TooManySteps, Assertion, Panic, Deadlock],
            // Where no thread can go on, time is not what is missing.
            Self::LateTimeout => &[Assertion, TooManySteps],
            // Why no thread can go on is another question.
            Self::CheckThenAct => &[Assertion, Panic, TooManySteps],
            Self::Poisoned => &[Panic, Assertion],
            // In a deadlock no thread gets as far as that.
            Self::NeverJoined => &[Assertion],
            Self::LostInPanic => &[Deadlock],
            Self::ComputedResult => &[Assertion, NeverHappens],
            Self::MissingGap => &[NeverHappens],
            Self::GivesUpOnContention | Self::WrongLogic => &[Assertion, Panic],
            Self::NobodyLeft => &[Deadlock],
        };
        kinds.contains(&kind)
    }

    /// The name that reports use.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// How a check was not passed.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, VariantArray, IntoStaticStr, JsonSchema, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum FailureKind {
    /// What the check states does not hold.
    Assertion,
    /// The submission's code panicked.
    Panic,
    /// The submission's code calls `todo!()`.
    NotImplemented,
    /// No thread that the check needs can go on.
    Deadlock,
    /// The execution has more steps than the limit: threads run without progress.
    TooManySteps,
    /// Some interleaving should show it, and none does.
    NeverHappens,
    /// Source that must not compile does.
    Compiles,
    /// Source that must compile does not, or is rejected for another reason than the right one.
    DoesNotCompile,
    /// The process ended before the check was over.
    EndedEarly,
    /// The process died.
    Crash,
    /// Still running at the limit.
    Timeout,
    /// The process used more memory than it may.
    MemoryLimit,
    /// The process used more CPU time than it may.
    CpuLimit,
    /// The process had more threads than it may.
    ThreadLimit,
    /// The process wrote more output than it may.
    OutputLimit,
    /// The process tried to write a large file.
    FileLimit,
    /// The process made a call that no exercise needs, such as opening a socket.
    ForbiddenCall,
    /// The process reported a pass for a check that must fail.
    Forged,
    /// The check could not be run on this code. Not a verdict on it.
    Unsupported,
    /// The check was not run: it builds on a fact that another check has found not to hold.
    Requirement,
}

/// Kinds of failure that are alike to whoever reads of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    /// Something is not there yet.
    Missing,
    /// The compiler decides.
    Compiling,
    /// It does not end.
    Hangs,
    /// It ends with a wrong result.
    IsWrong,
    /// It ends in another way than it should.
    EndsOtherwise,
    /// It was not judged.
    NotJudged,
}

impl FailureKind {
    /// Whether one execution shows the failure. Otherwise it is that none of those tried shows what is asked for.
    pub(crate) fn has_counterexample(self) -> bool {
        self != Self::NeverHappens
    }

    /// Whether it is about the process that runs a check, whatever the check is.
    pub(crate) fn is_of_the_process(self) -> bool {
        self.family() == Family::EndsOtherwise && !matches!(self, Self::Panic | Self::NeverHappens)
    }

    pub(crate) fn family(self) -> Family {
        match self {
            Self::NotImplemented => Family::Missing,
            Self::Compiles | Self::DoesNotCompile => Family::Compiling,
            Self::Deadlock | Self::TooManySteps | Self::Timeout => Family::Hangs,
            Self::Assertion => Family::IsWrong,
            Self::Panic
            | Self::NeverHappens
            | Self::EndedEarly
            | Self::Crash
            | Self::MemoryLimit
            | Self::CpuLimit
            | Self::ThreadLimit
            | Self::OutputLimit
            | Self::FileLimit
            | Self::ForbiddenCall
            | Self::Forged => Family::EndsOtherwise,
            Self::Unsupported | Self::Requirement => Family::NotJudged,
        }
    }

    pub fn as_str(self) -> &'static str {
        self.into()
    }
}
