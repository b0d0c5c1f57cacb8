//! What stands still on the page: verdicts, checks, and what is said about each failure.

use maud::{Markup, html};

use super::data::Explorers;
use super::failed::{explorer, prose};
use super::stories::stories;
use crate::format::checks::{by_name, did_run};
use crate::format::coverage::covered;
use crate::format::coverage::searched_in;
use crate::format::opinions::{CALLS, Differing, Opinions};
use crate::format::wording::{self, advice, plural};
use crate::report::{CheckReport, CheckStatus, Diagnostic, ExerciseReport, Level, Report, Verdict};

/// Everything within the body, but for the scripts. What these show is added to `explorers`.
pub(super) fn body(report: &Report, explorers: &mut Explorers) -> Markup {
    let accepted = report.exercises.iter().filter(|exercise| exercise.verdict == Verdict::Accepted).count();
    let exercises = plural(report.exercises.len(), "exercise");
    html! {
        header {
            p.product { "Interleave" }
            h1 { (report.submission) }
            @if report.learner.is_some() || !report.graded_at.is_empty() {
                p.meta {
                    @if let Some(learner) = &report.learner { (learner) " · " }
                    "graded " time datetime=(report.graded_at) { (moment(&report.graded_at)) }
                }
            }
            p.total {
                strong { (report.points) " of " (report.max_points) " points" }
                " · " (accepted) " of " (exercises) " accepted"
            }
            @if report.exercises.len() > 1 {
                nav aria-label="Exercises" {
                    ul {
                        @for (index, exercise) in report.exercises.iter().enumerate() {
                            li {
                                a href=(format!("#exercise-{index}")) { (exercise.exercise) }
                                " " (wording::verdict(exercise.verdict)) ", "
                                (exercise.points) " of " (exercise.max_points)
                            }
                        }
                    }
                }
            }
        }
        main {
            @for (index, one) in report.exercises.iter().enumerate() {
                (exercise(index, one, explorers))
            }
        }
        footer {
            p {
                "Graded by Interleave " (report.grader) " with " (report.toolchain) ", sandbox: " (wording::sandbox(report.sandbox)) ", in "
                (report.duration_ms / 1000) "." (report.duration_ms % 1000 / 100) " s."
            }
        }
    }
}

/// A moment such as `2026-10-01T12:00:00Z`, for a person.
fn moment(graded_at: &str) -> String {
    let short = graded_at.get(..16).filter(|_| graded_at.ends_with('Z'));
    short.map_or_else(|| graded_at.to_owned(), |short| format!("{} UTC", short.replace('T', " ")))
}

fn exercise(index: usize, exercise: &ExerciseReport, explorers: &mut Explorers) -> Markup {
    let ran: Vec<&CheckReport> = exercise.checks.iter().filter(|check| did_run(check)).collect();
    let has_steps = |check: &&CheckReport| check.has_failing_schedule() || check.example.is_some();
    let sources = ran.iter().any(has_steps).then(|| explorers.sources(&exercise.sources));
    let passed: Vec<_> = by_name(&ran)
        .into_iter()
        .filter(|block| block.iter().all(|check| check.status == CheckStatus::Passed))
        .collect();
    html! {
        section.exercise id=(format!("exercise-{index}")) {
            h2 {
                (exercise.exercise) " "
                span.verdict.(exercise.verdict.as_str()) { (wording::verdict(exercise.verdict)) }
                " " span.points { (exercise.points) " of " (exercise.max_points) " points" }
            }
            @if let Some(advice) = advice(exercise.verdict) { p { (prose(advice)) } }
            @for diagnostic in &exercise.diagnostics { (compiler_says(diagnostic)) }
            (stories(index, exercise, sources.as_deref(), explorers))
            @if !passed.is_empty() {
                h3 { (plural(passed.len(), "check")) " passed" }
                ul.passed { @for block in &passed { (one_passed(block, sources.as_deref(), explorers)) } }
            }
            @if let Some(searched) = searched_in(exercise) { p.meta { (searched) "." } }
            (second_opinions(&exercise.checks))
        }
    }
}

fn compiler_says(diagnostic: &Diagnostic) -> Markup {
    let level = match diagnostic.level {
        Level::Error => "error",
        Level::Warning => "warning",
    };
    let rendered = diagnostic.rendered.as_deref().map(str::trim_end).filter(|text| !text.is_empty());
    html! {
        div.diagnostic {
            @if let Some(rendered) = rendered {
                pre tabindex="0" { (rendered) }
            } @else {
                p {
                    strong { (level) @if let Some(code) = &diagnostic.code { " [" (code) "]" } ": " }
                    (prose(&diagnostic.message))
                }
                @if let Some(file) = &diagnostic.file {
                    p.place {
                        (file)
                        @if let Some(line) = diagnostic.line { ":" (line) }
                        @if let Some(column) = diagnostic.column { ":" (column) }
                    }
                }
            }
        }
    }
}

fn one_passed(block: &[&CheckReport], sources: Option<&str>, explorers: &mut Explorers) -> Markup {
    let points: u32 = block.iter().map(|check| check.points).sum();
    html! {
        li {
            span.mark aria-hidden="true" { "✓ " }
            (prose(&block[0].title)) " "
            span.meta {
                (engines(block)) " · " (plural(points as usize, "point"))
                // A search that was cut short is a weaker promise, and says so.
                @for coverage in block.iter().filter_map(|check| check.coverage) {
                    " · " (covered(coverage))
                }
            }
            @if let (Some(sources), Some(example)) = (sources, block.iter().find_map(|check| check.example.as_ref())) {
                @let (first, id) = (explorers.is_empty(), explorers.example(example));
                (explorer(block[0], "See how it passes", sources, &id, example.recording.execution.steps.len(), first))
            }
        }
    }
}

fn engines(block: &[&CheckReport]) -> String {
    block.iter().map(|check| check.engine.as_str()).collect::<Vec<_>>().join(" and ")
}

fn second_opinions(checks: &[CheckReport]) -> Markup {
    let Some(opinions) = Opinions::of(checks) else { return html! {} };
    html! {
        h3 { "A second opinion, by loom" }
        @for differing in &opinions.differing { (differs(differing)) }
        p { (opinions.counted) }
        @if !opinions.unjudged.is_empty() { ul { @for reason in &opinions.unjudged { li { (reason) } } } }
    }
}

fn differs(differing: &Differing<'_>) -> Markup {
    html! {
        div.opinion {
            p { strong { (differing.heading) ": " (prose(differing.title)) } }
            @for sentence in &differing.sentences { p { (prose(sentence)) } }
            @if !differing.calls.is_empty() {
                p { (CALLS) }
                ol { @for call in &differing.calls { li { code { (call) } } } }
            }
        }
    }
}
