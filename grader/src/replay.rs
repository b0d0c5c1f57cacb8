//! Tokens: one failing schedule, to be run again.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

use crate::error::UsageError;

/// What `cargo xtask replay` needs, as text: `EXERCISE/CHECK@SCHEDULE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub exercise: String,
    /// The name of a check that the model runs.
    pub check: String,
    /// The choices, as the model writes them.
    pub schedule: String,
}

/// A schedule that is run instead of a search.
#[derive(Debug, Clone)]
pub struct Replay {
    pub token: Token,
    /// Whether the process waits for a debugger where it fails.
    pub debugger: bool,
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}@{}", self.exercise, self.check, self.schedule)
    }
}

impl FromStr for Token {
    type Err = UsageError;

    fn from_str(text: &str) -> Result<Self, UsageError> {
        let malformed = || UsageError::NoToken { text: text.to_owned() };
        let (exercise, rest) = text.trim().split_once('/').ok_or_else(malformed)?;
        let (check, schedule) = rest.split_once('@').ok_or_else(malformed)?;
        if [exercise, check, schedule].iter().any(|part| part.is_empty()) {
            return Err(malformed());
        }
        let [exercise, check, schedule] = [exercise, check, schedule].map(str::to_owned);
        Ok(Self { exercise, check, schedule })
    }
}

/// What is needed of a report in JSON to run one of its failures again. The rest may be whatever it is.
#[derive(Debug, Clone, Deserialize)]
pub struct StoredReport {
    /// What was graded, as it was given.
    pub submission: String,
    exercises: Vec<StoredExercise>,
}

#[derive(Debug, Clone, Deserialize)]
struct StoredExercise {
    checks: Vec<StoredCheck>,
}

#[derive(Debug, Clone, Deserialize)]
struct StoredCheck {
    name: String,
    failure: Option<StoredFailure>,
}

#[derive(Debug, Clone, Deserialize)]
struct StoredFailure {
    token: Option<String>,
}

impl StoredReport {
    /// The failure of `check`; the first one with a schedule, if none is named.
    ///
    /// # Errors
    /// When there is no such failure.
    pub fn token(&self, check: Option<&str>) -> Result<Token, UsageError> {
        let checks = self.exercises.iter().flat_map(|exercise| &exercise.checks);
        let failures: Vec<(&str, &str)> = checks
            .filter_map(|check| Some((check.name.as_str(), check.failure.as_ref()?.token.as_deref()?)))
            .collect();
        let wanted = failures.iter().find(|(name, _)| check.is_none_or(|check| *name == check));
        match wanted {
            Some((_, token)) => token.parse(),
            None => Err(UsageError::NoSchedule {
                check: check.map(str::to_owned),
                known: failures.iter().map(|(name, _)| (*name).to_owned()).collect(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_as_it_is_written() {
        let token = Token {
            exercise: "race-counter".to_owned(),
            check: "locked::two_threads".to_owned(),
            schedule: "1-1-0-0-0212".to_owned(),
        };
        assert_eq!(token.to_string().parse::<Token>().ok(), Some(token));
    }

    #[test]
    fn half_a_token_is_none() {
        for text in
            ["", "race-counter", "race-counter/check", "/check@1", "race-counter/@1", "race-counter/check@"]
        {
            assert!(text.parse::<Token>().is_err(), "{text}");
        }
    }

    #[test]
    fn of_a_report_only_the_tokens_have_to_be_known() {
        let report = r#"{"schema": 9, "submission": "work", "exercises": [{"checks": [
            {"name": "passes", "failure": null},
            {"name": "is_too_slow", "failure": {"kind": "timeout", "token": null}},
            {"name": "loses", "failure": {"kind": "new", "token": "race-counter/loses@1-0"}}]}]}"#;
        let report: StoredReport = serde_json::from_str(report).expect("what is needed is there");
        let token = report.token(None).expect("a token");
        assert_eq!((token.check.as_str(), token.schedule.as_str()), ("loses", "1-0"));
        assert!(report.token(Some("loses")).is_ok());
        let missing = report.token(Some("is_too_slow"));
        assert!(
            matches!(&missing, Err(UsageError::NoSchedule { known, .. }) if known == &["loses"]),
            "{missing:?}"
        );
    }
}
