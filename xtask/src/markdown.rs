//! Markdown on a terminal: wrapped, code indented, tables in columns.
//!
//! With colours, styles take the place of Markdown's marks. Without, the marks stay: they are what
//! tells code and headings apart then. The renderer itself writes nothing but ASCII.

mod table;

use console::Style;
use grader::format::Look;
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use textwrap::{WordSeparator, WordSplitter};

/// Longer lines are hard to read, however wide the terminal is.
const WIDEST: usize = 100;
/// In less, nothing can be laid out.
const NARROWEST: usize = 40;
/// Before code and tables.
const INDENT: usize = 4;

/// The text that `look` shows best. It ends with a line break.
pub fn rendered(markdown: &str, look: Look) -> String {
    let mut page = Page {
        look: Look { width: look.width.clamp(NARROWEST, WIDEST), ..look },
        text: String::new(),
        inline: String::new(),
        strong: false,
        emphasis: false,
        lists: Vec::new(),
        bullet: None,
        table: Vec::new(),
    };
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        page.event(event);
    }
    page.text
}

/// The text so far, and what is being read.
struct Page {
    look: Look,
    text: String,
    /// The text of the block that is not laid out yet.
    inline: String,
    strong: bool,
    emphasis: bool,
    /// For each open list the number of its next item, if it has numbers.
    lists: Vec<Option<u64>>,
    /// What stands before the item that has just begun.
    bullet: Option<String>,
    table: Vec<Vec<String>>,
}

impl Page {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.say(&text),
            Event::Code(code) => self.code(&code),
            Event::SoftBreak => self.inline.push(' '),
            Event::HardBreak => self.inline.push('\n'),
            Event::Rule => {
                self.gap();
                self.line(&"-".repeat(self.look.width));
            }
            // Extensions that are not switched on.
            Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::FootnoteReference(_)
            | Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Strong => self.strong = true,
            Tag::Emphasis => self.emphasis = true,
            Tag::List(first) => {
                self.paragraph();
                self.gap();
                self.lists.push(*first);
            }
            Tag::Item => self.bullet = Some(self.next_bullet()),
            Tag::Table(_) => self.table.clear(),
            Tag::TableHead | Tag::TableRow => self.table.push(Vec::new()),
            // The others are laid out at their end.
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Strong => self.strong = false,
            TagEnd::Emphasis => self.emphasis = false,
            TagEnd::Heading(level) => self.heading(level),
            TagEnd::Paragraph | TagEnd::Item | TagEnd::HtmlBlock => self.paragraph(),
            TagEnd::List(_) => {
                self.lists.pop();
            }
            TagEnd::CodeBlock => self.code_block(),
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.inline);
                if let Some(row) = self.table.last_mut() {
                    row.push(cell);
                }
            }
            TagEnd::Table => self.table(),
            _ => {}
        }
    }

    fn say(&mut self, text: &str) {
        let said = match (self.look.colours, self.strong, self.emphasis) {
            (_, false, false) => text.to_owned(),
            (true, true, _) => styled(&Style::new().bold(), text),
            (true, false, true) => styled(&Style::new().italic(), text),
            (false, true, _) => format!("**{text}**"),
            (false, false, true) => format!("*{text}*"),
        };
        self.inline.push_str(&said);
    }

    fn code(&mut self, code: &str) {
        let said = if self.look.colours { styled(&Style::new().cyan(), code) } else { format!("`{code}`") };
        self.inline.push_str(&said);
    }

    /// `-`, or the number of the item.
    fn next_bullet(&mut self) -> String {
        match self.lists.last_mut() {
            Some(Some(number)) => {
                *number += 1;
                format!("{}. ", *number - 1)
            }
            Some(None) | None => "- ".to_owned(),
        }
    }

    fn heading(&mut self, level: HeadingLevel) {
        self.gap();
        let text = std::mem::take(&mut self.inline);
        if self.look.colours {
            self.line(&styled(&Style::new().bold(), &text));
        } else {
            let mark = if level == HeadingLevel::H1 { "=" } else { "-" };
            self.line(&text);
            self.line(&mark.repeat(console::measure_text_width(&text)));
        }
    }

    /// A paragraph, or what there is of one at the end of a list's item.
    fn paragraph(&mut self) {
        let text = std::mem::take(&mut self.inline);
        if text.is_empty() {
            return;
        }
        self.gap();
        let depth = self.lists.len();
        let outer = "  ".repeat(depth.saturating_sub(1));
        let bullet = self.bullet.take().unwrap_or_else(|| if depth > 0 { "  " } else { "" }.to_owned());
        let first = format!("{outer}{bullet}");
        for (number, line) in text.lines().enumerate() {
            let rest = " ".repeat(first.len());
            let options = textwrap::Options::new(self.look.width)
                .initial_indent(if number == 0 { &first } else { &rest })
                .subsequent_indent(&rest)
                .word_separator(WordSeparator::AsciiSpace)
                .word_splitter(WordSplitter::NoHyphenation)
                .break_words(false);
            for wrapped in textwrap::wrap(line, options) {
                self.line(&wrapped);
            }
        }
    }

    fn code_block(&mut self) {
        self.gap();
        for line in std::mem::take(&mut self.inline).lines() {
            self.line(&format!("{}{line}", " ".repeat(INDENT)));
        }
    }

    fn table(&mut self) {
        self.gap();
        let rows = std::mem::take(&mut self.table);
        for line in table::lines(&rows, self.look.width - INDENT) {
            self.line(&format!("{}{line}", " ".repeat(INDENT)));
        }
    }

    /// A blank line between two blocks; the items of a list stay together.
    fn gap(&mut self) {
        if !self.text.is_empty() && self.lists.is_empty() {
            self.text.push('\n');
        }
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }
}

/// The caller has decided on colours; the style must not look at this process's own terminal.
fn styled(style: &Style, text: &str) -> String {
    style.clone().force_styling(true).apply_to(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(markdown: &str, width: usize) -> String {
        rendered(markdown, Look { width, colours: false, unicode: true })
    }

    #[test]
    fn headings_are_underlined_or_bold() {
        assert_eq!(plain("# One\n\n## Two\ntext", 80), "One\n===\n\nTwo\n---\n\ntext\n");
        let bold = rendered("# One", Look { width: 80, colours: true, unicode: true });
        assert_eq!(bold, "\u{1b}[1mOne\u{1b}[0m\n");
    }

    #[test]
    fn paragraphs_are_wrapped_between_words_and_keep_their_marks() {
        let text = "a *small* text about `read-write-lock`, **longer** than a line";
        assert_eq!(plain(text, 40), "a *small* text about `read-write-lock`,\n**longer** than a line\n");
    }

    #[test]
    fn colours_replace_the_marks_and_take_no_room() {
        let text = "a *small* text about `read-write-lock`, **longer** than a line";
        let shown = rendered(text, Look { width: 40, colours: true, unicode: true });
        assert!(shown.contains('\u{1b}') && !shown.contains('`') && !shown.contains('*'), "{shown}");
        assert_eq!(
            console::strip_ansi_codes(&shown),
            "a small text about read-write-lock,\nlonger than a line\n"
        );
    }

    #[test]
    fn items_hang_and_stand_together() {
        let text =
            "Look:\n\n- one item that is longer than a line can be\n- two\n\n1. first\n2. second\n\nend";
        assert_eq!(
            plain(text, 40),
            "Look:\n\n- one item that is longer than a line\n  can be\n- two\n\n1. first\n2. second\n\nend\n"
        );
    }

    #[test]
    fn code_is_indented_and_never_wrapped() {
        let code = "let a_long_line = \"that does not fit into forty columns\";";
        let text = format!("```rust\nfn f() {{\n\n    {code}\n}}\n```\n");
        assert_eq!(plain(&text, 40), format!("    fn f() {{\n\n        {code}\n    }}\n"));
    }

    #[test]
    fn tables_stand_in_columns() {
        let text = "| T1 | T2 |\n|---|---|\n| locks `a` | |\n| | locks `b` |\n";
        assert_eq!(
            plain(text, 80),
            "    T1         T2\n    ---------  ---------\n    locks `a`\n               locks `b`\n"
        );
    }

    #[test]
    fn every_page_fits_the_terminal() {
        for (width, colours) in [(80, false), (80, true), (100, true)] {
            for page in grader::diagnosis::kinds().map(grader::diagnosis::Kind::page) {
                for line in rendered(page.markdown, Look { width, colours, unicode: true }).lines() {
                    assert!(console::measure_text_width(line) <= width, "{}: {line}", page.kind.as_str());
                }
            }
        }
    }
}
