//! `--format html` of a class: one page that works from disk.
//!
//! [`summary`] reads the rows one by one and keeps little of each; [`page`] writes what stands still, [`pairs`] the submissions that are alike; the script
//! sorts, searches and draws the heat map of one exercise at a time. As on the page of one submission, everything
//! is escaped, and only this very script and style run.

mod page;
mod pairs;
mod summary;

use std::io;

use super::document::Document;
use super::{ClassFormat, Unwritten};
use crate::class::rows::Rows;
use summary::Summary;

const SCRIPT: &str = include_str!("overview.js");
const STYLE: &str = include_str!("overview.css");

/// A class as a page.
#[derive(Debug, Clone, Copy)]
pub struct Overview;

impl ClassFormat for Overview {
    fn write_class(&self, rows: &Rows<'_>, out: &mut dyn io::Write) -> Result<(), Unwritten> {
        let summary = Summary::of(rows)?;
        let body = page::body(rows, &summary);
        let data = serde_json::to_string(&summary.heat(rows)).map_err(io::Error::from)?;
        // Nothing in it can end its element.
        let data = data.replace('<', "\\u003c");
        let data = vec![("heat", &*data)];
        let page = Document { title: &rows.class.label, style: STYLE, script: SCRIPT, body, data }.whole();
        out.write_all(page.as_bytes())?;
        Ok(())
    }
}
