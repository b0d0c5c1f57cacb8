//! Which threads may go on before others that could run, and for how long.
//!
//! After Musuvathi and Qadeer, "Fair Stateless Model Checking" (PLDI 2008): a thread that yields lets the others go
//! first, so that a program which ends under every fair scheduler ends in every execution. A step is *unfair* if a
//! thread takes it at a yield, or because its timed wait ended early, while another thread could run; or could be
//! due, as time passes while threads spin. It *overtakes* that thread. How often each thread has overtaken each other
//! one, since that one was last scheduled, is counted.
//!
//! - A few unfair steps are choices like all others.
//! - Then a thread may *run on*: one choice, after which it goes on alone, without further choices, until it leaves
//!   its spin: it stops at a call site where it has not stopped since it began to overtake, it blocks, or it ends.
//!   So a spin of many rounds can run out, and one without an end costs a single execution.
//! - After many unfair steps it has to wait for the thread that it has overtaken.
//!
//! Threads cannot all wait for each other this way: each has overtaken only threads that were last scheduled before it
//! was, so that the one which was scheduled longest ago is ahead of nobody.

use core::panic::Location;
use core::ptr;
use smallvec::SmallVec;

use model_trace::{Content, Operation, Received, Sent};

use super::digest::Digest;

/// How often a thread overtakes another one by single steps, before it has to run on.
const SINGLE: u16 = 4;

/// The same for a thread at a yield that overtakes several at once. With three threads that spin, each further step
/// would multiply the executions.
const SINGLE_PAST_SEVERAL: u16 = 1;

/// How often a thread overtakes another one at most.
const MOST: u16 = SINGLE + 1_000;

/// The most steps that one thread takes while it runs on: a round of its spin may have many.
const MOST_STEPS: u16 = 20_000;

/// How many steps a thread takes without a yield or a timed wait, before some of its steps count as yields: its loop
/// may be one that only another thread can end.
const PATIENCE: u32 = 500;

/// Every how many steps it yields from there on. A prime number: a loop has other periods, so that it does not yield
/// at the same place, where it holds a lock, again and again.
const STRIDE: u32 = 31;

/// The same for steps that change nothing, one after the other: a thread that looks again and again waits.
const PATIENCE_LOOKING: u32 = 20;

/// The same for them: a loop has few.
const STRIDE_LOOKING: u32 = 5;

/// How often each thread has overtaken each other one. Where nobody has, it is empty.
#[derive(Debug, Default)]
pub(super) struct Overtaking {
    counts: SmallVec<[Overtaken; 4]>,
}

#[derive(Clone, Copy, Debug)]
struct Overtaken {
    by: u32,
    thread: u32,
    times: u16,
}

/// How a thread may take an unfair step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// As a choice like all others.
    Single,
    /// By running on.
    RunsOn,
    /// Not before those that it has overtaken.
    Waits,
}

/// A thread's way through its spin.
#[derive(Debug, Default)]
pub(super) struct Spin {
    /// Where it has stopped since it began to overtake.
    sites: SmallVec<[&'static Location<'static>; 8]>,
    /// How many steps it has taken while it runs on. `None`: it does not.
    runs_on: Option<u16>,
    /// How many steps it has taken since it last yielded, or began a timed wait.
    steps: u32,
    /// How many of these it has taken since one of them changed something.
    looks: u32,
}

impl Overtaking {
    /// Whether a thread has overtaken another one that was not scheduled since.
    pub(super) fn is_ahead(&self, thread: usize) -> bool {
        self.counts.iter().any(|count| count.by as usize == thread)
    }

    /// How a thread may overtake these others, at a yield or by the early end of a timed wait.
    pub(super) fn turn(&self, thread: usize, others: &[usize], timed: bool) -> Turn {
        let single = if timed || others.len() < 2 { SINGLE } else { SINGLE_PAST_SEVERAL };
        let of = |other: &usize| {
            let is_wanted =
                |count: &&Overtaken| count.by as usize == thread && count.thread as usize == *other;
            self.counts.iter().find(is_wanted).map_or(0, |count| count.times)
        };
        match others.iter().map(of).max() {
            Some(MOST..) => Turn::Waits,
            Some(times) if times >= single => Turn::RunsOn,
            Some(_) | None => Turn::Single,
        }
    }

    /// A thread overtakes these others.
    pub(super) fn overtake(&mut self, thread: usize, others: &[usize]) {
        for &other in others {
            let is_wanted =
                |count: &&mut Overtaken| count.by as usize == thread && count.thread as usize == other;
            match self.counts.iter_mut().find(is_wanted) {
                Some(count) => count.times += 1,
                None => self.counts.push(Overtaken { by: thread as u32, thread: other as u32, times: 1 }),
            }
        }
    }

    /// A thread is scheduled, or has ended.
    pub(super) fn scheduled(&mut self, thread: usize) {
        self.counts.retain(|count| count.thread as usize != thread);
    }

    /// Whether nobody has overtaken a thread that was not scheduled since.
    pub(super) fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// A digest with all counts, in any order.
    pub(super) fn digest(&self) -> Digest {
        self.counts.iter().fold(Digest::default(), |digest, count| {
            let words = [count.by, count.thread, count.times.into()];
            let member = words.iter().fold(Digest::default(), |member, &word| member.then(word.into()));
            digest.with_member(member)
        })
    }
}

impl Spin {
    /// The thread stops before a step, and has asked that others go first or has not. Returns whether it lets them.
    pub(super) fn stops(&mut self, asks: bool, timed: bool) -> bool {
        if asks || timed {
            self.steps = 0;
            self.looks = 0;
            return asks;
        }
        self.steps += 1;
        self.looks += 1;
        let due =
            |steps: u32, patience, stride| steps > patience && (steps - patience).is_multiple_of(stride);
        due(self.steps, PATIENCE, STRIDE) || due(self.looks, PATIENCE_LOOKING, STRIDE_LOOKING)
    }

    /// The thread has taken a step.
    #[inline(always)]
    pub(super) fn did(&mut self, operation: Operation) {
        if changes(operation) {
            self.looks = 0;
        }
    }

    /// The thread stops at a place. Returns whether it has done so in this spin before.
    pub(super) fn knows(&mut self, place: &'static Location<'static>) -> bool {
        // One call site may have several copies of its location.
        let known = self.sites.iter().any(|site| ptr::eq(*site, place) || **site == *place);
        if !known {
            self.sites.push(place);
        }
        known
    }

    /// The thread has overtaken nobody.
    pub(super) fn is_over(&mut self) {
        if !self.sites.is_empty() {
            self.sites.clear();
        }
        self.runs_on = None;
    }

    pub(super) fn runs_on(&self) -> bool {
        self.runs_on.is_some()
    }

    /// The thread begins to run on.
    pub(super) fn run_on(&mut self) {
        self.runs_on = Some(0);
    }

    /// The thread takes another step while it runs on. Returns whether it may.
    pub(super) fn takes_step(&mut self) -> bool {
        let Some(steps) = &mut self.runs_on else { return false };
        *steps += 1;
        *steps <= MOST_STEPS
    }

    /// The thread has left its spin, or has to.
    pub(super) fn stop_running_on(&mut self) {
        self.runs_on = None;
    }

    /// How much of it a state depends on.
    pub(super) fn known_sites(&self) -> u64 {
        self.sites.len() as u64
    }
}

/// Whether others can notice a step. Taking a lock is none that they can: giving it up with other data is.
#[inline(always)]
fn changes(operation: Operation) -> bool {
    match operation {
        Operation::Load { .. }
        | Operation::ExchangeFailed { .. }
        | Operation::IsFinished { .. }
        | Operation::IsPoisoned { .. }
        | Operation::IsCompleted { .. }
        | Operation::WouldBlock { .. }
        | Operation::Acquire { .. }
        | Operation::Now { .. }
        | Operation::Fence { .. }
        | Operation::FindInitialised { .. }
        | Operation::FindPoisoned { .. }
        | Operation::Preempted
        | Operation::Delayed { .. }
        | Operation::Block { .. }
        | Operation::Yield => false,
        Operation::Update { old, new, .. } => old != new,
        Operation::Release { content, poisons, .. } => {
            poisons
                || match content {
                    Content::Unchanged => false,
                    Content::Changed | Content::MaybeChanged => true,
                    Content::Replaced { old, new } => old != new,
                }
        }
        Operation::Send { result, .. } => result == Sent::Sent,
        Operation::Receive { result, .. } => result == Received::Received,
        Operation::TimedOut { .. }
        | Operation::SpuriousWakeup { .. }
        | Operation::Panic
        | Operation::Spawn { .. }
        | Operation::Join { .. }
        | Operation::Park { .. }
        | Operation::Unparked
        | Operation::Unpark { .. }
        | Operation::Sleep { .. }
        | Operation::Downgrade { .. }
        | Operation::ClearPoison { .. }
        | Operation::Wait { .. }
        | Operation::Notified { .. }
        | Operation::NotifyOne { .. }
        | Operation::NotifyAll { .. }
        | Operation::Arrive { .. }
        | Operation::Initialise { .. }
        | Operation::Initialised { .. }
        | Operation::Store { .. } => true,
    }
}
