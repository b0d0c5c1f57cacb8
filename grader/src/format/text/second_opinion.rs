//! What loom makes of the checks: how often the two agree, and each check on which they do not.

use std::collections::BTreeMap;

use super::Page;
use super::paint::Colour;
use crate::format::wording::{covered, lead, plural};
use crate::report::{
    Agreement, CheckReport, CheckStatus, Difference, LoomCall, OpinionStatus, SecondOpinion,
};

impl Page {
    pub(super) fn second_opinions(&mut self, checks: &[CheckReport]) {
        let opinions: Vec<(&CheckReport, &SecondOpinion)> =
            checks.iter().filter_map(|check| Some((check, check.second_opinion.as_ref()?))).collect();
        if opinions.is_empty() {
            return;
        }
        for (check, opinion) in &opinions {
            match opinion.agreement {
                Some(Agreement::Disagree | Agreement::KnownDifference) => self.differs(check, opinion),
                Some(Agreement::Agree) | None => {}
            }
        }
        self.line("");
        let counted = self.paint.dim(&counted(&opinions));
        self.paragraph("  ", 2, &counted);
        for (message, count) in unjudged(&opinions) {
            let line = self.paint.dim(&format!("{}: {message}", plural(count, "check")));
            self.paragraph("    ", 6, &line);
        }
    }

    /// One passes the check, and the other does not.
    fn differs(&mut self, check: &CheckReport, opinion: &SecondOpinion) {
        self.line("");
        let (mark, what) = match opinion.differences.is_empty() {
            true => (self.paint.colour(Colour::Magenta, "!"), "The model and loom disagree"),
            false => (self.paint.dim("!"), "The model and loom differ, for a known reason"),
        };
        let title = self.paint.bold(&check.title);
        self.paragraph(&format!("  {mark} "), 4, &format!("{what}: {title}"));
        self.paragraph("    ", 6, &format!("The model: {}", of_the_model(check)));
        let failed = if opinion.status == OpinionStatus::Failed { "fails, " } else { "" };
        self.paragraph("    ", 6, &format!("loom: {failed}{}", opinion.message));
        for difference in &opinion.differences {
            self.paragraph("    ", 6, &known(*difference));
        }
        if opinion.differences.is_empty() {
            self.paragraph(
                "    ",
                4,
                "This is a bug of one of the two. It changes no points; please report it.",
            );
        }
        if !opinion.calls.is_empty() {
            self.line("");
            self.paragraph("    ", 4, "The calls of the execution that fails in loom, in order:");
            for call in &opinion.calls {
                self.paragraph("      ", 8, &called(call));
            }
        }
    }
}

/// The reason, and where it is reported.
fn known(difference: Difference) -> String {
    format!("Known: {} ({})", difference.reason(), difference.source())
}

fn of_the_model(check: &CheckReport) -> String {
    let searched = check.coverage.map(covered);
    match (&check.failure, check.status) {
        (Some(failure), _) => format!("fails, {}{}", lead(failure.kind).to_lowercase(), failure.message),
        (None, CheckStatus::Passed) => format!("passes in {}", searched.unwrap_or_default()),
        (None, CheckStatus::Failed | CheckStatus::TimedOut | CheckStatus::Crashed | CheckStatus::Skipped) => {
            check.status.as_str().to_owned()
        }
    }
}

fn called(call: &LoomCall) -> String {
    let LoomCall { thread, call, file, line } = call;
    let place = match (file, line) {
        (Some(file), Some(line)) => format!("{file}:{line}"),
        (Some(_) | None, _) => "in the check".to_owned(),
    };
    format!("{thread}: {call} ({place})")
}

/// How many agree, and how many there are of everything else.
fn counted(opinions: &[(&CheckReport, &SecondOpinion)]) -> String {
    let of = |wanted: Agreement| opinions.iter().filter(|(_, it)| it.agreement == Some(wanted)).count();
    let without = |wanted: OpinionStatus| {
        opinions.iter().filter(|(_, it)| it.agreement.is_none() && it.status == wanted).count()
    };
    let counts = [
        (of(Agreement::Agree), "agree"),
        (of(Agreement::Disagree), "disagree"),
        (of(Agreement::KnownDifference), "differ for a known reason"),
        (without(OpinionStatus::NotExpressible), "not expressible in loom"),
        (without(OpinionStatus::Cut), "cut short in loom"),
        (without(OpinionStatus::GaveUp), "given up by loom"),
        (
            without(OpinionStatus::Passed) + without(OpinionStatus::Failed),
            "without a verdict of the model to compare with",
        ),
    ];
    let counts: Vec<String> = counts
        .iter()
        .enumerate()
        .filter(|(place, (count, _))| *place < 2 || *count > 0)
        .map(|(_, (count, what))| format!("{count} {what}"))
        .collect();
    format!("the model and loom, on {}: {}", plural(opinions.len(), "check"), counts.join(", "))
}

/// Why there is no opinion, with how often.
fn unjudged<'a>(opinions: &[(&CheckReport, &'a SecondOpinion)]) -> BTreeMap<&'a str, usize> {
    let mut reasons = BTreeMap::new();
    for (_, opinion) in opinions {
        match opinion.status {
            OpinionStatus::NotExpressible | OpinionStatus::Cut | OpinionStatus::GaveUp => {
                *reasons.entry(opinion.message.as_str()).or_default() += 1;
            }
            OpinionStatus::Passed | OpinionStatus::Failed => {}
        }
    }
    reasons
}
