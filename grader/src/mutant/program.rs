//! The text of a program, and where its header ends.

use std::fs;
use std::path::Path;

use crate::error::Fault;

/// A program in two parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Program<'a> {
    /// The lines with `//!` at the beginning of the file.
    pub header: &'a str,
    /// Everything after them.
    pub body: &'a str,
}

impl<'a> Program<'a> {
    pub(super) fn split(text: &'a str) -> Self {
        let lines = text.split_inclusive('\n').take_while(|line| line.starts_with("//!"));
        let (header, body) = text.split_at(lines.map(str::len).sum());
        Self { header, body }
    }
}

pub(super) fn read(file: &Path) -> Result<String, Fault> {
    fs::read_to_string(file).map_err(|source| Fault::io("read", file, source))
}
