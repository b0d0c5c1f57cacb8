//! `--format html` of a class: one page that works from disk.
//!
//! [`summary`] reads the rows one by one and keeps little of each; [`page`] writes what stands still; the script
//! sorts, searches and draws the heat map of one exercise at a time. As on the page of one submission, everything
//! is escaped, and only this very script and style run.

mod page;
mod summary;

use std::io;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use maud::{DOCTYPE, PreEscaped, html};
use sha2::{Digest, Sha256};

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
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta http-equiv="Content-Security-Policy" content=(policy());
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (rows.class.label) " – Interleave" }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    (body)
                    script type="application/json" id="heat" { (PreEscaped(data)) }
                    script type="module" { (PreEscaped(SCRIPT)) }
                }
            }
        };
        let page = page.into_string().replace('\u{2028}', "&#x2028;").replace('\u{2029}', "&#x2029;");
        out.write_all(page.as_bytes())?;
        Ok(())
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
