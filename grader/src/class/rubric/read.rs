//! `rubric.toml`, read and held against the suites.

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use crate::catalog::Exercise;
use crate::error::{Error, UsageError, line_of};
use crate::project::Project;
use crate::suite::Suite;

use super::text::RubricText;
use super::time::{Clock, Extension, parse};
use super::{Exception, Late, Rubric, Rule, names};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    points: Option<Spanned<f64>>,
    deadline: Option<Spanned<Datetime>>,
    timezone: Option<Spanned<String>>,
    grace: Option<Spanned<String>>,
    late: Option<Spanned<RawLate>>,
    #[serde(default, rename = "exercise")]
    exercises: BTreeMap<Spanned<String>, RawRule>,
    #[serde(default, rename = "learner")]
    learners: BTreeMap<String, RawException>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLate {
    percent: Spanned<f64>,
    per: Option<Spanned<String>>,
    most: Option<Spanned<f64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    weight: Option<Spanned<f64>>,
    #[serde(default = "yes")]
    partial: bool,
    #[serde(default)]
    bonus: bool,
    #[serde(default)]
    drop: Vec<Spanned<String>>,
    #[serde(default)]
    checks: BTreeMap<Spanned<String>, Spanned<f64>>,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawException {
    extension: Option<Spanned<RawExtension>>,
    #[serde(default)]
    bonus: f64,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawExtension {
    Until(Datetime),
    By(String),
}

/// What is wrong, with where it is.
type Wrong = (Range<usize>, String);

impl Rubric {
    /// Reads a rubric for these exercises.
    ///
    /// # Errors
    /// When it is broken: with the line.
    pub fn read(rubric: &RubricText, project: &Project, exercises: &[&Exercise]) -> Result<Self, Error> {
        let RubricText { file, text } = rubric;
        let mut suites = BTreeMap::new();
        for exercise in exercises {
            suites.insert(exercise.slug.clone(), Suite::load(&project.suite(&exercise.slug))?);
        }
        Self::parse(text, &suites).map_err(|(span, message)| {
            UsageError::Rubric { file: file.to_owned(), line: line_of(text, &span), message }.into()
        })
    }

    pub(super) fn parse(text: &str, suites: &BTreeMap<String, Suite>) -> Result<Self, Wrong> {
        let raw: Raw = toml::from_str(text)
            .map_err(|error| (error.span().unwrap_or(0..0), error.message().to_owned()))?;
        let zone = match &raw.timezone {
            Some(name) => TimeZone::get(name.get_ref())
                .map_err(|_| (name.span(), format!("there is no time zone `{}`", name.get_ref())))?,
            None => TimeZone::system(),
        };
        let grace = match &raw.grace {
            Some(text) => duration(text)?,
            None => SignedDuration::ZERO,
        };
        let deadline = match &raw.deadline {
            Some(time) => {
                let deadline = parse(&time.get_ref().to_string(), &zone)
                    .ok_or_else(|| (time.span(), "a deadline is a day and a time".to_owned()))?;
                Some(Clock { deadline, grace, zone: zone.clone() })
            }
            None => None,
        };
        let late = match raw.late {
            Some(late) if deadline.is_none() => {
                return Err((late.span(), "nothing is late without a `deadline`".to_owned()));
            }
            Some(late) => Some(read_late(late.into_inner())?),
            None => None,
        };
        let mut rules = BTreeMap::new();
        for (slug, rule) in raw.exercises {
            let Some(suite) = suites.get(slug.get_ref()) else {
                let known: Vec<&str> = suites.keys().map(String::as_str).collect();
                let message =
                    format!("there is no exercise `{}` here, but {}", slug.get_ref(), known.join(", "));
                return Err((slug.span(), message));
            };
            rules.insert(slug.into_inner(), read_rule(rule, suite)?);
        }
        let mut learners = BTreeMap::new();
        for (id, exception) in raw.learners {
            learners.insert(id, read_exception(exception, &zone)?);
        }
        let scale = raw.points.map(|points| at_least(points, 0.0)).transpose()?;
        Ok(Self { scale, deadline, late, exercises: rules, learners })
    }
}

fn at_least(number: Spanned<f64>, least: f64) -> Result<f64, Wrong> {
    let value = *number.get_ref();
    if value.is_finite() && value >= least {
        Ok(value)
    } else {
        Err((number.span(), format!("{value} is not at least {least}")))
    }
}

fn percent(number: Spanned<f64>) -> Result<f64, Wrong> {
    let span = number.span();
    let value = at_least(number, 0.0)?;
    if value <= 100.0 { Ok(value) } else { Err((span, format!("{value} percent are more than all"))) }
}

/// Such as `15 min`, `24 h` or `2 days`.
fn duration(text: &Spanned<String>) -> Result<SignedDuration, Wrong> {
    let wrong = || {
        (
            text.span(),
            format!("`{}` is no length of time: write it as `15 min`, `24 h` or `2 days`", text.get_ref()),
        )
    };
    let span: jiff::Span = text.get_ref().parse().map_err(|_| wrong())?;
    // A day of a deadline has 24 hours.
    let duration = span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).map_err(|_| wrong())?;
    if duration < SignedDuration::ZERO { Err(wrong()) } else { Ok(duration) }
}

fn read_late(raw: RawLate) -> Result<Late, Wrong> {
    let per = match &raw.per {
        Some(text) => {
            let seconds = duration(text)?.as_secs();
            if seconds == 0 {
                return Err((text.span(), "a unit of lateness is at least a second".to_owned()));
            }
            seconds
        }
        None => SignedDuration::from_hours(24).as_secs(),
    };
    Ok(Late {
        percent: percent(raw.percent)?,
        per,
        most: raw.most.map(percent).transpose()?.unwrap_or(100.0),
    })
}

fn read_rule(raw: RawRule, suite: &Suite) -> Result<Rule, Wrong> {
    let known = names(suite);
    let check = |name: &Spanned<String>| {
        if known.iter().any(|(known, _)| known == name.get_ref()) {
            return Ok(());
        }
        Err((name.span(), format!("the exercise has no check `{}`", name.get_ref())))
    };
    let mut rule = Rule { partial: raw.partial, bonus: raw.bonus, ..Rule::of_suite(suite.max_points()) };
    if let Some(weight) = raw.weight {
        rule.weight = at_least(weight, 0.0)?;
    }
    for name in raw.drop {
        check(&name)?;
        let span = name.span();
        rule.dropped.push(name.into_inner());
        if known.iter().all(|(known, _)| rule.dropped.iter().any(|name| name == known)) {
            return Err((span, "every check is dropped".to_owned()));
        }
    }
    for (name, weight) in raw.checks {
        check(&name)?;
        rule.checks.insert(name.into_inner(), at_least(weight, 0.0)?);
    }
    Ok(rule)
}

fn read_exception(raw: RawException, zone: &TimeZone) -> Result<Exception, Wrong> {
    let extension = match raw.extension {
        None => Extension::No,
        Some(extension) => {
            let span = extension.span();
            match extension.into_inner() {
                RawExtension::By(text) => Extension::By(duration(&Spanned::new(span, text))?),
                RawExtension::Until(time) => Extension::Until(
                    parse(&time.to_string(), zone)
                        .ok_or((span, "an extension is a day and a time".to_owned()))?,
                ),
            }
        }
    };
    Ok(Exception { extension, bonus: raw.bonus })
}
