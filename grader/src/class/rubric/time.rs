//! Deadlines, and how late a submission is.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::class::intake::Learner;

/// When it is due.
#[derive(Debug, Clone)]
pub(super) struct Clock {
    pub(super) deadline: Timestamp,
    /// How long after the deadline is in time all the same.
    pub(super) grace: SignedDuration,
    /// For times that do not say theirs.
    pub(super) zone: TimeZone,
}

/// When it is due for one learner.
#[derive(Debug, Clone, Default)]
pub(super) enum Extension {
    #[default]
    No,
    By(SignedDuration),
    Until(Timestamp),
}

/// How late a submission is.
pub(super) enum Lateness {
    InTime {
        /// What to say about it, if anything.
        why: Option<String>,
    },
    Late {
        /// Each begun one counts.
        units: f64,
        why: String,
    },
}

impl Clock {
    /// How late the learner was.
    pub(super) fn lateness(&self, learner: &Learner, extension: &Extension, per: i64) -> Lateness {
        let due = match extension {
            Extension::No => self.deadline,
            Extension::By(duration) => self.deadline.checked_add(*duration).unwrap_or(Timestamp::MAX),
            Extension::Until(due) => *due,
        };
        let extended = match extension {
            Extension::No => "",
            Extension::By(_) | Extension::Until(_) => " (extended)",
        };
        let submitted = learner.submitted.as_deref().and_then(|text| parse(text, &self.zone));
        match submitted {
            Some(submitted) => {
                let late = submitted.duration_since(due);
                if late <= SignedDuration::ZERO {
                    return Lateness::InTime { why: None };
                }
                if late <= self.grace {
                    let why = format!(
                        "submitted {submitted}, {late:#} after the deadline{extended}: within the grace period"
                    );
                    return Lateness::InTime { why: Some(why) };
                }
                let units = late.as_secs().saturating_add(i64::from(late.subsec_nanos() > 0));
                let units = (units + per - 1) / per;
                let why = format!("submitted {submitted}, {late:#} after the deadline{extended}");
                Lateness::Late { units: f64::from(i32::try_from(units).unwrap_or(i32::MAX)), why }
            }
            None if learner.late => Lateness::Late {
                units: 1.0,
                why: "the course system calls it late and does not say how late: the least".to_owned(),
            },
            None => Lateness::InTime { why: None },
        }
    }
}

/// A time as course systems and people write it; without a zone it is in `zone`.
pub(super) fn parse(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let text = text.trim();
    // Ruby writes a space before the zone.
    let joined = match text.rsplit_once(' ') {
        Some((time, offset)) if offset == "Z" || offset == "UTC" => format!("{time}Z"),
        Some((time, offset)) if offset.starts_with(['+', '-']) => format!("{time}{offset}"),
        Some(_) | None => text.to_owned(),
    };
    if let Ok(time) = joined.parse() {
        return Some(time);
    }
    let local: DateTime = joined.parse().ok()?;
    zone.to_timestamp(local).ok()
}
