//! `--format json`: the report itself, schema 1.

use std::io;

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
