//! What is kept of the grading of one exercise: everything that any format shows, so that a report can be written
//! again without grading.
//!
//! JSON reports are for readers, with sentences in place of data; this is the data. Each struct mirrors one of
//! [`report`](crate::report), and is taken apart field by field, so that nothing new there is forgotten here.

use std::collections::BTreeSet;

use model_trace::history::Ending;
use model_trace::{Execution, StepId};
use serde::{Deserialize, Serialize};

use crate::report::{
    CheckReport, CheckStatus, Citation, Coverage, Diagnosis, Diagnostic, Engine, ExerciseReport, Failure,
    FailureKind, Mistake, Recording, Role, SourceFile, SourceLine, Verdict, groups,
};

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Stored {
    exercise: String,
    sha256: Option<String>,
    verdict: Verdict,
    points: u32,
    max_points: u32,
    diagnostics: Vec<Diagnostic>,
    checks: Vec<Check>,
    reference_counts: Vec<SourceLine>,
    sources: Vec<(String, String)>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Check {
    name: String,
    title: String,
    engine: Engine,
    status: CheckStatus,
    points: u32,
    max_points: u32,
    duration_ms: u64,
    coverage: Option<Coverage>,
    failure: Option<StoredFailure>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredFailure {
    kind: FailureKind,
    message: String,
    panic: Option<String>,
    explanation: String,
    diagnosis: Option<StoredDiagnosis>,
    place: Option<SourceLine>,
    function: Option<String>,
    about: BTreeSet<String>,
    alone: bool,
    is_of_a_fact: bool,
    token: Option<String>,
    recording: Option<StoredRecording>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredDiagnosis {
    kind: Mistake,
    message: String,
    steps: Vec<(StepId, Role)>,
    lines: Vec<SourceLine>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredRecording {
    execution: Execution,
    is_complete: bool,
    names: Vec<Option<String>>,
    calls: Vec<Vec<String>>,
    lines: Vec<Option<String>>,
    functions: Vec<Option<String>>,
    context: Vec<Vec<u32>>,
    /// A list, because a key of JSON is text.
    sources: Vec<((String, u32), String)>,
}

impl From<ExerciseReport> for Stored {
    fn from(report: ExerciseReport) -> Self {
        let ExerciseReport {
            exercise,
            sha256,
            verdict,
            points,
            max_points,
            diagnostics,
            checks,
            // They follow from the checks.
            groups: _,
            reference_counts,
            sources,
        } = report;
        let checks = checks.into_iter().map(Check::from).collect();
        let sources = sources.into_iter().map(|SourceFile { name, text }| (name, text)).collect();
        Self { exercise, sha256, verdict, points, max_points, diagnostics, checks, reference_counts, sources }
    }
}

impl Stored {
    /// The report again; `None` if what an execution refers to is not there, so that no format could show it.
    pub(crate) fn into_report(self) -> Option<ExerciseReport> {
        let Self {
            exercise,
            sha256,
            verdict,
            points,
            max_points,
            diagnostics,
            checks,
            reference_counts,
            sources,
        } = self;
        let checks = checks.into_iter().map(Check::into_report).collect::<Option<Vec<CheckReport>>>()?;
        let sources = sources.into_iter().map(|(name, text)| SourceFile { name, text }).collect();
        Some(ExerciseReport {
            exercise,
            sha256,
            verdict,
            points,
            max_points,
            diagnostics,
            groups: groups(&checks),
            checks,
            reference_counts,
            sources,
        })
    }
}

impl From<CheckReport> for Check {
    fn from(report: CheckReport) -> Self {
        // What is kept was graded without examples and second opinions.
        let CheckReport {
            name,
            title,
            engine,
            status,
            points,
            max_points,
            duration_ms,
            coverage,
            failure,
            example: _,
            second_opinion: _,
        } = report;
        let failure = failure.map(StoredFailure::from);
        Self { name, title, engine, status, points, max_points, duration_ms, coverage, failure }
    }
}

impl Check {
    fn into_report(self) -> Option<CheckReport> {
        let Self { name, title, engine, status, points, max_points, duration_ms, coverage, failure } = self;
        let failure = match failure {
            Some(failure) => Some(failure.into_failure()?),
            None => None,
        };
        Some(CheckReport {
            name,
            title,
            engine,
            status,
            points,
            max_points,
            duration_ms,
            coverage,
            failure,
            example: None,
            second_opinion: None,
        })
    }
}

impl From<Failure> for StoredFailure {
    fn from(failure: Failure) -> Self {
        let Failure {
            kind,
            message,
            panic,
            explanation,
            diagnosis,
            place,
            function,
            about,
            alone,
            is_of_a_fact,
            token,
            recording,
        } = failure;
        let diagnosis = diagnosis.map(|Diagnosis { kind, message, steps, lines }| StoredDiagnosis {
            kind,
            message,
            steps: steps.into_iter().map(|Citation { step, role }| (step, role)).collect(),
            lines,
        });
        let recording = recording.map(
            |Recording { execution, ending, names, calls, lines, functions, context, sources }| {
                StoredRecording {
                    execution,
                    is_complete: match ending {
                        Ending::Complete => true,
                        Ending::Stopped => false,
                    },
                    names,
                    calls,
                    lines,
                    functions,
                    context,
                    sources: sources.into_iter().collect(),
                }
            },
        );
        Self {
            kind,
            message,
            panic,
            explanation,
            diagnosis,
            place,
            function,
            about,
            alone,
            is_of_a_fact,
            token,
            recording,
        }
    }
}

impl StoredFailure {
    fn into_failure(self) -> Option<Failure> {
        let Self {
            kind,
            message,
            panic,
            explanation,
            diagnosis,
            place,
            function,
            about,
            alone,
            is_of_a_fact,
            token,
            recording,
        } = self;
        let recording = recording.map(StoredRecording::into_recording);
        if recording.as_ref().is_some_and(Option::is_none) {
            return None;
        }
        let recording = recording.flatten();
        let steps = recording.as_ref().map_or(0, |recording| recording.execution.steps.len());
        let diagnosis = diagnosis.map(|StoredDiagnosis { kind, message, steps, lines }| Diagnosis {
            kind,
            message,
            steps: steps.into_iter().map(|(step, role)| Citation { step, role }).collect(),
            lines,
        });
        let cited = diagnosis.iter().flat_map(|diagnosis| &diagnosis.steps);
        cited.clone().all(|citation| citation.step.index() < steps).then_some(())?;
        Some(Failure {
            kind,
            message,
            panic,
            explanation,
            diagnosis,
            place,
            function,
            about,
            alone,
            is_of_a_fact,
            token,
            recording,
        })
    }
}

impl StoredRecording {
    fn into_recording(self) -> Option<Recording> {
        let Self { execution, is_complete, names, calls, lines, functions, context, sources } = self;
        let fits = execution.is_complete()
            && !execution.steps.is_empty()
            && names.len() == execution.objects.len()
            && calls.len() == execution.threads.len()
            && lines.len() == execution.steps.len()
            && functions.len() == execution.steps.len()
            && context.len() == execution.steps.len();
        let sources = sources.into_iter().collect();
        let ending = if is_complete { Ending::Complete } else { Ending::Stopped };
        fits.then_some(Recording { execution, ending, names, calls, lines, functions, context, sources })
    }
}
