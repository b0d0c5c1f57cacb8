//! The formats that a [`Report`] is written in. They stand on top of everything else: a format reads the
//! report, and nothing reads a format.

mod html;
mod json;
mod text;

use std::io;

pub use html::Html;
pub use json::Json;
pub use text::{Look, Text};

use crate::report::Report;

/// One way to write a report down.
pub trait Format {
    /// Writes the whole report.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    fn write(&self, report: &Report, out: &mut dyn io::Write) -> io::Result<()>;
}
