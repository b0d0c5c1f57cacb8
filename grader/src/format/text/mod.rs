//! `--format text`: for a person at a terminal, late in the evening.
//!
//! A pure function of the report and the terminal's width and colours, so that what it prints can be
//! compared with a snapshot. One block for each exercise: the mistakes, simplest first, one counterexample for each,
//! and what passed, counted. It ends with a summary, because a terminal shows the end.

mod class;
mod commands;
mod failure;
mod listing;
mod paint;
mod second_opinion;
mod story;
mod summary;
mod trace;

use std::io;

use super::Format;
use super::checks::{by_name, did_run};
use super::wording;
use crate::report::{CheckReport, CheckStatus, Diagnostic, Example, ExerciseReport, Level, Report, Verdict};
use commands::without_commands;
use paint::{Colour, Paint};

/// The report as text.
#[derive(Debug, Clone, Copy)]
pub struct Text {
    pub look: Look,
    pub detail: Detail,
}

/// How much the text says of checks that fail for the same reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// One counterexample for each reason, and the titles of the others.
    Stories,
    /// Every one of them.
    Everything,
}

/// What the text is made for.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// Columns.
    pub width: usize,
    pub colours: bool,
    /// Whether more than ASCII can be shown.
    pub unicode: bool,
}

impl Format for Text {
    fn write(&self, report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
        self.written(out, |page| {
            report.exercises.iter().for_each(|exercise| page.exercise(exercise));
            page.summary(report);
        })
    }
}

impl Text {
    /// A text with one counterexample for each reason.
    pub fn new(look: Look) -> Self {
        Self { look, detail: Detail::Stories }
    }

    /// Writes what there is to say about one check that was not passed.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    pub fn write_failure(&self, check: &CheckReport, out: &mut dyn io::Write) -> io::Result<()> {
        self.written(out, |page| page.failed(&[check]))
    }

    fn written(&self, out: &mut dyn io::Write, fill: impl FnOnce(&mut Page)) -> io::Result<()> {
        let Self { look, detail } = *self;
        let (paint, width) = (Paint(look.colours), look.width.clamp(40, 120));
        let mut page = Page { paint, width, detail, text: String::new() };
        fill(&mut page);
        let text = if look.unicode { page.text } else { ascii(&page.text) };
        out.write_all(without_commands(&text).as_bytes())
    }
}

/// The text for a terminal that shows nothing but ASCII. Columns stay where they are.
fn ascii(text: &str) -> String {
    let plain = |character| match character {
        '✓' => '+',
        '✗' => 'x',
        '…' | '·' => '.',
        '⋮' => ':',
        '→' | '▸' => '>',
        '└' => '`',
        '─' | '┄' | '–' => '-',
        '│' => '|',
        '×' => '*',
        '“' | '”' => '"',
        '‘' | '’' => '\'',
        _ if character.is_ascii() => character,
        _ => '?',
    };
    text.chars().map(plain).collect()
}

/// The text so far.
struct Page {
    paint: Paint,
    width: usize,
    detail: Detail,
    text: String,
}

impl Page {
    fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    /// A paragraph, wrapped and indented; the first line begins with `first` instead of the indent.
    fn paragraph(&mut self, first: &str, indent: usize, text: &str) {
        let blank = " ".repeat(indent);
        for (number, line) in text.lines().enumerate() {
            let options = textwrap::Options::new(self.width)
                .initial_indent(if number == 0 { first } else { &blank })
                .subsequent_indent(&blank)
                // A place in a file, or a name in a command, is one word, whatever is in it.
                .word_separator(textwrap::WordSeparator::AsciiSpace)
                .word_splitter(textwrap::WordSplitter::NoHyphenation)
                .break_words(false);
            for wrapped in textwrap::wrap(line, options) {
                self.line(&wrapped);
            }
        }
    }

    fn exercise(&mut self, exercise: &ExerciseReport) {
        let points = format!("{}/{}", exercise.points, exercise.max_points);
        let word = wording::verdict(exercise.verdict);
        let gap = self
            .width
            .saturating_sub(exercise.exercise.chars().count() + word.chars().count() + points.len() + 2);
        let heading = format!(
            "{}  {}{}{}",
            self.paint.bold(&exercise.exercise),
            self.paint.colour(colour(exercise.verdict), word),
            " ".repeat(gap.max(2)),
            self.paint.bold(&points)
        );
        self.line(&heading);
        self.advice(exercise.verdict);
        for diagnostic in &exercise.diagnostics {
            self.diagnostic(diagnostic);
        }
        let ran: Vec<&CheckReport> = exercise.checks.iter().filter(|check| did_run(check)).collect();
        if ran.is_empty() {
            self.line("");
            return;
        }
        self.stories(exercise);
        self.passed(&ran);
        self.second_opinions(&exercise.checks);
        self.line("");
    }

    fn advice(&mut self, verdict: Verdict) {
        if let Some(advice) = wording::advice(verdict) {
            self.line("");
            self.paragraph("  ", 2, advice);
        }
    }

    fn diagnostic(&mut self, diagnostic: &Diagnostic) {
        self.line("");
        if let Some(rendered) = diagnostic.rendered.as_deref().filter(|rendered| !rendered.trim().is_empty())
        {
            // rustc has laid it out already.
            for line in rendered.trim_end().lines() {
                self.line(&format!("  {line}"));
            }
            return;
        }
        let level = match diagnostic.level {
            Level::Error => self.paint.colour(Colour::Red, "error"),
            Level::Warning => self.paint.colour(Colour::Yellow, "warning"),
        };
        let code = diagnostic.code.as_ref().map(|code| format!("[{code}]")).unwrap_or_default();
        self.paragraph("  ", 4, &format!("{level}{code}: {}", diagnostic.message));
        if let Some(file) = &diagnostic.file {
            let place = match (diagnostic.line, diagnostic.column) {
                (Some(line), Some(column)) => format!("{file}:{line}:{column}"),
                (Some(line), None) => format!("{file}:{line}"),
                (None, _) => file.clone(),
            };
            self.line(&format!("    {} {place}", self.paint.dim("-->")));
        }
    }

    /// What passed; only counted where something else is to be read.
    fn passed(&mut self, ran: &[&CheckReport]) {
        let blocks = by_name(ran);
        let is_passed =
            |block: &&Vec<&CheckReport>| block.iter().all(|check| check.status == CheckStatus::Passed);
        let passed: Vec<_> = blocks.iter().filter(is_passed).collect();
        if passed.is_empty() {
            return;
        }
        self.line("");
        let mark = self.paint.colour(Colour::Green, "✓");
        let (mut counted, mut points_of_counted) = (0, 0);
        for block in &passed {
            let points: u32 = block.iter().map(|check| check.points).sum();
            // A search that was cut short is a weaker promise, and says so.
            let truncated = block
                .iter()
                .filter_map(|check| check.coverage)
                .find(|coverage| !coverage.complete && coverage.sampling.is_none());
            let example = block.iter().find_map(|check| check.example.as_ref());
            if passed.len() < blocks.len() && truncated.is_none() && example.is_none() {
                counted += 1;
                points_of_counted += points;
                continue;
            }
            let title = &block[0].title;
            let note = truncated
                .map(|coverage| format!(" ({})", crate::format::coverage::covered(coverage)))
                .unwrap_or_default();
            let engines = self.paint.dim(&format!("{} +{points}", engines(block)));
            self.paragraph(&format!("  {mark} "), 4, &format!("{title}{note}  {engines}"));
            example.into_iter().for_each(|example| self.example(example));
        }
        if counted > 0 {
            let points = self.paint.dim(&format!("+{points_of_counted}"));
            let checks =
                wording::plural(counted, if counted < passed.len() { "other check" } else { "check" });
            self.line(&format!("  {mark} {checks} passed  {points}"));
        }
    }

    /// How a check passes.
    fn example(&mut self, example: &Example) {
        self.line("");
        let left_out = trace::left_out(&example.recording, &[]);
        self.paragraph("    ", 4, &format!("One of the ways in which it passes, step by step{left_out}:"));
        for line in trace::table(&example.recording, &[], self.width.saturating_sub(4)) {
            self.line(&format!("    {line}"));
        }
        self.line("");
        let replay = self.paint.dim(&format!("Run it again: cargo xtask replay {}", example.token));
        self.line(&format!("    {replay}"));
        self.line("");
    }
}

fn engines(block: &[&CheckReport]) -> String {
    block.iter().map(|check| check.engine.as_str()).collect::<Vec<_>>().join(" ")
}

fn colour(verdict: Verdict) -> Colour {
    match verdict {
        Verdict::Accepted => Colour::Green,
        Verdict::Rejected | Verdict::CompileError | Verdict::Forbidden => Colour::Red,
        Verdict::NotStarted | Verdict::Interrupted => Colour::Yellow,
        Verdict::InternalError => Colour::Magenta,
    }
}

#[cfg(test)]
mod tests;
