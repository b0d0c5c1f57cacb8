//! What the user sees on: its width, whether it shows colours, and how an error looks there.

use std::io::{self, IsTerminal};

use console::Term;
use grader::format::Look;
use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, NarratableReportHandler};

use crate::cli::{Cli, Color};

const WIDTH_OF_A_FILE: usize = 100;

#[derive(Debug, Clone, Copy)]
pub struct Terminal {
    color: Color,
    verbose: bool,
    quiet: bool,
    plain: bool,
}

impl Terminal {
    pub fn new(cli: &Cli) -> Self {
        let Cli { color, verbose, quiet, plain, .. } = *cli;
        Self { color: if plain { Color::Never } else { color }, verbose, quiet, plain }
    }

    /// Whether nothing is to be said but what goes wrong.
    pub fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Whether a bar on standard error would be seen, and is wanted.
    pub fn has_bars(&self) -> bool {
        Self::is_watched() && !self.plain && !self.quiet
    }

    /// Says something on standard error that is no error.
    pub fn note(&self, line: &str) {
        if !self.quiet {
            eprintln!("{line}");
        }
    }

    /// Whether what is shown may be read aloud: no bars and no drawings.
    pub fn is_plain(&self) -> bool {
        self.plain
    }

    /// How a list on standard output should look: no wider than an ordinary terminal where there is none.
    pub fn look_of_a_list(&self) -> Look {
        let look = self.look();
        if io::stdout().is_terminal() { look } else { Look { width: 80, ..look } }
    }

    /// Whether the user wants to see each step of the work.
    pub fn is_verbose(&self) -> bool {
        self.verbose
    }

    /// How text on standard output should look.
    pub fn look(&self) -> Look {
        let term = Term::stdout();
        let width = term.size_checked().map_or(WIDTH_OF_A_FILE, |(_, columns)| usize::from(columns));
        let terminal = io::stdout().is_terminal();
        // What is read by a program, or later, is UTF-8.
        let unicode = !self.plain && (!terminal || supports_unicode::on(supports_unicode::Stream::Stdout));
        Look { width, colours: self.colours(terminal), unicode }
    }

    /// How text in a file should look.
    pub fn look_of_a_file() -> Look {
        Look { width: WIDTH_OF_A_FILE, colours: false, unicode: true }
    }

    fn colours(&self, is_terminal: bool) -> bool {
        match self.color {
            Color::Always => true,
            Color::Never => false,
            // https://no-color.org
            Color::Auto => is_terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        }
    }

    /// Whether a person watches standard error.
    pub fn is_watched() -> bool {
        io::stderr().is_terminal()
    }

    /// Tells on standard error what went wrong and what to do about it.
    pub fn error(&self, error: impl Diagnostic) {
        let theme = if self.colours(Self::is_watched()) {
            GraphicalTheme::unicode()
        } else {
            GraphicalTheme::unicode_nocolor()
        };
        let mut text = String::new();
        let drawn = if self.plain {
            NarratableReportHandler::new().render_report(&mut text, &error)
        } else {
            GraphicalReportHandler::new_themed(theme).with_wrap_lines(false).render_report(&mut text, &error)
        };
        match drawn {
            Ok(()) => eprint!("{text}"),
            Err(_) => eprintln!("{error}"),
        }
    }
}
