//! `--format json`: the report itself, schema 1.

use std::io;

use schemars::Schema;
use schemars::generate::SchemaSettings;

use super::Format;
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

/// The JSON Schema of what [`Json`] writes: `grader/report.schema.json`.
pub fn schema() -> Schema {
    // What is written, which is never without a field that may be null.
    SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<Report>()
}
