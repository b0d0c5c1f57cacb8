//! Mutants that were judged to be right programs: `equivalent.toml` of a suite.
//!
//! ```toml
//! [[equivalent]]
//! mutants = ["ordering_weakened@accepted/plain/Counter::value#3fa2c9.1"]
//! reason = "the join of the threads orders the accesses"
//! ```

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use super::generate::Generated;
use crate::error::{Fault, line_of};

/// What was judged of a suite's mutants, by their identities.
#[derive(Debug, Clone)]
pub struct Equivalents {
    file: PathBuf,
    judged: BTreeMap<String, Judgement>,
}

/// Why a mutant is a right program, and where that is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    pub line: usize,
    pub reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    #[serde(default)]
    equivalent: Vec<RawJudgement>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawJudgement {
    mutants: Spanned<Vec<Spanned<String>>>,
    reason: Spanned<String>,
}

impl Equivalents {
    /// Reads `equivalent.toml` of the suite in `folder`. Without the file nothing was judged.
    ///
    /// # Errors
    /// When it cannot be read, a mutant stands in it twice, or a reason is missing.
    pub fn read(folder: &Path) -> Result<Self, Fault> {
        let file = folder.join("equivalent.toml");
        let text = match std::fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(source) => return Err(Fault::io("read", &file, source)),
        };
        let fault = |span: Range<usize>, message: String| Fault::Suite {
            file: file.clone(),
            line: line_of(&text, &span),
            message,
        };
        let raw: RawFile = toml::from_str(&text)
            .map_err(|error| fault(error.span().unwrap_or(0..0), error.message().to_owned()))?;
        let mut judged = BTreeMap::new();
        for RawJudgement { mutants, reason } in raw.equivalent {
            if reason.get_ref().trim().is_empty() {
                return Err(fault(reason.span(), "say in a sentence why it is a right program".to_owned()));
            }
            if mutants.get_ref().is_empty() {
                return Err(fault(mutants.span(), "name the mutants that this is about".to_owned()));
            }
            for mutant in mutants.into_inner() {
                let line = line_of(&text, &mutant.span());
                let judgement = Judgement { line, reason: reason.get_ref().clone() };
                let span = mutant.span();
                if judged.insert(mutant.into_inner(), judgement).is_some() {
                    return Err(fault(
                        span,
                        "this mutant is judged twice: keep one of the entries".to_owned(),
                    ));
                }
            }
        }
        Ok(Self { file, judged })
    }

    /// What was judged of a mutant, if it was.
    pub fn of(&self, mutant: &Generated) -> Option<&Judgement> {
        self.judged.get(&mutant.id)
    }

    /// What is wrong with the entries that none of `all` mutants of the suite has: each as file, line and cure.
    pub fn stale(&self, all: &[Generated]) -> Vec<String> {
        let is_stale = |id: &&String| !all.iter().any(|mutant| mutant.id == **id);
        let stale = self.judged.keys().filter(is_stale);
        let told = stale.map(|id| {
            self.told(id, "no mutant is called so: remove the entry, or judge the mutant that took its place")
        });
        told.collect()
    }

    /// What is wrong with the entry of a mutant that is no right program, as file, line and cure. `why` continues `it …`.
    pub fn refuted(&self, mutant: &Generated, why: &str) -> String {
        let cure = format!("it {why}, so it is no right program: remove the entry");
        self.told(&mutant.id, &cure)
    }

    fn told(&self, id: &str, cure: &str) -> String {
        let line = self.judged.get(id).map_or(1, |judgement| judgement.line);
        format!("{}:{line}: {id}: {cure}", self.file.display())
    }
}
