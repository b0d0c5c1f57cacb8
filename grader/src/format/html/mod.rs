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

use super::Format;
use super::document::Document;
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
    let data = explorers.scripts().collect();
    Document { title: &report.submission, style: STYLE, script: SCRIPT, body, data }.whole()
}

#[cfg(test)]
mod tests;
