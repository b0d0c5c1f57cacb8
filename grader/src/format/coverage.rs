//! How much was tried: by a search, or by sampled schedules.

use model_trace::Limit;

use super::wording::plural;
use crate::report::{CheckReport, CheckStatus, Coverage, ExerciseReport, Sampling, SourceLine};

/// How far a search without a counterexample went. Where a program looks at reference counts, of which the model
/// knows one value only, it was not every interleaving.
pub(super) fn covered(coverage: Coverage) -> String {
    covered_and(coverage, "")
}

/// The same, with what is said of the bound: that more of it was searched in some of several searches.
fn covered_and(coverage: Coverage, more: &str) -> String {
    let Coverage { executions: count, preemptions, complete, limits, sampling } = coverage;
    if let Some(sampling) = sampling {
        return sampled(count, sampling);
    }
    let every = if limits.contains(Limit::ReferenceCounts) { "interleavings" } else { "every interleaving" };
    let except = if limits.is_empty() { String::new() } else { format!(", except {limits}") };
    let how_many =
        if count == 1 { "1 execution".to_owned() } else { format!("{} executions", grouped(count)) };
    match (complete, preemptions.checked_sub(1)) {
        (true, _) => format!("{every} {}{more} ({how_many}){except}", bound(preemptions)),
        (false, Some(done)) => {
            format!("cut short after {how_many}: {every} {}, not all with {preemptions}{except}", bound(done))
        }
        (false, None) => {
            format!("cut short after {how_many}: not even every interleaving without preemption")
        }
    }
}

/// The same beside searches that were cut short.
pub(super) fn covered_in_part(coverage: Coverage) -> String {
    let Coverage { executions, preemptions, limits, complete: _, sampling: _ } = coverage;
    let except = if limits.is_empty() { String::new() } else { format!(", except {limits}") };
    format!("interleavings {} ({} executions){except}", bound(preemptions), grouped(executions))
}

/// How many schedules were drawn, and how.
fn sampled(count: u64, Sampling { seed, depth }: Sampling) -> String {
    let schedules = if count == 1 { "schedule" } else { "schedules" };
    format!("{} sampled {schedules}, seed {seed}, depth {depth}", grouped(count))
}

/// How far a search went that found a counterexample.
pub(super) fn found_after(coverage: Coverage) -> String {
    if let Some(Sampling { seed, depth }) = coverage.sampling {
        return format!("sampled schedule {}, seed {seed}, depth {depth}", grouped(coverage.executions));
    }
    format!(
        "execution {} of the search through interleavings {}",
        grouped(coverage.executions),
        bound(coverage.preemptions)
    )
}

/// The interleavings up to a bound.
fn bound(preemptions: u64) -> String {
    match preemptions {
        0 => "without preemption".to_owned(),
        1 => "with up to 1 preemption".to_owned(),
        _ => format!("with up to {preemptions} preemptions"),
    }
}

/// The bound that half of the searches reached, if it is not the least of them.
fn usual_bound(mut bounds: Vec<u64>) -> String {
    bounds.sort_unstable();
    let all = bounds.len();
    let Some(&usual) = bounds.get(all / 2).filter(|usual| bounds.first() < Some(usual)) else {
        return String::new();
    };
    let as_many = bounds.iter().filter(|bound| **bound >= usual).count();
    format!(", and {} in {as_many} of {all} checks", bound(usual))
}

/// Where the work looks at reference counts, of which the model shows one value only.
fn reference_counts(exercise: &ExerciseReport) -> Option<String> {
    let places: Vec<String> =
        exercise.reference_counts.iter().map(|SourceLine { file, line }| format!("{file}:{line}")).collect();
    (!places.is_empty()).then(|| format!("reference counts are not modelled ({})", places.join(", ")))
}

/// What stands behind the checks of all exercises that the model passed, in one line.
pub(super) fn searched_together(exercises: &[ExerciseReport]) -> Option<String> {
    let checks = exercises.iter().flat_map(|exercise| &exercise.checks);
    let passed: Vec<&CheckReport> = checks.filter(|check| check.status == CheckStatus::Passed).collect();
    searched(&passed, exercises.iter().filter_map(reference_counts).collect())
}

/// What stands behind the checks of an exercise that the model passed, in one line for all of them.
pub(super) fn searched_in(exercise: &ExerciseReport) -> Option<String> {
    searched_together(std::slice::from_ref(exercise))
}

fn searched(passed: &[&CheckReport], reference_counts: Vec<String>) -> Option<String> {
    let (drawn, searches): (Vec<Coverage>, Vec<Coverage>) =
        passed.iter().filter_map(|check| check.coverage).partition(|coverage| coverage.sampling.is_some());
    let (complete, truncated): (Vec<Coverage>, Vec<Coverage>) =
        searches.into_iter().partition(|coverage| coverage.complete);
    let count = complete.len() + truncated.len();
    let more = usual_bound(complete.iter().map(|coverage| coverage.preemptions).collect());
    let together = complete.into_iter().reduce(|one, other| Coverage {
        executions: one.executions + other.executions,
        preemptions: one.preemptions.min(other.preemptions),
        limits: one.limits.union(other.limits),
        ..one
    });
    let drawn_together = drawn
        .into_iter()
        .reduce(|one, other| Coverage { executions: one.executions + other.executions, ..one });
    let mut sentences: Vec<String> = Vec::new();
    let drawn_together = drawn_together.map(covered);
    let together = together.map(|coverage| {
        if truncated.is_empty() { covered_and(coverage, &more) } else { covered_in_part(coverage) }
    });
    let tried: Vec<String> = together.into_iter().chain(drawn_together).collect();
    if !tried.is_empty() {
        sentences.push(format!("the model tried {}", tried.join(", and ")));
    }
    if !truncated.is_empty() {
        sentences.push(format!("{} of {} cut short", truncated.len(), plural(count, "model check")));
    }
    if !sentences.is_empty() {
        sentences.extend(reference_counts);
    }
    (!sentences.is_empty()).then(|| sentences.join("; "))
}

/// A number in groups of three digits.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use model_trace::Limits;

    use super::*;

    #[test]
    fn sampled_schedules_are_called_what_they_are() {
        let sampling = Some(Sampling { seed: 42, depth: 3 });
        let coverage =
            Coverage { executions: 2_000, preemptions: 0, complete: false, limits: Limits::NONE, sampling };
        assert_eq!(covered(coverage), "2,000 sampled schedules, seed 42, depth 3");
        assert_eq!(found_after(coverage), "sampled schedule 2,000, seed 42, depth 3");
    }

    #[test]
    fn a_search_that_was_cut_short_never_says_every() {
        let coverage = Coverage {
            executions: 100_000,
            preemptions: 2,
            complete: false,
            limits: Limits::NONE,
            sampling: None,
        };
        assert_eq!(
            covered(coverage),
            "cut short after 100,000 executions: every interleaving with up to 1 preemption, not all with 2"
        );
        let limits = Limits::from_iter([Limit::Spurious, Limit::ReferenceCounts]);
        let limited = Coverage { executions: 2, preemptions: 3, complete: true, limits, sampling: None };
        assert_eq!(
            covered(limited),
            "interleavings with up to 3 preemptions (2 executions), except further spurious wakeups and other values \
             of reference counts"
        );
        let coverage =
            Coverage { executions: 1, preemptions: 0, complete: true, limits: Limits::NONE, sampling: None };
        assert_eq!(covered(coverage), "every interleaving without preemption (1 execution)");
    }

    #[test]
    fn a_bound_that_few_checks_have_is_not_said_of_all_of_them() {
        assert_eq!(usual_bound(vec![]), "");
        assert_eq!(usual_bound(vec![3, 3, 3]), "");
        assert_eq!(usual_bound(vec![3, 2, 2]), "", "half of them have the least one");
        assert_eq!(usual_bound(vec![3, 2, 3]), ", and with up to 3 preemptions in 2 of 3 checks");
        assert_eq!(usual_bound(vec![0, 3, 2, 1, 3]), ", and with up to 2 preemptions in 3 of 5 checks");
    }
}
