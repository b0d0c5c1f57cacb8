//! A check that is not passed, and what is said about its failure.

use maud::{Markup, html};

use super::data::Explorers;
use crate::diagnosis::Kind;
use crate::format::coverage::{covered, found_after};
use crate::format::wording::{lead, plural, unwrapped};
use crate::report::{CheckReport, CheckStatus, Diagnosis, Failure};

pub(super) fn not_passed(block: &[&CheckReport], sources: Option<&str>, explorers: &mut Explorers) -> Markup {
    let first = block[0];
    let (class, mark, word) = match first.status {
        CheckStatus::Skipped => ("unknown", "?", "Not judged"),
        CheckStatus::TimedOut => ("failed", "✗", "Timed out"),
        CheckStatus::Crashed => ("failed", "✗", "Crashed"),
        CheckStatus::Passed | CheckStatus::Failed => ("failed", "✗", "Failed"),
    };
    html! {
        article.check.(class) {
            h4 {
                span.mark { span aria-hidden="true" { (mark) } " " (word) }
                (prose(&first.title))
            }
            p.meta {
                @for (index, check) in block.iter().enumerate() {
                    @if index > 0 { " · " }
                    (check.engine.as_str()) " " (check.points) " of " (check.max_points)
                }
                " " code { (first.name) }
            }
            @for (index, check) in block.iter().enumerate() {
                @if let Some(own) = &check.failure {
                    @let known = block[..index].iter().filter_map(|other| other.failure.as_ref());
                    (failure(check, own, &known.collect::<Vec<_>>(), sources, explorers))
                }
            }
        }
    }
}

/// A failure, without what the failures of other engines have said already.
fn failure(
    check: &CheckReport,
    failure: &Failure,
    known: &[&Failure],
    sources: Option<&str>,
    explorers: &mut Explorers,
) -> Markup {
    let is_news = known.iter().all(|other| (other.kind, &other.message) != (failure.kind, &failure.message));
    let explains = known.iter().all(|other| other.explanation != failure.explanation);
    html! {
        // What was promised, what happened, and why.
        @if explains {
            @for paragraph in unwrapped(&failure.explanation).lines() {
                p.explanation { (prose(paragraph)) }
            }
        }
        @if is_news {
            @if !known.is_empty() { p.meta { "Under " (check.engine.as_str()) ":" } }
            p.message { (lead(failure.kind)) (failure.message) }
        }
        @if let Some(diagnosis) = &failure.diagnosis { (diagnosed(diagnosis)) }
        @if let Some(token) = &failure.token {
            p { "Run this interleaving again: " code { "cargo xtask replay " (token) } }
        }
        @if let (Some(sources), Some(recording)) = (sources, &failure.recording) {
            // The first one is open: it explains itself.
            @let (first, id) = (explorers.is_empty(), explorers.failure(failure, recording));
            @let title = if failure.kind.has_counterexample() {
                "Step through it"
            } else {
                "Step through one that does not show it"
            };
            (explorer(check, title, sources, &id, recording.execution.steps.len(), first))
        }
        @if let (true, Some(coverage)) = (is_news, check.coverage) {
            p.meta {
                @if failure.counterexample().is_some() { "Found by " (found_after(coverage)) "." }
                @else { "Searched " (covered(coverage)) "." }
            }
        }
    }
}

/// A place for the scripts to build an explorer in.
pub(super) fn explorer(
    check: &CheckReport,
    title: &str,
    sources: &str,
    execution: &str,
    steps: usize,
    is_open: bool,
) -> Markup {
    html! {
        details.explorer open[is_open] data-check=(check.name) data-sources=(sources) data-execution=(execution) {
            summary { (title) ": " (plural(steps, "step")) }
            noscript { p { "This needs JavaScript. " code { "--format text" } " shows the steps without." } }
        }
    }
}

fn diagnosed(diagnosis: &Diagnosis) -> Markup {
    let kind = diagnosis.kind.as_str();
    html! {
        div.diagnosis {
            p { strong { "The mistake: " (Kind::Mistake(diagnosis.kind).page().title()) } }
            p { (prose(&diagnosis.message)) }
            p.meta { "More about it: " code { "cargo xtask explain " (kind) } }
        }
    }
}

/// Text in which backticks stand around code.
pub(super) fn prose(text: &str) -> Markup {
    let parts: Vec<&str> = text.split('`').collect();
    // An odd one out means something else.
    let marks = parts.len() % 2 == 1;
    html! {
        @if marks {
            @for (index, part) in parts.iter().enumerate() {
                @if index % 2 == 1 { code { (part) } } @else { (part) }
            }
        } @else { (text) }
    }
}
