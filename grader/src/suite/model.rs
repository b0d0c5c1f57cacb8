//! What `suite.toml` says about the model: which schedules it draws, and whether loom can judge as well.

use std::ops::Range;

use model_trace::Sampling;
use serde::Deserialize;
use toml::Spanned;

use super::Loom;
use crate::error::Fault;

/// Any number, but always the same: a failure must come again.
pub(crate) const SEED: u64 = 0x1e7e_a7e5;

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum RawLoom {
    Judges(bool),
    Reason(String),
}

/// How a reason begins that loom cannot judge a check.
const NO: &str = "no: ";

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
