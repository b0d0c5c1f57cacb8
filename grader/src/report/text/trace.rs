//! A schedule as a table: time runs down, each thread has a column.

use console::{measure_text_width, truncate_str};

use crate::report::Step;

/// A longer schedule is cut in the middle: it begins where the threads do and ends where it goes wrong.
const FIRST: usize = 12;
const LAST: usize = 36;
/// Narrower columns would cut every operation.
const NARROWEST: usize = 14;
const IN_THE_CHECK: &str = "(in the check)";

/// The lines of the table, at most `width` columns wide.
pub(super) fn table(steps: &[Step], width: usize) -> Vec<String> {
    let mut threads: Vec<&str> = Vec::new();
    for step in steps {
        if !threads.contains(&step.thread.as_str()) {
            threads.push(&step.thread);
        }
    }
    let number = steps.last().map_or(1, |step| step.step.to_string().len()).max(4);
    let place = steps.iter().map(|step| measure_text_width(&location(step))).max().unwrap_or(0);
    let room = width.saturating_sub(number + 2 + place + 2);
    let widest = |thread: &str| {
        let own = steps.iter().filter(|step| step.thread == thread);
        own.map(|step| measure_text_width(&action(step)))
            .chain([measure_text_width(thread)])
            .max()
            .unwrap_or(0)
    };
    let columns = fitted(threads.iter().map(|thread| widest(thread)).collect(), room);
    let layout = Layout { number, threads: &threads, columns: &columns };
    let fits = room >= threads.len() * (NARROWEST + 2);
    let rows: &dyn Fn(&Step) -> String =
        if fits { &|step| layout.in_columns(step) } else { &|step| layout.in_a_list(step) };

    let mut lines = vec![if fits { layout.heading() } else { layout.list_heading() }];
    if steps.len() > FIRST + LAST + 1 {
        let hidden = steps.len() - FIRST - LAST;
        lines.extend(steps[..FIRST].iter().map(rows));
        lines.push(format!("{:>number$}  … {hidden} steps …", ""));
        lines.extend(steps[steps.len() - LAST..].iter().map(rows));
    } else {
        lines.extend(steps.iter().map(rows));
    }
    lines.into_iter().map(|line| line.trim_end().to_owned()).collect()
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

struct Layout<'a> {
    number: usize,
    threads: &'a [&'a str],
    columns: &'a [usize],
}

impl Layout<'_> {
    fn heading(&self) -> String {
        let names = self.threads.iter().zip(self.columns).map(|(thread, width)| padded(thread, *width));
        format!("{}  {}", padded("step", self.number), names.collect::<Vec<_>>().join("  "))
    }

    fn in_columns(&self, step: &Step) -> String {
        let cells = self.threads.iter().zip(self.columns).map(|(thread, width)| {
            if *thread == step.thread { padded(&action(step), *width) } else { " ".repeat(*width) }
        });
        let cells = cells.collect::<Vec<_>>().join("  ");
        format!("{:>number$}  {cells}  {}", step.step, location(step), number = self.number)
    }

    fn thread_width(&self) -> usize {
        self.threads.iter().map(|thread| measure_text_width(thread)).max().unwrap_or(0).max("thread".len())
    }

    fn list_heading(&self) -> String {
        format!("{}  thread", padded("step", self.number))
    }

    fn in_a_list(&self, step: &Step) -> String {
        let thread = padded(&step.thread, self.thread_width());
        format!(
            "{:>number$}  {thread}  {}  {}",
            step.step,
            action(step),
            location(step),
            number = self.number
        )
    }
}

/// Exactly `width` columns.
fn padded(text: &str, width: usize) -> String {
    let text = truncate_str(text, width, "…");
    format!("{text}{}", " ".repeat(width.saturating_sub(measure_text_width(&text))))
}

fn action(step: &Step) -> String {
    let object = step.object.as_ref().map(|object| format!(" {object}")).unwrap_or_default();
    let value = step.value.as_ref().map(|value| format!(" = {value}")).unwrap_or_default();
    format!("{}{object}{value}", step.operation)
}

fn location(step: &Step) -> String {
    match (&step.file, step.line) {
        (Some(file), Some(line)) => format!("{file}:{line}"),
        (Some(file), None) => file.clone(),
        (None, _) => IN_THE_CHECK.to_owned(),
    }
}
