//! Colours, when they are wanted.

use console::Style;

#[derive(Debug, Clone, Copy)]
pub(super) enum Colour {
    Green,
    Red,
    Yellow,
    Magenta,
}

/// Whether to colour.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paint(pub bool);

impl Paint {
    pub(super) fn colour(self, colour: Colour, text: &str) -> String {
        let style = match colour {
            Colour::Green => Style::new().green(),
            Colour::Red => Style::new().red(),
            Colour::Yellow => Style::new().yellow(),
            Colour::Magenta => Style::new().magenta(),
        };
        self.apply(&style, text)
    }

    pub(super) fn bold(self, text: &str) -> String {
        self.apply(&Style::new().bold(), text)
    }

    pub(super) fn dim(self, text: &str) -> String {
        self.apply(&Style::new().dim(), text)
    }

    /// The caller has decided; the style must not look at this process's own terminal.
    fn apply(self, style: &Style, text: &str) -> String {
        style.clone().force_styling(self.0).apply_to(text).to_string()
    }
}
