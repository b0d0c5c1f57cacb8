//! Twins: what only the model runs is also looked at on real threads, where a submission that behaves only under the
//! model fails.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use super::{Check, RawCheck, Suite};
use crate::error::Fault;
use crate::report::Engine;

/// How a reason begins that a module has no twin.
const NO: &str = "no: ";

/// From a module to the checks that stand in, on real threads, for those of it that only the model runs; or why none can.
pub(super) type RawTwins = BTreeMap<Spanned<String>, Spanned<RawTwin>>;

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum RawTwin {
    Checks(Vec<String>),
    Reason(String),
}

/// The twins of a suite.
#[derive(Debug, Clone, Default)]
pub(crate) struct Twins {
    /// Checks on real threads.
    checks: BTreeSet<String>,
    /// Modules whose checks have one, or a reason.
    modules: BTreeSet<String>,
}

impl Twins {
    /// Proves that each twin runs on real threads, and that each module has checks that only the model runs.
    pub(super) fn read(
        checks: &[RawCheck],
        raw: &RawTwins,
        at: &impl Fn(Range<usize>, String) -> Fault,
    ) -> Result<Self, Fault> {
        let mut twins = Self::default();
        for (of, twin) in raw {
            let of_the_model = |check: &&RawCheck| check.points.get_ref().stress.is_none();
            if !checks.iter().filter(of_the_model).any(|check| module(check.name.get_ref()) == of.get_ref()) {
                return Err(at(of.span(), format!("of `{}`, the model alone runs no check", of.get_ref())));
            }
            match twin.get_ref() {
                RawTwin::Checks(named) if named.is_empty() => {
                    return Err(at(twin.span(), MISSING.to_owned()));
                }
                RawTwin::Checks(named) => {
                    if let Some(other) = named.iter().find(|name| !runs_on_real_threads(checks, name)) {
                        return Err(at(twin.span(), format!("no check `{other}` runs on real threads")));
                    }
                    twins.checks.extend(named.iter().cloned());
                }
                RawTwin::Reason(reason) if reason.starts_with(NO) => {}
                RawTwin::Reason(_) => return Err(at(twin.span(), MISSING.to_owned())),
            }
            twins.modules.insert(of.get_ref().clone());
        }
        Ok(twins)
    }

    /// The checks on real threads that stand in for others.
    pub(crate) fn checks(&self) -> impl Iterator<Item = &str> {
        self.checks.iter().map(String::as_str)
    }
}

impl Suite {
    /// The first check that only the model runs and that has neither a twin nor a reason, with what to write.
    pub(crate) fn without_twin(&self) -> Option<String> {
        let is_without = |check: &&Check| {
            let on_real_threads = check.engines.iter().any(|(engine, _)| *engine == Engine::Stress);
            !on_real_threads && !self.twins.modules.contains(module(&check.name))
        };
        let check = self.checks.iter().find(is_without)?;
        Some(format!(
            "only the model runs `{}`: under `[twins]`, `{}`, {MISSING}",
            check.name,
            module(&check.name)
        ))
    }
}

const MISSING: &str = "name the checks on real threads at which a program that behaves only under the model fails, or say \
                       `\"no: REASON\"`";

fn runs_on_real_threads(checks: &[RawCheck], name: &str) -> bool {
    checks.iter().any(|check| check.name.get_ref() == name && check.points.get_ref().stress.is_some())
}

/// The module that a check is in, or else its own name.
fn module(check: &str) -> &str {
    check.split_once("::").map_or(check, |(module, _)| module)
}
