//! What loom makes of the checks, for formats that show it to a person: how often the two agree, and each check on
//! which they do not.

use std::collections::BTreeMap;

use super::coverage::covered;
use super::wording::{lead, plural};
use crate::report::{
    Agreement, CheckReport, CheckStatus, Difference, LoomCall, OpinionStatus, SecondOpinion,
};

/// What there is to say.
pub(super) struct Opinions<'a> {
    pub differing: Vec<Differing<'a>>,
    /// How many agree, and how many there are of everything else.
    pub counted: String,
    /// Why loom has no opinion, with how often.
    pub unjudged: Vec<String>,
}

/// One of the two passes the check, and the other does not.
pub(super) struct Differing<'a> {
    /// Without a known reason.
    pub is_disagreement: bool,
    pub heading: &'static str,
    pub title: &'a str,
    pub sentences: Vec<String>,
    /// The calls of the execution that fails in loom, in order.
    pub calls: Vec<String>,
}

/// What is above [`Differing::calls`].
pub(super) const CALLS: &str = "The calls of the execution that fails in loom, in order:";

impl<'a> Opinions<'a> {
    /// What there is to say about `checks`; `None` where loom was not asked.
    pub(super) fn of(checks: &'a [CheckReport]) -> Option<Self> {
        let opinions: Vec<(&CheckReport, &SecondOpinion)> =
            checks.iter().filter_map(|check| Some((check, check.second_opinion.as_ref()?))).collect();
        if opinions.is_empty() {
            return None;
        }
        let differs = |opinion: &SecondOpinion| match opinion.agreement {
            Some(Agreement::Disagree | Agreement::KnownDifference) => true,
            Some(Agreement::Agree) | None => false,
        };
        let differing = opinions.iter().filter(|(_, opinion)| differs(opinion));
        Some(Self {
            differing: differing.map(|(check, opinion)| Differing::of(check, opinion)).collect(),
            counted: counted(&opinions),
            unjudged: unjudged(&opinions)
                .into_iter()
                .map(|(message, count)| format!("{}: {message}", plural(count, "check")))
                .collect(),
        })
    }
}

impl<'a> Differing<'a> {
    fn of(check: &'a CheckReport, opinion: &SecondOpinion) -> Self {
        let is_disagreement = opinion.differences.is_empty();
        let failed = if opinion.status == OpinionStatus::Failed { "fails, " } else { "" };
        let mut sentences =
            vec![format!("The model: {}", of_the_model(check)), format!("loom: {failed}{}", opinion.message)];
        sentences.extend(opinion.differences.iter().map(|difference| known(*difference)));
        if is_disagreement {
            sentences
                .push("This is a bug of one of the two. It changes no points; please report it.".to_owned());
        }
        Self {
            is_disagreement,
            heading: if is_disagreement {
                "The model and loom disagree"
            } else {
                "The model and loom differ, for a known reason"
            },
            title: &check.title,
            sentences,
            calls: opinion.calls.iter().map(called).collect(),
        }
    }
}

/// The reason, and where it is reported.
fn known(difference: Difference) -> String {
    format!("Known: {} ({})", difference.reason(), difference.source())
}

fn of_the_model(check: &CheckReport) -> String {
    let searched = check.coverage.map(covered);
    match (&check.failure, check.status) {
        (Some(failure), _) => format!("fails, {}{}", lead(failure.kind).to_lowercase(), failure.message),
        (None, CheckStatus::Passed) => format!("passes in {}", searched.unwrap_or_default()),
        (None, CheckStatus::Failed | CheckStatus::TimedOut | CheckStatus::Crashed | CheckStatus::Skipped) => {
            check.status.as_str().to_owned()
        }
    }
}

fn called(call: &LoomCall) -> String {
    let LoomCall { thread, call, file, line } = call;
    let place = match (file, line) {
        (Some(file), Some(line)) => format!("{file}:{line}"),
        (Some(_) | None, _) => "in the check".to_owned(),
    };
    format!("{thread}: {call} ({place})")
}

/// How many agree, and how many there are of everything else.
fn counted(opinions: &[(&CheckReport, &SecondOpinion)]) -> String {
    let of = |wanted: Agreement| opinions.iter().filter(|(_, it)| it.agreement == Some(wanted)).count();
    let without = |wanted: OpinionStatus| {
        opinions.iter().filter(|(_, it)| it.agreement.is_none() && it.status == wanted).count()
    };
    let counts = [
        (of(Agreement::Agree), "agree"),
        (of(Agreement::Disagree), "disagree"),
        (of(Agreement::KnownDifference), "differ for a known reason"),
        (without(OpinionStatus::NotExpressible), "not expressible in loom"),
        (without(OpinionStatus::Cut), "cut short in loom"),
        (without(OpinionStatus::GaveUp), "given up by loom"),
        (
            without(OpinionStatus::Passed) + without(OpinionStatus::Failed),
            "without a verdict of the model to compare with",
        ),
    ];
    let counts: Vec<String> = counts
        .iter()
        .enumerate()
        .filter(|(place, (count, _))| *place < 2 || *count > 0)
        .map(|(_, (count, what))| format!("{count} {what}"))
        .collect();
    format!("the model and loom, on {}: {}", plural(opinions.len(), "check"), counts.join(", "))
}

/// Why there is no opinion, with how often.
fn unjudged<'a>(opinions: &[(&CheckReport, &'a SecondOpinion)]) -> BTreeMap<&'a str, usize> {
    let mut reasons = BTreeMap::new();
    for (_, opinion) in opinions {
        match opinion.status {
            OpinionStatus::NotExpressible | OpinionStatus::Cut | OpinionStatus::GaveUp => {
                *reasons.entry(opinion.message.as_str()).or_default() += 1;
            }
            OpinionStatus::Passed | OpinionStatus::Failed => {}
        }
    }
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Engine;

    fn check(agreement: Option<Agreement>, differences: Vec<Difference>) -> CheckReport {
        CheckReport {
            name: "a_check".to_owned(),
            title: "a check".to_owned(),
            engine: Engine::Model,
            status: CheckStatus::Passed,
            points: 1,
            max_points: 1,
            duration_ms: 0,
            coverage: Some(crate::report::Coverage {
                executions: 3,
                preemptions: 2,
                complete: true,
                limits: model_trace::Limits::NONE,
                sampling: None,
            }),
            failure: None,
            example: None,
            second_opinion: Some(SecondOpinion {
                status: OpinionStatus::Failed,
                engine: Engine::Loom,
                message: "deadlock".to_owned(),
                calls: vec![LoomCall {
                    thread: "main".to_owned(),
                    call: "Mutex::lock".to_owned(),
                    file: Some("src/lib.rs".to_owned()),
                    line: Some(7),
                }],
                agreement,
                differences,
                executions: Some(1),
                preemptions: Some(2),
                duration_ms: 0,
            }),
        }
    }

    #[test]
    fn a_disagreement_shows_both_sides_and_asks_for_a_report() {
        let checks = [check(Some(Agreement::Disagree), Vec::new())];
        let opinions = Opinions::of(&checks).expect("loom was asked");
        let [differing] = &opinions.differing[..] else { panic!("one check differs") };
        assert!(differing.is_disagreement);
        assert_eq!(differing.heading, "The model and loom disagree");
        assert_eq!(
            differing.sentences,
            [
                "The model: passes in every interleaving with up to 2 preemptions (3 executions)",
                "loom: fails, deadlock",
                "This is a bug of one of the two. It changes no points; please report it.",
            ]
        );
        assert_eq!(differing.calls, ["main: Mutex::lock (src/lib.rs:7)"]);
        assert_eq!(opinions.counted, "the model and loom, on 1 check: 0 agree, 1 disagree");
    }

    #[test]
    fn a_known_difference_is_named_with_its_source() {
        let checks = [check(Some(Agreement::KnownDifference), vec![Difference::WeakSeqCst])];
        let opinions = Opinions::of(&checks).expect("loom was asked");
        let [differing] = &opinions.differing[..] else { panic!("one check differs") };
        assert!(!differing.is_disagreement);
        assert!(
            differing.sentences[2].contains(Difference::WeakSeqCst.source()),
            "{:?}",
            differing.sentences
        );
    }

    #[test]
    fn agreement_is_counted_alone() {
        let checks = [check(Some(Agreement::Agree), Vec::new())];
        let opinions = Opinions::of(&checks).expect("loom was asked");
        assert!(opinions.differing.is_empty());
        let silent = [CheckReport { second_opinion: None, ..checks[0].clone() }];
        assert!(Opinions::of(&silent).is_none());
    }
}
