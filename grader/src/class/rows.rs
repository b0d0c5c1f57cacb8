//! The rows of a class, each read from the journal when it is asked for, so that a class of any size fits in memory.

use crate::catalog::Exercise;
use crate::error::Fault;
use crate::pipeline::Grader;
use crate::report::Report;

use super::intake::{Class, Learner};
use super::journal::Journal;
use super::rubric::Rubric;

/// The results of a run.
pub struct Rows<'a> {
    pub class: &'a Class,
    pub exercises: Vec<&'a Exercise>,
    journal: &'a Journal,
    rubric: Option<&'a Rubric>,
    /// A report without results, which says who graded.
    blank: Report,
}

/// A learner, and what was found out.
#[derive(Debug, Clone)]
pub struct Row<'a> {
    pub learner: &'a Learner,
    pub report: Report,
}

impl<'a> Rows<'a> {
    /// The rows of what a [`Plan`](super::run::Plan) has run over.
    pub fn new(
        grader: &Grader<'_>,
        class: &'a Class,
        exercises: Vec<&'a Exercise>,
        journal: &'a Journal,
    ) -> Self {
        Self { class, exercises, journal, rubric: None, blank: grader.blank() }
    }

    /// The same with a grade in each report.
    pub fn with_rubric(self, rubric: Option<&'a Rubric>) -> Self {
        Self { rubric, ..self }
    }

    /// The names of the exercises, in their order.
    pub fn slugs(&self) -> Vec<&'a str> {
        self.exercises.iter().map(|exercise| exercise.slug.as_str()).collect()
    }

    pub fn len(&self) -> usize {
        self.class.learners.len()
    }

    pub fn is_empty(&self) -> bool {
        self.class.learners.is_empty()
    }

    /// Every row, in the order of the learners.
    pub fn iter(&self) -> impl Iterator<Item = Result<Row<'a>, Fault>> + '_ {
        self.class.learners.iter().map(|learner| self.row(learner))
    }

    /// # Errors
    /// When a result is not there any more.
    fn row(&self, learner: &'a Learner) -> Result<Row<'a>, Fault> {
        let mut report = Report {
            submission: learner.id.clone(),
            learner: Some(learner.id.clone()),
            graded_at: String::new(),
            ..self.blank.clone()
        };
        for exercise in &self.exercises {
            let entry = self.journal.last(&learner.id, &exercise.slug).ok_or_else(|| Fault::ResultGone {
                learner: learner.id.clone(),
                exercise: exercise.slug.clone(),
                folder: self.journal.folder().to_owned(),
            })?;
            report.points += entry.report.points;
            report.max_points += entry.report.max_points;
            report.duration_ms += entry.duration_ms;
            report.graded_at = report.graded_at.max(entry.graded_at);
            report.exercises.push(entry.report);
        }
        report.grade = self.rubric.map(|rubric| rubric.grade(learner, &report));
        Ok(Row { learner, report })
    }
}
