//! What is shown of a difference.

use std::fmt::{self, Display, Write};

use crate::compare::{Budget, Difference, Effort, Kind, Subject, differences, shrink};

/// A difference, in the program that was generated and in the smallest one that differs in the same way.
pub struct Report<S: Subject> {
    /// The seed, or the name, of the program.
    pub origin: String,
    pub program: S,
    pub smallest: S,
    pub difference: Difference<S::Outcome>,
}

impl<S: Subject> Report<S> {
    pub fn new(origin: String, program: S, difference: Difference<S::Outcome>, budget: Budget) -> Self {
        let smallest = shrink(&program, difference.kind, budget);
        let again = differences(&smallest, budget, &mut Effort::default());
        let again = again.into_iter().find(|again| again.kind == difference.kind);
        Report { origin, program, smallest, difference: again.unwrap_or(difference) }
    }
}

impl<S: Subject> Display for Report<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Difference { kind, settings, expected, found } = &self.difference;
        let bound = settings.bound.map_or(String::from("any number of"), |bound| format!("up to {bound}"));
        let remember = if settings.remember { "recognising" } else { "without recognising" };
        writeln!(f, "{}: {}", self.origin, kind.meaning())?;
        writeln!(f, "with {bound} preemptions, {remember} states, in")?;
        writeln!(f, "{}", indented(&self.smallest))?;
        let lost: Vec<_> = expected.difference(&found.outcomes).collect();
        let invented: Vec<_> = found.outcomes.difference(expected).collect();
        writeln!(f, "expected {} outcomes; found {}", expected.len(), found.outcomes.len())?;
        for (name, outcomes) in [("not found", lost), ("not expected", invented)] {
            for outcome in outcomes {
                writeln!(f, "    {name}: {outcome:?}")?;
            }
        }
        writeln!(f, "the search ended: {:?}", found.end)?;
        writeln!(f, "the program as it was generated:\n{}", indented(&self.program))
    }
}

fn indented(text: &impl Display) -> String {
    text.to_string().lines().fold(String::new(), |mut all, line| {
        writeln!(all, "    {line}").expect("a string takes everything");
        all
    })
}

impl Kind {
    fn meaning(self) -> &'static str {
        match self {
            Kind::Lost => "an outcome is lost",
            Kind::Invented => "an outcome is not allowed",
            Kind::DeadlockLost => "a deadlock is lost",
            Kind::DeadlockInvented => "a deadlock cannot be",
            Kind::DeadlockNotTheSimplest => "a deadlock needs fewer preemptions",
            Kind::NotExhaustive => "the search claims that its bound left nothing out",
            Kind::NotNamed => "the search names no limit that left an outcome out",
            Kind::Other => "the search ended in another way",
            Kind::NotRepeatable => "the same search twice differs",
            Kind::ChangedByRecording => "recording its steps changes a search",
            Kind::NotReplayed => "the schedule of a deadlock does not lead to it again",
            Kind::NotAllowed => "the explorer's own steps and limits allow what they must not",
            Kind::NotShown => "the explorer's own steps cannot show an outcome",
        }
    }
}
