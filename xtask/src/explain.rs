//! `cargo xtask explain`

use std::fmt::Write as _;

use console::Style;
use grader::diagnosis::{self, Kind, Page};
use grader::error::Error;
use grader::format::Look;

use crate::cli::ExplainArgs;
use crate::exit::Exit;
use crate::terminal::Terminal;
use crate::{markdown, output};

/// Shows a page or an entry of the glossary; without a name, a list of them.
pub fn run(args: &ExplainArgs, terminal: &Terminal) -> Result<Exit, Error> {
    let look = terminal.look();
    let text = if args.name.is_empty() { list(look) } else { entry(&args.name.join(" "), look)? };
    output::tell(text.as_bytes())?;
    Ok(Exit::Accepted)
}

/// What there is to say under `name`, then the terms of the glossary that it uses.
fn entry(name: &str, look: Look) -> Result<String, Error> {
    let text = diagnosis::find(name)?;
    let mut shown = markdown::rendered(&text, look);
    let is_defined_here = |term: &str| text.contains(&format!("# {term}\n"));
    let is_shown_here = |term: &str| diagnosis::find(term).is_ok_and(|shown| shown == text);
    let used = diagnosis::used_in(&text).into_iter().map(|term| term.name);
    let used: Vec<&str> = used.filter(|term| !is_defined_here(term) && !is_shown_here(term)).collect();
    if !used.is_empty() {
        let terms = format!("Terms: {}. `cargo xtask explain TERM` defines each.", used.join(", "));
        shown.push('\n');
        shown.push_str(&markdown::rendered(&terms, look));
    }
    Ok(shown)
}

fn list(look: Look) -> String {
    let (mistakes, failures): (Vec<Page>, Vec<Page>) =
        diagnosis::kinds().map(Kind::page).partition(|page| matches!(page.kind, Kind::Mistake(_)));
    let names = mistakes.iter().chain(&failures).map(|page| page.kind.as_str().len());
    let widest = names.max().unwrap_or(0);
    let bold = Style::new().bold().force_styling(look.colours);
    let mut text = String::new();
    for (heading, pages) in [("Mistakes", mistakes), ("How a check can fail", failures)] {
        // Writing to a string does not fail.
        let _ = writeln!(text, "{}", bold.apply_to(heading));
        for page in pages {
            let _ = writeln!(text, "  {:<widest$}  {}", page.kind.as_str(), page.title());
        }
        text.push('\n');
    }
    let terms: Vec<&str> = diagnosis::terms().map(|term| term.name).collect();
    let _ = writeln!(text, "{}", bold.apply_to("Glossary"));
    let terms = format!("{}.", terms.join(", "));
    let narrower = Look { width: look.width.saturating_sub(2), ..look };
    for line in markdown::rendered(&terms, narrower).lines() {
        let _ = writeln!(text, "  {line}");
    }
    text.push_str("\n`cargo xtask explain NAME` shows the page of a kind or defines a term; `glossary` shows all terms.\n");
    text
}
