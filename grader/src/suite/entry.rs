//! One entry of a report: a check by one of the engines that run it.

use std::fmt;

use super::functions::PUBLIC;
use super::{Check, Contract};
use crate::report::{CheckReport, Engine};

/// Which check, by which engine. Written as `name (engine)`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CheckId {
    /// As `suite.toml` gives it.
    pub name: String,
    pub engine: Engine,
}

impl CheckId {
    pub fn new(name: impl Into<String>, engine: Engine) -> Self {
        Self { name: name.into(), engine }
    }

    /// Whether `report` is about this check by this engine.
    pub fn is_of(&self, report: &CheckReport) -> bool {
        self.name == report.name && self.engine == report.engine
    }
}

impl fmt::Display for CheckId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name, self.engine.as_str())
    }
}

/// What a suite says about a check by one of its engines.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    pub name: &'a str,
    pub title: &'a str,
    pub explanation: &'a str,
    pub engine: Engine,
    /// What it is worth by this engine.
    pub points: u32,
    pub subject: Subject<'a>,
}

/// What is judged.
#[derive(Debug, Clone, Copy)]
pub enum Subject<'a> {
    /// By rustc alone.
    Contract(&'a Contract),
    /// By running it.
    Check(&'a Check),
}

impl<'a> Entry<'a> {
    pub(super) fn of_contract(contract: &'a Contract) -> Self {
        Self {
            name: &contract.name,
            title: &contract.title,
            explanation: &contract.explanation,
            engine: Engine::Contract,
            points: contract.points,
            subject: Subject::Contract(contract),
        }
    }

    pub(super) fn of_check(check: &'a Check) -> impl Iterator<Item = Self> {
        check.engines.iter().map(move |&(engine, points)| Self {
            name: &check.name,
            title: &check.title,
            explanation: &check.explanation,
            engine,
            points,
            subject: Subject::Check(check),
        })
    }

    pub fn id(&self) -> CheckId {
        CheckId::new(self.name, self.engine)
    }
}

/// Which entries of a suite to run.
#[derive(Debug, Clone, Copy)]
pub enum Selection<'a> {
    All,
    /// These alone. The verdict then knows only them.
    Only(&'a [CheckId]),
    /// These in this order, one after the other, up to the first that fails. The report has those that were run, and a
    /// rejection says that one of them fails, no more.
    UntilFailure(&'a [CheckId]),
}

impl Selection<'_> {
    /// Whether it asks for public tests, which are no part of a hidden suite.
    pub(crate) fn is_of_public_tests(&self) -> bool {
        let is_public = |id: &CheckId| id.name.starts_with(&format!("{PUBLIC}::"));
        matches!(self, Self::Only(ids) if !ids.is_empty() && ids.iter().all(is_public))
    }

    /// The place of an entry in the order in which its engine runs them, if there is one.
    pub(crate) fn place(&self, entry: &Entry<'_>) -> Option<usize> {
        match self {
            Self::All | Self::Only(_) => None,
            Self::UntilFailure(ids) => {
                ids.iter().position(|id| id.name == entry.name && id.engine == entry.engine)
            }
        }
    }

    /// Whether the first failure ends it.
    pub(crate) fn ends_with_a_failure(&self) -> bool {
        matches!(self, Self::UntilFailure(_))
    }

    pub fn wants(&self, entry: &Entry<'_>) -> bool {
        match self {
            Self::All => true,
            Self::Only(ids) | Self::UntilFailure(ids) => {
                ids.iter().any(|id| id.name == entry.name && id.engine == entry.engine)
            }
        }
    }
}
