//! What stands still on the page of a class. It is whole without the script, but for the heat map.

use maud::{Markup, html};

use super::pairs;
use super::summary::{BARS, Line, Summary};
use crate::class::intake::Learner;
use crate::class::rows::Rows;
use crate::format::wording::{self, plural};
use crate::report::{Grade, Verdict};

pub(super) fn body(rows: &Rows<'_>, summary: &Summary) -> Markup {
    let accepted = |line: &&Line| line.exercises.iter().all(|(verdict, ..)| *verdict == Verdict::Accepted);
    let has_grades = summary.rows.iter().any(|line| line.grade.is_some());
    html! {
        header {
            p.product { "Interleave" }
            h1 { (rows.class.label) }
            p.total {
                strong { (plural(rows.len(), "learner")) }
                " · " (summary.rows.iter().filter(accepted).count()) " with everything accepted"
                " · median " (median(summary.rows.iter().map(|line| u64::from(line.points)))) " points"
            }
            nav aria-label="Sections" {
                ul {
                    li { a href="#mistakes" { "Mistakes" } }
                    li { a href="#points" { "Points" } }
                    li { a href="#learners" { "Learners" } }
                    li { a href="#checks" { "Checks" } }
                    @if rows.pairs.is_some() { li { a href="#similar" { "Similar submissions" } } }
                }
            }
        }
        main {
            (mistakes(summary))
            (points(summary))
            (learners(rows, summary, has_grades))
            section id="checks" aria-labelledby="checks-title" {
                h2 id="checks-title" { "Learners × checks" }
                p {
                    label for="exercise" { "Exercise " }
                    select id="exercise" { @for slug in rows.slugs() { option { (slug) } } }
                }
                p.meta { "✓ passed, ✗ failed, ⏱ still running at the limit, ! crashed, – did not run" }
                div.scroll tabindex="0" role="region" aria-labelledby="checks-title" { table id="map" {} }
                ol id="titles" {}
                noscript { p { "The map needs scripts." } }
            }
            @if let Some(found) = &rows.pairs { (pairs::section(found, rows, summary)) }
        }
        footer {
            p {
                @if let Some(graded_by) = &summary.graded_by { "Graded by " (graded_by) "." }
            }
        }
    }
}

fn mistakes(summary: &Summary) -> Markup {
    html! {
        section id="mistakes" aria-labelledby="mistakes-title" {
            h2 id="mistakes-title" { "The most frequent mistakes" }
            @if summary.mistakes.is_empty() {
                p { "No check failed." }
            } @else {
                table {
                    thead {
                        tr { th scope="col" { "Mistake" } th scope="col" { "Learners" } th scope="col" { "An example" } }
                    }
                    tbody {
                        @for (kind, frequent) in &summary.mistakes {
                            tr {
                                th scope="row" { code { (kind.as_str()) } }
                                td.number { (frequent.count()) }
                                td {
                                    (frequent.message)
                                    " " span.meta { (frequent.learner) ", " (frequent.exercise) ": " (frequent.check) }
                                }
                            }
                        }
                    }
                }
                p.meta { "`cargo xtask explain` has a page about each." }
            }
        }
    }
}

fn points(summary: &Summary) -> Markup {
    let most = summary.distribution.iter().copied().max().unwrap_or(0).max(1);
    let durations = || summary.rows.iter().map(|line| line.duration_ms);
    html! {
        section id="points" aria-labelledby="points-title" {
            h2 id="points-title" { "Points" }
            table.bars {
                thead { tr { th scope="col" { "Of all points" } th scope="col" { "Learners" } th scope="col" { "" } } }
                tbody {
                    @for (tenth, count) in summary.distribution.iter().enumerate() {
                        tr {
                            th scope="row" {
                                (tenth * 100 / BARS) "–" ((tenth + 1) * 100 / BARS) " %"
                            }
                            td.number { (count) }
                            td { meter min="0" max=(most) value=(count) { (count) } }
                        }
                    }
                }
            }
            p.meta {
                "Grading took " (seconds(durations().sum())) " in all, " (seconds(median(durations())))
                " for half of the learners, " (seconds(durations().max().unwrap_or(0))) " at most."
            }
        }
    }
}

fn seconds(milliseconds: u64) -> String {
    format!("{}.{} s", milliseconds / 1000, milliseconds % 1000 / 100)
}

fn median(numbers: impl Iterator<Item = u64>) -> u64 {
    let mut numbers: Vec<u64> = numbers.collect();
    numbers.sort_unstable();
    numbers.get(numbers.len() / 2).copied().unwrap_or(0)
}

fn learners(rows: &Rows<'_>, summary: &Summary, has_grades: bool) -> Markup {
    html! {
        section id="learners" aria-labelledby="learners-title" {
            h2 id="learners-title" { "Learners" }
            p {
                label for="search" { "Search " }
                input id="search" type="search" autocomplete="off";
                " " output id="found" for="search" {}
            }
            div.scroll tabindex="0" role="region" aria-labelledby="learners-title" {
                table id="rows" {
                    thead {
                        tr {
                            (heading("Learner"))
                            (heading("Name"))
                            @for slug in rows.slugs() { (heading(slug)) }
                            (heading("Total"))
                            @if has_grades { (heading("Grade")) }
                            (heading("Seconds"))
                            th scope="col" { "Notes" }
                        }
                    }
                    tbody {
                        @for (learner, line) in rows.class.learners.iter().zip(&summary.rows) {
                            (row(learner, line, has_grades))
                        }
                    }
                }
            }
        }
    }
}

fn heading(text: &str) -> Markup {
    html! { th scope="col" aria-sort="none" { button type="button" { (text) } } }
}

fn row(learner: &Learner, line: &Line, has_grades: bool) -> Markup {
    let notes = learner.notes.iter().map(String::as_str).chain(line.wrong.as_deref());
    html! {
        tr {
            th scope="row" { (learner.id) }
            td { @if let Some(name) = &learner.name { (name) } }
            @for (verdict, points, max_points) in &line.exercises {
                td.number.(verdict.as_str()) data-value=(points) {
                    (points)
                    @if points != max_points || *verdict != Verdict::Accepted {
                        " " span.verdict { (wording::verdict(*verdict)) }
                    }
                }
            }
            td.number data-value=(line.points) { (line.points) " of " (line.max_points) }
            @if has_grades {
                td.number data-value=(line.grade.as_ref().map_or(0.0, |grade| grade.points)) {
                    @if let Some(grade) = &line.grade {
                        details {
                            summary { (Grade::number(grade.points)) }
                            @for step in &grade.steps { p { (step) } }
                        }
                    }
                }
            }
            td.number data-value=(line.duration_ms) { (seconds(line.duration_ms)) }
            td.notes { (notes.collect::<Vec<_>>().join("; ")) }
        }
    }
}
