//! What a step does, in a sentence.

use model_trace::history::{ObjectState, OnceState, State, ThreadStatus};
use model_trace::{
    AcquireCall, Blocker, Content, ObjectId, Operation, Reads, Received, Sent, Step, StepId, ThreadId, Word,
};

use crate::report::{Recording, number};

/// The sentence for `step`, which is taken in the state `before`.
pub(super) fn sentence(recording: &Recording, before: &State<'_>, step: &Step) -> String {
    let thread = recording.thread(step.thread);
    format!("{thread} {}.", Telling { recording, before, me: step.thread }.what(step.operation))
}

/// A step with the state before it.
struct Telling<'a> {
    recording: &'a Recording,
    before: &'a State<'a>,
    me: ThreadId,
}

impl Telling<'_> {
    fn what(&self, operation: Operation) -> String {
        let it = |object: ObjectId| self.recording.object(object);
        let other = |thread: ThreadId| self.recording.thread(thread);
        let at_most = |timeout: Option<_>| {
            timeout.map(|timeout| format!(", for {timeout:?} at most")).unwrap_or_default()
        };
        match operation {
            Operation::Preempted => "is preempted, although it could go on".to_owned(),
            Operation::Delayed { by } => format!("is slow: {by:?} pass before its next step"),
            Operation::Yield => "yields to the other threads".to_owned(),
            Operation::Block { on: Blocker::Object(object) } => self.blocks(object),
            Operation::Block { on: Blocker::Thread(thread) } => {
                format!("blocks until {} finishes", other(thread))
            }
            Operation::TimedOut { object: Some(object) } => {
                format!("stops waiting on {}: its timeout has elapsed", it(object))
            }
            Operation::TimedOut { object: None } => "stops waiting: its timeout has elapsed".to_owned(),
            Operation::SpuriousWakeup { object: Some(object) } => {
                format!(
                    "wakes up although {} was not notified: a spurious wakeup, which std allows",
                    it(object)
                )
            }
            Operation::SpuriousWakeup { object: None } => {
                "wakes up although it was not unparked: a spurious wakeup, which std allows".to_owned()
            }
            Operation::Panic => "panics".to_owned(),
            Operation::Spawn { thread } => format!("starts {}", other(thread)),
            Operation::Join { thread } => format!("joins {}, which has finished", other(thread)),
            Operation::IsFinished { thread, finished } => {
                let answer = if finished { "it has" } else { "it has not" };
                format!("asks whether {} has finished: {answer}", other(thread))
            }
            Operation::Park { timeout } => {
                format!("parks until another thread unparks it{}", at_most(timeout))
            }
            Operation::Unparked => "has been unparked, and goes on".to_owned(),
            Operation::Unpark { thread } => format!("unparks {}", other(thread)),
            Operation::Sleep { duration } => format!("sleeps for {duration:?}"),
            Operation::Now { time } => format!("reads the clock: {time:?} since the beginning"),
            Operation::Acquire { lock, call, content, poisoned } => {
                self.acquires(lock, call, content, poisoned)
            }
            Operation::WouldBlock { lock, .. } => {
                format!("tries to acquire {}{}, and goes on without it", it(lock), self.held(lock))
            }
            Operation::Release { lock, content, poisons, .. } => self.releases(lock, content, poisons),
            Operation::Downgrade { lock, content } => {
                format!("goes on with {} for reading only{}", it(lock), changed(content))
            }
            Operation::IsPoisoned { lock, poisoned } => {
                format!("asks whether {} is poisoned: {}", it(lock), yes(poisoned))
            }
            Operation::ClearPoison { lock } => format!("clears the poison of {}", it(lock)),
            Operation::Wait { condvar, timeout } => {
                format!("waits on {} for a notification{}", it(condvar), at_most(timeout))
            }
            Operation::Notified { condvar } => format!("has been notified on {}, and goes on", it(condvar)),
            Operation::NotifyOne { condvar, woken } => self.notifies(condvar, woken.as_slice()),
            Operation::NotifyAll { condvar, .. } => self.notifies(condvar, &self.before.waiting_for(condvar)),
            Operation::Arrive { barrier, last: true } => {
                format!("arrives at {} as the last one: all go on", it(barrier))
            }
            Operation::Arrive { barrier, last: false } => {
                format!("arrives at {} and waits for the others", it(barrier))
            }
            Operation::Initialise { once } => format!("begins to initialise {}", it(once)),
            Operation::Initialised { once, poisoned: true } => {
                format!("panics while it initialises {}, which poisons it", it(once))
            }
            Operation::Initialised { once, poisoned: false } => format!("has initialised {}", it(once)),
            Operation::FindInitialised { once } => format!("finds {} initialised", it(once)),
            Operation::FindPoisoned { once } => format!("finds {} poisoned, and panics", it(once)),
            Operation::IsCompleted { once, completed } => {
                format!("asks whether {} is initialised: {}", it(once), yes(completed))
            }
            Operation::Send { channel, result, .. } => match result {
                Sent::Sent => format!("sends a message through {}", it(channel)),
                Sent::NoReceiver => format!("cannot send through {}: its receiver is gone", it(channel)),
                Sent::Full => format!("cannot send through {} now: it is full", it(channel)),
            },
            Operation::Receive { channel, result, .. } => match result {
                Received::Received => format!("receives a message from {}", it(channel)),
                Received::NoSender => {
                    format!("finds {} empty, and all of its senders gone", it(channel))
                }
                Received::Empty => format!("finds {} empty", it(channel)),
                Received::TimedOut => {
                    format!("has received nothing from {}: its timeout has elapsed", it(channel))
                }
            },
            Operation::Load { atomic, value, order, reads } => {
                format!("reads {value} from {} ({order}), {}", it(atomic), self.source(reads))
            }
            Operation::Store { atomic, value, order, before } => {
                format!("writes {value} to {} ({order}){}", it(atomic), self.placed(before))
            }
            Operation::Update { atomic, call, old, new, order, before } => {
                let (it, placed) = (it(atomic), self.placed(before));
                format!("changes {it} from {old} to {new} with {} ({order}){placed}", call.as_str())
            }
            Operation::ExchangeFailed { atomic, found, order, spurious: true, .. } => {
                format!(
                    "fails to exchange {} although it finds {found} ({order}), as a weak exchange may",
                    it(atomic)
                )
            }
            Operation::ExchangeFailed { atomic, found, order, reads, spurious: false } => {
                format!(
                    "fails to exchange {}: it finds {found} ({order}), {}",
                    it(atomic),
                    self.source(reads)
                )
            }
            Operation::Fence { order } => format!("passes a fence ({order})"),
        }
    }

    /// `, held by T1`, before the step.
    fn held(&self, lock: ObjectId) -> String {
        match self.before.holders(lock) {
            [] => String::new(),
            [one] if *one == self.me => ", which it holds itself".to_owned(),
            holders => format!(", held by {}", self.recording.thread_names(holders)),
        }
    }

    fn blocks(&self, object: ObjectId) -> String {
        let it = self.recording.object(object);
        match &self.before.objects[object.index()] {
            ObjectState::Channel { messages: 0 } => format!("blocks until a message arrives in {it}"),
            ObjectState::Channel { .. } => format!("blocks until a message is received from {it}"),
            ObjectState::Once(OnceState::Running(thread)) => {
                format!("blocks until {} has initialised {it}", self.recording.thread(*thread))
            }
            ObjectState::Lock(_) => format!("blocks on {it}{}", self.held(object)),
            ObjectState::Once(OnceState::Incomplete | OnceState::Poisoned | OnceState::Complete)
            | ObjectState::Condvar
            | ObjectState::Barrier { .. }
            | ObjectState::Atomic { .. } => format!("blocks on {it}"),
        }
    }

    fn acquires(&self, lock: ObjectId, call: AcquireCall, content: Option<Word>, poisoned: bool) -> String {
        let mode = match call {
            AcquireCall::Lock | AcquireCall::TryLock => "",
            AcquireCall::Read | AcquireCall::TryRead => " for reading",
            AcquireCall::Write | AcquireCall::TryWrite => " for writing",
        };
        let content = content.map(|value| format!(" (value {value})")).unwrap_or_default();
        let poisoned = if poisoned { "; it is poisoned, so the call returns an error" } else { "" };
        format!("acquires {}{mode}{content}{poisoned}", self.recording.object(lock))
    }

    fn releases(&self, lock: ObjectId, content: Content, poisons: bool) -> String {
        let it = self.recording.object(lock);
        let waits = matches!(self.before.threads[self.me.index()].status, ThreadStatus::Blocked(_));
        let how = if poisons {
            " as it unwinds, which poisons it"
        } else if waits {
            " while it waits"
        } else {
            ""
        };
        format!("releases {it}{how}{}", changed(content))
    }

    fn notifies(&self, condvar: ObjectId, woken: &[ThreadId]) -> String {
        let it = self.recording.object(condvar);
        match woken {
            [] => format!("notifies {it}, but no thread waits on it: the notification has no effect"),
            woken => format!("notifies {it} and wakes {}", self.recording.thread_names(woken)),
        }
    }

    /// Where a value that is read comes from.
    fn source(&self, reads: Reads) -> String {
        let written = match reads.from {
            Some(from) => format!("as step {} wrote it", number(from)),
            None => "its initial value".to_owned(),
        };
        match reads.newest.filter(|_| reads.is_stale()) {
            Some(newest) => format!("{written}. That is a stale read: {}", self.newer(newest)),
            None => written,
        }
    }

    /// The place of a store in the modification order, where that is not the order of the steps.
    fn placed(&self, before: Option<StepId>) -> String {
        let Some(next) = before else { return String::new() };
        let (writer, number) = (self.recording.thread(self.recording.step(next).thread), number(next));
        format!(
            ". In modification order it comes before what {writer} wrote in step {number}, which is the newer value"
        )
    }

    fn newer(&self, newest: StepId) -> String {
        let (store, number) = (self.recording.step(newest), number(newest));
        let writer = self.recording.thread(store.thread);
        if let Operation::Store { value, .. } | Operation::Update { new: value, .. } = store.operation {
            format!("{writer} had written {value} in step {number}, and this load does not see it")
        } else {
            format!("it does not see step {number}, by {writer}")
        }
    }
}

/// What happened to the data behind a lock.
fn changed(content: Content) -> String {
    match content {
        Content::Unchanged => String::new(),
        Content::Changed => " (data changed)".to_owned(),
        Content::MaybeChanged => " (data maybe changed)".to_owned(),
        Content::Replaced { old, new } => format!(" (value {old} → {new})"),
    }
}

fn yes(answer: bool) -> &'static str {
    if answer { "yes" } else { "no" }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use model_trace::{AtomicType, ObjectKind};

    use super::*;
    use crate::report::samples::{MAIN, T1, T2, load, lock_with, recording, replaces, spawn, store, word};

    /// The sentences for steps on one object, called `it`.
    fn said(kind: ObjectKind, steps: &[(u32, Operation)]) -> Vec<String> {
        let steps: Vec<_> = steps.iter().map(|(thread, operation)| (*thread, *operation, 1)).collect();
        let recording = recording(&[("it", kind)], &steps);
        let history = recording.history();
        let mut state = history.start();
        let mut said = Vec::new();
        for (id, step) in recording.steps() {
            said.push(sentence(&recording, &state, step));
            history.advance(&mut state, id);
        }
        said
    }

    const IT: ObjectId = ObjectId(0);

    #[test]
    fn who_holds_a_lock_is_said_to_those_who_wait_for_it() {
        let blocked = Operation::Block { on: Blocker::Object(IT) };
        let tried = Operation::WouldBlock { lock: IT, call: AcquireCall::TryLock };
        let steps = [
            (MAIN, spawn(T1)),
            (MAIN, lock_with(0, 3)),
            (T1, blocked),
            (T1, tried),
            (MAIN, replaces(0, 3, 4)),
        ];
        assert_eq!(
            said(ObjectKind::Mutex, &steps),
            [
                "main starts T1.",
                "main acquires it (value 3).",
                "T1 blocks on it, held by main.",
                "T1 tries to acquire it, held by main, and goes on without it.",
                "main releases it (value 3 → 4).",
            ]
        );
    }

    #[test]
    fn a_notification_says_whom_it_wakes() {
        let one = |woken: Option<u32>| Operation::NotifyOne { condvar: IT, woken: woken.map(ThreadId) };
        let wait = |timeout| Operation::Wait { condvar: IT, timeout };
        let steps = [
            (T1, wait(None)),
            (T2, wait(Some(Duration::from_millis(5)))),
            (MAIN, Operation::NotifyAll { condvar: IT, woken: 2 }),
            (MAIN, one(None)),
        ];
        assert_eq!(
            said(ObjectKind::Condvar, &steps),
            [
                "T1 waits on it for a notification.",
                "T2 waits on it for a notification, for 5ms at most.",
                "main notifies it and wakes T1 and T2.",
                "main notifies it, but no thread waits on it: the notification has no effect.",
            ]
        );
    }

    #[test]
    fn a_load_says_which_store_it_reads_and_which_one_it_misses() {
        let steps = [
            (MAIN, store(0, 9)),
            (T1, load(0, word(7), None, Some(0))),
            (T1, load(0, word(9), Some(0), Some(0))),
        ];
        assert_eq!(
            said(ObjectKind::Atomic(AtomicType::U64), &steps)[1..],
            [
                "T1 reads 7 from it (Relaxed), its initial value. That is a stale read: main had written 9 in step 1, \
                 and this load does not see it.",
                "T1 reads 9 from it (Relaxed), as step 1 wrote it.",
            ]
        );
    }
}
