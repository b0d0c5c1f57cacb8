//! A schedule as a table: time runs down, each thread has a column.

use std::collections::BTreeMap;

use console::{measure_text_width, truncate_str};

use crate::report::{Recording, Step};
use crate::trace::{Row, rows};

/// A schedule that is long even so is cut in the middle: it begins where the threads do and ends where it
/// goes wrong.
const FIRST: usize = 20;
const LAST: usize = 40;
/// Narrower columns would cut every operation.
const NARROWEST: usize = 14;
/// With less room than this, the lines of source are listed below the table.
const ROOM_FOR_SOURCE: usize = 48;

/// The lines of the table and of what belongs to it, at most `width` columns wide.
pub(super) fn table<'a>(recording: impl Into<Recording<'a>>, width: usize) -> Vec<String> {
    let recording = recording.into();
    let all = rows(recording);
    let hidden = if all.len() > FIRST + LAST + 1 { all.len() - FIRST - LAST } else { 0 };
    let (first, last) =
        if hidden > 0 { (&all[..FIRST], &all[all.len() - LAST..]) } else { (&all[..], &[][..]) };
    let shown: Vec<&Step> = first
        .iter()
        .chain(last)
        .filter_map(|row| if let Row::Step(step) = row { Some(*step) } else { None })
        .collect();
    let layout = Layout::new(recording, &shown, width);

    let mut lines = layout.heading();
    lines.extend(first.iter().map(|row| layout.row(row)));
    if hidden > 0 {
        lines.push(format!("{:>number$}  … {hidden} rows …", "", number = layout.number));
        lines.extend(last.iter().map(|row| layout.row(row)));
    }
    if !layout.sources_inline {
        lines.extend(sources(&shown, width));
    }
    lines.extend(unnamed(recording, &shown));
    lines.into_iter().map(|line| line.trim_end().to_owned()).collect()
}

/// The lines of source that the steps name, each once.
fn sources(shown: &[&Step], width: usize) -> Vec<String> {
    let lines: BTreeMap<(&str, u32), &str> = shown
        .iter()
        .filter_map(|step| Some(((step.file.as_deref()?, step.line?), step.source.as_deref()?)))
        .collect();
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
fn unnamed(recording: Recording<'_>, shown: &[&Step]) -> Vec<String> {
    let is_shown = |name: &str| shown.iter().any(|step| step.object.as_deref() == Some(name));
    let made = recording.objects.iter().filter(|object| object.name == object.kind && is_shown(&object.name));
    let places: Vec<String> = made
        .filter_map(|object| {
            let (file, line) = (object.file.as_deref()?, object.line?);
            Some(format!("{} was made at {file}:{line}.", object.name))
        })
        .collect();
    if places.is_empty() { places } else { [vec![String::new()], places].concat() }
}

struct Layout<'a> {
    number: usize,
    threads: Vec<&'a str>,
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
    fn new(recording: Recording<'a>, shown: &[&'a Step], width: usize) -> Self {
        let threads: Vec<&str> = recording.threads.iter().map(|thread| thread.name.as_str()).collect();
        let calls: Vec<String> = recording.threads.iter().map(|thread| thread.calls.join(", ")).collect();
        let number = recording.trace.last().map_or(1, |step| step.step.to_string().len()).max(4);
        let mut files: Vec<&str> = shown.iter().filter_map(|step| step.file.as_deref()).collect();
        files.sort_unstable();
        files.dedup();
        let file = if let [file] = files[..] { Some(file) } else { None };
        let place = shown.iter().map(|step| measure_text_width(&location(step, file))).max().unwrap_or(0);
        let place = place.max(file.map_or(0, str::len));
        let room = width.saturating_sub(number + 2 + place + 2);
        let widest = |thread: &str| {
            let own = shown.iter().filter(|step| step.thread == thread);
            own.map(|step| measure_text_width(&action(step)))
                .chain([thread.len(), NARROWEST])
                .max()
                .unwrap_or(0)
        };
        let wanted: Vec<usize> = threads.iter().map(|thread| widest(thread)).collect();
        let all = wanted.iter().map(|width| width + 2).sum::<usize>();
        let fits = room >= threads.len() * (NARROWEST + 2);
        Self {
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
        let step = padded("step", self.number);
        let Some(columns) = &self.columns else { return vec![format!("{step}  thread")] };
        let cells = |texts: &mut dyn Iterator<Item = String>| {
            let cells = texts.zip(columns).map(|(text, width)| padded(&text, *width));
            cells.collect::<Vec<_>>().join("  ")
        };
        let names = cells(&mut self.threads.iter().map(ToString::to_string));
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

    fn row(&self, row: &Row<'_>) -> String {
        match row {
            Row::Step(step) => {
                let number = step.step.to_string();
                let place = padded(&location(step, self.file), self.place);
                let source = step.source.as_deref().filter(|_| self.sources_inline);
                let source = source.map(|source| format!("  {source}")).unwrap_or_default();
                let line = self.cells(&number, &step.thread, &action(step), &format!("{place}{source}"));
                truncate_str(&line, self.width, "…").into_owned()
            }
            Row::Stale(step) => self.cells("", &step.thread, &stale(step), ""),
            Row::Folded(thread, 1) => self.cells("", thread, "… 1 step alone", ""),
            Row::Folded(thread, steps) => self.cells("", thread, &format!("… {steps} steps alone"), ""),
        }
    }

    fn cells(&self, number: &str, thread: &str, text: &str, rest: &str) -> String {
        let width = self.number;
        let Some(columns) = &self.columns else {
            let longest = self.threads.iter().map(|name| measure_text_width(name)).max().unwrap_or(0);
            let thread = padded(thread, longest.max("thread".len()));
            return format!("{number:>width$}  {thread}  {text}  {rest}");
        };
        let cells = self
            .threads
            .iter()
            .zip(columns)
            .map(|(name, width)| if *name == thread { padded(text, *width) } else { " ".repeat(*width) });
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

fn action(step: &Step) -> String {
    if step.operation == "interrupted" {
        return "┄ interrupted ┄".to_owned();
    }
    let object = step.object.as_ref().map(|object| format!(" {object}")).unwrap_or_default();
    let value = match (step.operation.as_str(), &step.value) {
        (_, None) => String::new(),
        ("notify_one" | "notify_all", Some(value)) if value == "nobody waits" => " → nobody".to_owned(),
        ("notify_one", Some(value)) => format!(" → {value}"),
        (_, Some(value)) if value.contains(' ') && !value.contains('→') => format!(": {value}"),
        (_, Some(value)) if value == "changed" => ", changed".to_owned(),
        (_, Some(value)) => format!(" = {value}"),
    };
    let operation = match step.operation.as_str() {
        "waits for the end of" => "waits for",
        operation => operation,
    };
    format!("{operation}{object}{value}")
}

/// What a load that did not read the newest value has to do with the others' stores.
fn stale(step: &Step) -> String {
    let store = |number: Option<u64>| {
        number.map_or_else(|| "the beginning".to_owned(), |step| format!("step {step}"))
    };
    let reads = step.reads.unwrap_or_default();
    format!("└ of {}, not of {}", store(reads.from), store(reads.newest))
}

/// The line; with its file if not all steps are in the same.
fn location(step: &Step, file: Option<&str>) -> String {
    match (&step.file, step.line) {
        (Some(own), Some(line)) if Some(own.as_str()) == file => format!("line {line}"),
        (Some(own), Some(line)) => format!("{own}:{line}"),
        (Some(own), None) => own.clone(),
        (None, _) => "(check)".to_owned(),
    }
}
