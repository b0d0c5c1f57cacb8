//! What a search has tried.

use core::fmt;

use crate::{Limits, Sampling};

/// What a search has covered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Coverage {
    /// Executions that were run, over all bounds.
    pub executions: u64,
    /// The bound on preemptions that was searched last.
    pub preemptions: u64,
    /// Whether every interleaving with up to `preemptions` preemptions was tried. `false`: the search was cut
    /// short, and only the smaller bounds are complete.
    pub complete: bool,
    /// Whether the bound on preemptions left nothing out: it never mattered.
    pub exhaustive: bool,
    /// What was left out all the same.
    pub limits: Limits,
    /// The schedules were drawn: how. Then nothing is complete, and neither bound nor limits say anything.
    pub sampling: Option<Sampling>,
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Coverage { executions, preemptions, complete, exhaustive, limits, sampling } = *self;
        let count =
            |number: u64, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
        if let Some(sampling) = sampling {
            return write!(f, "{}, {sampling}", count(executions, "sampled schedule"));
        }
        let executions = count(executions, "execution");
        let except = if limits.is_empty() { String::new() } else { format!(", except {limits}") };
        match (complete, exhaustive, preemptions.checked_sub(1)) {
            (true, true, _) => write!(f, "every interleaving ({executions}){except}"),
            (true, false, _) => {
                let bound = count(preemptions, "preemption");
                write!(f, "every interleaving with up to {bound} ({executions}){except}")
            }
            (false, _, Some(done)) => {
                let done = count(done, "preemption");
                write!(
                    f,
                    "cut short after {executions}: every interleaving with up to {done}, not all with {preemptions}"
                )
            }
            (false, _, None) => {
                write!(f, "cut short after {executions}: not even all interleavings without a preemption")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Limit, Method};

    const NOTHING: Coverage = Coverage {
        executions: 0,
        preemptions: 0,
        complete: false,
        exhaustive: false,
        limits: Limits::NONE,
        sampling: None,
    };

    #[test]
    fn sampled_schedules_are_never_every_interleaving() {
        let sampling = Sampling { schedules: 2_000, seed: 42, depth: 3, method: Method::Alternating };
        let sampled = |executions, sampling| Coverage { executions, sampling: Some(sampling), ..NOTHING };
        assert_eq!(sampled(2_000, sampling).to_string(), "2000 sampled schedules, seed 42, depth 3");
        let walk = Sampling { method: Method::RandomWalk, ..sampling };
        assert_eq!(sampled(1, walk).to_string(), "1 sampled schedule, random walk, seed 42");
    }

    #[test]
    fn no_more_is_claimed_than_was_searched() {
        let text = |executions, preemptions, complete, exhaustive| {
            Coverage { executions, preemptions, complete, exhaustive, ..NOTHING }.to_string()
        };
        assert_eq!(text(1, 0, true, true), "every interleaving (1 execution)");
        assert_eq!(text(9, 1, true, false), "every interleaving with up to 1 preemption (9 executions)");
        assert_eq!(
            text(9, 3, false, false),
            "cut short after 9 executions: every interleaving with up to 2 preemptions, not all with 3"
        );
        assert_eq!(
            text(9, 0, false, false),
            "cut short after 9 executions: not even all interleavings without a preemption"
        );
        let limits = Limits::from_iter([Limit::StaleLoads, Limit::LoadBuffering]);
        let limited = Coverage {
            executions: 2,
            preemptions: 1,
            complete: true,
            exhaustive: true,
            limits,
            sampling: None,
        };
        assert_eq!(
            limited.to_string(),
            "every interleaving (2 executions), except further stale reads and load buffering"
        );
    }
}
