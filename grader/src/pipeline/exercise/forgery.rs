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
        if is_whole { draw(checks) } else { Ok(Vec::new()) }
    }
}

/// Draws [`DECOYS`] of those of an engine's `checks` that somebody has points for, each as likely as any other.
fn draw<'c>(checks: &[(Entry<'_>, &'c Check)]) -> Result<Vec<&'c str>, Fault> {
    let tempting = checks.iter().filter(|(entry, _)| entry.points > 0);
    let drawn = tempting.map(|(_, check)| Ok((random::number()?, check.name.as_str())));
    let mut drawn = drawn.collect::<Result<Vec<_>, Fault>>()?;
    drawn.sort_by_key(|(number, _)| *number);
    Ok(drawn.into_iter().take(DECOYS).map(|(_, name)| name).collect())
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;
    use crate::catalog::Catalog;
    use crate::project::Project;
    use crate::suite::{Subject, Suite};

    const ENGINES: [Engine; 2] = [Engine::Stress, Engine::Model];

    /// The suites of the project.
    fn suites() -> Vec<Suite> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the grader is in a workspace");
        let project = Project::at(root).expect("a project");
        let catalog = Catalog::discover(&project).expect("exercises");
        let load = |slug: &String| Suite::load(&project.suite(slug)).expect("a suite");
        catalog.slugs().iter().map(load).collect()
    }

    fn checks(suite: &Suite, engine: Engine) -> Vec<(Entry<'_>, &Check)> {
        let of_engine = suite.entries().filter(|entry| entry.engine == engine);
        let checks = of_engine.filter_map(|entry| match entry.subject {
            Subject::Check(check) => Some((entry, check)),
            Subject::Contract(_) => None,
        });
        checks.collect()
    }

    fn with_points<'s>(checks: &[(Entry<'s>, &'s Check)]) -> BTreeSet<&'s str> {
        let with_points = checks.iter().filter(|(entry, _)| entry.points > 0);
        with_points.map(|(_, check)| check.name.as_str()).collect()
    }

    /// How many ways there are to draw `count` of `all`.
    fn ways(all: usize, count: usize) -> f64 {
        (0..count).map(|drawn| all.saturating_sub(drawn) as f64 / (drawn + 1) as f64).product()
    }

    /// The chance that none of `wrong` checks is drawn, of `all` with points.
    fn unnoticed(all: usize, wrong: usize) -> f64 {
        ways(all - wrong, DECOYS) / ways(all, DECOYS)
    }

    #[test]
    fn five_decoys_are_drawn_for_each_engine_and_any_check_with_points_may_be_among_them() {
        for suite in suites() {
            for engine in ENGINES {
                let checks = checks(&suite, engine);
                let all = with_points(&checks);
                let mut seen = BTreeSet::new();
                for _ in 0..1_000 {
                    let drawn = draw(&checks).expect("randomness");
                    assert_eq!(drawn.iter().collect::<BTreeSet<_>>().len(), 5, "{engine:?} {drawn:?}");
                    seen.extend(drawn);
                }
                // A check is missing by chance with 1 in 10²⁰, even of a hundred.
                assert_eq!(seen, all, "{engine:?}");
            }
        }
    }

    /// What SECURITY.md states of a forger that can only be told by decoys.
    #[test]
    fn a_forger_that_lies_in_half_of_the_checks_gets_through_in_less_than_one_of_a_thousand_gradings() {
        for suite in suites() {
            let chances = ENGINES.map(|engine| {
                let all = with_points(&checks(&suite, engine)).len();
                unnoticed(all, all / 2)
            });
            assert!(chances.iter().all(|chance| *chance < 2_f64.powi(-5)), "{chances:?}");
            assert!(chances.iter().product::<f64>() < 2_f64.powi(-10), "{chances:?}");
        }
    }

    /// The other numbers there.
    #[test]
    fn a_forger_that_lies_in_one_check_risks_more_than_it_gains() {
        let drawn = 1.0 - unnoticed(50, 1);
        assert!((drawn - 0.1).abs() < 1e-9, "{drawn}");
        let (points, honest) = (2.0, 18.0);
        let (gain, loss) = (points * (1.0 - drawn), honest * drawn);
        assert!((gain - loss).abs() < 1e-9, "{gain} {loss}");
    }

    /// A pass of each needs a seal of 128 bits.
    #[test]
    fn a_submission_has_no_more_than_4096_reports_to_guess_seals_for() {
        let passes: usize =
            suites().iter().flat_map(|suite| ENGINES.map(|engine| checks(suite, engine).len())).sum();
        assert!(passes > 100 && passes <= 1 << 12, "{passes}");
        let seal = random::word().expect("randomness");
        assert_eq!((seal.len(), seal.chars().all(|digit| digit.is_ascii_hexdigit())), (32, true), "{seal}");
    }
}
