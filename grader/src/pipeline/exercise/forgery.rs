//! Decoys among the checks, and what comes of a forged report.

use super::{ExerciseRun, Findings, unless_interrupted};
use crate::check::{Cause, Forgery, Outcome, Runner};
use crate::error::Fault;
use crate::random;
use crate::report::{CheckStatus, Engine};
use crate::staging::Staging;
use crate::suite::{Check, Entry};

/// Decoys for each engine. SECURITY.md says what follows from their number.
const DECOYS: usize = 5;

impl ExerciseRun<'_> {
    /// Checks whose decoys are to be run, drawn anew each time, each with the number of the check that it comes before: what
    /// comes first or last would show. Where there is nothing to win, as in public tests, there are none.
    ///
    /// # Errors
    /// When the system provides no random bytes.
    pub(super) fn decoys<'c>(
        &self,
        checks: &[(Entry<'_>, &'c Check)],
    ) -> Result<Vec<(usize, &'c Check)>, Fault> {
        if self.grader.options.replay.is_some() || checks.iter().all(|(entry, _)| entry.points == 0) {
            return Ok(Vec::new());
        }
        // Those that sleep take too long for it.
        let awake = checks.iter().filter(|(_, check)| !check.sleeps);
        let drawn = awake.map(|(_, check)| Ok((random::number()?, *check)));
        let mut drawn = drawn.collect::<Result<Vec<_>, Fault>>()?;
        drawn.sort_by_key(|(number, _)| *number);
        let places = checks.len() as u64;
        let placed = |(_, check)| Ok((usize::try_from(random::number()? % places).unwrap_or(0), check));
        drawn.into_iter().take(DECOYS).map(placed).collect()
    }
}

/// Runs the decoy of `check`, in a folder that is like that of a check.
///
/// # Errors
/// When its process cannot be started.
pub(super) fn tempt(runner: &Runner<'_>, staging: &Staging, check: &Check) -> Result<Option<Forgery>, Fault> {
    let folder = staging.run_folder(staging.numbers.decoy(runner.engine, &check.name))?;
    Ok(unless_interrupted(runner.tempt(check, &folder))?.flatten())
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
