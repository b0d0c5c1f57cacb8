//! What rustc says, read from its JSON.

use serde::Deserialize;

use crate::report::{Diagnostic, Level, sanitised};

/// One message of rustc.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub level: Level,
    pub code: Option<String>,
    pub text: String,
    /// The primary place first.
    pub places: Vec<Place>,
    pub rendered: String,
}

#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub file: String,
    pub line: u32,
    pub column: u32,
}

#[derive(Deserialize)]
struct Raw {
    message: String,
    code: Option<RawCode>,
    level: String,
    spans: Vec<RawSpan>,
    #[serde(default)]
    children: Vec<RawChild>,
    rendered: Option<String>,
}

/// A note, such as where an item is defined.
#[derive(Deserialize)]
struct RawChild {
    spans: Vec<RawSpan>,
}

#[derive(Deserialize)]
struct RawCode {
    code: String,
}

#[derive(Deserialize)]
struct RawSpan {
    file_name: String,
    line_start: u32,
    column_start: u32,
    is_primary: bool,
}

/// rustc's own summary at the end, which adds nothing.
const SUMMARIES: [&str; 3] =
    ["aborting due to", "could not compile", "Some errors have detailed explanations"];

/// Longest texts that a report takes over.
const MAX_MESSAGE: usize = 2 * 1024;
const MAX_RENDERED: usize = 8 * 1024;

/// Reads the errors and warnings out of what rustc wrote to standard error.
pub(crate) fn read(stderr: &str) -> Vec<Message> {
    stderr.lines().filter_map(|line| message(serde_json::from_str(line).ok()?)).collect()
}

fn message(raw: Raw) -> Option<Message> {
    let level = match raw.level.as_str() {
        "error" | "error: internal compiler error" => Level::Error,
        "warning" => Level::Warning,
        // Notes, and the failure note at the end.
        _ => return None,
    };
    if SUMMARIES.iter().any(|summary| raw.message.starts_with(summary)) {
        return None;
    }
    let mut spans = raw.spans;
    spans.sort_by_key(|span| !span.is_primary);
    let places = spans
        .into_iter()
        .chain(raw.children.into_iter().flat_map(|child| child.spans))
        .map(|span| Place { file: span.file_name, line: span.line_start, column: span.column_start });
    Some(Message {
        level,
        code: raw.code.map(|code| code.code),
        text: sanitised(&raw.message, MAX_MESSAGE),
        places: places.collect(),
        rendered: sanitised(&raw.rendered.unwrap_or_default(), MAX_RENDERED),
    })
}

impl Message {
    /// Whether a lint speaks, not the language: only `E0000` codes and messages without one are errors
    /// whatever the lint levels are.
    pub(crate) fn is_lint(&self) -> bool {
        self.code.as_ref().is_some_and(|code| !is_error_code(code))
    }

    /// The message as the learner sees it: it is about their own file.
    pub(crate) fn diagnostic(self) -> Diagnostic {
        let place = self.places.into_iter().next();
        Diagnostic {
            level: self.level,
            code: self.code,
            message: self.text,
            file: place.as_ref().map(|place| place.file.clone()),
            line: place.as_ref().map(|place| place.line),
            column: place.as_ref().map(|place| place.column),
            rendered: Some(self.rendered),
        }
    }
}

fn is_error_code(code: &str) -> bool {
    code.strip_prefix('E')
        .is_some_and(|digits| digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_read_and_summaries_and_noise_are_not() {
        let stderr = concat!(
            r#"{"message":"mismatched types","code":{"code":"E0308","explanation":null},"level":"error","spans":[{"file_name":"src/other.rs","line_start":9,"column_start":9,"is_primary":false},{"file_name":"src/lib.rs","line_start":3,"column_start":5,"is_primary":true}],"rendered":"error[E0308]"}"#,
            "\nnot JSON\n",
            r#"{"message":"aborting due to 1 previous error","code":null,"level":"error","spans":[],"rendered":"x"}"#,
        );
        let messages = read(stderr);
        assert_eq!(messages.len(), 1);
        assert!(!messages[0].is_lint());
        let diagnostic = messages[0].clone().diagnostic();
        assert_eq!((diagnostic.file.as_deref(), diagnostic.line), (Some("src/lib.rs"), Some(3)));
        assert_eq!(diagnostic.code.as_deref(), Some("E0308"));
    }
}
