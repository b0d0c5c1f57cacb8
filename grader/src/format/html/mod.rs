//! `--format html`: one file for a browser, with an explorer for every failing interleaving.
//!
//! [`page`] and [`stories`] write what stands still, [`data`] what the explorers show. The scripts only show it: what is so
//! after each step comes from [`model_trace::history`]. The page works from disk and asks no network for
//! anything.
//!
//! A submission has a hand in much of this text. Three things keep it text: `maud` escapes everything that
//! is not marked otherwise, data for scripts has no character in it that could end its element, and the
//! page's own policy lets only this very script and style run.

mod data;
mod failed;
mod page;
mod stories;

use std::io;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use super::Format;
use crate::report::Report;
use data::Explorers;

/// Each file is plain: no build step, no library.
const SCRIPT: &str = concat!(
    include_str!("elements.js"),
    include_str!("source.js"),
    include_str!("state.js"),
    include_str!("diagram.js"),
    include_str!("timeline.js"),
    include_str!("explorer.js"),
);
const STYLE: &str = concat!(include_str!("page.css"), include_str!("explorer.css"));

/// The report as a page.
#[derive(Debug, Clone, Copy)]
pub struct Html;

impl Format for Html {
    fn write(&self, report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
        out.write_all(whole(report).as_bytes())
    }
}

fn whole(report: &Report) -> String {
    let mut explorers = Explorers::default();
    let body = page::body(report, &mut explorers);
    let page = document(report, &body, &explorers).into_string();
    // Within text they do no harm, but to some tools they are ends of lines.
    page.replace('\u{2028}', "&#x2028;").replace('\u{2029}', "&#x2029;")
}

fn document(report: &Report, body: &Markup, explorers: &Explorers) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy());
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (report.submission) " – Interleave" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (body)
                @for (id, json) in explorers.scripts() {
                    script type="application/json" id=(id) { (PreEscaped(json)) }
                }
                script type="module" { (PreEscaped(SCRIPT)) }
            }
        }
    }
}

/// What the page may do: run its own script, use its own style, and nothing else.
fn policy() -> String {
    let hash = |text: &str| BASE64_STANDARD.encode(Sha256::digest(text.as_bytes()));
    format!(
        "default-src 'none'; base-uri 'none'; form-action 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'",
        hash(SCRIPT),
        hash(STYLE)
    )
}

#[cfg(test)]
mod tests;
