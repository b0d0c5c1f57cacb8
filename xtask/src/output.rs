//! Puts reports where they were asked for, whole or not at all.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::ArgMatches;
use grader::error::Fault;
use grader::format::{Choice, Detail, FORMATS, Format, Markdown};
use grader::report::Report;
use grader::whole_file::{self, Durability};
use miette::Diagnostic;
use thiserror::Error;

use crate::terminal::Terminal;

/// Where `--format` and `--output` stand on the command line.
#[derive(Debug, Default)]
pub struct Order {
    formats: Vec<usize>,
    outputs: Vec<usize>,
}

impl Order {
    pub fn of(matches: &ArgMatches) -> Self {
        let indices = |name| matches.indices_of(name).map(Iterator::collect).unwrap_or_default();
        Self { formats: indices("formats"), outputs: indices("outputs") }
    }
}

/// The format that is a page for a browser.
const PAGE: &str = "html";

/// What to write, and where.
#[derive(Debug)]
pub struct Target {
    pub format: &'static Choice,
    /// `None` is standard output.
    pub file: Option<PathBuf>,
}

/// The flags do not go together.
#[derive(Debug, PartialEq, Eq, Error, Diagnostic)]
#[error("{0}")]
#[diagnostic(help("write them in pairs, as in `--format text --format json --output report.json`"))]
pub struct Unpaired(&'static str);

/// Pairs each output with the format before it; one format may be left for standard output.
pub fn targets(
    formats: &[&'static Choice],
    outputs: &[PathBuf],
    order: &Order,
) -> Result<Vec<Target>, Unpaired> {
    match (formats, outputs) {
        ([], []) => return Ok(vec![Target { format: &FORMATS[0], file: None }]),
        ([], [file]) => return Ok(vec![Target { format: &FORMATS[0], file: Some(file.clone()) }]),
        ([], _) => return Err(Unpaired("several --output and no --format")),
        _ => {}
    }
    let mut targets: Vec<Target> = formats.iter().map(|format| Target { format, file: None }).collect();
    for (number, file) in outputs.iter().enumerate() {
        let index = if formats.len() == outputs.len() {
            Some(number)
        } else {
            let at = order.outputs.get(number).copied().unwrap_or(usize::MAX);
            order.formats.iter().rposition(|format| *format < at)
        };
        let target = index
            .and_then(|index| targets.get_mut(index))
            .ok_or(Unpaired("an --output has no --format before it"))?;
        if target.file.replace(file.clone()).is_some() {
            return Err(Unpaired("two --output follow one --format"));
        }
    }
    // A page is for a browser: without a file it gets one, and whoever asked for it is told what is in it.
    let mut has_page = false;
    for target in targets.iter_mut().filter(|target| target.format.name == PAGE) {
        has_page = true;
        target.file.get_or_insert_with(|| PathBuf::from("report.html"));
    }
    if targets.iter().filter(|target| target.file.is_none()).count() > 1 {
        return Err(Unpaired("only one format can go to standard output"));
    }
    if has_page && targets.iter().all(|target| target.file.is_some()) {
        targets.push(Target { format: &FORMATS[0], file: None });
    }
    Ok(targets)
}

/// Only what was asked for, where nothing else is to be said.
pub fn asked(targets: Vec<Target>, formats: &[&'static Choice], terminal: &Terminal) -> Vec<Target> {
    let is_asked = |target: &Target| {
        target.file.is_some() || formats.iter().any(|format| format.name == target.format.name)
    };
    targets.into_iter().filter(|target| !terminal.is_quiet() || is_asked(target)).collect()
}

/// In a workflow of GitHub Actions, the summary and the outputs of the step beside its annotations.
fn step_summary(report: &Report) -> Result<(), (PathBuf, io::Error)> {
    let append = |variable: &str, bytes: &[u8]| match std::env::var_os(variable).map(PathBuf::from) {
        Some(file) if !file.as_os_str().is_empty() => fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&file)
            .and_then(|mut out| out.write_all(bytes))
            .map_err(|error| (file, error)),
        Some(_) | None => Ok(()),
    };
    let mut summary = Vec::new();
    Markdown.write(report, &mut summary).map_err(|error| (PathBuf::from("the summary"), error))?;
    append("GITHUB_STEP_SUMMARY", &summary)?;
    let outputs = format!("points={}\nmax-points={}\n", report.points, report.max_points);
    append("GITHUB_OUTPUT", outputs.as_bytes())
}

/// Writes the report to every target; the error comes with the file that could not be written.
pub fn write(
    report: &Report,
    targets: &[Target],
    detail: Detail,
    terminal: &Terminal,
) -> Result<(), (PathBuf, io::Error)> {
    for target in targets {
        match &target.file {
            Some(file) => {
                to_file(report, target.format, detail, file).map_err(|error| (file.clone(), error))?
            }
            None => to_stdout(report, target.format, detail, terminal)
                .map_err(|error| (PathBuf::from("standard output"), error))?,
        }
        if target.format.name == "actions" {
            step_summary(report)?;
        }
    }
    // Where standard output is a report for a program, nothing else goes there.
    for page in targets.iter().filter(|target| target.format.name == PAGE) {
        if let Some(file) = &page.file {
            let file = std::path::absolute(file).unwrap_or_else(|_| file.clone());
            terminal.note(&format!("The page is in {}.", file.display()));
        }
    }
    Ok(())
}

fn to_stdout(report: &Report, format: &Choice, detail: Detail, terminal: &Terminal) -> io::Result<()> {
    let mut whole = Vec::new();
    format.in_detail(terminal.look(), detail).write(report, &mut whole)?;
    print(&whole)
}

/// Writes to standard output, for somebody who may stop reading at any time.
///
/// # Errors
/// When standard output cannot be written to.
pub fn print(whole: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(whole).and_then(|()| stdout.flush()) {
        // Whoever reads has seen enough, as in `… | head`.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => done,
    }
}

/// [`print()`], where there is nothing else to do about a failure than to say so.
pub fn tell(text: &[u8]) -> Result<(), Fault> {
    print(text).map_err(|source| Fault::io("write to", Path::new("standard output"), source))
}

fn to_file(report: &Report, format: &Choice, detail: Detail, file: &Path) -> io::Result<()> {
    whole_file::write(file, Durability::Durable, |out| {
        format.in_detail(Terminal::look_of_a_file(), detail).write(report, out)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "text";
    const JSON: &str = "json";

    fn pair(
        formats: &[(&str, usize)],
        outputs: &[(&str, usize)],
    ) -> Result<Vec<(&'static str, Option<String>)>, Unpaired> {
        let order = Order {
            formats: formats.iter().map(|(_, at)| *at).collect(),
            outputs: outputs.iter().map(|(_, at)| *at).collect(),
        };
        let named = |name: &str| Choice::named(name).expect("a format");
        let formats: Vec<_> = formats.iter().map(|(format, _)| named(format)).collect();
        let outputs: Vec<_> = outputs.iter().map(|(file, _)| PathBuf::from(file)).collect();
        let targets = targets(&formats, &outputs, &order)?;
        Ok(targets
            .into_iter()
            .map(|target| (target.format.name, target.file.map(|file| file.display().to_string())))
            .collect())
    }

    #[test]
    fn an_output_belongs_to_the_format_before_it() {
        assert_eq!(pair(&[], &[]), Ok(vec![(TEXT, None)]));
        assert_eq!(pair(&[], &[("a", 1)]), Ok(vec![(TEXT, Some("a".to_owned()))]));
        assert_eq!(
            pair(&[(TEXT, 1), (JSON, 3)], &[("a", 5)]),
            Ok(vec![(TEXT, None), (JSON, Some("a".to_owned()))])
        );
        assert_eq!(
            pair(&[(JSON, 1), (TEXT, 5)], &[("a", 3)]),
            Ok(vec![(JSON, Some("a".to_owned())), (TEXT, None)])
        );
        assert_eq!(pair(&[(JSON, 3)], &[("a", 1)]), Ok(vec![(JSON, Some("a".to_owned()))]));
    }

    #[test]
    fn a_page_goes_to_a_file_and_the_summary_to_the_terminal() {
        let page = |file: &str| ("html", Some(file.to_owned()));
        assert_eq!(pair(&[("html", 1)], &[]), Ok(vec![page("report.html"), (TEXT, None)]));
        assert_eq!(pair(&[("html", 1)], &[("a", 3)]), Ok(vec![page("a"), (TEXT, None)]));
        assert_eq!(pair(&[("html", 1), (JSON, 3)], &[]), Ok(vec![page("report.html"), (JSON, None)]));
    }

    #[test]
    fn what_cannot_be_paired_is_refused() {
        assert!(pair(&[(JSON, 1), (TEXT, 3)], &[]).is_err());
        assert!(pair(&[], &[("a", 1), ("b", 3)]).is_err());
        assert!(pair(&[(JSON, 1)], &[("a", 3), ("b", 5)]).is_err());
    }
}
