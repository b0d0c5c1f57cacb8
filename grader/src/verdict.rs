//! The verdict on an exercise: a pure fold over everything that was found out about it.

use crate::report::{CheckReport, CheckStatus, Engine, FailureKind, Verdict};

/// Why an exercise was judged before any check ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    NotStarted,
    CompileError,
    Forbidden,
    /// Checks that were asked for did not run, because the grading was interrupted.
    Interrupted,
    InternalError,
}

/// Folds what stopped the pipeline, if anything did, and how the checks ended into one verdict.
///
/// No check at all is no proof of anything: such an exercise is an `internal_error`. So is one with a check that could
/// not be run, unless another one has failed: then it is rejected whatever that check would have said.
pub fn fold(stop: Option<Stop>, checks: &[CheckReport]) -> Verdict {
    let stopped = stop.map(|stop| match stop {
        Stop::NotStarted => Verdict::NotStarted,
        Stop::CompileError => Verdict::CompileError,
        Stop::Forbidden => Verdict::Forbidden,
        Stop::Interrupted => Verdict::Interrupted,
        Stop::InternalError => Verdict::InternalError,
    });
    let judged = match stopped {
        // A stopped pipeline skips its checks; that they are skipped is then no news.
        Some(_) => None,
        None if checks.is_empty() => Some(Verdict::InternalError),
        None => {
            let verdicts = || checks.iter().map(of_check);
            let is_rejected = verdicts().any(|verdict| verdict == Verdict::Rejected);
            let judged = verdicts().filter(|verdict| !is_rejected || *verdict != Verdict::InternalError);
            judged.chain(nothing_works(checks).then_some(Verdict::NotStarted)).max()
        }
    };
    stopped.into_iter().chain(judged).max().unwrap_or(Verdict::InternalError)
}

fn of_check(check: &CheckReport) -> Verdict {
    match check.status {
        CheckStatus::Passed => Verdict::Accepted,
        CheckStatus::Failed | CheckStatus::TimedOut | CheckStatus::Crashed => Verdict::Rejected,
        // The check that it builds on was not passed.
        CheckStatus::Skipped if fails_with(check, FailureKind::Requirement) => Verdict::Rejected,
        CheckStatus::Skipped => Verdict::InternalError,
    }
}

fn fails_with(check: &CheckReport, kind: FailureKind) -> bool {
    check.failure.as_ref().is_some_and(|failure| failure.kind == kind)
}

/// Every check that failed ran into `todo!()`, and what passed only looked at signatures.
fn nothing_works(checks: &[CheckReport]) -> bool {
    let unfinished = |check: &CheckReport| fails_with(check, FailureKind::NotImplemented);
    let says_nothing =
        |check: &CheckReport| check.engine == Engine::Contract || fails_with(check, FailureKind::Requirement);
    checks.iter().any(unfinished) && checks.iter().all(|check| says_nothing(check) || unfinished(check))
}

/// The points of the checks that the grader could not run on a work, which are neither lost nor won. What is skipped
/// because of a failure counts.
pub(crate) fn not_run(checks: &[CheckReport]) -> u32 {
    let could_not_run = |check: &&CheckReport| fails_with(check, FailureKind::Unsupported);
    checks.iter().filter(could_not_run).map(|check| check.max_points).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Failure;
    use crate::report::samples::failed as failed_check;

    fn check(engine: Engine, status: CheckStatus, kind: Option<FailureKind>) -> CheckReport {
        let failure = kind.map(|kind| Failure::of(kind, String::new()));
        CheckReport { status, failure, ..failed_check("A fact", engine, FailureKind::Assertion) }
    }

    fn passed() -> CheckReport {
        check(Engine::Model, CheckStatus::Passed, None)
    }

    fn failed(kind: FailureKind) -> CheckReport {
        check(Engine::Stress, CheckStatus::Failed, Some(kind))
    }

    #[test]
    fn only_checks_that_all_passed_are_accepted() {
        assert_eq!(fold(None, &[passed(), passed()]), Verdict::Accepted);
        for status in [CheckStatus::Failed, CheckStatus::TimedOut, CheckStatus::Crashed] {
            assert_eq!(fold(None, &[passed(), check(Engine::Model, status, None)]), Verdict::Rejected);
        }
    }

    #[test]
    fn a_check_that_did_not_run_is_never_a_pass() {
        assert_eq!(fold(None, &[]), Verdict::InternalError);
        let skipped = check(Engine::Model, CheckStatus::Skipped, Some(FailureKind::Unsupported));
        assert_eq!(fold(None, &[passed(), skipped.clone()]), Verdict::InternalError);
        assert_eq!(fold(None, &[skipped]), Verdict::InternalError);
    }

    #[test]
    fn a_check_that_did_not_run_does_not_outweigh_one_that_failed() {
        let skipped = check(Engine::Model, CheckStatus::Skipped, Some(FailureKind::Unsupported));
        assert_eq!(fold(None, &[failed(FailureKind::Panic), passed(), skipped.clone()]), Verdict::Rejected);
        assert_eq!(fold(None, &[failed(FailureKind::Crash), skipped]), Verdict::Rejected);
    }

    #[test]
    fn a_check_that_builds_on_a_failed_one_adds_nothing_to_the_verdict() {
        let skipped = check(Engine::Model, CheckStatus::Skipped, Some(FailureKind::Requirement));
        assert_eq!(
            fold(None, &[passed(), failed(FailureKind::Assertion), skipped.clone()]),
            Verdict::Rejected
        );
        assert_eq!(fold(None, &[failed(FailureKind::NotImplemented), skipped]), Verdict::NotStarted);
    }

    #[test]
    fn what_stopped_the_pipeline_decides() {
        let skipped = check(Engine::Model, CheckStatus::Skipped, None);
        for (stop, verdict) in [
            (Stop::NotStarted, Verdict::NotStarted),
            (Stop::CompileError, Verdict::CompileError),
            (Stop::Forbidden, Verdict::Forbidden),
            (Stop::Interrupted, Verdict::Interrupted),
            (Stop::InternalError, Verdict::InternalError),
        ] {
            assert_eq!(fold(Some(stop), &[]), verdict);
            assert_eq!(fold(Some(stop), std::slice::from_ref(&skipped)), verdict);
        }
    }

    #[test]
    fn nothing_but_todo_is_not_started() {
        let todo = failed(FailureKind::NotImplemented);
        let contract = check(Engine::Contract, CheckStatus::Passed, None);
        assert_eq!(fold(None, &[todo.clone(), todo.clone(), contract.clone()]), Verdict::NotStarted);
        assert_eq!(fold(None, &[todo.clone(), passed()]), Verdict::Rejected);
        assert_eq!(fold(None, &[todo, failed(FailureKind::Assertion)]), Verdict::Rejected);
        assert_eq!(fold(None, &[contract]), Verdict::Accepted);
    }

    #[test]
    fn the_order_of_precedence_is_the_order_of_the_variants() {
        let order = [
            Verdict::Accepted,
            Verdict::Rejected,
            Verdict::NotStarted,
            Verdict::CompileError,
            Verdict::Forbidden,
            Verdict::Interrupted,
            Verdict::InternalError,
        ];
        assert!(order.is_sorted());
    }

    #[test]
    fn only_what_the_grader_could_not_run_is_left_out_of_the_points() {
        let unsupported = failed(FailureKind::Unsupported);
        assert_eq!(not_run(&[failed(FailureKind::Assertion), failed(FailureKind::Requirement)]), 0);
        assert_eq!(not_run(std::slice::from_ref(&unsupported)), unsupported.max_points);
        assert!(unsupported.max_points > 0);
    }
}
