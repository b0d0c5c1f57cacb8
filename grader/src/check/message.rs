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
    waits.collect::<Vec<_>>().join("; ")
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
            Self::TooLong => "the check's report is too long to be one".to_owned(),
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
