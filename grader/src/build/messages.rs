//! What rustc says, read from its JSON.

use cargo_metadata::diagnostic::{self, DiagnosticLevel, DiagnosticSpan};

use crate::report::{Diagnostic, Level, PUBLIC_TESTS, sanitised};

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

fn message(raw: diagnostic::Diagnostic) -> Option<Message> {
    let level = match raw.level {
        DiagnosticLevel::Error | DiagnosticLevel::Ice => Level::Error,
        DiagnosticLevel::Warning => Level::Warning,
        // Notes, help, and the failure note at the end.
        _ => return None,
    };
    if SUMMARIES.iter().any(|summary| raw.message.starts_with(summary)) {
        return None;
    }
    let mut spans = raw.spans;
    // What is wrong in the use of a macro of std's has its primary place in std.
    spans.sort_by_key(|span| !span.is_primary);
    // A note, such as where an item is defined, comes after the message's own places.
    let places = spans.iter().chain(raw.children.iter().flat_map(|child| &child.spans)).map(Place::of);
    Some(Message {
        level,
        code: raw.code.map(|code| code.code),
        text: sanitised(&raw.message, MAX_MESSAGE),
        places: places.collect(),
        rendered: sanitised(&raw.rendered.unwrap_or_default(), MAX_RENDERED),
    })
}

impl Place {
    fn of(span: &DiagnosticSpan) -> Self {
        // What is wrong in the use of a macro of std's, or of the harness, is in the macro, which comes from where it is used.
        let is_learners = span.file_name.starts_with("src/") || span.file_name == PUBLIC_TESTS;
        if let Some(expansion) = span.expansion.as_ref().filter(|_| !is_learners) {
            return Self::of(&expansion.span);
        }
        let number = |number| u32::try_from(number).unwrap_or(u32::MAX);
        Self {
            file: span.file_name.clone(),
            line: number(span.line_start),
            column: number(span.column_start),
        }
    }
}

impl Message {
    /// Whether a lint speaks, not the language: only `E0000` codes and messages without one are errors
    /// whatever the lint levels are.
    pub(crate) fn is_lint(&self) -> bool {
        self.code.as_ref().is_some_and(|code| !is_error_code(code))
    }

    /// Whether a compiled crate cannot be used: it is not there, or does not fit the others. No source is to blame for it.
    pub(crate) fn is_about_a_crate(&self) -> bool {
        /// Of a newer version, not there, from another compiler, with broken metadata.
        const CODES: [&str; 6] = ["E0460", "E0461", "E0462", "E0463", "E0514", "E0786"];
        match &self.code {
            Some(code) => CODES.contains(&code.as_str()),
            None => self.text.contains("required to be available in rlib format"),
        }
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

    fn span(file: &str, line: u32, column: u32, is_primary: bool) -> String {
        format!(
            r#"{{"file_name":"{file}","byte_start":0,"byte_end":1,"line_start":{line},"line_end":{line},"column_start":{column},"column_end":9,"is_primary":{is_primary},"text":[],"label":null,"suggested_replacement":null,"suggestion_applicability":null,"expansion":null}}"#
        )
    }

    #[test]
    fn what_is_wrong_in_the_use_of_a_macro_is_where_it_is_used() {
        let used = span("src/lib.rs", 3, 5, false);
        let expansion = format!(r#"{{"span":{used},"macro_decl_name":"assert_eq!","def_site_span":{used}}}"#);
        let in_std = span("/rustc/59807616/library/core/src/macros/mod.rs", 46, 22, true)
            .replace(r#""expansion":null"#, &format!(r#""expansion":{expansion}"#));
        let stderr = r#"{"$message_type":"diagnostic","message":"can't compare","code":{"code":"E0277","explanation":null},"level":"error","spans":[SPAN],"children":[],"rendered":"x"}"#
            .replace("SPAN", &in_std);
        let diagnostic = read(&stderr)[0].clone().diagnostic();
        assert_eq!((diagnostic.file.as_deref(), diagnostic.line), (Some("src/lib.rs"), Some(3)));
    }

    #[test]
    fn a_crate_that_cannot_be_used_is_told_from_a_mistake_in_a_source() {
        let message = |code: Option<&str>, text: &str| Message {
            level: Level::Error,
            code: code.map(str::to_owned),
            text: text.to_owned(),
            places: Vec::new(),
            rendered: String::new(),
        };
        let newer = "found possibly newer version of crate `model_trace` which `harness` depends on";
        let missing = "can't find crate for `model_std_macros` which `harness` depends on";
        let format =
            "crate `model_trace` required to be available in rlib format, but was not found in this form";
        assert!(message(Some("E0460"), newer).is_about_a_crate());
        assert!(message(Some("E0463"), missing).is_about_a_crate());
        assert!(message(None, format).is_about_a_crate());
        assert!(!message(Some("E0432"), "unresolved import `learner::Missing`").is_about_a_crate());
        assert!(!message(None, "linking with `cc` failed").is_about_a_crate());
    }

    #[test]
    fn errors_are_read_and_summaries_and_noise_are_not() {
        let stderr = concat!(
            r#"{"$message_type":"diagnostic","message":"mismatched types","code":{"code":"E0308","explanation":null},"level":"error","spans":[SECONDARY,PRIMARY],"children":[],"rendered":"error[E0308]"}"#,
            "\nnot JSON\n",
            r#"{"$message_type":"diagnostic","message":"aborting due to 1 previous error","code":null,"level":"error","spans":[],"children":[],"rendered":"x"}"#,
        );
        let stderr = stderr
            .replace("SECONDARY", &span("src/other.rs", 9, 9, false))
            .replace("PRIMARY", &span("src/lib.rs", 3, 5, true));
        let messages = read(&stderr);
        assert_eq!(messages.len(), 1);
        assert!(!messages[0].is_lint());
        let diagnostic = messages[0].clone().diagnostic();
        assert_eq!((diagnostic.file.as_deref(), diagnostic.line), (Some("src/lib.rs"), Some(3)));
        assert_eq!(diagnostic.code.as_deref(), Some("E0308"));
    }
}
