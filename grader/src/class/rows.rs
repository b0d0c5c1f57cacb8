//! The rows of a class, each read from the journal when it is asked for, so that a class of any size fits in memory.

use crate::catalog::Exercise;
use crate::error::Fault;
use crate::pipeline::Grader;
use crate::report::Report;

use super::intake::{Class, Learner};
use super::journal::Journal;
use super::rubric::Rubric;
use super::shard::Merged;
use super::similarity::Pairs;

/// The results of a run.
pub struct Rows<'a> {
    pub class: &'a Class,
    pub exercises: Vec<&'a Exercise>,
    /// Learner by learner in turn.
    journals: Vec<&'a Journal>,
    rubric: Option<&'a Rubric>,
    /// What to say of the time in place of when and how long something was graded.
    date: Option<String>,
    /// Submissions that are alike, if the class was compared.
    pub pairs: Option<Pairs>,
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
        Self {
            class,
            exercises,
            journals: vec![journal],
            rubric: None,
            date: None,
            pairs: None,
            blank: grader.blank(),
        }
    }

    /// The rows of all shards of a class.
    pub fn of_shards(merged: &'a Merged<'_>) -> Self {
        let Merged { class, exercises, journals, blank, .. } = merged;
        Self {
            class,
            exercises: exercises.clone(),
            journals: journals.iter().collect(),
            rubric: None,
            date: None,
            pairs: None,
            blank: blank.clone(),
        }
    }

    /// The same as if all had been graded at this time, in no time: two gradings then make the same reports.
    pub fn dated(self, date: Option<String>) -> Self {
        Self { date, ..self }
    }

    /// The same with a grade in each report.
    pub fn with_rubric(self, rubric: Option<&'a Rubric>) -> Self {
        Self { rubric, ..self }
    }

    /// The same with what was found when the class was compared.
    pub fn with_pairs(self, pairs: Option<Pairs>) -> Self {
        Self { pairs, ..self }
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
        let journals = self.journals.iter().cycle();
        self.class.learners.iter().zip(journals).map(|(learner, journal)| self.row(learner, journal))
    }

    /// # Errors
    /// When a result is not there any more.
    fn row(&self, learner: &'a Learner, journal: &Journal) -> Result<Row<'a>, Fault> {
        let mut report = Report {
            submission: learner.id.clone(),
            learner: Some(learner.id.clone()),
            graded_at: String::new(),
            ..self.blank.clone()
        };
        for exercise in &self.exercises {
            let mut entry = journal.last(&learner.id, &exercise.slug).ok_or_else(|| Fault::ResultGone {
                learner: learner.id.clone(),
                exercise: exercise.slug.clone(),
                folder: journal.folder().to_owned(),
            })?;
            if let Some(date) = &self.date {
                entry.graded_at.clone_from(date);
                entry.duration_ms = 0;
                entry.report.checks.iter_mut().for_each(|check| check.duration_ms = 0);
            }
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
