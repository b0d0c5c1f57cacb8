//! A check that was not passed: what happened, what it means, and the schedule that shows it.

use super::paint::Colour;
use super::{Page, trace};
use crate::diagnosis::Kind;
use crate::report::{CheckReport, Coverage, FailureKind};
use crate::verdict::CheckStatus;

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
            .map(|check| format!("{} {}/{}", check.engine.as_str(), check.points, check.max_points))
            .collect();
        let points = self.paint.dim(&points.join(", "));
        self.paragraph(&format!("  {mark} "), 4, &format!("{title}  {points}"));

        for (index, check) in block.iter().enumerate() {
            let Some(failure) = &check.failure else { continue };
            // A second engine that says the same in the same words adds nothing.
            let told = block[..index].iter().any(|other| {
                other
                    .failure
                    .as_ref()
                    .is_some_and(|other| (other.kind, &other.message) == (failure.kind, &failure.message))
            });
            if !told {
                let who =
                    if index == 0 { String::new() } else { format!("Under {}: ", check.engine.as_str()) };
                self.paragraph("    ", 4, &format!("{who}{}{}", lead(failure.kind), failure.message));
            }
        }
        let Some(failure) = &first.failure else { return };
        if !failure.explanation.is_empty() {
            self.line("");
            self.paragraph("    ", 4, &unwrapped(&failure.explanation));
        }
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
        if !failure.trace.is_empty() {
            self.line("");
            self.paragraph("    ", 4, "How it comes about, step by step:");
            for line in trace::table(failure, self.width.saturating_sub(4)) {
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
            let searched = if failure.trace.is_empty() {
                format!("Searched {}.", covered(coverage))
            } else {
                format!("Found by {}.", found_after(coverage))
            };
            let searched = self.paint.dim(&searched);
            self.paragraph("    ", 4, &searched);
        }
    }
}

/// What kind of failure it is, before the message.
pub(in crate::format) fn lead(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::Panic => "The code panicked: ",
        FailureKind::NotImplemented => "Not done yet: ",
        FailureKind::Deadlock => "Deadlock: ",
        FailureKind::TooManySteps => "It never ends: ",
        FailureKind::NeverHappens => "It never happens: ",
        FailureKind::Crash => "Crash: ",
        FailureKind::Timeout => "Time is up: ",
        FailureKind::Assertion
        | FailureKind::Compiles
        | FailureKind::DoesNotCompile
        | FailureKind::EndedEarly
        | FailureKind::Unsupported => "",
    }
}

/// The interleavings up to a bound.
fn bound(preemptions: u64) -> String {
    match preemptions {
        0 => "without preemption".to_owned(),
        1 => "with up to 1 preemption".to_owned(),
        _ => format!("with up to {preemptions} preemptions"),
    }
}

/// A number in groups of three digits.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    groups.join(",")
}

fn executions(count: u64) -> String {
    if count == 1 { "1 execution".to_owned() } else { format!("{} executions", grouped(count)) }
}

/// How far a search without a counterexample went.
pub(in crate::format) fn covered(coverage: Coverage) -> String {
    let Coverage { executions: count, preemptions, complete } = coverage;
    let how_many = executions(count);
    match (complete, preemptions.checked_sub(1)) {
        (true, _) => format!("every interleaving {} ({how_many})", bound(preemptions)),
        (false, Some(done)) => {
            format!(
                "cut short after {how_many}: every interleaving {}, not all with {preemptions}",
                bound(done)
            )
        }
        (false, None) => {
            format!("cut short after {how_many}: not even every interleaving without preemption")
        }
    }
}

pub(in crate::format) fn found_after(coverage: Coverage) -> String {
    format!(
        "execution {} of the search through interleavings {}",
        grouped(coverage.executions),
        bound(coverage.preemptions)
    )
}

/// Explanations are written over several lines; blank lines alone separate paragraphs.
pub(in crate::format) fn unwrapped(text: &str) -> String {
    text.split("\n\n")
        .map(|paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_that_was_cut_short_never_says_every() {
        let coverage = Coverage { executions: 100_000, preemptions: 2, complete: false };
        assert_eq!(
            covered(coverage),
            "cut short after 100,000 executions: every interleaving with up to 1 preemption, not all with 2"
        );
        let coverage = Coverage { executions: 1, preemptions: 0, complete: true };
        assert_eq!(covered(coverage), "every interleaving without preemption (1 execution)");
    }
}
