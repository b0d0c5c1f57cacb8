//! What a search has tried.

use core::fmt;

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
    /// Whether no interleaving at all was left out: the bound never mattered.
    pub exhaustive: bool,
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Coverage { executions, preemptions, complete, exhaustive } = *self;
        let plural = |n: u64| if n == 1 { "preemption" } else { "preemptions" };
        match (complete, exhaustive, preemptions.checked_sub(1)) {
            (true, true, _) => write!(f, "every interleaving ({executions} executions)"),
            (true, false, _) => write!(
                f,
                "every interleaving with up to {preemptions} {} ({executions} executions)",
                plural(preemptions)
            ),
            (false, _, Some(done)) => write!(
                f,
                "cut short after {executions} executions: every interleaving with up to {done} {}, not all with {preemptions}",
                plural(done)
            ),
            (false, _, None) => {
                write!(f, "cut short after {executions} executions: not even all without preemption")
            }
        }
    }
}
