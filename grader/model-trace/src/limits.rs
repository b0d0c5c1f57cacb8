//! What a search leaves out by limits of its own, whatever its bound on preemptions.

use core::fmt;

/// A kind of execution that a search leaves out. It is part of the coverage only where the program came to it: where
/// there was something to leave out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Limit {
    /// More spurious wakeups, and spurious failures of weak exchanges, than are allowed in one execution.
    Spurious,
    /// More overtaking than is tried: a thread that spins, or whose timed waits end early, goes on before others that
    /// could run only so often.
    Overtaking,
    /// More delays than are allowed in one execution: a thread may be slow, so that time passes while it runs.
    Delays,
    /// More accesses than are allowed in one execution that read a stale value, or place a store before others that
    /// were executed earlier, of the same atomic in the same thread.
    StaleLoads,
    /// Loads that read a store which is executed later (load buffering).
    LoadBuffering,
    /// Orders of `SeqCst` operations that contradict the order in which they are executed.
    SeqCstOrder,
    /// Reference counts: the count of an `Arc` is read at one moment only.
    ReferenceCounts,
}

impl Limit {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Limit; 7] = [
        Limit::Spurious,
        Limit::Overtaking,
        Limit::Delays,
        Limit::StaleLoads,
        Limit::LoadBuffering,
        Limit::SeqCstOrder,
        Limit::ReferenceCounts,
    ];

    /// What is left out, as what "except …" is followed by.
    #[must_use]
    pub fn left_out(self) -> &'static str {
        match self {
            Limit::Spurious => "further spurious wakeups",
            Limit::Overtaking => "longer spins past threads that could run",
            Limit::Delays => "further delays",
            Limit::StaleLoads => "further stale reads",
            Limit::LoadBuffering => "load buffering",
            Limit::SeqCstOrder => "other orders of `SeqCst` operations",
            Limit::ReferenceCounts => "other values of reference counts",
        }
    }

    fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A set of limits.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(from = "Vec<Limit>", into = "Vec<Limit>"))]
pub struct Limits(u8);

impl Limits {
    /// No limit was met.
    pub const NONE: Limits = Limits(0);

    /// Adds one.
    pub fn insert(&mut self, limit: Limit) {
        self.0 |= limit.bit();
    }

    /// Those of both.
    #[must_use]
    pub fn union(self, other: Limits) -> Limits {
        Limits(self.0 | other.0)
    }

    /// Whether it has one.
    #[must_use]
    pub fn contains(self, limit: Limit) -> bool {
        self.0 & limit.bit() != 0
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Those that it has, in the order of [`Limit::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Limit> {
        Limit::ALL.into_iter().filter(move |limit| self.contains(*limit))
    }
}

impl FromIterator<Limit> for Limits {
    fn from_iter<I: IntoIterator<Item = Limit>>(limits: I) -> Self {
        let mut set = Limits::NONE;
        limits.into_iter().for_each(|limit| set.insert(limit));
        set
    }
}

impl From<Vec<Limit>> for Limits {
    fn from(limits: Vec<Limit>) -> Self {
        limits.into_iter().collect()
    }
}

impl From<Limits> for Vec<Limit> {
    fn from(limits: Limits) -> Self {
        limits.iter().collect()
    }
}

impl fmt::Debug for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// What is left out, as a list: `further spurious wakeups and load buffering`.
impl fmt::Display for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.iter().count();
        for (index, limit) in self.iter().enumerate() {
            match index {
                0 => {}
                _ if index + 1 == count => f.write_str(" and ")?,
                _ => f.write_str(", ")?,
            }
            f.write_str(limit.left_out())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_has_what_was_put_in() {
        let set = Limits::from_iter([Limit::LoadBuffering, Limit::Spurious]);
        assert!(set.contains(Limit::Spurious) && !set.contains(Limit::Delays));
        assert!(set.iter().eq([Limit::Spurious, Limit::LoadBuffering]));
        assert_eq!(set.to_string(), "further spurious wakeups and load buffering");
        assert_eq!(Limits::from_iter(Limit::ALL).iter().count(), Limit::ALL.len());
    }
}
