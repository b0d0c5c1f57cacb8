//! A failing execution, step by step: who takes the step, where in the source, and what is so after it.

use grader::format::{Moment, moments};
use grader::report::{Recording, SourceFile};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Paragraph, Wrap};

/// One step of an execution, and those around it.
pub struct Steps {
    moments: Vec<Moment>,
    files: Vec<SourceFile>,
    at: usize,
}

impl Steps {
    pub fn new(recording: &Recording, files: &[SourceFile], at: usize) -> Self {
        Self { moments: moments(recording), files: files.to_vec(), at }
    }

    /// Draws everything.
    pub fn draw(&self, frame: &mut Frame<'_>) {
        let Some(moment) = self.moments.get(self.at) else { return };
        let [heading, said, line, middle, state, keys] = Layout::vertical([
            Constraint::Length(1),
            Constraint::Length(2),
            Constraint::Length(1),
            Constraint::Min(3),
            Constraint::Length(self.height_of_state(moment)),
            Constraint::Length(1),
        ])
        .areas(frame.area());
        let bold = Style::new().add_modifier(Modifier::BOLD);
        let title = format!("Step {} of {}", moment.step, self.moments.len());
        frame.render_widget(Paragraph::new(Line::styled(title, bold)), heading);
        frame.render_widget(Paragraph::new(moment.said.as_str()).wrap(Wrap { trim: true }), said);
        if let Some((name, number)) = &moment.place {
            // In its column it may be cut.
            let code = self.text(name).lines().nth(index(*number)).unwrap_or_default();
            let whole = format!("{name}:{number}  {}", code.trim());
            frame.render_widget(Paragraph::new(Line::styled(whole, bold)), line);
        }
        let [steps, source] =
            Layout::horizontal([Constraint::Percentage(45), Constraint::Percentage(55)]).areas(middle);
        self.draw_steps(frame, steps);
        self.draw_source(frame, source, moment);
        draw_state(frame, state, moment);
        frame.render_widget(Paragraph::new("← → step   Home first   End last   Escape back"), keys);
    }

    /// The text of a file, which is empty if there is none of this name.
    fn text(&self, name: &str) -> &str {
        self.files.iter().find(|file| file.name == name).map_or("", |file| file.text.as_str())
    }

    fn height_of_state(&self, moment: &Moment) -> u16 {
        let lines = moment.threads.len().max(moment.objects.len()) + 2;
        u16::try_from(lines.min(9)).unwrap_or(9)
    }

    fn draw_steps(&self, frame: &mut Frame<'_>, area: Rect) {
        let room = usize::from(area.height.saturating_sub(2));
        let first = window(self.at, self.moments.len(), room);
        let line = |(position, moment): (usize, &Moment)| {
            let text = format!("{:>3}  {}: {}", moment.step, moment.thread, moment.action);
            marked(text, position == self.at)
        };
        let lines: Vec<Line<'_>> = self.moments.iter().enumerate().skip(first).take(room).map(line).collect();
        let block = Block::new().borders(Borders::ALL).title("schedule");
        frame.render_widget(Paragraph::new(lines).block(block), area);
    }

    fn draw_source(&self, frame: &mut Frame<'_>, area: Rect, moment: &Moment) {
        let block = Block::new().borders(Borders::ALL);
        let Some((name, number)) = &moment.place else {
            let text =
                Paragraph::new("This step is in the check, not in your code.").wrap(Wrap { trim: true });
            frame.render_widget(text.block(block), area);
            return;
        };
        let all: Vec<&str> = self.text(name).lines().collect();
        let at = index(*number);
        let room = usize::from(area.height.saturating_sub(2));
        let first = window(at, all.len(), room);
        let line = |(position, line): (usize, &&str)| {
            marked(format!("{:>4}  {}", position + 1, line.replace('\t', "    ")), position == at)
        };
        let lines: Vec<Line<'_>> = all.iter().enumerate().skip(first).take(room).map(line).collect();
        frame.render_widget(Paragraph::new(lines).block(block.title(name.as_str())), area);
    }
}

/// Where the line of this number is among all, from 0.
fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX).saturating_sub(1)
}

/// The first of `room` lines, so that the one at `at` is in the middle of them.
fn window(at: usize, all: usize, room: usize) -> usize {
    at.saturating_sub(room / 2).min(all.saturating_sub(room))
}

/// A line; the one that it is about also has a mark, for terminals without colours.
fn marked<'a>(text: String, is_it: bool) -> Line<'a> {
    if is_it {
        let style = Style::new().add_modifier(Modifier::REVERSED);
        Line::from(vec![Span::raw("> "), Span::styled(text, style)])
    } else {
        Line::from(format!("  {text}"))
    }
}

fn draw_state(frame: &mut Frame<'_>, area: Rect, moment: &Moment) {
    let [threads, objects] =
        Layout::horizontal([Constraint::Percentage(55), Constraint::Percentage(45)]).areas(area);
    for (title, pairs, area) in
        [("threads after it", &moment.threads, threads), ("objects after it", &moment.objects, objects)]
    {
        let lines: Vec<Line<'_>> = pairs
            .iter()
            .map(|(name, state)| {
                Line::from(if state.is_empty() { name.clone() } else { format!("{name}: {state}") })
            })
            .collect();
        let block = Block::new().borders(Borders::ALL).title(title);
        frame.render_widget(Paragraph::new(lines).block(block), area);
    }
}
