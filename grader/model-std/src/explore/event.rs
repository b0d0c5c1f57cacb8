//! The event log: every operation of the running execution.

use core::panic::Location;
use core::sync::atomic::Ordering;
use real::string::{String, ToString};

use super::object::ThreadId;

/// One operation, as it is recorded. Rendered only when an execution fails.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Event {
    pub(crate) thread: ThreadId,
    pub(crate) operation: &'static str,
    pub(crate) object: Subject,
    pub(crate) value: Value,
    pub(crate) access: Access,
    pub(crate) place: Place,
}

/// A place in the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) file: &'static str,
    pub(crate) line: u32,
    pub(crate) column: u32,
}

impl From<&'static Location<'static>> for Place {
    fn from(location: &'static Location<'static>) -> Self {
        Place { file: location.file(), line: location.line(), column: location.column() }
    }
}

/// How an atomic operation takes part in the memory model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// No access to an atomic.
    None,
    /// A store, with its ordering.
    Write(Ordering),
    /// A load, or a read-modify-write that stored nothing.
    Read { order: Ordering, read: Source, newest: Source },
    /// A read-modify-write. It always reads the newest store.
    Update(Ordering),
}

/// The event that made a store. The value that an atomic begins with has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Source(u32);

impl Source {
    pub(crate) const INITIAL: Source = Source(u32::MAX);

    pub(crate) fn event(index: usize) -> Self {
        Source(index as u32)
    }

    pub(crate) fn index(self) -> Option<usize> {
        (self != Source::INITIAL).then_some(self.0 as usize)
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
    pub(crate) fn render(self, thread_name: impl Fn(ThreadId) -> String) -> Option<String> {
        match self {
            Value::None => None,
            Value::Word(word, format) => Some(format.render(word)),
            Value::Change(old, new, format) => {
                Some(real::format!("{} → {}", format.render(old), format.render(new)))
            }
            Value::Text(text) => Some(text.to_string()),
            Value::Thread(thread) => Some(thread_name(thread)),
            Value::Duration(duration) => Some(real::format!("{duration:?}")),
        }
    }
}

/// The name of a memory ordering, as in the program.
pub(crate) fn ordering_name(ordering: Ordering) -> &'static str {
    match ordering {
        Ordering::Relaxed => "Relaxed",
        Ordering::Release => "Release",
        Ordering::Acquire => "Acquire",
        Ordering::AcqRel => "AcqRel",
        Ordering::SeqCst => "SeqCst",
        _ => "an unknown ordering",
    }
}
