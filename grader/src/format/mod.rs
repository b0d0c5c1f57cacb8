//! The formats that a [`Report`] is written in. They stand on top of everything else: a format reads the
//! report, and nothing reads a format. What formats have in common is in [`wording`], [`sentence`],
//! [`opinions`] and [`checks`].

mod actions;
mod checks;
mod classroom50;
mod codequality;
mod coverage;
mod csv;
mod document;
mod exercism;
pub mod feedback;
mod gradescope;
mod html;
mod json;
mod junit;
mod markdown;
mod moments;
#[cfg(test)]
mod nonsense;
mod opinions;
mod overview;
mod repository;
mod sentence;
mod text;
mod wording;

use std::io;

pub use actions::Actions;
pub use classroom50::{Assignment, Classroom50};
pub use codequality::CodeQuality;
pub use csv::Csv;
pub use exercism::Exercism;
pub use gradescope::Gradescope;
pub use html::Html;
pub use json::{Json, schema};
pub use junit::Junit;
pub use markdown::Markdown;
pub use moments::{Moment, moments};
pub use overview::Overview;
pub use text::{Detail, Look, Text};

use crate::class::rows::Rows;
use crate::error::Fault;
use crate::report::Report;

/// One way to write a report down.
pub trait Format {
    /// Writes the whole report.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    fn write(&self, report: &Report, out: &mut dyn io::Write) -> io::Result<()>;
}

/// One way to write down the results of a whole class, row by row.
pub trait ClassFormat {
    /// Writes all rows.
    ///
    /// # Errors
    /// When `out` cannot be written to, or a result cannot be read.
    fn write_class(&self, rows: &Rows<'_>, out: &mut dyn io::Write) -> Result<(), Unwritten>;
}

/// Why the results of a class are not written.
#[derive(Debug)]
pub enum Unwritten {
    Io(io::Error),
    Fault(Fault),
}

impl From<io::Error> for Unwritten {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<Fault> for Unwritten {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// A format that can be chosen: its line in [`FORMATS`].
#[derive(Debug, Clone, Copy)]
pub struct Choice {
    /// What `--format` takes.
    pub name: &'static str,
    /// One line for `--help`.
    pub help: &'static str,
    /// How a file in this format ends.
    pub extension: &'static str,
    make: fn(Look, Detail) -> Box<dyn Format>,
    class: Option<fn(Look) -> Box<dyn ClassFormat>>,
}

/// Every format, the default first. Flags, help and dispatch follow from this table.
pub const FORMATS: &[Choice] = &[
    Choice::new("text", "For a person", "txt", |look, detail| Box::new(Text { look, detail }))
        .with_class(|look| Box::new(Text { look, detail: Detail::Stories })),
    Choice::new("json", "For a program: schema 1, described by grader/report.schema.json", "json", |_, _| {
        Box::new(Json)
    })
    .with_class(|_| Box::new(Json)),
    Choice::new(
        "html",
        "For a browser: one page, with every failing interleaving to step through; of a class, an overview",
        "html",
        |_, _| Box::new(Html),
    )
    .with_class(|_| Box::new(Overview)),
    Choice::new("markdown", "To hand back, or as the summary of a workflow", "md", |_, _| Box::new(Markdown))
        .with_class(|_| Box::new(Markdown)),
    Choice::new("csv", "For a gradebook: a row for each learner", "csv", |_, _| Box::new(Csv))
        .with_class(|_| Box::new(Csv)),
    Choice::new("junit", "For what reads the results of test runners", "xml", |_, _| Box::new(Junit))
        .with_class(|_| Box::new(Junit)),
    Choice::new("actions", "For GitHub Actions: annotations at the lines that matter", "txt", |_, _| {
        Box::new(Actions)
    })
    .with_class(|_| Box::new(Actions)),
    Choice::new("codequality", "For GitLab: a Code Quality report", "json", |_, _| Box::new(CodeQuality))
        .with_class(|_| Box::new(CodeQuality)),
    Choice::new("gradescope", "For a Gradescope autograder: results.json", "json", |_, _| {
        Box::new(Gradescope)
    }),
    Choice::new("exercism", "For an Exercism test runner: results.json, version 3", "json", |_, _| {
        Box::new(Exercism)
    }),
    Choice::new("classroom50", "For Classroom 50: result.json", "json", |_, _| {
        Box::new(Classroom50(Assignment::of_environment()))
    }),
];

impl Choice {
    const fn new(
        name: &'static str,
        help: &'static str,
        extension: &'static str,
        make: fn(Look, Detail) -> Box<dyn Format>,
    ) -> Self {
        Self { name, help, extension, make, class: None }
    }

    const fn with_class(self, class: fn(Look) -> Box<dyn ClassFormat>) -> Self {
        Self { class: Some(class), ..self }
    }

    /// The format for a whole class; `None` where there is none, and each learner has a report.
    pub fn for_class(&self, look: Look) -> Option<Box<dyn ClassFormat>> {
        self.class.map(|class| class(look))
    }

    /// The format with this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        FORMATS.iter().find(|choice| choice.name == name)
    }

    /// The format for whatever has this look.
    pub fn for_look(&self, look: Look) -> Box<dyn Format> {
        self.in_detail(look, Detail::Stories)
    }

    /// The format for whatever has this look, with as much detail, where the format leaves something out.
    pub fn in_detail(&self, look: Look, detail: Detail) -> Box<dyn Format> {
        (self.make)(look, detail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    #[test]
    fn every_format_of_the_table_writes_a_report_and_can_be_found() {
        let report = samples::report(Vec::new());
        for choice in FORMATS {
            let mut written = Vec::new();
            let look = Look { width: 80, colours: false, unicode: true };
            choice.for_look(look).write(&report, &mut written).expect("memory takes everything");
            assert!(!written.is_empty(), "{}", choice.name);
            assert_eq!(Choice::named(choice.name).map(|found| found.help), Some(choice.help));
        }
    }
}
