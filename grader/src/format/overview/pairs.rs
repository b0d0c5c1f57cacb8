//! Submissions that are alike, side by side.

use maud::{Markup, html};

use super::summary::Summary;
use crate::class::rows::Rows;
use crate::class::similarity::{Compared, MOST, Pair, Pairs, Passage, Side};
use crate::format::wording::plural;

/// Pairs whose texts are shown. The page of a large class has to open at once.
const SIDE_BY_SIDE: usize = 20;

pub(super) fn section(pairs: &Pairs, rows: &Rows<'_>, summary: &Summary) -> Markup {
    html! {
        section id="similar" aria-labelledby="similar-title" {
            h2 id="similar-title" { "Similar submissions" }
            p {
                "Compared by Dolos: names, layout and comments do not count, nor does what the task itself brings along. "
                strong { "A pair is a reason to look at two submissions, never a verdict." }
            }
            @for compared in &pairs.exercises { (exercise(compared, rows, summary)) }
        }
    }
}

fn exercise(compared: &Compared, rows: &Rows<'_>, summary: &Summary) -> Markup {
    let current = |pair: &&Pair| {
        let is_current =
            |learner: &str, side: &Side| graded(learner, compared, rows, summary) == Some(&*side.sha256);
        compared
            .sides(pair)
            .is_some_and(|(left, right)| is_current(&pair.left, left) && is_current(&pair.right, right))
    };
    let shown: Vec<&Pair> = compared.pairs.iter().filter(current).collect();
    let outdated = compared.pairs.len() - shown.len();
    html! {
        h3 { (compared.exercise) }
        p.meta {
            (plural(compared.submissions, "submission")) " compared, "
            (plural(shown.len(), "pair")) " at least " (percent(compared.least)) " similar"
            @if compared.pairs.len() == MOST { " (no more than " (MOST) " are kept)" }
            @if outdated > 0 { "; " (plural(outdated, "pair")) " left out, because something else was graded since" }
            "."
        }
        @for (number, pair) in shown.iter().enumerate() {
            @if let Some((left, right)) = compared.sides(pair) {
                details.pair {
                    summary {
                        strong { (percent(pair.similarity)) } " "
                        (who(&pair.left, left)) " and " (who(&pair.right, right))
                        ", " (plural(pair.passages.len(), "passage"))
                    }
                    @if number < SIDE_BY_SIDE {
                        div.sides {
                            (side(&pair.left, left, &pair.passages, |passage| passage.left))
                            (side(&pair.right, right, &pair.passages, |passage| passage.right))
                        }
                    } @else {
                        ul {
                            @for Passage { left, right } in &pair.passages {
                                li { "lines " (left.0) "–" (left.1) " and " (right.0) "–" (right.1) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The hash of what was graded last.
fn graded<'a>(learner: &str, compared: &Compared, rows: &Rows<'_>, summary: &'a Summary) -> Option<&'a str> {
    let row = rows.class.learners.iter().position(|one| one.id == learner)?;
    let column = rows.exercises.iter().position(|one| one.slug == compared.exercise)?;
    summary.rows.get(row)?.graded.get(column)?.as_deref()
}

fn who(learner: &str, side: &Side) -> Markup {
    html! {
        b { (side.name.as_deref().unwrap_or(learner)) }
        @if side.name.is_some() { " (" (learner) ")" }
        @if let Some(submitted) = &side.submitted { ", handed in " (submitted) }
    }
}

fn percent(part: f64) -> String {
    format!("{:.0} %", part * 100.0)
}

/// One of both, with the lines marked that are in a passage.
fn side(learner: &str, side: &Side, passages: &[Passage], of: fn(&Passage) -> (usize, usize)) -> Markup {
    let is_alike = |line: usize| passages.iter().map(of).any(|(first, last)| (first..=last).contains(&line));
    html! {
        figure {
            figcaption { (who(learner, side)) }
            ol.code tabindex="0" role="region" aria-label={ "What " (learner) " handed in" } {
                @for (number, line) in side.text.lines().enumerate() {
                    @if is_alike(number + 1) { li { mark { (line) } } } @else { li { (line) } }
                }
            }
        }
    }
}
