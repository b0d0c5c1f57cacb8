//! The measurements as bars, in the terminal and as a picture. Given.

use std::env;
use std::error::Error;
use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use benchmark::{Runtime, Workload};
use charts_rs::{BarChart, Series};
use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Rect;
use ratatui_core::widgets::Widget;
use ratatui_widgets::barchart::{self, Bar};

use crate::measurements::Measurement;
use crate::table::{milliseconds, name};

/// The width of the terminal chart, in characters.
const WIDTH: u16 = 90;

/// One kind of work: each way of doing it, and how long it took.
struct Group {
    name: String,
    ways: Vec<(String, Duration)>,
}

fn groups(measurements: &[Measurement], threads: NonZeroUsize) -> Vec<Group> {
    let of = |workload: Workload| {
        let mut ways = Vec::new();
        for Measurement { runtime, times, .. } in measurements.iter().filter(|each| each.workload == workload)
        {
            match runtime {
                // On a single thread there is no contention for the lock, so it changes nothing.
                Runtime::Native => ways.extend([
                    ("sequential".to_owned(), times.sequential),
                    (format!("{threads} threads"), times.threaded),
                ]),
                Runtime::Gil => ways.push((format!("{threads} threads, GIL"), times.threaded)),
            }
        }
        Group { name: name(workload), ways }
    };
    [Workload::Io, Workload::Cpu].map(of).into()
}

/// Bars to print.
pub fn in_terminal(measurements: &[Measurement], threads: NonZeroUsize) -> String {
    groups(measurements, threads).iter().map(bars).collect::<Vec<_>>().join("\n")
}

fn bars(group: &Group) -> String {
    let bars: Vec<Bar<'_>> = group
        .ways
        .iter()
        .map(|(way, time)| {
            let microseconds = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
            let label = format!("{way:<20}{:>12} ", milliseconds(*time));
            Bar::with_label(label, microseconds).text_value("")
        })
        .collect();
    let height = u16::try_from(bars.len()).unwrap_or(u16::MAX);
    let area = Rect::new(0, 0, WIDTH, height);
    let mut buffer = Buffer::empty(area);
    barchart::BarChart::horizontal(bars).bar_gap(0).render(area, &mut buffer);
    let mut text = format!("{}\n", group.name);
    for row in 0..area.height {
        let cells = (0..area.width).map(|column| buffer[(column, row)].symbol());
        text.push_str(cells.collect::<String>().trim_end());
        text.push('\n');
    }
    text
}

/// Writes the picture to `file`, or beside the program, in the folder that Cargo builds in; returns where.
///
/// # Errors
///
/// When the file cannot be written.
pub fn as_svg(
    measurements: &[Measurement],
    threads: NonZeroUsize,
    file: Option<&Path>,
) -> Result<PathBuf, Box<dyn Error>> {
    let groups = groups(measurements, threads);
    let mut series: Vec<Series> = Vec::new();
    if let Some(first) = groups.first() {
        for (place, (way, _)) in first.ways.iter().enumerate() {
            let times = groups.iter().filter_map(|group| group.ways.get(place));
            let rounded: Vec<f32> = times.map(|(_, time)| (time.as_secs_f32() * 1000.0).round()).collect();
            series.push((way.as_str(), rounded).into());
        }
    }
    for way in &mut series {
        way.label_show = true;
    }
    let names = groups.into_iter().map(|group| group.name).collect();
    let mut chart = BarChart::new(series, names);
    chart.title.text = format!("One after the other and on {threads} threads");
    chart.sub_title.text = "milliseconds".to_owned();
    chart.width = 800.0;
    chart.height = 450.0;
    let path = match file {
        Some(file) => file.to_owned(),
        None => env::current_exe()?.with_file_name("benchmark.svg"),
    };
    // Its font is not installed everywhere; any other is better than none.
    let picture = chart.svg()?.replace("\"Roboto\"", "\"Roboto, sans-serif\"");
    fs::write(&path, picture).map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    Ok(path)
}
