//! An execution as a table: time runs down, each thread has a column.

use std::collections::BTreeMap;

use console::{measure_text_width, truncate_str};
use model_trace::{ObjectId, Operation, Step, StepId, ThreadId};

use crate::format::wording::{action, plural, stale};
use crate::report::{Citation, Recording, in_submission, number};
use crate::trace::{Row, rows};

/// A long execution loses its middle: it begins where the threads do and ends where it goes wrong.
const FIRST: usize = 20;
const LAST: usize = 40;
/// Narrower columns would cut every operation.
const NARROWEST: usize = 14;
/// With less room than this, the lines of source are listed below the table.
const ROOM_FOR_SOURCE: usize = 48;

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
    lines.extend(first.iter().map(|row| layout.row(row)));
    if hidden > 0 {
        lines.push(format!("{:>number$}  … {hidden} rows …", "", number = layout.number));
        lines.extend(last.iter().map(|row| layout.row(row)));
    }
    if !layout.sources_inline {
        lines.extend(sources(recording, &shown, width));
    }
    lines.extend(unnamed(recording, &shown));
    lines.into_iter().map(|line| line.trim_end().to_owned()).collect()
}

/// The lines of source that the steps are at, each once.
fn sources(recording: &Recording, shown: &[StepId], width: usize) -> Vec<String> {
    let line = |id: &StepId| {
        let place = in_submission(&recording.step(*id).place)?;
        Some(((&*place.file, place.line), recording.lines[id.index()].as_deref()?))
    };
    let lines: BTreeMap<(&str, u32), &str> = shown.iter().filter_map(line).collect();
    let mut text = Vec::new();
    let mut file = "";
    for ((name, line), source) in lines {
        if name != file {
            text.extend([String::new(), format!("{name}:")]);
            file = name;
        }
        text.push(truncate_str(&format!("{line:>5}  {source}"), width, "…").into_owned());
    }
    text
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
    calls: Vec<String>,
    /// The widths of the threads' columns; none: there is no room for columns.
    columns: Option<Vec<usize>>,
    place: usize,
    /// The one file that all steps are in.
    file: Option<&'a str>,
    sources_inline: bool,
    width: usize,
}

impl<'a> Layout<'a> {
    fn new(recording: &'a Recording, cited: &'a [Citation], rows: &[Row], width: usize) -> Self {
        let threads = recording.acting_threads();
        let calls = threads.iter().map(|thread| recording.calls[thread.index()].join(", ")).collect();
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
                .chain([recording.thread(thread).len(), NARROWEST])
                .max()
                .unwrap_or(0)
        };
        let wanted: Vec<usize> = threads.iter().map(|thread| widest(*thread)).collect();
        let all = wanted.iter().map(|width| width + 2).sum::<usize>();
        let fits = room >= threads.len() * (NARROWEST + 2);
        Self {
            recording,
            cited,
            number,
            calls,
            columns: fits.then(|| fitted(wanted, room)),
            threads,
            place,
            file,
            sources_inline: fits && room >= all + ROOM_FOR_SOURCE,
            width,
        }
    }

    fn heading(&self) -> Vec<String> {
        let step = format!("{:>number$}", "step", number = self.number);
        let Some(columns) = &self.columns else { return vec![format!("{step}  thread")] };
        let cells = |texts: &mut dyn Iterator<Item = String>| {
            let cells = texts.zip(columns).map(|(text, width)| padded(&text, *width));
            cells.collect::<Vec<_>>().join("  ")
        };
        let names = cells(&mut self.threads.iter().map(|thread| self.recording.thread(*thread).to_owned()));
        let mut lines = vec![format!("{step}  {names}  {}", self.file.unwrap_or_default())];
        if self.calls.iter().any(|calls| !calls.is_empty()) {
            let calls = cells(
                &mut self
                    .calls
                    .iter()
                    .map(|calls| if calls.is_empty() { String::new() } else { format!("({calls})") }),
            );
            lines.push(format!("{:number$}  {calls}", "", number = self.number));
        }
        lines
    }

    fn row(&self, row: &Row) -> String {
        let (thread, text) = cell(self.recording, row);
        match *row {
            Row::Step(id) => {
                let place = padded(&location(self.recording.step(id), self.file), self.place);
                let source = self.recording.lines[id.index()].as_ref().filter(|_| self.sources_inline);
                let source = source.map(|source| format!("  {source}")).unwrap_or_default();
                let line = self.cells(&self.numbered(id), thread, &text, &format!("{place}{source}"));
                truncate_str(&line, self.width, "…").into_owned()
            }
            Row::Stale(..) | Row::Folded(..) => self.cells("", thread, &text, ""),
        }
    }

    /// The number of a step, with a mark if it is cited.
    fn numbered(&self, id: StepId) -> String {
        let is_cited = self.cited.iter().any(|citation| citation.step == id);
        if is_cited { format!("▸ {}", number(id)) } else { number(id).to_string() }
    }

    fn cells(&self, number: &str, thread: ThreadId, text: &str, rest: &str) -> String {
        let width = self.number;
        let Some(columns) = &self.columns else {
            let names = self.threads.iter().map(|thread| self.recording.thread(*thread));
            let longest = names.map(measure_text_width).max().unwrap_or(0);
            let thread = padded(self.recording.thread(thread), longest.max("thread".len()));
            return format!("{number:>width$}  {thread}  {text}  {rest}");
        };
        let cells = self
            .threads
            .iter()
            .zip(columns)
            .map(|(own, width)| if *own == thread { padded(text, *width) } else { " ".repeat(*width) });
        format!("{number:>width$}  {}  {rest}", cells.collect::<Vec<_>>().join("  "))
    }
}

/// The widths of columns that are two apart, the widest made narrower until all fit into `room`.
fn fitted(mut columns: Vec<usize>, room: usize) -> Vec<usize> {
    while columns.iter().map(|width| width + 2).sum::<usize>() > room {
        match columns.iter_mut().max() {
            Some(widest) if *widest > 0 => *widest -= 1,
            Some(_) | None => break,
        }
    }
    columns
}

/// Exactly `width` columns.
fn padded(text: &str, width: usize) -> String {
    let text = truncate_str(text, width, "…");
    format!("{text}{}", " ".repeat(width.saturating_sub(measure_text_width(&text))))
}

/// Whose column a row has something in, and what.
fn cell(recording: &Recording, row: &Row) -> (ThreadId, String) {
    match *row {
        Row::Step(id) => {
            let step = recording.step(id);
            let action = action(recording, step);
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
        None => "(check)".to_owned(),
    }
}
