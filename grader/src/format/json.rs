//! `--format json`: the report itself, schema 1.

use std::io;

use schemars::Schema;
use schemars::generate::SchemaSettings;

use serde::Serialize;

use super::{ClassFormat, Format, Unwritten};
use crate::class::rows::Rows;
use crate::report::Report;

/// The whole report as one JSON document.
#[derive(Debug, Clone, Copy)]
pub struct Json;

impl Format for Json {
    fn write(&self, report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut *out, report)?;
        writeln!(out)
    }
}

/// The head of a class's document, before its rows.
#[derive(Serialize)]
struct Head<'a> {
    schema: u32,
    class: &'a str,
    system: &'static str,
    exercises: Vec<&'a str>,
}

/// A learner of a class.
#[derive(Serialize)]
struct Row<'a> {
    learner: &'a str,
    name: Option<&'a str>,
    submitted: Option<&'a str>,
    late: bool,
    notes: &'a [String],
    /// What `--format json` writes of one submission.
    report: &'a Report,
}

impl ClassFormat for Json {
    /// The rows are written one by one: all of them at once would not fit in memory.
    fn write_class(&self, rows: &Rows<'_>, out: &mut dyn io::Write) -> Result<(), Unwritten> {
        let class = rows.class;
        let head =
            Head { schema: 1, class: &class.label, system: class.system.as_str(), exercises: rows.slugs() };
        let head = serde_json::to_string(&head).map_err(io::Error::from)?;
        write!(out, "{},\"learners\":[", head.trim_end_matches('}'))?;
        for (index, row) in rows.iter().enumerate() {
            let row = row?;
            let learner = row.learner;
            writeln!(out, "{}", if index > 0 { "," } else { "" })?;
            let row = Row {
                learner: &learner.id,
                name: learner.name.as_deref(),
                submitted: learner.submitted.as_deref(),
                late: learner.late,
                notes: &learner.notes,
                report: &row.report,
            };
            serde_json::to_writer(&mut *out, &row).map_err(io::Error::from)?;
        }
        writeln!(out, "\n]}}")?;
        Ok(())
    }
}

/// The JSON Schema of what [`Json`] writes: `grader/report.schema.json`.
pub fn schema() -> Schema {
    // What is written, which is never without a field that may be null.
    SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<Report>()
}
