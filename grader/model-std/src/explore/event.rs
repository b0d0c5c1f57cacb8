//! The event log: every operation of the running execution.

use core::panic::Location;
use real::string::{String, ToString};

use super::object::ThreadId;

/// One operation, as it is recorded. Rendered only when an execution fails.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Event {
    pub(crate) thread: ThreadId,
    pub(crate) operation: &'static str,
    pub(crate) object: Subject,
    pub(crate) value: Value,
    pub(crate) place: Place,
}

/// A place in the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) file: &'static str,
    pub(crate) line: u32,
}

impl From<&'static Location<'static>> for Place {
    fn from(location: &'static Location<'static>) -> Self {
        Place { file: location.file(), line: location.line() }
    }
}

/// What an operation is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    None,
    Object(super::object::ObjectId),
    Thread(ThreadId),
    Clock,
}

/// The value that an operation read or wrote, or its result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    None,
    Word(u64, Format),
    /// A read-modify-write: what it read and what it wrote.
    Change(u64, u64, Format),
    Text(&'static str),
    Thread(ThreadId),
    Duration(core::time::Duration),
}

/// How the bits of an atomic are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Bool,
    Signed,
    Unsigned,
    Pointer,
}

impl Format {
    fn render(self, word: u64) -> String {
        match self {
            Format::Bool => (word != 0).to_string(),
            Format::Signed => (word as i64).to_string(),
            Format::Unsigned => word.to_string(),
            // Addresses differ from run to run: only whether there is one can be told.
            Format::Pointer => (if word == 0 { "null" } else { "a pointer" }).to_string(),
        }
    }
}

impl Value {
    pub(crate) fn render(self) -> Option<String> {
        match self {
            Value::None => None,
            Value::Word(word, format) => Some(format.render(word)),
            Value::Change(old, new, format) => {
                Some(real::format!("{} → {}", format.render(old), format.render(new)))
            }
            Value::Text(text) => Some(text.to_string()),
            Value::Thread(ThreadId(index)) => Some(thread_name(index)),
            Value::Duration(duration) => Some(real::format!("{duration:?}")),
        }
    }
}

/// The name of a thread in a trace: the test's own thread is `main`, the others are counted from 1.
pub(crate) fn thread_name(index: usize) -> String {
    if index == 0 { String::from("main") } else { real::format!("T{index}") }
}
