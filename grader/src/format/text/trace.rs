//! An execution as a table: time runs down, each thread has a column.
//!
//! No operation is cut: a row has something in one column only, so a long one uses the empty room to its right, and
//! what is longer than that goes on in the next line.

use console::measure_text_width;
use model_trace::{ObjectId, Operation, Step, StepId, ThreadId};

use super::listing::listing;
use crate::format::wording::{action_in_text, plural, stale};
use crate::report::{Citation, Recording, in_std, in_submission, number};
use crate::trace::{Row, rows};

/// A long execution loses its middle: it begins where the threads do and ends where it goes wrong.
const FIRST: usize = 20;
const LAST: usize = 40;
/// With narrower columns there is a list instead.
const NARROWEST: usize = 14;

/// The lines of the table and of what belongs to it, at most `width` columns wide. The `cited` steps are marked.
pub(super) fn table(recording: &Recording, cited: &[Citation], width: usize) -> Vec<String> {
    let all = rows(recording, cited);
    let hidden = if all.len() > FIRST + LAST + 1 { all.len() - FIRST - LAST } else { 0 };
    let (first, last) =
        if hidden > 0 { (&all[..FIRST], &all[all.len() - LAST..]) } else { (&all[..], &[][..]) };
    let steps = first.iter().chain(last).filter_map(|row| match row {
        Row::Step(step) => Some(*step),
        Row::Stale(..) | Row::Folded(..) => None,
    });
    let shown: Vec<StepId> = steps.collect();
    let layout = Layout::new(recording, cited, &[first, last].concat(), width);

    let mut lines = layout.heading();
    let mut calls = vec![None; recording.execution.threads.len()];
    layout.rows(first, &mut calls, &mut lines);
    if hidden > 0 {
        lines.push(format!("{:>number$}  … {hidden} rows …", "", number = layout.number));
        layout.rows(last, &mut calls, &mut lines);
    }
    lines.extend(listing(recording, &shown, cited, width));
    lines.extend(unnamed(recording, &shown));
    lines.into_iter().map(|line| line.trim_end().to_owned()).collect()
}

/// Whether steps of the check are missing in the table, for its heading: their numbers are, too.
pub(super) fn left_out(recording: &Recording, cited: &[Citation]) -> &'static str {
    let steps = |row: &Row| match row {
        Row::Step(_) => 1,
        Row::Stale(..) => 0,
        Row::Folded(_, steps) => *steps,
    };
    let shown: usize = rows(recording, cited).iter().map(steps).sum();
    if shown < recording.execution.steps.len() { "; some of the check's own steps are left out" } else { "" }
}

/// Where the objects were made that have no name of the learner's own.
fn unnamed(recording: &Recording, shown: &[StepId]) -> Vec<String> {
    let mut objects: Vec<ObjectId> =
        shown.iter().filter_map(|id| recording.step(*id).operation.object()).collect();
    objects.sort_unstable();
    objects.dedup();
    let made = objects.into_iter().filter(|object| recording.names[object.index()].is_none());
    let places: Vec<String> = made
        .filter_map(|object| {
            let place = in_submission(&recording.execution.objects[object.index()].created)?;
            Some(format!("{} was made at {place}.", recording.object(object)))
        })
        .collect();
    if places.is_empty() { places } else { [vec![String::new()], places].concat() }
}

struct Layout<'a> {
    recording: &'a Recording,
    cited: &'a [Citation],
    number: usize,
    threads: Vec<ThreadId>,
    /// The widths of the threads' columns; none: there is no room for columns.
    columns: Option<Vec<usize>>,
    /// The one file that all steps are in.
    file: Option<&'a str>,
    width: usize,
}

impl<'a> Layout<'a> {
    fn new(recording: &'a Recording, cited: &'a [Citation], rows: &[Row], width: usize) -> Self {
        let threads = recording.acting_threads();
        // A mark and a blank before the number, where steps are marked.
        let mark = if cited.is_empty() { 0 } else { 2 };
        let number = recording.last().map_or(1, |last| number(last).to_string().len() + mark).max(4);
        let file = recording.only_file();
        let place = |row: &Row| match row {
            Row::Step(id) => measure_text_width(&location(recording.step(*id), file)),
            Row::Stale(..) | Row::Folded(..) => 0,
        };
        let place = rows.iter().map(place).max().unwrap_or(0).max(file.map_or(0, str::len));
        let room = width.saturating_sub(number + 2 + place + 2);
        let widest = |thread: ThreadId| {
            let cells = rows.iter().map(|row| cell(recording, row)).filter(|(own, _)| *own == thread);
            cells
                .map(|(_, text)| measure_text_width(&text))
                .chain([measure_text_width(recording.thread(thread)), NARROWEST])
                .max()
                .unwrap_or(0)
        };
        let wanted: Vec<usize> = threads.iter().map(|thread| widest(*thread)).collect();
        let fits = room >= threads.len() * (NARROWEST + 2);
        Self { recording, cited, number, columns: fits.then(|| fitted(wanted, room)), threads, file, width }
    }

    /// The names of the threads, and of the function that each of them runs, if it is one.
    fn heading(&self) -> Vec<String> {
        let step = format!("{:>number$}", "step", number = self.number);
        let Some(columns) = &self.columns else { return vec![format!("{step}  thread")] };
        let file = self.file.unwrap_or_default();
        let names = self.threads.iter().map(|thread| self.recording.thread(*thread).to_owned());
        let calls = self.threads.iter().map(|thread| match &self.recording.calls[thread.index()][..] {
            [call] => format!("({call})"),
            [] | [_, ..] => String::new(),
        });
        let mut lines = side_by_side(&step, &names.collect::<Vec<_>>(), columns, file);
        let calls: Vec<String> = calls.collect();
        if calls.iter().any(|call| !call.is_empty()) {
            let blank = " ".repeat(self.number);
            lines.extend(side_by_side(&blank, &calls, columns, ""));
        }
        lines
    }

    /// The rows, and before the first one of each call of a thread that makes several, its name.
    fn rows(&self, rows: &[Row], calls: &mut [Option<&'a str>], lines: &mut Vec<String>) {
        for row in rows {
            if let Row::Step(id) = *row {
                let thread = self.recording.step(id).thread;
                let call = self.recording.functions[id.index()].as_deref();
                let is_news = call.is_some() && call != calls[thread.index()];
                calls[thread.index()] = call;
                if let (true, Some(call)) = (is_news && self.recording.calls[thread.index()].len() > 1, call)
                {
                    lines.extend(self.cells("", thread, &format!("({call})"), ""));
                }
            }
            lines.extend(self.row(row));
        }
    }

    fn row(&self, row: &Row) -> Vec<String> {
        let (thread, text) = cell(self.recording, row);
        match *row {
            Row::Step(id) => {
                let place = location(self.recording.step(id), self.file);
                self.cells(&self.numbered(id), thread, &text, &place)
            }
            Row::Stale(..) | Row::Folded(..) => self.cells("", thread, &text, ""),
        }
    }

    /// The number of a step, with a mark if it is cited.
    fn numbered(&self, id: StepId) -> String {
        let is_cited = self.cited.iter().any(|citation| citation.step == id);
        if is_cited { format!("▸ {}", number(id)) } else { number(id).to_string() }
    }

    /// A row, in as many lines as it needs.
    fn cells(&self, number: &str, thread: ThreadId, text: &str, place: &str) -> Vec<String> {
        let width = self.number;
        let Some(columns) = &self.columns else { return self.listed(number, thread, text, place) };
        let position = self.threads.iter().position(|own| *own == thread).unwrap_or(0);
        let before: usize = columns[..position].iter().map(|width| width + 2).sum();
        let all = columns.iter().map(|width| width + 2).sum::<usize>().saturating_sub(2);
        let lines = wrapped(text, all - before);
        let mut lines = lines.into_iter();
        let first = format!("{}{}", " ".repeat(before), lines.next().unwrap_or_default());
        let mut row = vec![format!("{number:>width$}  {}  {place}", padded(&first, all))];
        row.extend(lines.map(|line| format!("{:width$}  {}{line}", "", " ".repeat(before))));
        row
    }

    /// A row where there is no room for columns.
    fn listed(&self, number: &str, thread: ThreadId, text: &str, place: &str) -> Vec<String> {
        let width = self.number;
        let names = self.threads.iter().map(|thread| measure_text_width(self.recording.thread(*thread)));
        let longest = names.max().unwrap_or(0).max("thread".len());
        let before = width + 2 + longest + 2;
        let whole = if place.is_empty() { text.to_owned() } else { format!("{text}  {place}") };
        let thread = padded(self.recording.thread(thread), longest);
        let mut lines = wrapped(&whole, self.width.saturating_sub(before)).into_iter();
        let mut row = vec![format!("{number:>width$}  {thread}  {}", lines.next().unwrap_or_default())];
        row.extend(lines.map(|line| format!("{}{line}", " ".repeat(before))));
        row
    }
}

/// Texts in columns, each in as many lines as it needs, between what stands before and behind the first line.
fn side_by_side(before: &str, texts: &[String], columns: &[usize], behind: &str) -> Vec<String> {
    let cells: Vec<Vec<String>> =
        texts.iter().zip(columns).map(|(text, width)| wrapped(text, *width)).collect();
    let height = cells.iter().map(Vec::len).max().unwrap_or(0);
    let line = |row: usize| {
        let parts = cells
            .iter()
            .zip(columns)
            .map(|(cell, width)| padded(cell.get(row).map_or("", String::as_str), *width));
        let cells = parts.collect::<Vec<_>>().join("  ");
        if row == 0 {
            format!("{before}  {cells}  {behind}")
        } else {
            format!("{}  {cells}", " ".repeat(measure_text_width(before)))
        }
    };
    (0..height).map(line).collect()
}

/// A text in lines of at most `width` columns. The lines after the first one are indented.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let options = textwrap::Options::new(width.max(4)).subsequent_indent("  ");
    let lines = textwrap::wrap(text, options.word_separator(textwrap::WordSeparator::AsciiSpace));
    lines.into_iter().map(std::borrow::Cow::into_owned).collect()
}

/// The widths of columns that are two apart, the widest made narrower until all fit into `room`.
fn fitted(mut columns: Vec<usize>, room: usize) -> Vec<usize> {
    while columns.iter().map(|width| width + 2).sum::<usize>() > room + 2 {
        match columns.iter_mut().max() {
            Some(widest) if *widest > 0 => *widest -= 1,
            Some(_) | None => break,
        }
    }
    columns
}

/// At least `width` columns.
fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(measure_text_width(text))))
}

/// Whose column a row has something in, and what.
fn cell(recording: &Recording, row: &Row) -> (ThreadId, String) {
    match *row {
        Row::Step(id) => {
            let step = recording.step(id);
            let action = action_in_text(recording, step);
            let is_preempted = step.operation == Operation::Preempted;
            (step.thread, if is_preempted { format!("┄ {action} ┄") } else { action })
        }
        Row::Stale(thread, reads) => (thread, format!("└ {}", stale(reads))),
        Row::Folded(thread, steps) => (thread, format!("… {} alone", plural(steps, "step"))),
    }
}

/// The line; with its file if not all steps are in the same.
fn location(step: &Step, file: Option<&str>) -> String {
    match in_submission(&step.place) {
        Some(place) if Some(&*place.file) == file => format!("line {}", place.line),
        Some(place) => place.to_string(),
        None if in_std(&step.place) => "(std)".to_owned(),
        None => "(check)".to_owned(),
    }
}
