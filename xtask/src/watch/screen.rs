//! One screen: a heading, as much of the text as fits, and what can be pressed.

use console::{measure_text_width, truncate_str};

/// What a screen shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    pub heading: String,
    /// With escapes for colours.
    pub body: Vec<String>,
    pub footer: Vec<String>,
    /// The first line of the body to show, if there is that much.
    pub wanted: usize,
}

impl Page {
    /// The same with a body that is no wider than the screen: whatever a line says, nothing of it is cut.
    pub fn wrapped(mut self, width: usize) -> Self {
        let lines = self.body.iter().flat_map(|line| {
            let margin: String = line.chars().take_while(|character| *character == ' ').collect();
            let rest = format!("{}  ", &margin[..margin.len().min(width / 2)]);
            let options = textwrap::Options::new(width)
                .subsequent_indent(&rest)
                .word_separator(textwrap::WordSeparator::AsciiSpace)
                .word_splitter(textwrap::WordSplitter::NoHyphenation);
            let fits = measure_text_width(line) <= width;
            let wrapped = if fits { vec![line.into()] } else { textwrap::wrap(line, options) };
            wrapped.into_iter().map(|part| part.into_owned()).collect::<Vec<_>>()
        });
        self.body = lines.collect();
        self
    }

    /// The lines of a screen of this size, each no wider than it is.
    pub fn frame(&self, width: usize, height: usize) -> Vec<String> {
        let offset = self.offset(height);
        let room = self.room(height);
        let rest = self.body.len().saturating_sub(offset + room);
        let mut heading = self.heading.clone();
        if rest > 0 || offset > 0 {
            let (first, last) = (offset + 1, (offset + room).min(self.body.len()));
            let place = format!("lines {first}-{last} of {}, arrows scroll", self.body.len());
            let gap = width.saturating_sub(measure_text_width(&heading) + place.len());
            if gap >= 2 {
                heading = format!("{heading}{}{place}", " ".repeat(gap));
            }
        }
        let mut lines = vec![heading, String::new()];
        lines.extend(self.body.iter().skip(offset).take(room).cloned());
        lines.resize(room + 2, String::new());
        lines.push(String::new());
        lines.extend(self.footer.iter().cloned());
        lines.truncate(height);
        lines.iter().map(|line| truncate_str(line, width, "…").into_owned()).collect()
    }

    /// The first line of the body that is shown: no further than to its end.
    pub fn offset(&self, height: usize) -> usize {
        self.wanted.min(self.body.len().saturating_sub(self.room(height)))
    }

    fn room(&self, height: usize) -> usize {
        height.saturating_sub(3 + self.footer.len()).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(lines: usize, wanted: usize) -> Page {
        Page {
            heading: "lru-cache".to_owned(),
            body: (1..=lines).map(|line| format!("line {line}")).collect(),
            footer: vec!["2 of 6".to_owned(), "q quit".to_owned()],
            wanted,
        }
    }

    #[test]
    fn a_short_text_fits_and_the_footer_is_at_the_bottom() {
        let frame = page(2, 0).frame(80, 10);
        assert_eq!(frame.len(), 10);
        assert_eq!(frame[..4], ["lru-cache", "", "line 1", "line 2"]);
        assert_eq!(frame[8..], ["2 of 6", "q quit"]);
    }

    #[test]
    fn a_long_text_is_scrolled_no_further_than_to_its_end() {
        let page = page(100, 1_000);
        let frame = page.frame(80, 24);
        assert_eq!(page.offset(24), 100 - 19);
        assert_eq!(frame[20], "line 100");
        assert!(frame[0].ends_with("lines 82-100 of 100, arrows scroll"), "{}", frame[0]);
    }

    #[test]
    fn a_long_line_goes_on_below_under_its_own_beginning() {
        let mut page = page(1, 0);
        page.body[0] = format!("    again: cargo xtask replay {}", "x".repeat(30));
        let page = page.wrapped(40);
        assert_eq!(page.body, ["    again: cargo xtask replay", &format!("      {}", "x".repeat(30))]);
        assert_eq!(page.clone().wrapped(40), page);
        let narrow = page.wrapped(9).body.concat().replace(' ', "");
        assert_eq!(narrow, format!("again:cargoxtaskreplay{}", "x".repeat(30)));
    }

    #[test]
    fn no_line_is_wider_than_the_screen_and_no_screen_is_too_small() {
        let mut page = page(50, 3);
        page.body[4] = "\u{1b}[31m".to_owned() + &"x".repeat(200) + "\u{1b}[0m";
        for (width, height) in [(80, 24), (20, 6), (1, 1), (200, 60)] {
            let frame = page.frame(width, height);
            assert_eq!(frame.len(), height);
            assert!(frame.iter().all(|line| measure_text_width(line) <= width), "{width}x{height}");
        }
    }
}
