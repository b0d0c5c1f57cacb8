//! `--format markdown`: to be handed back, or as the summary of a workflow.

use std::io;

use super::checks::did_run;
use super::wording::{self, advice, plain_failure, plural};
use super::{ClassFormat, Format, Unwritten};
use crate::class::rows::Rows;
use crate::report::{CheckStatus, ExerciseReport, Grade, Report};

/// The report as Markdown.
#[derive(Debug, Clone, Copy)]
pub struct Markdown;

impl Format for Markdown {
    fn write(&self, report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
        writeln!(out, "# {}\n", escaped(report.learner.as_deref().unwrap_or(&report.submission)))?;
        writeln!(out, "**{} of {} points**\n", report.points, report.max_points)?;
        grade(report, out)?;
        report.exercises.iter().try_for_each(|one| exercise(one, out))?;
        footer(report, out)
    }
}

impl ClassFormat for Markdown {
    fn write_class(&self, rows: &Rows<'_>, out: &mut dyn io::Write) -> Result<(), Unwritten> {
        writeln!(out, "# {}\n", escaped(&rows.class.label))?;
        writeln!(out, "{}\n", plural(rows.len(), "learner"))?;
        let slugs = rows.slugs();
        writeln!(out, "| Learner | Name | {} | Total | Grade | Notes |", slugs.join(" | "))?;
        writeln!(out, "|---|---|{}--:|--:|---|", "--:|".repeat(slugs.len()))?;
        for row in rows.iter() {
            let row = row?;
            let name = row.learner.name.as_deref().unwrap_or("");
            write!(out, "| {} | {} |", escaped(&row.learner.id), escaped(name))?;
            for exercise in &row.report.exercises {
                write!(out, " {} {} |", exercise.points, mark(exercise))?;
            }
            let grade =
                row.report.grade.as_ref().map(|grade| Grade::number(grade.points)).unwrap_or_default();
            let notes = escaped(&row.learner.notes.join("; "));
            writeln!(out, " {} of {} | {grade} | {notes} |", row.report.points, row.report.max_points)?;
        }
        Ok(())
    }
}

/// The verdict, where the points do not say it.
fn mark(exercise: &ExerciseReport) -> String {
    match exercise.points == exercise.max_points {
        true => "✓".to_owned(),
        false => format!("({})", wording::verdict(exercise.verdict)),
    }
}

fn grade(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let Some(grade) = &report.grade else { return Ok(()) };
    for step in &grade.steps {
        writeln!(out, "- {}", escaped(step))?;
    }
    writeln!(out, "\n**Grade: {} of {}**\n", Grade::number(grade.points), Grade::number(grade.max_points))
}

fn exercise(exercise: &ExerciseReport, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(
        out,
        "## {}: {}, {} of {} points\n",
        escaped(&exercise.exercise),
        wording::verdict(exercise.verdict),
        exercise.points,
        exercise.max_points
    )?;
    if let Some(advice) = advice(exercise.verdict) {
        writeln!(out, "{advice}\n")?;
    }
    for diagnostic in &exercise.diagnostics {
        code(diagnostic.rendered.as_ref().unwrap_or(&diagnostic.message), out)?;
    }
    let ran: Vec<_> = exercise.checks.iter().filter(|check| did_run(check)).collect();
    if ran.is_empty() {
        return Ok(());
    }
    writeln!(out, "| | Check | Points |\n|---|---|--:|")?;
    for check in &ran {
        let mark = match check.status {
            CheckStatus::Passed => "✓",
            CheckStatus::Failed | CheckStatus::TimedOut | CheckStatus::Crashed => "✗",
            CheckStatus::Skipped => "–",
        };
        let title = escaped(&check.title);
        writeln!(
            out,
            "| {mark} | {title} ({}) | {} of {} |",
            check.engine.as_str(),
            check.points,
            check.max_points
        )?;
    }
    writeln!(out)?;
    for check in ran.iter().filter(|check| check.failure.is_some()) {
        let Some(failure) = &check.failure else { continue };
        writeln!(out, "### {}\n", escaped(&check.title))?;
        code(&plain_failure(failure), out)?;
        if let Some(token) = &failure.token {
            code(&format!("cargo xtask replay {token}"), out)?;
        }
    }
    Ok(())
}

fn footer(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let hashes = report
        .exercises
        .iter()
        .filter_map(|exercise| Some(format!("{} SHA-256 {}", exercise.exercise, exercise.sha256.as_ref()?)));
    let graded = format!(
        "Graded {} by Interleave {} with {}, sandbox: {}.",
        report.graded_at,
        report.grader,
        report.toolchain,
        report.sandbox.as_str()
    );
    writeln!(out, "---\n\n{}", escaped(&graded))?;
    hashes.into_iter().try_for_each(|hash| writeln!(out, "\n{}", escaped(&hash)))
}

/// Text that is shown as it is: no mark of Markdown or HTML in it counts, and it is one line.
fn escaped(text: &str) -> String {
    let mut clean = String::new();
    for character in text.chars() {
        match character {
            '\n' | '\r' | '\t' => clean.push(' '),
            '&' => clean.push_str("&amp;"),
            '<' => clean.push_str("&lt;"),
            '>' => clean.push_str("&gt;"),
            // A mention notifies people.
            '@' => clean.push_str("&#64;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' => {
                clean.push('\\');
                clean.push(character);
            }
            _ => clean.push(character),
        }
    }
    // An address is no link.
    clean.replace("://", "&#58;//")
}

/// A block of code, whose fence nothing in it can end.
fn code(text: &str, out: &mut dyn io::Write) -> io::Result<()> {
    let longest = text.split(|character| character != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    writeln!(out, "{fence}text\n{}\n{fence}\n", text.trim_end())
}
