//! Differences that are known, by kind.

use crate::compare::{Budget, Difference, Effort, Kind, Subject, differences};

/// A kind of difference that the explorer has today. Whoever mends it deletes the entry: a test fails when what is
/// listed does not differ any more.
pub struct Known<S> {
    pub name: &'static str,
    /// In which ways such programs differ.
    pub kinds: &'static [Kind],
    /// Only searches that recognise states differ.
    pub remembering: bool,
    /// A program that differs.
    pub example: S,
    /// Whether a program has what it takes.
    pub has: fn(&S) -> bool,
    /// The program without that. It does not differ, or not because of this.
    pub without: fn(&S) -> S,
}

impl<S: Subject> Known<S> {
    fn explains(&self, subject: &S, difference: &Difference<S::Outcome>) -> bool {
        (self.has)(subject)
            && self.kinds.contains(&difference.kind)
            && (difference.settings.remember || !self.remembering)
    }
}

/// What a comparison comes to.
pub enum Verdict<O> {
    Same,
    /// There are differences, and each is of a known kind.
    Known(Vec<&'static str>),
    Different(Difference<O>),
}

/// Compares a program. A difference is known only if the program without whatever is known has none.
pub fn judge<S: Subject>(subject: &S, budget: Budget, effort: &mut Effort) -> Verdict<S::Outcome> {
    let found = differences(subject, budget, effort);
    let Some(first) = found.first().cloned() else { return Verdict::Same };
    let known = S::known();
    let unknown =
        found.iter().find(|difference| !known.iter().any(|known| known.explains(subject, difference)));
    if let Some(unknown) = unknown {
        return Verdict::Different(unknown.clone());
    }
    let mut names = Vec::new();
    let mut without = subject.clone();
    for known in known.iter().filter(|known| (known.has)(subject)) {
        names.push(known.name);
        without = (known.without)(&without);
    }
    match differences(&without, budget, effort).is_empty() {
        true => Verdict::Known(names),
        false => Verdict::Different(first),
    }
}
