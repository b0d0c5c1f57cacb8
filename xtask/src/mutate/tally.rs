//! What became of the mutants of an exercise, by operator.

use std::collections::BTreeMap;
use std::fmt;

use grader::mutate::{Equivalents, Fate, Generated, OPERATORS};

/// A mutant that no check catches and nobody has judged.
pub struct Survivor {
    pub exercise: String,
    pub id: String,
    pub diff: String,
}

/// Mutants of one exercise, counted.
pub struct Tally {
    exercise: String,
    by_operator: BTreeMap<&'static str, Counts>,
    pub survivors: Vec<Survivor>,
    /// Entries of `equivalent.toml` that are not true, each as file, line and cure.
    pub wrong: Vec<String>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    killed: usize,
    survived: usize,
    equivalent: usize,
    not_compiled: usize,
}

impl Counts {
    fn all(self) -> usize {
        let Self { killed, survived, equivalent, not_compiled } = self;
        killed + survived + equivalent + not_compiled
    }
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.killed += other.killed;
        self.survived += other.survived;
        self.equivalent += other.equivalent;
        self.not_compiled += other.not_compiled;
    }
}

impl Tally {
    pub fn new(exercise: String) -> Self {
        Self { exercise, by_operator: BTreeMap::new(), survivors: Vec::new(), wrong: Vec::new() }
    }

    /// Counts a mutant. `diff` says what it changes.
    pub fn count(
        &mut self,
        mutant: &Generated,
        fate: &Fate,
        equivalents: &Equivalents,
        diff: impl FnOnce() -> String,
    ) {
        let counts = self.by_operator.entry(mutant.operator).or_default();
        let judged = equivalents.of(mutant);
        match fate {
            Fate::Killed { by } => {
                counts.killed += 1;
                if judged.is_some() {
                    self.wrong.push(equivalents.refuted(mutant, &format!("is caught by {by}")));
                }
            }
            Fate::NotCompiled => {
                counts.not_compiled += 1;
                if judged.is_some() {
                    self.wrong.push(equivalents.refuted(mutant, "does not compile"));
                }
            }
            Fate::Survived if judged.is_some() => counts.equivalent += 1,
            Fate::Survived => {
                counts.survived += 1;
                let (exercise, id) = (self.exercise.clone(), mutant.id.clone());
                self.survivors.push(Survivor { exercise, id, diff: diff() });
            }
        }
    }

    /// How many were graded.
    pub fn all(&self) -> usize {
        self.by_operator.values().map(|counts| counts.all()).sum()
    }

    /// Whether every mutant is caught, or a right program.
    pub fn holds(&self) -> bool {
        self.survivors.is_empty() && self.wrong.is_empty()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut sum = Counts::default();
        let row = |f: &mut fmt::Formatter<'_>, name: &str, counts: Counts| {
            let Counts { killed, survived, equivalent, not_compiled } = counts;
            write!(f, "{name:24} {killed:>7} {survived:>9} {equivalent:>11} {not_compiled:>13}")
        };
        writeln!(
            f,
            "{:24} {:>7} {:>9} {:>11} {:>13}",
            self.exercise, "killed", "survived", "equivalent", "not compiled"
        )?;
        for operator in OPERATORS {
            if let Some(counts) = self.by_operator.get(operator.name) {
                sum += *counts;
                row(f, &format!("  {}", operator.name), *counts)?;
                writeln!(f)?;
            }
        }
        row(f, "  all", sum)
    }
}

#[cfg(test)]
mod tests {
    use grader::mutant::Base;
    use grader::mutate::generate;

    use super::*;

    /// A mutant of a small program, and a file in which it is judged to be a right one.
    fn judged() -> (Generated, Equivalents, tempfile::TempDir) {
        let mutant = generate(&Base::Solution, "fn f() -> bool { true }").expect("Rust").remove(0);
        let folder = tempfile::tempdir().expect("a folder");
        let text = format!("[[equivalent]]\nmutants = [\"{}\"]\nreason = \"nobody calls it\"\n", mutant.id);
        std::fs::write(folder.path().join("equivalent.toml"), text).expect("a file");
        let equivalents = Equivalents::read(folder.path()).expect("it is whole");
        (mutant, equivalents, folder)
    }

    fn tallied(fate: &Fate, mutant: &Generated, equivalents: &Equivalents) -> Tally {
        let mut tally = Tally::new("tally".to_owned());
        tally.count(mutant, fate, equivalents, || "-true\n+false\n".to_owned());
        tally
    }

    #[test]
    fn a_survivor_that_was_judged_is_equivalent_and_another_one_is_a_failure() {
        let (mutant, equivalents, _folder) = judged();
        let tally = tallied(&Fate::Survived, &mutant, &equivalents);
        assert!(tally.holds());
        let table = tally.to_string();
        let sum: Vec<&str> = table.lines().last().unwrap_or_default().split_whitespace().collect();
        assert_eq!(sum, ["all", "0", "0", "1", "0"], "{table}");
        let nobody = tempfile::tempdir().expect("a folder");
        let unjudged = Equivalents::read(nobody.path()).expect("nothing is judged");
        let tally = tallied(&Fate::Survived, &mutant, &unjudged);
        assert!(!tally.holds());
        assert_eq!((tally.survivors.len(), tally.all()), (1, 1));
    }

    #[test]
    fn a_judgement_of_a_mutant_that_is_caught_or_none_is_refused_with_its_line() {
        let (mutant, equivalents, folder) = judged();
        let by = grader::suite::CheckId::new("a_fact", grader::report::Engine::Model);
        for (fate, said) in
            [(Fate::Killed { by }, "is caught by a_fact (model)"), (Fate::NotCompiled, "does not compile")]
        {
            let tally = tallied(&fate, &mutant, &equivalents);
            assert!(!tally.holds());
            let place =
                format!("{}:2: {}: it {said}", folder.path().join("equivalent.toml").display(), mutant.id);
            assert!(tally.wrong[0].starts_with(&place), "{}", tally.wrong[0]);
        }
    }
}
