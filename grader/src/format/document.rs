//! A page of one file that works from disk: both HTML formats are written as one.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

/// What a page consists of.
pub(super) struct Document<'a> {
    pub title: &'a str,
    pub style: &'static str,
    pub script: &'static str,
    pub body: Markup,
    /// JSON for the script, with the ids of the elements that hold it. Nothing in it can end its element.
    pub data: Vec<(&'a str, &'a str)>,
}

impl Document<'_> {
    /// The text of the page.
    pub(super) fn whole(self) -> String {
        let Self { title, style, script, body, data } = &self;
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta http-equiv="Content-Security-Policy" content=(self.policy());
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (title) " – Interleave" }
                    style { (PreEscaped(style)) }
                }
                body {
                    (body)
                    @for (id, json) in data {
                        script type="application/json" id=(id) { (PreEscaped(json)) }
                    }
                    script type="module" { (PreEscaped(script)) }
                }
            }
        };
        // Within text they do no harm, but to some tools they are ends of lines.
        page.into_string().replace('\u{2028}', "&#x2028;").replace('\u{2029}', "&#x2029;")
    }

    /// What the page may do: run its own script, use its own style, and nothing else.
    fn policy(&self) -> String {
        let hash = |text: &str| BASE64_STANDARD.encode(Sha256::digest(text.as_bytes()));
        format!(
            "default-src 'none'; base-uri 'none'; form-action 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'",
            hash(self.script),
            hash(self.style)
        )
    }
}
