//! Lines that a CI service would take for commands to itself, such as `::error::…`, when it reads a report from a log.

use std::borrow::Cow;

/// The same text without any such line: a mark stands before what would begin one.
pub(super) fn without_commands(text: &str) -> Cow<'_, str> {
    if !text.lines().any(|line| command_at(line).is_some()) {
        return Cow::Borrowed(text);
    }
    let marked = text.split_inclusive('\n').map(|line| match command_at(line) {
        Some(at) => format!("{}| {}", &line[..at], &line[at..]),
        None => line.to_owned(),
    });
    Cow::Owned(marked.collect())
}

/// Where a command begins: with the line, after white space and colours.
fn command_at(line: &str) -> Option<usize> {
    let mut rest = line;
    loop {
        rest = rest.trim_start();
        let Some(colour) = rest.strip_prefix("\u{1b}[") else { break };
        rest = colour.trim_start_matches(|character: char| character.is_ascii_digit() || character == ';');
        rest = rest.strip_prefix('m').unwrap_or(rest);
    }
    ["::", "##["].iter().any(|begin| rest.starts_with(begin)).then_some(line.len() - rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_begins_a_command() {
        for (text, safe) in [
            ("a\n  ::error::b\nc", "a\n  | ::error::b\nc"),
            ("\u{1b}[2m \u{1b}[1;31m::x", "\u{1b}[2m \u{1b}[1;31m| ::x"),
            ("##[group]\n\t##[error]\r\n", "| ##[group]\n\t| ##[error]\r\n"),
            ("std::sync ## [a] :", "std::sync ## [a] :"),
        ] {
            assert_eq!(without_commands(text), safe);
        }
    }
}
