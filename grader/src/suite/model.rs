//! What `suite.toml` says about the model: how deep it searches, which schedules it draws, and whether loom can judge as
//! well.

use std::ops::Range;

use model_trace::Sampling;
use serde::Deserialize;
use toml::Spanned;

use super::Loom;
use crate::error::Fault;

/// Any number, but always the same: a failure must come again.
pub(crate) const SEED: u64 = 0x1e7e_a7e5;

/// The most executions for a greater bound on preemptions than a check has to reach. Nearly all that has a failure within three
/// has it within far fewer.
pub(crate) const DEEPENING: u64 = 30_000;

/// Up to how many preemptions a check is searched, if it does not say so.
pub(super) const PREEMPTIONS: u64 = 3;
/// And the bound that it has to reach.
pub(super) const AT_LEAST: u64 = 2;

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum RawBound {
    Preemptions(u64),
    Word(Unbounded),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Unbounded {
    Unbounded,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum RawLoom {
    Judges(bool),
    Reason(String),
}

/// How a reason begins that loom cannot judge a check.
const NO: &str = "no: ";

/// The bound on preemptions, and the one that has to be reached: where only the first is given, it has to be.
pub(super) fn bounds(
    preemptions: Option<RawBound>,
    at_least: Option<Spanned<u64>>,
    at: &impl Fn(Range<usize>, String) -> Fault,
) -> Result<(Option<u64>, Option<u64>), Fault> {
    let default = if preemptions.is_none() { Some(AT_LEAST) } else { None };
    let most = match preemptions {
        None => Some(PREEMPTIONS),
        Some(RawBound::Preemptions(bound)) => Some(bound),
        Some(RawBound::Word(Unbounded::Unbounded)) => None,
    };
    let Some(at_least) = at_least else { return Ok((most, default)) };
    if most.is_some_and(|most| most < *at_least.get_ref()) {
        return Err(at(at_least.span(), "`at_least` is no more than `preemptions`".to_owned()));
    }
    Ok((most, Some(at_least.into_inner())))
}

/// The schedules that the model draws, if it is to draw some.
pub(super) fn sampling(
    schedules: Option<&Spanned<u64>>,
    by_the_model: bool,
    at: &impl Fn(Range<usize>, String) -> Fault,
) -> Result<Option<Sampling>, Fault> {
    let Some(schedules) = schedules else { return Ok(None) };
    if !by_the_model || *schedules.get_ref() == 0 {
        return Err(at(schedules.span(), "the model alone draws `schedules`, and one at least".to_owned()));
    }
    Ok(Some(Sampling { schedules: *schedules.get_ref(), seed: SEED, ..Sampling::default() }))
}

pub(super) fn loom(
    raw: Option<Spanned<RawLoom>>,
    by_the_model: bool,
    name: Range<usize>,
    at: &impl Fn(Range<usize>, String) -> Fault,
) -> Result<Loom, Fault> {
    let missing = "say whether loom can judge it as well: `loom = true`, or `loom = \"no: REASON\"`";
    match raw {
        None if by_the_model => Err(at(name, missing.to_owned())),
        None => Ok(Loom::CannotJudge { reason: "the model does not run it".to_owned() }),
        Some(raw) if !by_the_model => {
            Err(at(raw.span(), "loom is asked about checks of the model alone".to_owned()))
        }
        Some(raw) => match raw.get_ref() {
            RawLoom::Judges(true) => Ok(Loom::Judges),
            RawLoom::Reason(reason) if reason.starts_with(NO) => {
                Ok(Loom::CannotJudge { reason: reason[NO.len()..].to_owned() })
            }
            RawLoom::Judges(false) | RawLoom::Reason(_) => Err(at(raw.span(), missing.to_owned())),
        },
    }
}
