//! The failures of an exercise as stories: a list of contents, and for each story one counterexample. The checks
//! that fail for the same reason are below it, folded.

use maud::{Markup, html};

use super::data::Explorers;
use super::failed::{not_passed, prose};
use crate::diagnosis::Kind;
use crate::format::checks::by_name;
use crate::format::wording::{others_as_well, others_that_follow, plural};
use crate::report::{CheckReport, ExerciseReport, FailureKind, Group, Member};

/// Everything that is not passed. `index` is the exercise's, which keeps the links apart.
pub(super) fn stories(
    index: usize,
    exercise: &ExerciseReport,
    sources: Option<&str>,
    explorers: &mut Explorers,
) -> Markup {
    let groups = &exercise.groups;
    html! {
        @if groups.len() > 1 {
            nav.contents aria-label="What went wrong" {
                p {
                    strong {
                        @match groups.iter().filter(|group| group.has_failed()).count() {
                            1 => "One failure",
                            failures => { (failures) " different failures, the simplest first" }
                        }
                    }
                }
                ol {
                    @for (number, group) in groups.iter().enumerate() {
                        li {
                            a href=(format!("#story-{index}-{number}")) { (prose(&title(group, &exercise.checks))) }
                            " " span.meta { (plural(checks(group, &exercise.checks).len(), "check")) }
                        }
                    }
                }
                @if let [first, others @ ..] = &groups[..] {
                    @if first.is_of_one_thread() && others.iter().any(|group| !group.is_of_one_thread()) {
                        p { "The first one needs only one thread: mend it first, the others may follow from it." }
                    }
                }
            }
        }
        @for (number, group) in groups.iter().enumerate() {
            section.story id=(format!("story-{index}-{number}")) {
                h3 { (prose(&title(group, &exercise.checks))) }
                (story(group, &exercise.checks, sources, explorers))
            }
        }
    }
}

fn story(group: &Group, all: &[CheckReport], sources: Option<&str>, explorers: &mut Explorers) -> Markup {
    let found = |members: &[Member]| members.iter().filter_map(|member| member.find(all)).collect::<Vec<_>>();
    let same: Vec<&CheckReport> = group.simplest.find(all).into_iter().chain(found(&group.others)).collect();
    let blocks = by_name(&same);
    let (simplest, others) = blocks.split_at(blocks.len().min(1));
    let may_follow = found(&group.may_follow);
    let may_follow = by_name(&may_follow);
    html! {
        @for block in simplest { (not_passed(block, sources, explorers)) }
        @if !others.is_empty() {
            details.others {
                summary {
                    (others_as_well(group, others.len()))
                }
                @for block in others { (not_passed(block, sources, explorers)) }
            }
        }
        @if !may_follow.is_empty() {
            details.others {
                summary {
                    (others_that_follow(may_follow.len()))
                }
                @for block in may_follow { (not_passed(&block, sources, explorers)) }
            }
        }
    }
}

/// All checks of a group, the entries of one check together; the simplest one comes first.
fn checks<'a>(group: &Group, all: &'a [CheckReport]) -> Vec<Vec<&'a CheckReport>> {
    let members: Vec<&CheckReport> = group.members().filter_map(|member: &Member| member.find(all)).collect();
    by_name(&members)
}

/// What the story is about.
fn title(group: &Group, checks: &[CheckReport]) -> String {
    if group.kind == FailureKind::NotImplemented {
        return match &group.function {
            Some(function) => format!("Not implemented: `{function}`"),
            None => "Not implemented".to_owned(),
        };
    }
    if group.kind == FailureKind::Unsupported {
        return "The grader could not run this; it is not your fault".to_owned();
    }
    let kind = group.mistake.map_or(Kind::Failure(group.kind), Kind::Mistake);
    let place = group.lines.first().filter(|_| group.names_its_place());
    let place = place.map(|line| format!(" ({}:{})", line.file, line.line));
    let requirement = group.requirement(checks).map(|requirement| format!(": {requirement}"));
    format!("{}{}{}", kind.page().title(), place.unwrap_or_default(), requirement.unwrap_or_default())
}
