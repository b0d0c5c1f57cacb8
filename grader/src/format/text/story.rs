//! The failures of an exercise, as stories: one counterexample for each group, and the titles of the others.

use super::paint::Colour;
use super::{Detail, Page};
use crate::format::checks::by_name;
use crate::format::wording::{others_as_well, others_that_follow, plural};
use crate::report::{CheckReport, ExerciseReport, FailureKind, Group, Member};

impl Page {
    /// What is not passed: what is not there yet, the mistakes, and what could not be judged.
    pub(super) fn stories(&mut self, exercise: &ExerciseReport) {
        let (unfinished, rest): (Vec<_>, Vec<_>) =
            exercise.groups.iter().partition(|group| group.kind == FailureKind::NotImplemented);
        let (unjudged, wrong): (Vec<_>, Vec<_>) =
            rest.into_iter().partition(|group| group.kind == FailureKind::Unsupported);
        if !unfinished.is_empty() {
            self.line("");
        }
        for group in unfinished {
            self.unfinished(group, &exercise.checks);
        }
        let failed: Vec<&Group> = wrong.iter().copied().filter(|group| group.has_failed()).collect();
        if failed.len() > 1 {
            self.line("");
            self.paragraph("  ", 2, &order(&failed));
        }
        for group in wrong {
            self.story(group, &exercise.checks);
        }
        if !unjudged.is_empty() {
            self.unjudged(&unjudged, &exercise.checks);
        }
    }

    /// A function that is not there yet.
    fn unfinished(&mut self, group: &Group, checks: &[CheckReport]) {
        let mark = self.paint.colour(Colour::Red, "✗");
        let function = group.function.as_ref().map(|function| format!("`{function}`"));
        let what = function.unwrap_or_else(|| "a function".to_owned());
        let place = group.lines.first().map(|line| format!(" ({}:{})", line.file, line.line));
        let members: Vec<&CheckReport> = group.members().filter_map(|member| member.find(checks)).collect();
        let needed = match by_name(&members).len() {
            1 => "1 check needs it".to_owned(),
            count => format!("{count} checks need it"),
        };
        let line = format!("Not implemented: {what}{}; {needed}", place.unwrap_or_default());
        self.paragraph(&format!("  {mark} "), 4, &line);
    }

    fn story(&mut self, group: &Group, checks: &[CheckReport]) {
        let members: Vec<&CheckReport> = std::iter::once(&group.simplest)
            .chain(&group.others)
            .filter_map(|member| member.find(checks))
            .collect();
        let mut blocks = by_name(&members).into_iter();
        if let Some(simplest) = blocks.next() {
            self.failed(&simplest);
        }
        let others: Vec<_> = blocks.collect();
        if self.detail == Detail::Everything {
            others.iter().for_each(|block| self.failed(block));
            self.in_full(&group.may_follow, checks);
            return;
        }
        if !others.is_empty() {
            self.line("");
            self.paragraph("    ", 4, &format!("{}:", others_as_well(group, others.len())));
            self.titles(others.iter().map(|block| block[0]));
        }
        if !group.may_follow.is_empty() {
            let members: Vec<&CheckReport> =
                group.may_follow.iter().filter_map(|member| member.find(checks)).collect();
            let blocks = by_name(&members);
            self.line("");
            self.paragraph("    ", 4, &format!("{}:", others_that_follow(blocks.len())));
            self.titles(blocks.iter().map(|block| block[0]));
        }
    }

    fn in_full(&mut self, members: &[Member], checks: &[CheckReport]) {
        for check in members.iter().filter_map(|member| member.find(checks)) {
            self.failed(&[check]);
        }
    }

    fn titles<'a>(&mut self, checks: impl Iterator<Item = &'a CheckReport>) {
        for check in checks {
            self.paragraph("      · ", 8, &check.title);
        }
    }

    /// What the grader could not run: no fault of the work.
    fn unjudged(&mut self, groups: &[&Group], checks: &[CheckReport]) {
        let members: Vec<&CheckReport> = groups
            .iter()
            .flat_map(|group| group.members())
            .filter_map(|member| member.find(checks))
            .collect();
        let mark = self.paint.colour(Colour::Magenta, "?");
        let count = plural(members.len(), "check");
        self.line("");
        let said = format!("The grader could not run {count}. This is not your fault, and costs no points:");
        self.paragraph(&format!("  {mark} "), 4, &said);
        for check in members {
            let message = check.failure.as_ref().map_or("", |failure| failure.message.as_str());
            self.paragraph("      · ", 8, &format!("{}: {message}", check.title));
        }
    }
}

/// How many there are, and in which order they come.
fn order(wrong: &[&Group]) -> String {
    let count = wrong.len();
    if wrong[0].is_of_one_thread() && wrong.iter().any(|group| !group.is_of_one_thread()) {
        format!(
            "{count} different failures, the simplest first. That one needs only one thread: mend it first, the \
             others may follow from it."
        )
    } else {
        format!("{count} different failures, the simplest first. The later ones may follow from the first.")
    }
}
