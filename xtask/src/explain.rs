//! `cargo xtask explain`

use std::fmt::Write as _;

use console::Style;
use grader::diagnosis::{self, Kind, Page};
use grader::error::Error;

use crate::cli::ExplainArgs;
use crate::exit::Exit;
use crate::terminal::Terminal;
use crate::{markdown, output};

/// Shows the page of a kind, or all kinds.
pub fn run(args: &ExplainArgs, terminal: &Terminal) -> Result<Exit, Error> {
    let look = terminal.look();
    let text = match &args.kind {
        Some(kind) => markdown::rendered(diagnosis::find(kind)?.markdown, look),
        None => list(look.colours),
    };
    output::tell(text.as_bytes())?;
    Ok(Exit::Accepted)
}

fn list(colours: bool) -> String {
    let (mistakes, failures): (Vec<Page>, Vec<Page>) =
        diagnosis::kinds().map(Kind::page).partition(|page| matches!(page.kind, Kind::Mistake(_)));
    let names = mistakes.iter().chain(&failures).map(|page| page.kind.as_str().len());
    let widest = names.max().unwrap_or(0);
    let bold = Style::new().bold().force_styling(colours);
    let mut text = String::new();
    for (heading, pages) in [("Mistakes", mistakes), ("How a check can fail", failures)] {
        // Writing to a string does not fail.
        let _ = writeln!(text, "{}", bold.apply_to(heading));
        for page in pages {
            let _ = writeln!(text, "  {:<widest$}  {}", page.kind.as_str(), page.title());
        }
        text.push('\n');
    }
    text.push_str("`cargo xtask explain KIND` shows a page: what it is, and how to go on.\n");
    text
}
