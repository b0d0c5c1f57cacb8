//! How often the model and loom agree, over the fixtures of an exercise.

use crate::report::{Agreement, CheckReport, ExerciseReport, OpinionStatus, SecondOpinion};
use crate::suite::CheckId;

/// Opinions by what they are worth.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Opinions {
    pub agree: u32,
    pub disagree: u32,
    /// They do not agree, and loom is known for it.
    pub known: u32,
    pub not_expressible: u32,
    /// Cut short, by loom's limit or the grader's.
    pub cut: u32,
    /// The model has no verdict to compare with.
    pub alone: u32,
}

impl std::ops::AddAssign for Opinions {
    fn add_assign(&mut self, other: Self) {
        self.agree += other.agree;
        self.disagree += other.disagree;
        self.known += other.known;
        self.not_expressible += other.not_expressible;
        self.cut += other.cut;
        self.alone += other.alone;
    }
}

impl Opinions {
    /// Counts the opinions of a report, and says of each disagreement what the two find.
    pub(super) fn of(report: &ExerciseReport) -> (Self, Vec<String>) {
        let mut opinions = Self::default();
        let mut disagreements = Vec::new();
        for check in &report.checks {
            let Some(opinion) = &check.second_opinion else { continue };
            match (opinion.agreement, opinion.status) {
                (Some(Agreement::Agree), _) => opinions.agree += 1,
                (Some(Agreement::KnownDifference), _) => opinions.known += 1,
                (Some(Agreement::Disagree), _) => {
                    opinions.disagree += 1;
                    disagreements.push(disagreement(check, opinion));
                }
                (None, OpinionStatus::NotExpressible) => opinions.not_expressible += 1,
                (None, OpinionStatus::Cut | OpinionStatus::GaveUp) => opinions.cut += 1,
                (None, OpinionStatus::Passed | OpinionStatus::Failed) => opinions.alone += 1,
            }
        }
        (opinions, disagreements)
    }
}

fn disagreement(check: &CheckReport, opinion: &SecondOpinion) -> String {
    let model = match &check.failure {
        Some(failure) => format!("fails: {}", failure.message),
        None => check.status.as_str().to_owned(),
    };
    let id = CheckId::new(check.name.clone(), check.engine);
    format!("the model and loom disagree on {id}: the model {model}; loom {}", opinion.message)
}
