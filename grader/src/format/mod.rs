//! The formats that a [`Report`] is written in. They stand on top of everything else: a format reads the
//! report, and nothing reads a format. What formats have in common is in [`wording`], [`sentence`],
//! [`opinions`] and [`checks`].

mod checks;
mod html;
mod json;
mod moments;
#[cfg(test)]
mod nonsense;
mod opinions;
mod sentence;
mod text;
mod wording;

use std::io;

pub use html::Html;
pub use json::{Json, schema};
pub use moments::{Moment, moments};
pub use text::{Detail, Look, Text};

use crate::report::Report;

/// One way to write a report down.
pub trait Format {
    /// Writes the whole report.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    fn write(&self, report: &Report, out: &mut dyn io::Write) -> io::Result<()>;
}

/// A format that can be chosen: its line in [`FORMATS`].
#[derive(Debug, Clone, Copy)]
pub struct Choice {
    /// What `--format` takes.
    pub name: &'static str,
    /// One line for `--help`.
    pub help: &'static str,
    make: fn(Look, Detail) -> Box<dyn Format>,
}

/// Every format, the default first. Flags, help and dispatch follow from this table.
pub const FORMATS: &[Choice] = &[
    Choice::new("text", "For a person", |look, detail| Box::new(Text { look, detail })),
    Choice::new("json", "For a program: schema 1, described by grader/report.schema.json", |_, _| {
        Box::new(Json)
    }),
    Choice::new(
        "html",
        "For a browser: one page, with every failing interleaving to step through",
        |_, _| Box::new(Html),
    ),
];

impl Choice {
    const fn new(name: &'static str, help: &'static str, make: fn(Look, Detail) -> Box<dyn Format>) -> Self {
        Self { name, help, make }
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
    use crate::report::Sandbox;

    #[test]
    fn every_format_of_the_table_writes_a_report_and_can_be_found() {
        let report = Report {
            schema: 1,
            grader: "0".to_owned(),
            toolchain: "rustc".to_owned(),
            sandbox: Sandbox::None,
            submission: "mine".to_owned(),
            points: 0,
            max_points: 0,
            duration_ms: 0,
            exercises: Vec::new(),
        };
        for choice in FORMATS {
            let mut written = Vec::new();
            let look = Look { width: 80, colours: false, unicode: true };
            choice.for_look(look).write(&report, &mut written).expect("memory takes everything");
            assert!(!written.is_empty(), "{}", choice.name);
            assert_eq!(Choice::named(choice.name).map(|found| found.help), Some(choice.help));
        }
    }
}
