//! Decoys among the checks, and what comes of a forged report.

use super::{ExerciseRun, Findings, unless_interrupted};
use crate::check::{Cause, Forgery, Outcome, Ran, Runner};
use crate::error::Fault;
use crate::random;
use crate::report::{CheckStatus, Engine};
use crate::staging::Staging;
use crate::suite::{Check, Entry, Selection};

/// Decoys for each engine. SECURITY.md says what follows from their number.
const DECOYS: usize = 5;

impl ExerciseRun<'_> {
    /// The names of the checks whose decoys are to be run, drawn anew each time. Where there is nothing to win, as in public
    /// tests, there are none, and none where only some checks are asked for: nobody has points by that.
    ///
    /// # Errors
    /// When the system provides no random bytes.
    pub(super) fn decoys<'c>(&self, checks: &[(Entry<'_>, &'c Check)]) -> Result<Vec<&'c str>, Fault> {
        let is_whole = matches!(self.selection, Selection::All) && self.grader.options.replay.is_none();
        if !is_whole {
            return Ok(Vec::new());
        }
        // Those that sleep take too long for it.
        let tempting = checks.iter().filter(|(entry, check)| entry.points > 0 && !check.sleeps);
        let drawn = tempting.map(|(_, check)| Ok((random::number()?, check.name.as_str())));
        let mut drawn = drawn.collect::<Result<Vec<_>, Fault>>()?;
        drawn.sort_by_key(|(number, _)| *number);
        Ok(drawn.into_iter().take(DECOYS).map(|(_, name)| name).collect())
    }
}

/// Runs the decoy of a check that `ran`, in a folder that is like that of a check. Where the check has not passed there is
/// nothing that was forged in it.
///
/// # Errors
/// When its process cannot be started.
pub(super) fn tempt(
    runner: &Runner<'_>,
    staging: &Staging,
    check: &Check,
    ran: &Ran,
) -> Result<Option<Forgery>, Fault> {
    if ran.outcome.status() != CheckStatus::Passed {
        return Ok(None);
    }
    let folder = staging.run_folder(staging.numbers.decoy(runner.engine, &check.name))?;
    Ok(unless_interrupted(runner.tempt(check, ran.duration, &folder))?.flatten())
}

/// Once one report is known to be forged, no pass that a process reported counts.
pub(super) fn unless_forged(findings: Findings<'_>) -> Findings<'_> {
    let own = findings.checks.iter().find_map(|judged| judged.ran.outcome.forgery());
    let Some(forgery) = findings.forgery.or(own) else { return findings };
    let mut findings = findings;
    for judged in &mut findings.checks {
        let is_reported = match judged.entry.engine {
            Engine::Stress | Engine::Model => true,
            // The compiler reports it.
            Engine::Contract => false,
            // It has no points.
            Engine::Loom => false,
        };
        if is_reported && judged.ran.outcome.status() == CheckStatus::Passed {
            judged.ran.outcome =
                Outcome::Failed { cause: Cause::Forged(forgery), execution: None, coverage: None };
        }
    }
    findings
}
