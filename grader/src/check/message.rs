//! What happened, in a sentence: made of the outcome, once everything has its name.

use model_trace::Place;

use super::outcome::{Cause, Crash, EndedEarly, Forgery, Missing, Unsupported};
use crate::process::Ceiling;
use crate::report::{Recording, in_submission};

impl Cause {
    /// What happened. `recording` is the execution in which it did, if that is known.
    pub(crate) fn message(&self, recording: Option<&Recording>) -> String {
        match self {
            Self::Panic { message, place, thread } => {
                let thread = thread.filter(|thread| thread.index() > 0).zip(recording);
                let thread =
                    thread.map(|(thread, recording)| format!("in thread {}", recording.thread(thread)));
                let place = place.as_ref().map(|place| match in_submission(place) {
                    Some(place) => format!("at {place}"),
                    None => "in a call of `std`".to_owned(),
                });
                match thread.into_iter().chain(place).collect::<Vec<_>>().as_slice() {
                    [] => message.clone(),
                    facts => format!("{message} ({})", facts.join(", ")),
                }
            }
            Self::Deadlock => match recording {
                Some(recording) => deadlock(recording),
                None => "no thread can go on".to_owned(),
            },
            Self::Stalled => "every thread is blocked, and no thread is left to wake one".to_owned(),
            Self::Idle => "for 10 s every thread was blocked, or waited for a timeout".to_owned(),
            Self::TooManySteps { limit, thread, place } => {
                let who = recording.map_or("a thread", |recording| recording.thread(*thread));
                format!(
                    "the check has not finished after {limit} steps: {who} makes no progress{}",
                    at(place)
                )
            }
            Self::NeverHappens => "none of the interleavings that were tried shows it".to_owned(),
            Self::EndedEarly(ended) => ended.message(),
            Self::Exceeded(ceiling) => exceeded(*ceiling),
            Self::OpenedSocket => {
                "the submission tried to open a socket, or made another system call that ends a check"
                    .to_owned()
            }
            Self::Forged(forgery) => forgery.message().to_owned(),
            Self::Compiles => "it compiles, but the compiler should reject it".to_owned(),
            Self::DoesNotCompile { error } => format!("it must compile, but does not: {}", said(error)),
            Self::RejectedForAnotherReason { expected, error } => {
                format!(
                    "the compiler rejects it, but not for the expected reason ({expected}): {}",
                    said(error)
                )
            }
        }
    }
}

fn exceeded(ceiling: Ceiling) -> String {
    match ceiling {
        Ceiling::Memory { bytes } => format!("the check used more than {} MiB of memory", bytes >> 20),
        Ceiling::CpuTime { seconds } => format!("the check used more than {seconds} s of CPU time"),
        Ceiling::Threads { most } => format!("the check had more than {most} threads at once"),
        Ceiling::Output { bytes } => format!("the check wrote more than {} KiB of output", bytes >> 10),
        Ceiling::Answer { bytes } => {
            format!("the check wrote more than {} KiB to the channel on which it reports", bytes >> 10)
        }
        Ceiling::FileSize => "the check tried to write a large file".to_owned(),
    }
}

fn said(error: &Option<String>) -> &str {
    error.as_deref().unwrap_or("the compiler gave no reason")
}

/// Who waits for what.
fn deadlock(recording: &Recording) -> String {
    let end = recording.history().end();
    let waits = recording.execution.waiting.iter().map(|waiting| {
        let (thread, waits) = (recording.thread(waiting.thread), recording.waits(waiting, &end));
        let place = match in_submission(&waiting.place) {
            Some(place) => recording.location(place),
            None => recording.at(&waiting.place),
        };
        format!("{thread} {waits} ({place})")
    });
    let waits = waits.collect::<Vec<_>>().join("; ");
    let panics = recording.execution.panics.iter().take(PANICS).map(|panic| {
        let step = recording.step(panic.step);
        format!(
            "{} panicked {}: {}",
            recording.thread(step.thread),
            recording.at(&step.place),
            brief(&panic.message)
        )
    });
    std::iter::once(waits).chain(panics).collect::<Vec<_>>().join("\n")
}

/// How many panics are shown before a deadlock: the first ones, from which the others may follow.
const PANICS: usize = 2;

/// How many characters of the message of each.
const CHARACTERS: usize = 200;

/// A message as one line, and not longer than what can be read in passing.
fn brief(message: &str) -> String {
    let line = message.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(CHARACTERS) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// ` (at src/lib.rs:7)`, for a place in the submission.
fn at(place: &Place) -> String {
    in_submission(place).map(|place| format!(" (at {place})")).unwrap_or_default()
}

impl Forgery {
    fn message(self) -> &'static str {
        match self {
            Self::MustFail => "the submission reported a pass for a check that must fail: forged",
            Self::TooEarly => "the submission reported a pass for a check that had not returned: forged",
        }
    }
}

impl EndedEarly {
    fn message(self) -> String {
        match self {
            Self::Exit(code) => {
                format!("the submission ended the process with exit({code}) in the middle of the check")
            }
            Self::NoReport => {
                "the submission ended the process with exit(0) in the middle of the check".to_owned()
            }
            Self::Unsent => {
                "the check's report could not be sent: the submission closed the channel to the grader, or ended the \
                 process itself"
                    .to_owned()
            }
            Self::Malformed => "the check's report is malformed".to_owned(),
            Self::SeveralReports => "there is more than one report".to_owned(),
            Self::OfAnotherRun => "the report is of another run".to_owned(),
        }
    }
}

impl Crash {
    pub(crate) fn message(&self) -> String {
        let signal = signal_name(self.signal);
        if self.last_words.is_empty() {
            format!("the process died of {signal}")
        } else {
            format!("the process died of {signal}:\n{}", self.last_words)
        }
    }
}

#[cfg(unix)]
fn signal_name(number: i32) -> String {
    match nix::sys::signal::Signal::try_from(number) {
        Ok(signal) => signal.as_str().to_owned(),
        Err(_) => format!("signal {number}"),
    }
}

/// On Windows, what ends a process is an exception.
#[cfg(not(unix))]
fn signal_name(number: i32) -> String {
    format!("exception {number:#X}")
}

impl Unsupported {
    pub(crate) fn message(&self) -> String {
        match self {
            Self::Diverges { steps, place } => {
                let place = place.as_ref().map(at).unwrap_or_default();
                format!("after {steps} steps this code diverges from the schedule{place}")
            }
            Self::NoModel { call, message, place } => {
                let place = place.as_ref().and_then(in_submission);
                let place = place.map_or_else(|| "in the check".to_owned(), |place| format!("at {place}"));
                format!("`{call}` {place}: {message}")
            }
        }
    }
}

impl Missing {
    pub(crate) fn message(&self) -> String {
        format!("it requires that {}, and the check “{}” failed", self.fact, self.check)
    }
}

#[cfg(test)]
mod tests {
    use model_trace::history::Ending;
    use model_trace::{
        Blocker, ObjectId, ObjectKind, Operation, PanicMessage, StepId, ThreadId, Wait, Waiting,
    };

    use super::*;
    use crate::report::samples::{MAIN, T1, lock, place, recording, spawn};

    /// `main` waits for `state`, after `T1` has panicked with these messages.
    fn after(messages: &[&str]) -> String {
        let mut steps = vec![(MAIN, spawn(T1), 0), (T1, lock(0), 2)];
        steps.extend(messages.iter().map(|_| (T1, Operation::Panic, 3)));
        steps.push((MAIN, Operation::Block { on: Blocker::Object(ObjectId(0)) }, 4));
        let mut recording = recording(&[("state", ObjectKind::Mutex)], &steps);
        let panic = |(step, message): (u32, &&str)| PanicMessage {
            step: StepId(step),
            message: (*message).to_owned(),
        };
        recording.execution.panics = (2..).zip(messages).map(panic).collect();
        let wait = Wait::Lock { lock: ObjectId(0) };
        recording.execution.waiting = vec![Waiting { thread: ThreadId(MAIN), wait, place: place(4) }];
        recording.ending = Ending::Complete;
        Cause::Deadlock.message(Some(&recording))
    }

    #[test]
    fn a_deadlock_says_what_panicked() {
        let waits = "main waits for `state`, held by T1 (line 4)";
        assert_eq!(after(&[]), waits);
        let told = format!("{waits}\nT1 panicked at line 3: `left == right` failed left: 1 right: 2");
        assert_eq!(after(&["`left == right` failed\n  left: 1\n right: 2"]), told);
    }

    #[test]
    fn of_many_panics_and_of_a_long_message_the_beginning_is_said() {
        let said = after(&["first", "second", "third"]);
        assert_eq!(said.lines().count(), 1 + PANICS, "{said}");
        assert!(said.ends_with("T1 panicked at line 3: second"), "{said}");
        let long = after(&["ä".repeat(CHARACTERS + 1).as_str()]);
        assert!(long.ends_with(&format!(": {}…", "ä".repeat(CHARACTERS))), "{long}");
    }
}
