//! Twins: what one engine alone runs is also looked at by the other.
//!
//! What only the model runs has a twin on real threads, where a submission that behaves only under the model fails. What
//! only real threads run has one in the model: what is found there is found each time.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use super::{Check, RawCheck, Suite};
use crate::error::Fault;
use crate::report::Engine;

/// How a reason begins that a module has no twin.
const NO: &str = "no: ";

/// From a module to the checks that stand in, with the other engine, for those of it that one engine alone runs; or why none
/// can.
pub(super) type RawTwins = BTreeMap<Spanned<String>, Spanned<RawTwin>>;

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum RawTwin {
    Checks(Vec<String>),
    Reason(String),
}

/// Whose checks a table of twins is about.
#[derive(Debug, Clone, Copy)]
pub(super) enum Of {
    /// Those that only the model runs: `[twins]`.
    TheModel,
    /// Those that only real threads run: `[modelled]`.
    RealThreads,
}

impl Of {
    fn table(self) -> &'static str {
        match self {
            Self::TheModel => "twins",
            Self::RealThreads => "modelled",
        }
    }

    /// That nobody else runs a check.
    fn alone_runs(self) -> &'static str {
        match self {
            Self::TheModel => "the model alone runs",
            Self::RealThreads => "real threads alone run",
        }
    }

    /// That it runs a check, too.
    fn runs_it(self) -> &'static str {
        match self {
            Self::TheModel => "is run by the model",
            Self::RealThreads => "runs on real threads",
        }
    }

    fn other(self) -> Self {
        match self {
            Self::TheModel => Self::RealThreads,
            Self::RealThreads => Self::TheModel,
        }
    }

    fn run(self, check: &RawCheck) -> bool {
        let points = check.points.get_ref();
        match self {
            Self::TheModel => points.model.is_some(),
            Self::RealThreads => points.stress.is_some(),
        }
    }

    /// Whether a check has to have a twin. With one thread there is nothing to interleave, and how long a thread works the
    /// model does not know.
    fn needs_one(self, check: &Check) -> bool {
        let run_by = |engine: Engine| check.engines.iter().any(|(by, _)| *by == engine);
        match self {
            Self::TheModel => !run_by(Engine::Stress),
            Self::RealThreads => !run_by(Engine::Model) && !check.alone && !check.sleeps,
        }
    }

    /// What to write.
    fn missing(self) -> &'static str {
        match self {
            Self::TheModel => {
                "name the checks on real threads at which a program that behaves only under the model fails, or say \
                 `\"no: REASON\"`"
            }
            Self::RealThreads => {
                "name the checks of the model that find the same faults each time, or say `\"no: REASON\"`"
            }
        }
    }
}

/// The twins of a suite, of what one engine alone runs.
#[derive(Debug, Clone, Default)]
pub(crate) struct Twins {
    /// Checks that the other engine runs.
    checks: BTreeSet<String>,
    /// Modules whose checks have one, or a reason.
    modules: BTreeSet<String>,
}

impl Twins {
    /// Proves that the other engine runs each twin, and that each module has checks that one engine alone runs.
    pub(super) fn read(
        of: Of,
        checks: &[RawCheck],
        raw: &RawTwins,
        at: &impl Fn(Range<usize>, String) -> Fault,
    ) -> Result<Self, Fault> {
        let mut twins = Self::default();
        for (named, twin) in raw {
            let alone = |check: &&RawCheck| of.run(check) && !of.other().run(check);
            if !checks.iter().filter(alone).any(|check| module(check.name.get_ref()) == named.get_ref()) {
                let message = format!("of `{}`, {} no check", named.get_ref(), of.alone_runs());
                return Err(at(named.span(), message));
            }
            match twin.get_ref() {
                RawTwin::Checks(named) if named.is_empty() => {
                    return Err(at(twin.span(), of.missing().to_owned()));
                }
                RawTwin::Checks(named) => {
                    let is_run = |name: &&String| {
                        checks.iter().any(|check| check.name.get_ref() == *name && of.other().run(check))
                    };
                    if let Some(other) = named.iter().find(|name| !is_run(name)) {
                        let message = format!("no check `{other}` {}", of.other().runs_it());
                        return Err(at(twin.span(), message));
                    }
                    twins.checks.extend(named.iter().cloned());
                }
                RawTwin::Reason(reason) if reason.starts_with(NO) => {}
                RawTwin::Reason(_) => return Err(at(twin.span(), of.missing().to_owned())),
            }
            twins.modules.insert(named.get_ref().clone());
        }
        Ok(twins)
    }

    /// The checks that stand in for others.
    pub(crate) fn checks(&self) -> impl Iterator<Item = &str> {
        self.checks.iter().map(String::as_str)
    }
}

impl Suite {
    /// The first check that one engine alone runs and that has neither a twin nor a reason, with what to write.
    pub(crate) fn without_twin(&self) -> Option<String> {
        let first = |of: Of, twins: &Twins| {
            let is_without =
                |check: &&Check| of.needs_one(check) && !twins.modules.contains(module(&check.name));
            let check = self.checks.iter().find(is_without)?;
            let (name, module) = (&check.name, module(&check.name));
            let (table, missing) = (of.table(), of.missing());
            Some(format!("{} `{name}`: under `[{table}]`, `{module}`, {missing}", of.alone_runs()))
        };
        first(Of::TheModel, &self.twins).or_else(|| first(Of::RealThreads, &self.modelled))
    }
}

/// The module that a check is in, or else its own name.
fn module(check: &str) -> &str {
    check.split_once("::").map_or(check, |(module, _)| module)
}
