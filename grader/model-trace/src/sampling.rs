//! Which schedules are drawn where they are too many to try all of them.

use core::fmt;

/// Schedules that are drawn by random numbers. The same numbers give the same schedules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Sampling {
    /// How many: each of them is one execution.
    pub schedules: u64,
    /// Where the random numbers start.
    pub seed: u64,
    /// How many steps of different threads have to come in a certain order for a bug to show: the depth for which
    /// [`Method::Pct`] gives its guarantee. At least 1.
    pub depth: u32,
    /// How they are drawn.
    pub method: Method,
}

/// How schedules are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Method {
    /// By each of the others in turn.
    #[default]
    Alternating,
    /// Probabilistic concurrency testing: threads run by random priorities, which change at random steps.
    Pct,
    /// Partial order sampling: a random priority for each step.
    Pos,
    /// Random walks, in which each thread has a random speed.
    RandomWalk,
}

impl Default for Sampling {
    /// 2,000 schedules of depth 3, by all methods in turn.
    fn default() -> Self {
        Sampling { schedules: 2_000, seed: 0x1e7e_a7e5, depth: 3, method: Method::Alternating }
    }
}

/// What reproduces the schedules, but for their number: `seed 42, depth 3`. The depth is left out where it has no
/// meaning.
impl fmt::Display for Sampling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Sampling { schedules: _, seed, depth, method } = self;
        match method {
            Method::Alternating => write!(f, "seed {seed}, depth {depth}"),
            Method::Pct => write!(f, "PCT, seed {seed}, depth {depth}"),
            Method::Pos => write!(f, "POS, seed {seed}"),
            Method::RandomWalk => write!(f, "random walk, seed {seed}"),
        }
    }
}
