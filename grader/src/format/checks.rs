//! The checks of a report, as formats group them: all entries of one check together.

use crate::report::{CheckReport, CheckStatus, Failure, in_submission};

/// Checks that were skipped for want of a crate to run them on are no news; one that could not judge is.
pub(super) fn did_run(check: &CheckReport) -> bool {
    check.status != CheckStatus::Skipped || check.failure.is_some()
}

/// The entries of one check, by whichever engines ran it, together.
pub(super) fn by_name<'a>(checks: &[&'a CheckReport]) -> Vec<Vec<&'a CheckReport>> {
    let mut blocks: Vec<Vec<&CheckReport>> = Vec::new();
    for check in checks {
        match blocks.iter_mut().find(|block| block[0].name == check.name) {
            Some(block) => block.push(check),
            None => blocks.push(vec![check]),
        }
    }
    blocks
}

/// The line of the submission at which a failure shows: the first to look at, or else the last of its execution.
pub(super) fn last_place(failure: &Failure) -> Option<(String, u32)> {
    let known = failure.diagnosis.iter().flat_map(|diagnosis| &diagnosis.lines).chain(&failure.place).next();
    if let Some(line) = known {
        return Some((line.file.clone(), line.line));
    }
    let mut steps = failure.recording.as_ref()?.execution.steps.iter().rev();
    steps.find_map(|step| in_submission(&step.place)).map(|place| (place.file.to_string(), place.line))
}
