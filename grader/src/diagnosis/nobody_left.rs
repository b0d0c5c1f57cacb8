//! A thread waits for what another one would have to do, and none is left that could.

use model_trace::{ObjectId, Operation, Place, Step, StepId, ThreadId, Wait, Waiting};

use super::evidence::{Evidence, after};
use super::finding::{Finding, cite};
use crate::report::{Citation, Recording, Role, SourceLine, in_std, in_submission};

struct NobodyLeft {
    waiter: Waiting,
    needed: Needed,
    /// `None`: that is the first thing that it does.
    waits: Option<StepId>,
    /// Who waits for the waiter, and who for that one in turn.
    chain: Vec<(Waiting, StepId)>,
    /// Threads that have panicked, and where.
    panics: Vec<StepId>,
    /// The last time that it was woken and went on waiting: by whom, and where it looked once more.
    woken: Option<(StepId, StepId)>,
    /// The learner's own threads that have finished.
    finished: Vec<ThreadId>,
    /// Whether no other thread has done anything at all.
    is_alone: bool,
    /// Where the channel is made that it waits at, if it waits in `std`.
    made: Option<Place>,
}

pub(super) fn diagnose(evidence: &Evidence<'_>) -> Option<Box<dyn Finding>> {
    let found = evidence.waiting().iter().find_map(|waiter| {
        let needed = needed(waiter.wait)?;
        let waits = evidence.blocked(waiter.thread);
        // Whoever has not come to a step yet waits at its first one.
        if waits.is_none() && evidence.steps().any(|(_, step)| step.thread == waiter.thread) {
            return None;
        }
        let is_submitted = in_submission(begins(evidence.recording, waiter, waits)).is_some();
        // What the learner's own threads run for the check is the learner's business, too.
        // An iterator over a channel waits in `std`, and the channel is still the learner's.
        let made = awaited(waiter.wait).and_then(|object| created(evidence.recording, object));
        let made = made.filter(|_| !is_submitted).cloned();
        let concerns = is_submitted || made.is_some() || !evidence.is_a_caller(waiter.thread);
        concerns.then(|| NobodyLeft {
            chain: chain(evidence, waiter.thread),
            panics: panics(evidence, waiter.thread),
            woken: waits.and_then(|waits| woken(evidence, waiter.thread, waits)),
            finished: finished(evidence, waiter.thread),
            is_alone: evidence.recording.acting_threads() == [waiter.thread],
            made,
            waiter: waiter.clone(),
            needed,
            waits,
        })
    })?;
    Some(Box::new(found))
}

/// Where a wait begins.
fn begins<'a>(recording: &'a Recording, waiter: &'a Waiting, waits: Option<StepId>) -> &'a Place {
    waits.map_or(&waiter.place, |waits| &recording.step(waits).place)
}

/// What another thread has to do before a wait can end.
#[derive(Clone, Copy)]
enum Needed {
    /// Sending, or ending the channel.
    Message,
    /// Receiving, or ending the channel.
    Receiver,
    /// Notifying, arriving at the barrier, or unparking.
    Wakeup,
}

/// `None`: a wait that may end without another thread, or in which that one is known.
fn needed(wait: Wait) -> Option<Needed> {
    match wait {
        Wait::Receive { .. } => Some(Needed::Message),
        Wait::Send { .. } | Wait::Rendezvous { .. } => Some(Needed::Receiver),
        Wait::Notification { .. } | Wait::Barrier { .. } | Wait::Park => Some(Needed::Wakeup),
        Wait::Initialisation { .. }
        | Wait::Ready
        | Wait::Sleep
        | Wait::Lock { .. }
        | Wait::Read { .. }
        | Wait::ReadBehind { .. }
        | Wait::Join { .. } => None,
    }
}

/// The channel that a thread waits at.
fn awaited(wait: Wait) -> Option<ObjectId> {
    if let Wait::Receive { channel } | Wait::Send { channel } | Wait::Rendezvous { channel } = wait {
        Some(channel)
    } else {
        None
    }
}

/// Where the learner has made an object.
fn created(recording: &Recording, object: ObjectId) -> Option<&Place> {
    in_submission(&recording.execution.objects[object.index()].created)
}

/// The threads that wait for a thread to finish, and for those that do so.
fn chain(evidence: &Evidence<'_>, mut last: ThreadId) -> Vec<(Waiting, StepId)> {
    let mut chain: Vec<(Waiting, StepId)> = Vec::new();
    while let Some(next) = evidence.waiting().iter().find(|other| {
        other.wait == (Wait::Join { thread: last })
            && chain.iter().all(|(known, _)| known.thread != other.thread)
    }) {
        let Some(step) = evidence.blocked(next.thread) else { break };
        last = next.thread;
        chain.push((next.clone(), step));
    }
    chain
}

/// The step with which a thread exists. Whatever was over before that is none of its business.
fn begun(evidence: &Evidence<'_>, thread: ThreadId) -> StepId {
    let spawns = |(_, step): &(StepId, &Step)| step.operation == (Operation::Spawn { thread });
    evidence.steps().find(spawns).map_or(StepId(0), |(id, _)| id)
}

/// The panics that may have kept a thread from what the waiter needs.
fn panics(evidence: &Evidence<'_>, waiter: ThreadId) -> Vec<StepId> {
    // Its own has been caught, if it was back in the check after it.
    let is_caught = |(id, step): &(StepId, &Step)| {
        let mut later = evidence.within(after(*id)..evidence.over());
        step.thread == waiter && later.any(|(id, step)| step.thread == waiter && !evidence.is_submitted(id))
    };
    let panics = evidence.within(begun(evidence, waiter)..evidence.over());
    let panics = panics.filter(|panic| panic.1.operation == Operation::Panic && !is_caught(panic));
    panics.map(|(id, _)| id).collect()
}

/// The notification that woke a thread in the call in which it waits again, and where it woke up.
fn woken(evidence: &Evidence<'_>, thread: ThreadId, waits: StepId) -> Option<(StepId, StepId)> {
    let wakes = |(_, step): &(StepId, &Step)| {
        step.thread == thread && matches!(step.operation, Operation::Notified { .. } | Operation::Unparked)
    };
    let (end, step) = evidence.within(StepId(0)..waits).rev().find(wakes)?;
    let in_the_call = evidence.may_be_one_call(end, waits)
        && evidence.within(end..waits).all(|(id, step)| step.thread != thread || evidence.is_submitted(id));
    let notifies = |operation| {
        if let Operation::NotifyOne { condvar, woken: Some(woken) } = operation {
            return woken == thread && step.operation == (Operation::Notified { condvar });
        }
        if let Operation::NotifyAll { condvar, .. } = operation {
            return step.operation == (Operation::Notified { condvar });
        }
        operation == (Operation::Unpark { thread })
    };
    let (by, _) = evidence.within(StepId(0)..end).rev().find(|(_, step)| notifies(step.operation))?;
    in_the_call.then_some((by, end))
}

/// The learner's own threads that have finished since the waiter exists.
fn finished(evidence: &Evidence<'_>, waiter: ThreadId) -> Vec<ThreadId> {
    let acting = evidence.recording.acting_threads();
    let begun = begun(evidence, waiter);
    let is_done = |thread: &ThreadId| {
        let mut since = evidence.within(begun..evidence.over());
        !evidence.is_a_caller(*thread)
            && evidence.waiting().iter().all(|waiting| waiting.thread != *thread)
            && since.any(|(_, step)| step.thread == *thread)
    };
    acting.into_iter().filter(is_done).collect()
}

impl Finding for NobodyLeft {
    fn steps(&self) -> Vec<Citation> {
        let panics = self.panics.iter().map(|panic| cite(*panic, Role::Panics));
        let chain = self.chain.iter().map(|(_, step)| cite(*step, Role::Waits));
        let woken = self.woken.iter().map(|(by, _)| cite(*by, Role::Notifies));
        let waits = self.waits.map(|waits| cite(waits, Role::Waits));
        waits.into_iter().chain(woken).chain(panics).chain(chain).collect()
    }

    fn to_mend(&self) -> Vec<StepId> {
        let joins = self.chain.iter().map(|(_, step)| *step);
        // That a panic is the learner's own shows where the lines are collected: others have none.
        self.panics.iter().copied().chain(self.waits).chain(joins).collect()
    }

    fn first_line(&self) -> Option<SourceLine> {
        let unseen = Some(&self.waiter.place).filter(|_| self.waits.is_none()).and_then(in_submission);
        let place = self.made.as_ref().or(unseen)?;
        Some(SourceLine { file: place.file.to_string(), line: place.line })
    }

    fn sentence(&self, recording: &Recording) -> String {
        let at = |id: StepId| recording.at(&recording.step(id).place);
        let state = recording.history().end();
        let waiter = recording.thread(self.waiter.thread);
        let here = match &self.made {
            Some(made) => format!(", made {},", recording.at(made)),
            None => format!(" {},", recording.at(begins(recording, &self.waiter, self.waits))),
        };
        let nobody = if self.is_alone { "there is no other thread" } else { "no thread is left" };
        let mut sentences = vec![format!(
            "{waiter} {waits}{here} and {nobody} that could end that wait.",
            waits = recording.waits(&self.waiter, &state),
        )];
        if let Some((by, end)) = self.woken {
            sentences.push(format!(
                "{notifier} has woken it {there}; it has looked again {back}, and its condition did not hold.",
                notifier = recording.thread(recording.step(by).thread),
                there = at(by),
                back = at(end),
            ));
        }
        if !self.finished.is_empty() {
            let have = if self.finished.len() == 1 { "has" } else { "have" };
            sentences.push(format!("{} {have} finished.", recording.thread_names(&self.finished)));
        }
        let panics = self.panics.iter().map(|panic| {
            format!("{} has panicked {}.", recording.thread(recording.step(*panic).thread), at(*panic))
        });
        sentences.extend(panics);
        sentences.extend(self.chain.iter().map(|(waiting, step)| {
            let (thread, waits) = (recording.thread(waiting.thread), recording.waits(waiting, &state));
            format!("{thread} {waits} {}.", at(*step))
        }));
        sentences.push(self.cure(recording, waiter));
        sentences.join(" ")
    }
}

impl NobodyLeft {
    fn cure(&self, recording: &Recording, waiter: &str) -> String {
        const DROPPED: &str = "the channel end: it does so when none of its senders exists, and one still does. Drop each \
                               of them when it sends nothing more.";
        if !self.panics.is_empty() {
            let is_of_the_check = |panic: &StepId| {
                let place = &recording.step(*panic).place;
                in_submission(place).is_none() && !in_std(place)
            };
            // A check panics because it has found something, or in order to see what comes of it.
            let first = match self.panics.iter().any(is_of_the_check) {
                true => "If the check has panicked because something is wrong, mend that first.",
                false => "If your code was not meant to panic there, mend that first.",
            };
            let or = match self.needed {
                Needed::Message => format!("Or let {DROPPED}"),
                Needed::Receiver | Needed::Wakeup => String::new(),
            };
            let cure = format!(
                "{first} What {waiter} waits for has to come also when a thread panics, or {waiter} has to learn that it does not: \
                 that belongs in a `Drop`, which runs while a panic unwinds. {or}"
            );
            return cure.trim_end().to_owned();
        }
        match self.needed {
            Needed::Message => format!("Send the message before, or let {DROPPED}"),
            Needed::Receiver | Needed::Wakeup if self.is_alone => {
                format!("What {waiter} waits for here it has to do itself before, or it must not wait.")
            }
            Needed::Receiver => format!(
                "Something has to receive, or the receiver has to be dropped, before every other thread has finished or waits \
                 for {waiter}."
            ),
            Needed::Wakeup => format!(
                "Every other thread has finished, or waits itself. What {waiter} needs has to be done before the others finish, \
                 or wait for {waiter}."
            ),
        }
    }
}

#[cfg(test)]
mod tests;
