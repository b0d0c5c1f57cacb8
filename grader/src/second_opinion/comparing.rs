//! What loom's answer means beside the model's verdict.

use std::time::Duration;

use model_trace::{Call, Execution, LoomFailure, Opinion, Place, Tried};

use super::asking::Heard;
use super::differences::{behind_a_failure, behind_a_pass};
use crate::report::{
    Agreement, Diagnostic, Difference, Engine, LoomCall, OpinionStatus, SecondOpinion, in_submission,
    milliseconds, sanitised,
};

/// Longest texts that a report takes over from a process.
const MAX_MESSAGE: usize = 4 * 1024;
const MAX_WORD: usize = 200;
/// Calls that a report shows of one execution; loom's own bound on its steps is of the same size.
const MAX_CALLS: usize = 10_000;

/// What the model makes of a check.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ModelVerdict<'a> {
    Passes,
    /// With the execution that fails, if there is one.
    Fails(Option<&'a Execution>),
    /// It has no verdict, or its search was cut short without a failure.
    None,
}

impl ModelVerdict<'_> {
    /// Whether loom, by what it found within a bound, does not agree, and may agree without one.
    pub(crate) fn asks_for_more(self, heard: &Heard) -> bool {
        match self {
            Self::Passes => {
                matches!(heard, Heard::Opinion(Opinion::Failed { failure: LoomFailure::NeverHappens {}, .. }))
            }
            Self::Fails(_) => matches!(heard, Heard::Opinion(Opinion::Passed { .. })),
            Self::None => false,
        }
    }
}

/// loom's answer, beside the model's verdict.
pub(crate) fn compared(heard: Heard, took: Duration, model: ModelVerdict<'_>) -> SecondOpinion {
    let opinion = match heard {
        Heard::Opinion(opinion) => opinion,
        Heard::TimedOut => {
            let message = format!("cut short: still searching after {} s", took.as_secs());
            return SecondOpinion { duration_ms: milliseconds(took), ..without(OpinionStatus::Cut, message) };
        }
        Heard::NoAnswer(why) => {
            let message = format!("loom gave up: {why}");
            return SecondOpinion {
                duration_ms: milliseconds(took),
                ..without(OpinionStatus::GaveUp, message)
            };
        }
    };
    let (agreement, differences) = agreement(&opinion, model);
    let mut compared = match opinion {
        Opinion::Passed { tried } => SecondOpinion {
            executions: Some(tried.executions),
            preemptions: tried.preemptions,
            ..without(OpinionStatus::Passed, format!("passes in {}", covered(tried)))
        },
        Opinion::Failed { failure, calls, tried } => SecondOpinion {
            executions: Some(tried.executions),
            preemptions: tried.preemptions,
            calls: calls.into_iter().take(MAX_CALLS).map(call).collect(),
            ..without(OpinionStatus::Failed, failed(failure))
        },
        Opinion::NotExpressible { call, reason, place } => {
            let at = at(place.as_ref());
            let (call, reason) = (sanitised(&call, MAX_WORD), sanitised(&reason, MAX_WORD));
            without(OpinionStatus::NotExpressible, format!("not expressible in loom: {call}{at}: {reason}"))
        }
        Opinion::Cut { tried } => SecondOpinion {
            executions: Some(tried.executions),
            preemptions: tried.preemptions,
            ..without(OpinionStatus::Cut, format!("cut short after {} executions", tried.executions))
        },
        Opinion::GaveUp { message, place } => {
            let at = at(place.as_ref());
            let message = sanitised(&message, MAX_MESSAGE);
            without(OpinionStatus::GaveUp, format!("loom gave up{at}: {message}"))
        }
    };
    compared.agreement = agreement;
    compared.differences = differences;
    compared.duration_ms = milliseconds(took);
    compared
}

/// The submission, or the checks with it, do not compile against loom's types.
pub(crate) fn not_compiled(first: Option<&Diagnostic>) -> SecondOpinion {
    let message = match first {
        None => "not expressible in loom: it does not compile".to_owned(),
        Some(Diagnostic { code, message, file, line, .. }) => {
            let place = file.as_ref().filter(|file| file.starts_with("src/"));
            let at = match (place, line) {
                (Some(file), Some(line)) => format!(" ({file}:{line})"),
                (Some(file), None) => format!(" ({file})"),
                (None, _) => " (in the check)".to_owned(),
            };
            // A call that is not `const` in a constant.
            let what = if code.as_deref() == Some("E0015") {
                "a lock or an atomic in a `static` or a `const`"
            } else {
                message.as_str()
            };
            format!("not expressible in loom: {what}{at}")
        }
    };
    without(OpinionStatus::NotExpressible, sanitised(&message, MAX_MESSAGE))
}

/// The suite says that loom cannot judge the check.
pub(crate) fn not_judged(reason: &str) -> SecondOpinion {
    without(OpinionStatus::NotExpressible, format!("not expressible in loom: {reason}"))
}

fn without(status: OpinionStatus, message: String) -> SecondOpinion {
    SecondOpinion {
        engine: Engine::Loom,
        status,
        agreement: None,
        message,
        executions: None,
        preemptions: None,
        differences: Vec::new(),
        calls: Vec::new(),
        duration_ms: 0,
    }
}

fn agreement(opinion: &Opinion, model: ModelVerdict<'_>) -> (Option<Agreement>, Vec<Difference>) {
    let differences = match (opinion, model) {
        (Opinion::Passed { .. }, ModelVerdict::Passes) | (Opinion::Failed { .. }, ModelVerdict::Fails(_)) => {
            return (Some(Agreement::Agree), Vec::new());
        }
        (Opinion::Passed { .. }, ModelVerdict::Fails(execution)) => {
            execution.map(behind_a_pass).unwrap_or_default()
        }
        (Opinion::Failed { failure, calls, .. }, ModelVerdict::Passes) => behind_a_failure(failure, calls),
        (Opinion::NotExpressible { .. } | Opinion::Cut { .. } | Opinion::GaveUp { .. }, _)
        | (_, ModelVerdict::None) => return (None, Vec::new()),
    };
    let agreement = if differences.is_empty() { Agreement::Disagree } else { Agreement::KnownDifference };
    (Some(agreement), differences)
}

fn covered(tried: Tried) -> String {
    let Tried { executions, preemptions } = tried;
    let executions =
        if executions == 1 { "1 execution".to_owned() } else { format!("{executions} executions") };
    match preemptions {
        None => format!("{executions}, without a bound on preemptions"),
        Some(1) => format!("{executions}, with up to 1 preemption"),
        Some(bound) => format!("{executions}, with up to {bound} preemptions"),
    }
}

fn failed(failure: LoomFailure) -> String {
    match failure {
        LoomFailure::Panic { message, place, thread } => {
            let at = at(place.as_ref());
            let (message, thread) = (sanitised(&message, MAX_MESSAGE), sanitised(&thread, MAX_WORD));
            format!("thread {thread} panicked{at}: {message}")
        }
        LoomFailure::Deadlock {} => "no thread can go on".to_owned(),
        LoomFailure::NeverHappens {} => "none of the executions that loom tried shows it".to_owned(),
    }
}

fn at(place: Option<&Place>) -> String {
    match place.map(in_submission) {
        None => String::new(),
        Some(None) => " (in the check)".to_owned(),
        Some(Some(place)) => format!(" ({}:{})", sanitised(&place.file, MAX_WORD), place.line),
    }
}

fn call(call: Call) -> LoomCall {
    let Call { thread, call, order, place } = call;
    let order = order.map(|order| format!(" {order}")).unwrap_or_default();
    let place = in_submission(&place);
    LoomCall {
        thread: sanitised(&thread, MAX_WORD),
        call: format!("{}{order}", sanitised(&call, MAX_WORD)),
        file: place.map(|place| sanitised(&place.file, MAX_WORD)),
        line: place.map(|place| place.line),
    }
}

#[cfg(test)]
mod tests {
    use model_trace::{Operation, Step, ThreadId};

    use super::*;

    const TRIED: Tried = Tried { executions: 42, preemptions: Some(3) };

    fn passed() -> Heard {
        Heard::Opinion(Opinion::Passed { tried: TRIED })
    }

    fn failed(failure: LoomFailure) -> Heard {
        Heard::Opinion(Opinion::Failed { failure, calls: Vec::new(), tried: TRIED })
    }

    fn opinion(heard: Heard, model: ModelVerdict<'_>) -> SecondOpinion {
        compared(heard, Duration::from_secs(1), model)
    }

    fn place(file: &'static str) -> Option<Place> {
        Some(Place { file: file.into(), line: 12, column: 5 })
    }

    #[test]
    fn two_that_pass_or_fail_a_check_agree() {
        let both = opinion(passed(), ModelVerdict::Passes);
        assert_eq!((both.status, both.agreement), (OpinionStatus::Passed, Some(Agreement::Agree)));
        assert_eq!(both.message, "passes in 42 executions, with up to 3 preemptions");
        let both = opinion(failed(LoomFailure::Deadlock {}), ModelVerdict::Fails(None));
        assert_eq!((both.status, both.agreement), (OpinionStatus::Failed, Some(Agreement::Agree)));
    }

    #[test]
    fn one_that_passes_what_the_other_fails_disagrees() {
        assert_eq!(opinion(passed(), ModelVerdict::Fails(None)).agreement, Some(Agreement::Disagree));
        let fails = failed(LoomFailure::Deadlock {});
        assert_eq!(opinion(fails, ModelVerdict::Passes).agreement, Some(Agreement::Disagree));
    }

    #[test]
    fn a_disagreement_that_loom_is_known_for_is_named() {
        let wakeup = Operation::SpuriousWakeup { object: None };
        let step =
            Step { thread: ThreadId(0), operation: wakeup, place: place("src/lib.rs").expect("a place") };
        let execution = Execution { steps: vec![step], ..Execution::default() };
        let known = opinion(passed(), ModelVerdict::Fails(Some(&execution)));
        assert_eq!(known.agreement, Some(Agreement::KnownDifference));
        assert_eq!(known.differences, [Difference::NoSpuriousWakeups]);
    }

    #[test]
    fn what_is_no_verdict_is_compared_with_nothing() {
        let not = Opinion::NotExpressible {
            call: "thread::scope".to_owned(),
            reason: "loom has none".to_owned(),
            place: place("src/lib.rs"),
        };
        for model in [ModelVerdict::Passes, ModelVerdict::Fails(None), ModelVerdict::None] {
            for heard in [
                Heard::Opinion(not.clone()),
                Heard::Opinion(Opinion::Cut { tried: TRIED }),
                Heard::Opinion(Opinion::GaveUp { message: "a limit".to_owned(), place: None }),
                Heard::TimedOut,
                Heard::NoAnswer("its process ended itself with code 1".to_owned()),
            ] {
                assert_eq!(opinion(heard, model).agreement, None);
            }
        }
        assert_eq!(opinion(passed(), ModelVerdict::None).agreement, None);
        let said = opinion(Heard::Opinion(not), ModelVerdict::Passes);
        assert_eq!(said.message, "not expressible in loom: thread::scope (src/lib.rs:12): loom has none");
    }

    #[test]
    fn a_search_without_a_bound_may_still_agree() {
        assert!(ModelVerdict::Fails(None).asks_for_more(&passed()));
        assert!(ModelVerdict::Passes.asks_for_more(&failed(LoomFailure::NeverHappens {})));
        assert!(!ModelVerdict::Passes.asks_for_more(&failed(LoomFailure::Deadlock {})));
        assert!(!ModelVerdict::Passes.asks_for_more(&passed()));
    }

    #[test]
    fn places_of_a_check_stay_unnamed() {
        let of_check = Opinion::Failed {
            failure: LoomFailure::Panic {
                message: "left and right".to_owned(),
                place: place("check/main.rs"),
                thread: "main".to_owned(),
            },
            calls: vec![Call {
                thread: "main".to_owned(),
                call: "lock".into(),
                order: None,
                place: place("check/main.rs").expect("a place"),
            }],
            tried: TRIED,
        };
        let compared = opinion(Heard::Opinion(of_check), ModelVerdict::None);
        assert_eq!(compared.message, "thread main panicked (in the check): left and right");
        assert_eq!((compared.calls[0].file.as_deref(), compared.calls[0].line), (None, None));
    }

    #[test]
    fn a_lock_in_a_static_is_not_expressible() {
        let error = Diagnostic::error("cannot call non-const associated function").with_code("E0015");
        let error = error.in_file("src/lib.rs").at(7, 30);
        assert_eq!(
            not_compiled(Some(&error)).message,
            "not expressible in loom: a lock or an atomic in a `static` or a `const` (src/lib.rs:7)"
        );
    }
}
