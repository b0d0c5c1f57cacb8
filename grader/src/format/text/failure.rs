//! A check that was not passed: what was promised, what happened, which mistake that shows, and the execution.

use super::paint::Colour;
use super::{Page, trace};
use crate::diagnosis::Kind;
use crate::format::coverage::{covered, found_after};
use crate::format::wording::{lead, unwrapped};
use crate::report::{CheckReport, CheckStatus, Failure, FailureKind};

impl Page {
    /// All entries of one check; the one to explain comes first.
    pub(super) fn failed(&mut self, block: &[&CheckReport]) {
        let Some(first) = block.first() else { return };
        self.line("");
        let mark = match first.status {
            CheckStatus::Skipped => self.paint.colour(Colour::Magenta, "?"),
            CheckStatus::Passed | CheckStatus::Failed | CheckStatus::TimedOut | CheckStatus::Crashed => {
                self.paint.colour(Colour::Red, "✗")
            }
        };
        let title = self.paint.bold(&first.title);
        let points: Vec<String> = block
            .iter()
            .map(|check| match check.max_points {
                // A public test.
                0 => check.engine.as_str().to_owned(),
                max_points => format!("{} {}/{max_points}", check.engine.as_str(), check.points),
            })
            .collect();
        let points = self.paint.dim(&points.join(", "));
        self.paragraph(&format!("  {mark} "), 4, &format!("{title}  {points}"));

        let Some(failure) = &first.failure else { return };
        if !failure.explanation.is_empty() {
            self.paragraph("    ", 4, &unwrapped(&failure.explanation));
        }
        self.line("");
        self.happened(block);
        if let Some(diagnosis) = &failure.diagnosis {
            let kind = diagnosis.kind.as_str();
            self.line("");
            let title = Kind::Mistake(diagnosis.kind).page().title();
            let heading = self.paint.bold(&format!("What went wrong: {title}"));
            self.paragraph("    ", 4, &heading);
            self.paragraph("    ", 4, &diagnosis.message);
            let more = self.paint.dim(&format!("More about it: cargo xtask explain {kind}"));
            self.paragraph("    ", 4, &more);
        }
        if let Some(recording) = &failure.recording {
            let cited = failure.diagnosis.as_ref().map(|diagnosis| &diagnosis.steps[..]).unwrap_or_default();
            let marked = if cited.is_empty() { "" } else { "; ▸ marks what the diagnosis rests on" };
            self.line("");
            let what = if failure.kind.has_counterexample() {
                "How it comes about"
            } else {
                "One of the interleavings that do not show it"
            };
            let left_out = trace::left_out(recording, cited);
            self.paragraph("    ", 4, &format!("{what}, step by step{marked}{left_out}:"));
            for line in trace::table(recording, cited, self.width.saturating_sub(4)) {
                self.line(&format!("    {line}"));
            }
        }
        if let Some(token) = &failure.token {
            self.line("");
            let replay = self.paint.dim(&format!("Run this schedule again: cargo xtask replay {token}"));
            self.line(&format!("    {replay}"));
        }
        if let Some(coverage) = first.coverage {
            self.line("");
            let searched = if failure.counterexample().is_some() {
                format!("Found by {}.", found_after(coverage))
            } else {
                format!("Searched {}.", covered(coverage))
            };
            let searched = self.paint.dim(&searched);
            self.paragraph("    ", 4, &searched);
        }
    }

    /// What happened, by each engine that says something else.
    fn happened(&mut self, block: &[&CheckReport]) {
        for (index, check) in block.iter().enumerate() {
            let Some(failure) = &check.failure else { continue };
            // A second engine that says the same in the same words adds nothing.
            let is_known = block[..index].iter().any(|other| {
                other
                    .failure
                    .as_ref()
                    .is_some_and(|other| (other.kind, &other.message) == (failure.kind, &failure.message))
            });
            if is_known {
                continue;
            }
            let who = if index == 0 { String::new() } else { format!("Under {}: ", check.engine.as_str()) };
            self.paragraph("    ", 4, &format!("{who}{}{}", lead(failure.kind), failure.message));
            if let Some(function) = called(failure) {
                self.paragraph(
                    "    ",
                    4,
                    &format!("The last of your functions in this schedule is `{function}`."),
                );
            }
        }
    }
}

/// The function of the work that comes last, where that is what the failure is about: one thread alone
/// found out that a value is wrong.
fn called(failure: &Failure) -> Option<&str> {
    let is_alone = failure.recording.as_ref().is_some_and(|recording| recording.acting_threads().len() == 1);
    let is_about_value = failure.kind == FailureKind::Assertion && failure.diagnosis.is_none();
    failure.function.as_deref().filter(|_| is_alone && is_about_value)
}
