//! How much a learner gets to see: a report is cut down before any format sees it, so that no format can leak the rest.

use strum::{IntoStaticStr, VariantArray};

use super::wording::lead;
use crate::report::{
    CheckReport, CheckStatus, Diagnostic, Engine, ExerciseReport, Failure, FailureKind, Report, groups,
};

/// What a report tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, VariantArray, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Feedback {
    /// Everything that was found out.
    #[default]
    Full,
    /// What each check states and whether it holds; not how it fails, nor what the check is called or does.
    Titles,
    /// Verdicts and points alone.
    None,
}

impl Feedback {
    /// The word on the command line.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// What is left of a report.
    pub fn of(self, report: Report) -> Report {
        let cut = match self {
            Self::Full => return report,
            Self::Titles => titles,
            Self::None => nothing,
        };
        Report { exercises: report.exercises.into_iter().map(cut).collect(), ..report }
    }
}

fn titles(exercise: ExerciseReport) -> ExerciseReport {
    let checks = exercise.checks.into_iter().zip(1..).map(|(check, number): (CheckReport, usize)| {
        let failure = check.failure.as_ref().map(|failure| bare(failure.kind));
        CheckReport {
            name: format!("check {number}"),
            coverage: None,
            failure,
            example: None,
            second_opinion: None,
            ..check
        }
    });
    let checks: Vec<CheckReport> = checks.collect();
    ExerciseReport {
        groups: groups(&checks),
        checks,
        diagnostics: exercise.diagnostics.into_iter().map(own).collect(),
        reference_counts: Vec::new(),
        ..exercise
    }
}

/// One entry for all checks, so that nothing says which of them there are.
fn nothing(exercise: ExerciseReport) -> ExerciseReport {
    let passed = exercise.points == exercise.max_points;
    let ran = exercise.checks.iter().any(|check| check.status != CheckStatus::Skipped);
    let status = match (passed, ran) {
        (true, _) => CheckStatus::Passed,
        (false, true) => CheckStatus::Failed,
        (false, false) => CheckStatus::Skipped,
    };
    let all = CheckReport {
        name: "all".to_owned(),
        title: "All checks".to_owned(),
        engine: Engine::Model,
        status,
        points: if passed { exercise.points } else { 0 },
        max_points: exercise.max_points,
        duration_ms: 0,
        coverage: None,
        failure: (status == CheckStatus::Failed).then(|| bare(FailureKind::Assertion)),
        example: None,
        second_opinion: None,
    };
    let diagnostics = exercise.diagnostics.first().map(|_| Diagnostic::error("there is no further feedback"));
    let checks = vec![all];
    ExerciseReport {
        groups: groups(&checks),
        checks,
        diagnostics: diagnostics.into_iter().collect(),
        reference_counts: Vec::new(),
        sources: Vec::new(),
        ..exercise
    }
}

/// What happened, without anything that the check says about it.
fn bare(kind: FailureKind) -> Failure {
    let lead = lead(kind).trim_end_matches([':', ' ']);
    let message = if lead.is_empty() { "This does not hold.".to_owned() } else { format!("{lead}.") };
    Failure::of(kind, message)
}

/// What the compiler draws may have lines of a check in it.
fn own(diagnostic: Diagnostic) -> Diagnostic {
    let is_own = diagnostic.file.as_ref().is_some_and(|file| file.starts_with("src/"));
    Diagnostic { rendered: diagnostic.rendered.filter(|_| is_own), ..diagnostic }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::FORMATS;
    use crate::format::text::Look;
    use crate::format::{Format, Json};
    use crate::report::Verdict;
    use crate::report::samples::{self, exercise};

    fn report() -> Report {
        let check = |status, points| CheckReport {
            name: "secret_name".to_owned(),
            title: "No call is lost".to_owned(),
            engine: Engine::Model,
            status,
            points,
            max_points: 50,
            duration_ms: 1,
            coverage: None,
            failure: (status == CheckStatus::Failed).then(|| Failure {
                explanation: "secret explanation".to_owned(),
                function: Some("secret_function".to_owned()),
                token: Some("secret-token".to_owned()),
                ..Failure::of(FailureKind::Deadlock, "secret message".to_owned())
            }),
            example: None,
            second_opinion: None,
        };
        let exercise = ExerciseReport {
            diagnostics: vec![Diagnostic {
                rendered: Some("secret line of a check".to_owned()),
                ..Diagnostic::error("mismatched types").in_file("signature.rs")
            }],
            groups: Vec::new(),
            ..exercise("tally", vec![check(CheckStatus::Passed, 50), check(CheckStatus::Failed, 0)])
        };
        let ada = "ada".to_owned();
        Report { submission: ada.clone(), learner: Some(ada), ..samples::report(vec![exercise]) }
    }

    #[test]
    fn no_format_tells_more_than_the_feedback_allows() {
        let look = Look { width: 80, colours: false, unicode: true };
        for choice in FORMATS {
            let written = |feedback: Feedback| {
                let mut bytes = Vec::new();
                choice
                    .for_look(look)
                    .write(&feedback.of(report()), &mut bytes)
                    .expect("memory takes everything");
                String::from_utf8(bytes).expect("text")
            };
            let (titles, none) = (written(Feedback::Titles), written(Feedback::None));
            assert!(!titles.contains("secret"), "{}: {titles}", choice.name);
            assert!(!none.contains("secret") && !none.contains("No call"), "{}: {none}", choice.name);
        }
        let mut full = Vec::new();
        Json.write(&Feedback::Full.of(report()), &mut full).expect("memory takes everything");
        assert!(String::from_utf8(full).expect("text").contains("secret message"));
    }

    #[test]
    fn points_and_verdicts_stay() {
        for feedback in Feedback::VARIANTS {
            let left = feedback.of(report());
            assert_eq!((left.points, left.exercises[0].points), (50, 50));
            assert_eq!(left.exercises[0].verdict, Verdict::Rejected);
        }
    }
}
