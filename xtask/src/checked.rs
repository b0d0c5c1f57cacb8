//! What a learner reads after a check: compile errors as rustc prints them, or how the public tests went on real
//! threads and in the model, with the story of the first failure and what to do next.

use std::fmt::Write as _;
use std::time::Duration;

use console::Style;
use grader::catalog::Exercise;
use grader::format::{Look, Text};
use grader::learner::hint;
use grader::learner::progress::Progress;
use grader::report::{CheckReport, CheckStatus, Diagnostic, Engine, ExerciseReport, FailureKind, Verdict};

/// A check and what is known beside it.
pub struct Checked<'a> {
    pub exercise: &'a Exercise,
    pub report: &'a ExerciseReport,
    pub progress: &'a Progress,
    /// Whether there is a hidden suite to grade with.
    pub can_grade: bool,
    pub took: Duration,
}

impl Checked<'_> {
    /// The text for a terminal that looks like this.
    pub fn text(&self, look: Look) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        match self.report.verdict {
            Verdict::CompileError | Verdict::Forbidden => self.diagnostics(&mut text),
            Verdict::NotStarted => {
                let _ = writeln!(
                    text,
                    "{} is not started: there is nothing but `todo!()` in it yet.",
                    self.exercise.slug
                );
                let next =
                    format!("Read exercises/{}/README.md, and fill in {}.", self.exercise.slug, self.file());
                let _ = writeln!(text, "{}", wrapped(&next, "", look));
            }
            Verdict::Interrupted => text.push_str("Interrupted: nothing is known about this version yet.\n"),
            Verdict::Accepted | Verdict::Rejected | Verdict::InternalError => self.tests(&mut text, look),
        }
        text.push_str(&self.conclusion(look));
        text
    }

    /// The file to edit, from the project's folder.
    fn file(&self) -> String {
        let name = self.exercise.editable.first().map(|name| name.display().to_string()).unwrap_or_default();
        format!("exercises/{}/{name}", self.exercise.slug)
    }

    fn diagnostics(&self, text: &mut String) {
        for diagnostic in &self.report.diagnostics {
            let _ = writeln!(text, "{}\n", shown(diagnostic));
        }
    }

    fn tests(&self, text: &mut String, look: Look) {
        self.diagnostics(text);
        for (engine, heading) in [(Engine::Stress, "on real threads"), (Engine::Model, "in the model")] {
            let ran: Vec<&CheckReport> =
                self.report.checks.iter().filter(|check| check.engine == engine).collect();
            let passed = ran.iter().filter(|check| check.status == CheckStatus::Passed).count();
            let is_whole = passed == ran.len();
            let mark = mark(is_whole, look);
            let _ = writeln!(text, "{mark} {heading:<15}  {passed} of {} tests pass", ran.len());
            for check in ran.iter().filter(|check| check.status != CheckStatus::Passed) {
                let line = format!("{}: {}", check.title, in_short(check));
                let _ = writeln!(text, "{}", wrapped(&line, "    ", look));
            }
        }
        if let Some(first) = self.story() {
            let mut story = Vec::new();
            // Writing to memory does not fail.
            let _ = Text::new(look).write_failure(first, &mut story);
            text.push_str(&String::from_utf8_lossy(&story));
        }
    }

    /// The failure to tell: the first one of the model, which knows how it comes about; what is only missing says
    /// enough by its name.
    fn story(&self) -> Option<&CheckReport> {
        let tells = |check: &&CheckReport| {
            check.failure.as_ref().is_some_and(|failure| failure.kind != FailureKind::NotImplemented)
        };
        let of = |engine| self.report.checks.iter().filter(move |check| check.engine == engine);
        of(Engine::Model).find(tells).or_else(|| of(Engine::Stress).find(tells))
    }

    fn conclusion(&self, look: Look) -> String {
        let slug = &self.exercise.slug;
        let seconds = format!("{:.1} s", self.took.as_secs_f64());
        let next = match self.report.verdict {
            Verdict::Accepted if self.can_grade => {
                format!("The public tests pass ({seconds}). Next: cargo xtask grade -e {slug}")
            }
            Verdict::Accepted => {
                format!("The public tests pass ({seconds}): {} can be handed in.", self.file())
            }
            Verdict::CompileError => {
                let errors = self.report.diagnostics.len();
                let noun = if errors == 1 { "error" } else { "errors" };
                format!("{errors} {noun}, so no test has run yet ({seconds}).")
            }
            Verdict::Forbidden => format!("No test has run yet ({seconds})."),
            Verdict::Rejected => format!("Not yet ({seconds}).{}", self.hint()),
            Verdict::NotStarted => String::new(),
            Verdict::Interrupted => return String::new(),
            Verdict::InternalError => format!("A part of this could not be judged ({seconds})."),
        };
        if next.is_empty() {
            return format!("{}\n", self.hint().trim_start());
        }
        let bold = Style::new().bold().force_styling(look.colours);
        let lines: String =
            wrapped(&next, "", look).lines().map(|line| format!("{}\n", bold.apply_to(line))).collect();
        format!("\n{lines}")
    }

    fn hint(&self) -> String {
        let levels = hint::levels(self.exercise);
        if levels == 0 {
            return String::new();
        }
        let level = hint::next_level(self.exercise, self.progress);
        format!(" Stuck? `cargo xtask hint {}` shows hint {level} of {levels}.", self.exercise.slug)
    }
}

fn mark(is_good: bool, look: Look) -> String {
    let (good, bad) = if look.unicode { ("✓", "✗") } else { ("ok:", "failed:") };
    let (word, style) = if is_good { (good, Style::new().green()) } else { (bad, Style::new().red()) };
    style.force_styling(look.colours).apply_to(word).to_string()
}

/// As rustc prints it; what has no place in a source is a line.
fn shown(diagnostic: &Diagnostic) -> String {
    match diagnostic.rendered.as_deref().map(str::trim_end) {
        Some(rendered) if !rendered.is_empty() => rendered.to_owned(),
        Some(_) | None => {
            let place = match (&diagnostic.file, diagnostic.line) {
                (Some(file), Some(line)) => format!("\n --> {file}:{line}"),
                (Some(file), None) => format!("\n --> {file}"),
                (None, _) => String::new(),
            };
            format!("error: {}{place}", diagnostic.message)
        }
    }
}

/// A failure in one line.
fn in_short(check: &CheckReport) -> String {
    let Some(failure) = &check.failure else { return "it did not run".to_owned() };
    let is_stuck = failure.kind == FailureKind::Deadlock;
    let what = if failure.kind == FailureKind::Timeout || is_stuck && check.engine == Engine::Stress {
        "it hangs: "
    } else if is_stuck {
        "deadlock: "
    } else {
        ""
    };
    let message = failure.message.lines().map(str::trim).collect::<Vec<_>>().join(", ");
    console::truncate_str(&format!("{what}{message}"), 200, "…").into_owned()
}

/// A paragraph that fits the terminal, with `indent` before it and a little more before its other lines.
fn wrapped(text: &str, indent: &str, look: Look) -> String {
    let hanging = format!("{indent}  ");
    let options = textwrap::Options::new(look.width.clamp(40, 120))
        .initial_indent(indent)
        .subsequent_indent(if indent.is_empty() { "" } else { &hanging })
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .break_words(false);
    textwrap::fill(text, options)
}
