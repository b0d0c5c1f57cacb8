//! A rubric: what the instructor makes of the points.
//!
//! [`read`] reads `rubric.toml` and refuses a broken one with its line; [`time`] says how late a submission is. What
//! is here is arithmetic, and the report gives each step of it.

mod read;
#[cfg(test)]
mod tests;
mod text;
mod time;

use std::collections::BTreeMap;

use crate::report::{CheckReport, CheckStatus, Engine, ExerciseReport, Grade, Report};
use crate::suite::Suite;

use super::intake::Learner;
pub use text::RubricText;
use time::{Clock, Lateness};

/// The rules of a class, in points, percents and time.
#[derive(Debug, Clone)]
pub struct Rubric {
    /// What everything is worth; `None`: the sum of the weights.
    scale: Option<f64>,
    deadline: Option<Clock>,
    late: Option<Late>,
    exercises: BTreeMap<String, Rule>,
    learners: BTreeMap<String, Exception>,
}

/// What lateness costs.
#[derive(Debug, Clone, Copy)]
struct Late {
    /// Of the points, for each begun unit.
    percent: f64,
    /// The unit, in seconds.
    per: i64,
    /// However late it is.
    most: f64,
}

/// How one exercise counts.
#[derive(Debug, Clone)]
struct Rule {
    weight: f64,
    /// Whether some checks give some points.
    partial: bool,
    /// Whether it counts on top of the rest.
    bonus: bool,
    dropped: Vec<String>,
    /// Weights of checks; those that are not named have their points from the suite.
    checks: BTreeMap<String, f64>,
}

/// What holds for one learner alone.
#[derive(Debug, Clone, Default)]
struct Exception {
    extension: time::Extension,
    bonus: f64,
}

impl Rule {
    fn of_suite(max_points: u32) -> Self {
        Self {
            weight: f64::from(max_points),
            partial: true,
            bonus: false,
            dropped: Vec::new(),
            checks: BTreeMap::new(),
        }
    }

    /// What a check counts. One that several engines run has its weight shared as its points are.
    fn weight_of(&self, check: &CheckReport, all: &[CheckReport]) -> f64 {
        if self.dropped.contains(&check.name) {
            return 0.0;
        }
        let points = f64::from(check.max_points);
        match self.checks.get(&check.name) {
            Some(weight) => {
                let same = all.iter().filter(|other| other.name == check.name);
                let sum: f64 = same.map(|other| f64::from(other.max_points)).sum();
                if sum > 0.0 { weight * points / sum } else { 0.0 }
            }
            None => points,
        }
    }

    /// The part of the weight that is earned, from 0 to 1.
    fn earned(&self, checks: &[CheckReport]) -> f64 {
        let counts = |check: &&CheckReport| !self.dropped.contains(&check.name);
        let passed = |check: &CheckReport| check.status == CheckStatus::Passed;
        if !self.partial {
            return if checks.iter().filter(counts).all(passed) { 1.0 } else { 0.0 };
        }
        let sum = |only_passed: bool| -> f64 {
            let counted = checks.iter().filter(|check| !only_passed || passed(check));
            counted.map(|check| self.weight_of(check, checks)).sum()
        };
        let max = sum(false);
        if max > 0.0 { sum(true) / max } else { 0.0 }
    }
}

/// Points as they are shown.
fn shown(points: f64) -> String {
    Grade::number(points)
}

fn rounded(points: f64) -> f64 {
    // A sum of nothing is minus zero.
    (points * 100.0).round() / 100.0 + 0.0
}

impl Rubric {
    /// The grade of a learner, and how it comes about.
    pub fn grade(&self, learner: &Learner, report: &Report) -> Grade {
        let mut steps = Vec::new();
        let (mut sum, mut max) = (0.0, 0.0);
        for exercise in &report.exercises {
            let rule = self.rule(exercise);
            let points = rounded(rule.weight * rule.earned(&exercise.checks));
            sum += points;
            if !rule.bonus {
                max += rule.weight;
            }
            steps.push(step(exercise, &rule, points));
        }
        let exception = self.learners.get(&learner.id).cloned().unwrap_or_default();
        if let Some(scale) = self.scale.filter(|_| max > 0.0) {
            let scaled = rounded(sum * scale / max);
            steps.push(format!(
                "{} of {}, scaled to {}: {}",
                shown(sum),
                shown(max),
                shown(scale),
                shown(scaled)
            ));
            (sum, max) = (scaled, scale);
        } else if report.exercises.len() > 1 {
            steps.push(format!("together {} of {}", shown(sum), shown(max)));
        }
        sum = self.less_lateness(sum, learner, &exception, &mut steps);
        if exception.bonus != 0.0 {
            let with = rounded(sum + exception.bonus);
            steps.push(format!("{} + {} bonus = {}", shown(sum), shown(exception.bonus), shown(with)));
            sum = with;
        }
        Grade { points: sum.max(0.0), max_points: max, steps }
    }

    fn rule(&self, exercise: &ExerciseReport) -> Rule {
        let rule = self.exercises.get(&exercise.exercise).cloned();
        rule.unwrap_or_else(|| Rule::of_suite(exercise.max_points))
    }

    fn less_lateness(
        &self,
        points: f64,
        learner: &Learner,
        exception: &Exception,
        steps: &mut Vec<String>,
    ) -> f64 {
        let (Some(deadline), Some(late)) = (&self.deadline, self.late) else { return points };
        let units = match deadline.lateness(learner, &exception.extension, late.per) {
            Lateness::InTime { why } => {
                steps.extend(why);
                return points;
            }
            Lateness::Late { units, why } => {
                steps.push(why);
                units
            }
        };
        let percent = (late.percent * units).min(late.most);
        let left = rounded(points * (1.0 - percent / 100.0));
        steps.push(format!("{} − {} % late = {}", shown(points), shown(percent), shown(left)));
        left
    }
}

fn step(exercise: &ExerciseReport, rule: &Rule, points: f64) -> String {
    let (weight, name) = (shown(rule.weight), &exercise.exercise);
    let mut step = format!("{name}: {} of {weight}", shown(points));
    if !rule.partial {
        step.push_str(", all or nothing");
    }
    if rule.bonus {
        step.push_str(", on top");
    }
    if !rule.dropped.is_empty() {
        step.push_str(&format!(
            ", without {}",
            if rule.dropped.len() == 1 {
                "one check".to_owned()
            } else {
                format!("{} checks", rule.dropped.len())
            }
        ));
    }
    step
}

/// The names of a suite's checks, for a rubric to be read against.
fn names(suite: &Suite) -> Vec<(&str, Engine)> {
    suite.entries().map(|entry| (entry.name, entry.engine)).collect()
}
