//! What a rubric makes of the points.

use schemars::JsonSchema;
use serde::Serialize;

/// The grade of a learner, by the rubric of the class.
#[derive(Debug, Clone, PartialEq, JsonSchema, Serialize)]
#[schemars(deny_unknown_fields)]
pub struct Grade {
    /// Rounded to two decimals.
    #[schemars(range(min = 0))]
    pub points: f64,
    #[schemars(range(min = 0))]
    pub max_points: f64,
    /// How it comes to the points, step by step, such as `88 − 10 % late = 79.2`.
    pub steps: Vec<String>,
}

impl Grade {
    /// A number of points as people write it: with the decimals that it needs, at most two.
    pub fn number(points: f64) -> String {
        let text = format!("{points:.2}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}
