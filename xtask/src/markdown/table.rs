//! A table in columns, its first row underlined. Cells that are too wide for the terminal are wrapped.

use console::{measure_text_width, pad_str};
use textwrap::{WordSeparator, WordSplitter};

const GAP: usize = 2;
/// Narrower columns would break in the middle of words.
const NARROWEST: usize = 10;

/// The lines of the table, at most `width` columns wide where its words allow it.
pub(super) fn lines(rows: &[Vec<String>], width: usize) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widest = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| measure_text_width(cell)).max()
    };
    let room = width.saturating_sub(GAP * columns.saturating_sub(1));
    let widths = fitted((0..columns).map(|column| widest(column).unwrap_or(0)).collect(), room);

    let mut lines = Vec::new();
    for (number, row) in rows.iter().enumerate() {
        lines.extend(row_lines(row, &widths));
        if number == 0 {
            lines.push(joined(widths.iter().map(|width| "-".repeat(*width))));
        }
    }
    lines
}

/// The widths, the widest made narrower until all fit into `room`.
fn fitted(mut widths: Vec<usize>, room: usize) -> Vec<usize> {
    while widths.iter().sum::<usize>() > room {
        match widths.iter_mut().max() {
            Some(widest) if *widest > NARROWEST => *widest -= 1,
            Some(_) | None => break,
        }
    }
    widths
}

fn row_lines(row: &[String], widths: &[usize]) -> Vec<String> {
    let cells: Vec<Vec<String>> = row.iter().zip(widths).map(|(cell, width)| wrapped(cell, *width)).collect();
    let height = cells.iter().map(Vec::len).max().unwrap_or(0);
    let part = |line: usize, column: usize| {
        let text = cells.get(column).and_then(|cell| cell.get(line)).map_or("", String::as_str);
        pad_str(text, widths[column], console::Alignment::Left, None).into_owned()
    };
    (0..height).map(|line| joined((0..widths.len()).map(|column| part(line, column)))).collect()
}

fn wrapped(cell: &str, width: usize) -> Vec<String> {
    let options = textwrap::Options::new(width)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .break_words(false);
    textwrap::wrap(cell, options).into_iter().map(|line| line.trim_end().to_owned()).collect()
}

fn joined(cells: impl Iterator<Item = String>) -> String {
    let line = cells.collect::<Vec<_>>().join(&" ".repeat(GAP));
    line.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|cell| (*cell).to_owned()).collect()
    }

    #[test]
    fn a_row_that_is_too_wide_takes_several_lines() {
        let rows = [row(&["T1", "T2"]), row(&["waits for `blue`, which T2 holds", "sleeps"])];
        assert_eq!(
            lines(&rows, 26),
            [
                "T1                  T2",
                "------------------  ------",
                "waits for `blue`,   sleeps",
                "which T2 holds",
            ]
        );
    }

    #[test]
    fn an_empty_table_has_no_lines() {
        assert_eq!(lines(&[], 40), Vec::<String>::new());
    }
}
