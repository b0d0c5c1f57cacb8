//! A class as a table, for a terminal.

use std::io;

use crate::class::rows::Rows;
use crate::format::wording::{self, plural};
use crate::format::{ClassFormat, Unwritten};
use crate::report::{ExerciseReport, Grade, Verdict};

use super::Text;

/// The widest that an id may be.
const MAX_ID: usize = 30;

impl ClassFormat for Text {
    fn write_class(&self, rows: &Rows<'_>, out: &mut dyn io::Write) -> Result<(), Unwritten> {
        let slugs = rows.slugs();
        let ids = rows.class.learners.iter().map(|learner| learner.id.chars().count());
        let width = ids.max().unwrap_or(0).clamp("learner".len(), MAX_ID);
        let mut head = format!("{:width$}", "learner");
        slugs.iter().for_each(|slug| head.push_str(&format!("  {slug:>columns$}", columns = column(slug))));
        self.line(out, &format!("{head}  total"))?;
        let mut accepted = 0;
        for row in rows.iter() {
            let row = row?;
            let id: String = row.learner.id.chars().take(width).collect();
            let mut line = format!("{id:width$}");
            for (slug, exercise) in slugs.iter().zip(&row.report.exercises) {
                line.push_str(&format!("  {:>columns$}", cell(exercise), columns = column(slug)));
            }
            line.push_str(&format!("  {} of {}", row.report.points, row.report.max_points));
            if let Some(grade) = &row.report.grade {
                line.push_str(&format!("  grade {}", Grade::number(grade.points)));
            }
            let is_accepted = row.report.exercises.iter().all(|one| one.verdict == Verdict::Accepted);
            accepted += usize::from(is_accepted);
            self.line(out, &line)?;
            for note in &row.learner.notes {
                self.line(out, &format!("  {note}"))?;
            }
            for (exercise, said) in
                row.report.exercises.iter().filter_map(|one| Some((one, one.diagnostics.first()?)))
            {
                self.line(out, &format!("  {}: {}", exercise.exercise, said.message))?;
            }
        }
        self.line(out, &format!("{}, {accepted} with everything accepted", plural(rows.len(), "learner")))?;
        Ok(())
    }
}

/// As wide as the longest word that stands there.
fn column(slug: &str) -> usize {
    slug.chars().count().max("does not compile".len())
}

/// Points, or the verdict that there are none for.
fn cell(exercise: &ExerciseReport) -> String {
    match exercise.verdict {
        Verdict::Accepted | Verdict::Rejected => exercise.points.to_string(),
        Verdict::NotStarted
        | Verdict::CompileError
        | Verdict::Forbidden
        | Verdict::Interrupted
        | Verdict::InternalError => wording::verdict(exercise.verdict).to_owned(),
    }
}

impl Text {
    fn line(&self, out: &mut dyn io::Write, line: &str) -> io::Result<()> {
        // What a submission had a hand in is one line, and begins no command of whoever reads the log.
        let line: String =
            line.chars().map(|character| if character.is_control() { ' ' } else { character }).collect();
        let line = if self.look.unicode { line } else { super::ascii(&line) };
        writeln!(out, "{}", line.trim_end())
    }
}
