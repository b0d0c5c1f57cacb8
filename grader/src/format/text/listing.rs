//! The lines of source that the steps of a table are at: whole statements, with what decides about them.

use std::collections::{BTreeMap, BTreeSet};

use model_trace::StepId;

use crate::report::{Citation, Recording, in_submission};

/// The lines, each once, at most `width` columns wide. Those that the diagnosis rests on are marked.
pub(super) fn listing(
    recording: &Recording,
    shown: &[StepId],
    cited: &[Citation],
    width: usize,
) -> Vec<String> {
    let mut files: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
    for id in shown {
        if let Some(place) = in_submission(&recording.step(*id).place) {
            let lines = files.entry(&place.file).or_default();
            lines.insert(place.line);
            lines.extend(&recording.context[id.index()]);
        }
    }
    let marked: BTreeSet<(&str, u32)> = cited
        .iter()
        .filter_map(|citation| in_submission(&recording.step(citation.step).place))
        .map(|place| (&*place.file, place.line))
        .collect();
    let mut text = Vec::new();
    for (file, lines) in files {
        let lines = lines.into_iter().filter_map(|line| Some((line, recording.source(file, line)?)));
        let lines: Vec<(u32, &str)> = lines.collect();
        if lines.is_empty() {
            continue;
        }
        text.extend([String::new(), format!("{file}:")]);
        let indent = |line: &str| line.len() - line.trim_start().len();
        let outer = lines.iter().map(|(_, line)| indent(line)).min().unwrap_or(0);
        let mut previous = None;
        for (line, source) in lines {
            if previous.is_some_and(|previous| previous + 1 < line) {
                text.push("       ⋮".to_owned());
            }
            previous = Some(line);
            let mark = if marked.contains(&(file, line)) { "▸" } else { " " };
            text.extend(numbered(mark, line, source.get(outer..).unwrap_or(source), width));
        }
    }
    text
}

/// A line with its number. What does not fit goes on in the next line.
fn numbered(mark: &str, line: u32, source: &str, width: usize) -> Vec<String> {
    let depth = source.len() - source.trim_start().len();
    let first = format!("{mark} {line:>5}  {}", " ".repeat(depth));
    let next = " ".repeat(9 + depth + 4);
    let options = textwrap::Options::new(width)
        .initial_indent(&first)
        .subsequent_indent(&next)
        .word_separator(textwrap::WordSeparator::AsciiSpace);
    textwrap::wrap(source.trim(), options).into_iter().map(std::borrow::Cow::into_owned).collect()
}
